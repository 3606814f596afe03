# mypy: disable-error-code="no-untyped-call"
"""Filling in the fields of an interactive form: their values, and what shows of them in every viewer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from unicodedata import category

from pipelines.readers.pdf.field_tree import OFF, unescaped
from pipelines.readers.pdf.filling.acroform_fields import Field, Form
from pipelines.readers.pdf.filling.acroform_looks import (
    COMBO,
    EDIT,
    MULTILINE,
    SEVERAL,
    Look,
    draw_looks,
)
from pipelines.readers.pdf.filling.acroform_marks import tick
from pipelines.readers.pdf.filling.acroform_style import complete_fonts
from pipelines.readers.pdf.filling.acroform_text import unwritable
from pipelines.readers.pdf.objects import PdfObject
from schemas.forms import Filling, Placed
from schemas.reading import FieldKind

# Longer text is no value of a field.
_LONGEST = 32_000
# A form that leaves its looks to the viewer has so many fields drawn at most.
_MOST_DRAWN = 5_000


class _NotWritten(Exception):
    """Why a filling was not written; the message is for the caller."""


@dataclass(slots=True)
class FilledFields:
    """What became of fillings, and what the caller should know of the form."""

    placed: list[Placed] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def fill_fields(form: Form, fillings: Sequence[Filling], *, shows_all: bool = False) -> FilledFields:
    """Writes what is to stand in a form's fields; fillings of others are told as problems.

    The document is changed and not saved. With ``shows_all`` the form's other fields get the looks that they
    lack even where nothing is written.
    """
    found = FilledFields()
    looks: list[Look] = []
    written: set[str] = set()
    for filling in fillings:
        try:
            text, new = _write(form, filling)
            found.placed.append(Placed(filling.blank, text))
            looks += new
            written.add(filling.blank)
        except _NotWritten as problem:
            found.placed.append(Placed(filling.blank, problem=str(problem)))
    if not written and not shows_all:
        return found
    looks += _only_in_xml(form, written)
    looks += _left_to_viewers(form, written)
    small = draw_looks(form.document, form.dictionary, looks)
    if any(small):
        count = sum(small)
        found.warnings.append(
            f"The text of {count} field{'s' if count > 1 else ''} is too long for the room there: it is set "
            "in letters that are hard to read in print, and may be cut off."
        )
    _join(form, [form.fields[name] for name in written])
    complete_fonts(form.document, form.dictionary, [look.widget for look in looks])
    found.warnings += _outdated(form, written)
    return found


def _write(form: Form, filling: Filling) -> tuple[str, list[Look]]:
    """Gives a field its value; the text that stands there then, and the looks that are to be drawn."""
    known = form.fields.get(filling.blank)
    if known is None:
        raise _NotWritten("The form has no such field.")
    if form.is_read_only(known):
        raise _NotWritten("The form does not let this field be changed.")
    if not any(widget.is_shown for widget in known.widgets):
        raise _NotWritten("The field shows on no page.")
    match known.kind:
        case FieldKind.SIGNATURE:
            raise _NotWritten("This is a place to sign: it is left to be signed.")
        case FieldKind.TEXT:
            return _write_text(known, filling.value)
        case FieldKind.DROPDOWN:
            return _write_list(form, known, filling.value)
        case _ if known.is_group:
            return _choose(form, known, filling.value), []
        case _:
            return _tick(form, known, filling.value), []


def _write_text(known: Field, value: str | bool) -> tuple[str, list[Look]]:
    if isinstance(value, bool):
        raise _NotWritten("The field takes text.")
    text = value.replace("\r\n", "\n").replace("\r", "\n")
    if not known.flags & MULTILINE:
        text = " ".join(text.split("\n"))
    text = "".join(char for char in text.replace("\t", " ") if char == "\n" or category(char) != "Cc")
    longest = known.entry("MaxLen").number
    if len(text) > (longest if longest > 0 else _LONGEST):
        raise _NotWritten(f"It takes {longest if longest > 0 else _LONGEST} characters at most.")
    if char := unwritable(text):
        raise _NotWritten(f"No font here can show the character U+{ord(char):04X}.")
    for owner in _owners(known):
        owner.drop("RV")
        if text:
            owner.put_text("V", text)
        else:
            owner.drop("V")
    return text, [Look(widget.dictionary, text) for widget in known.widgets]


def _write_list(form: Form, known: Field, value: str | bool) -> tuple[str, list[Look]]:
    if isinstance(value, bool):
        raise _NotWritten("The field takes one of its choices.")
    options, is_combo = known.options(), bool(known.flags & COMBO)
    wanted = [line for line in value.split("\n") if line.strip()]
    free = is_combo and bool(known.flags & EDIT)
    found = [_among(line, options) for line in wanted]
    if len(wanted) > 1 and (is_combo or not known.flags & SEVERAL):
        raise _NotWritten("The field takes one choice only.")
    if None in found and not free:
        raise _NotWritten("That is none of the field's choices.")
    chosen = sorted({i for i in found if i is not None})
    if None in found:
        stored = shown = wanted
    else:
        stored, shown = [options[i][0] for i in chosen], [options[i][1] for i in chosen]
    if char := unwritable("".join(shown)):
        raise _NotWritten(f"No font here can show the character U+{ord(char):04X}.")
    for owner in _owners(known):
        owner.drop("I")
        owner.drop("RV")
        if not stored:
            owner.drop("V")
        elif len(stored) > 1:
            owner.put("V", PdfObject.new_array(form.document, stored))
        else:
            owner.put_text("V", stored[0])
        if chosen and not is_combo:
            owner.put("I", PdfObject.new_array(form.document, chosen))
    return "\n".join(shown), [_list_look(known, widget.dictionary) for widget in known.widgets]


def _among(value: str, options: Sequence[tuple[str, str]]) -> int | None:
    """Which option a value is: as it is stored, else as it is shown."""
    stored = [one for one, _ in options]
    shown = [one for _, one in options]
    return stored.index(value) if value in stored else shown.index(value) if value in shown else None


def _list_look(known: Field, widget: PdfObject) -> Look:
    """What a list shows of its field's present value."""
    value, options = known.entry("V"), known.options()
    chosen = [one.text for one in value.items()] if value.is_array else [value.text]
    indices = [i for one in chosen if (i := _among(one, options)) is not None]
    if known.flags & COMBO:
        return Look(widget, options[indices[0]][1] if indices else chosen[0] if chosen else "")
    return Look(widget, "", [shown for _, shown in options], indices)


def _choose(form: Form, known: Field, value: str | bool) -> str:
    """Presses the button that stands for a value, and lets the others go."""
    states = known.states()
    names = {unescaped(state): state for state, _ in states}
    if value is True and len(names) == 1:
        value = next(iter(names))
    if value is True or (value and value not in names):
        raise _NotWritten("That is none of the field's choices.")
    state = names[value] if value else OFF
    for owner in _owners(known):
        owner.put_name("V", state)
    for own, widget in states:
        tick(form.document, widget.dictionary, known.kind, own, on=own == state)
    return value or ""


def _tick(form: Form, known: Field, value: str | bool) -> str:
    on = value in {True, "true"}
    if value and not on:
        raise _NotWritten("The field is a box to tick: it takes yes or no.")
    state = known.states()[0][0]
    for owner in _owners(known):
        owner.put_name("V", state if on else OFF)
    for _, widget in known.states():
        tick(form.document, widget.dictionary, known.kind, state, on=on)
    return "true" if on else ""


def _owners(known: Field) -> Iterator[PdfObject]:
    """The dictionaries that hold a field's value; widgets that hold one of their own lose it."""
    for widget in known.widgets:
        if widget.dictionary.number_in_file not in known.owners:
            widget.dictionary.drop("V")
    yield from known.owners.values()


def _only_in_xml(form: Form, written: set[str]) -> list[Look]:
    """The looks of other fields whose values only the form in XML has: they get these, as that is removed."""
    looks: list[Look] = []
    for name, known in form.fields.items():
        if name not in written and (value := form.value_in_xml(known)):
            with suppress(_NotWritten):
                write = _write_text if known.kind is FieldKind.TEXT else partial(_write_list, form)
                looks += write(known, value)[1]
    return looks


def _left_to_viewers(form: Form, written: set[str]) -> list[Look]:
    """The looks of the other fields, where the form leaves all looks to the viewer: not every one draws them.

    The form says so no more then.
    """
    if form.dictionary.get("NeedAppearances").is_null:
        return []
    others = [known for name, known in form.fields.items() if name not in written]
    if len(others) > _MOST_DRAWN:
        return []
    form.dictionary.drop("NeedAppearances")
    looks = []
    for known in others:
        match known.kind:
            case FieldKind.TEXT if text := known.entry("V").text:
                if not unwritable(text):
                    looks += [Look(widget.dictionary, text) for widget in known.widgets]
            case FieldKind.DROPDOWN if not known.entry("V").is_null:
                looks += [_list_look(known, widget.dictionary) for widget in known.widgets]
            case FieldKind.CHECKBOX | FieldKind.RADIO:
                for state, widget in known.states():
                    now = widget.dictionary.get("AS").name or known.entry("V").name
                    tick(form.document, widget.dictionary, known.kind, state, on=now == state)
    return looks


def _join(form: Form, fields: Sequence[Field]) -> None:
    """Lists fields in the form that are only on their pages: libraries look for them there."""
    listed = {one.number_in_file for one in form.dictionary.get("Fields").items()}
    roots = [known.chain[-1] for known in fields]
    missing = {root.number_in_file: root for root in roots if root.number_in_file not in listed}
    missing.pop(0, None)
    if not missing:
        return
    if not form.dictionary.is_dict:
        PdfObject.catalog(form.document).put("AcroForm", PdfObject.new_dict(form.document))
        form.dictionary = PdfObject.catalog(form.document).get("AcroForm")
    entries = [*form.dictionary.get("Fields").items(), *missing.values()]
    form.dictionary.put("Fields", PdfObject.new_array(form.document, entries))


def _outdated(form: Form, written: set[str]) -> list[str]:
    """What no longer holds of a form that was filled in here, for a person."""
    warnings = []
    if not form.dictionary.get("XFA").is_null:
        form.dictionary.drop("XFA")
        PdfObject.catalog(form.document).drop("NeedsRendering")
        warnings.append(
            "The form came in two versions, of which only the PDF's own was filled in: the one in XML (XFA) "
            "was removed, since viewers would have shown it empty."
        )
    calculated = {one.number_in_file for one in form.dictionary.get("CO").items()} - {0}
    names = {name for name, known in form.fields.items() if calculated & known.owners.keys()}
    if names - written:
        warnings.append(
            "The form calculates some of its fields by scripts, which are not run here: those fields may not "
            "agree with what was filled in until a viewer calculates them."
        )
    return warnings
