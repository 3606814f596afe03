"""What is to be written in a blank for something said, or why that does not go there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import regex

from pipelines.editing.choices import choose, choose_several
from pipelines.editing.date_formats import date_in, normal, pattern_in, written
from pipelines.editing.places import Place
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.choices import truth
from pipelines.extraction.values.conventions import Conventions
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.numbers import numbers
from pipelines.extraction.values.spans import places as places_of
from pipelines.extraction.values.words import bare
from schemas.forms import Blank, Choice
from schemas.reading import FieldKind

_SOME = 5
"""Choices that a reason names."""
_SHORT = 200
"""Longer texts are of no shape."""
_SHAPES = (Kind.EMAIL, Kind.URL, Kind.IBAN, Kind.DATE)
_SHAPED = frozenset({*_SHAPES, Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT, Kind.PHONE})
_AMOUNTS = frozenset({Kind.MONEY, Kind.NUMBER, Kind.INTEGER, Kind.PERCENT})
_CROSS = "X"
_BETWEEN = regex.compile(r"[\s./()-]+")
_WORDS = regex.compile(r"\p{L}{3}")


@dataclass(slots=True)
class Fit:
    """What each blank is to hold, by its id; or why that cannot be (``problem``)."""

    values: dict[str, str | bool] = field(default_factory=dict)
    problem: str = ""


def fit(place: Place, value: str | bool, conventions: Conventions) -> Fit:
    """What is written for a value; "" clears a blank, of a choice its stored value is written.

    ``conventions`` are the prompt's: how it writes dates.
    """
    blank = place.blank
    if blank.read_only:
        return Fit(problem=f"{place.told!r} is read-only.")
    if blank.kind is FieldKind.SIGNATURE:
        return Fit(problem=f"{place.told!r} is to be signed: text is no signature.")
    if place.boxes:
        return _boxes(place, value)
    match blank.kind:
        case FieldKind.CHECKBOX:
            return _box(place, value)
        case FieldKind.RADIO | FieldKind.DROPDOWN:
            return _choice(place, value)
        case _:
            return _text(place, value, conventions)


def longest_of(blank: Blank) -> int:
    """The most characters that a blank takes; 0 for any number."""
    return blank.longest if blank.longest > 0 else 0


def _boxes(place: Place, value: str | bool) -> Fit:
    """Boxes under one question: those that are the answer are ticked."""
    if value == "":
        empty = {box.id: False if box.kind is FieldKind.CHECKBOX else "" for box in place.boxes}
        return Fit({box.id: empty[box.id] for box in place.boxes if not box.read_only})
    choices = [Choice(box.id, next(iter(box.names), box.id)) for box in place.boxes]
    said = value if isinstance(value, str) else "yes" if value else "no"
    one = choose(said, choices)
    chosen = [one] if one else choose_several(said, choices)
    locked = {box.id for box in place.boxes if box.read_only}
    if not chosen or not locked.isdisjoint(choice.value for choice in chosen):
        return Fit(problem=_no_choice(place, choices))
    marks = {box.id: True if box.kind is FieldKind.CHECKBOX else _CROSS for box in place.boxes}
    written: dict[str, str | bool] = {choice.value: marks[choice.value] for choice in chosen}
    if all(truth(choice.label) is not None for choice in chosen):
        written |= {other.id: False for other in place.boxes if _is_undone(other) and other.id not in written}
    return Fit(written)


def _is_undone(box: Blank) -> bool:
    """Whether it is a ticked yes or no, which the other answer takes back."""
    return box.value is True and not box.read_only and truth(next(iter(box.names), "")) is not None


def _box(place: Place, value: str | bool) -> Fit:
    blank = place.blank
    if isinstance(value, bool):
        return Fit({blank.id: value})
    if not value:
        return Fit({blank.id: False})
    meant = truth(value)
    own = {*map(bare, blank.names), *(bare(choice.value) for choice in blank.choices)} - {""}
    if meant is None and bare(value) in own:
        meant = True
    if meant is None:
        return Fit(problem=f"{place.told!r} is a box to tick: say yes or no.")
    return Fit({blank.id: meant})


def _choice(place: Place, value: str | bool) -> Fit:
    blank = place.blank
    if value == "":
        return Fit({blank.id: ""})
    said = value if isinstance(value, str) else "yes" if value else "no"
    if len(blank.choices) == 1 and truth(said) is not None:  # a button alone is a box to tick
        return Fit({blank.id: blank.choices[0].value if truth(said) else ""})
    one = choose(said, blank.choices)
    chosen = [one] if one else choose_several(said, blank.choices) if blank.several else []
    if chosen:
        return Fit({blank.id: "\n".join(choice.value for choice in chosen)})
    if blank.editable and isinstance(value, str):
        return Fit({blank.id: value})
    return Fit(problem=_no_choice(place, blank.choices))


def _no_choice(place: Place, choices: Sequence[Choice]) -> str:
    labels = [
        repr(choice.label or choice.value) for choice in choices if (choice.label or choice.value).strip()
    ]
    some = ", ".join(labels[:_SOME]) + (", …" if len(labels) > _SOME else "")
    return f"{place.told!r} has no such choice; it has {some}." if some else f"{place.told!r} has no choices."


def _text(place: Place, value: str | bool, conventions: Conventions) -> Fit:
    blank = place.blank
    if isinstance(value, bool):
        return Fit({blank.id: "Yes" if value else "No"})
    if not value:
        return Fit({blank.id: ""})
    pattern = normal(blank.format) or next(filter(None, map(pattern_in, blank.names)), "")
    day = date_in(value, conventions, pattern) if pattern else None
    if normal(blank.format) and day is None:
        return Fit(problem=f"{place.told!r} takes a date ({blank.format}).")
    if day is None and (wrong := _other_kind(blank, value)):
        return Fit(problem=f"{place.told!r} takes something else than {wrong}.")
    text = written(day, pattern) if day else _lined(blank, value)
    short = shortened(text, longest_of(blank), comb=blank.comb)
    if short is None:
        return Fit(problem=f"{place.told!r} takes {blank.longest} characters, these are {len(text)}.")
    return Fit({blank.id: short})


def _lined(blank: Blank, value: str) -> str:
    lines = [line.strip() for line in value.strip().splitlines()]
    if blank.multiline:
        return "\n".join(lines)
    return ", ".join(line.rstrip(",") for line in lines if line)


def shortened(text: str, longest: int, *, comb: bool) -> str | None:
    """A text within so many characters (0: any number); None where it is too long.

    Of figures and codes what is only between them may be left out, as it is in cells.
    """
    bare_text = _BETWEEN.sub("", text)
    is_code = any(map(str.isdigit, text)) and not _WORDS.search(text)
    if longest and is_code and (len(text) > longest or (comb and len(bare_text) == longest)):
        text = bare_text
    return text if not longest or len(text) <= longest else None


def _other_kind(blank: Blank, value: str) -> str:
    """What a value is, where that is plainly another kind of thing than the blank's name says it takes."""
    wanted = _kind_named(next(iter(blank.names), ""))
    if wanted not in _SHAPED or len(value) > _SHORT:
        return ""
    shape = next((kind for kind in _SHAPES if _is_wholly(value, kind)), None)
    if shape is not None and shape is not wanted:
        return {Kind.EMAIL: "an e-mail address", Kind.URL: "a web address", Kind.DATE: "a date"}.get(
            shape, "an account"
        )
    money = any(one.currency or one.percent for one in numbers(value))
    return "an amount" if money and wanted not in _AMOUNTS and _is_wholly(value, Kind.NUMBER) else ""


@lru_cache(maxsize=4096)
def _kind_named(name: str) -> Kind:
    return kind_of(Field(name, Scalar()))


def _is_wholly(value: str, kind: Kind) -> bool:
    plain = value.strip()
    return any(end - begin >= len(plain) for begin, end in places_of(plain, kind))
