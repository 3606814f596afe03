"""A place of a Word document that can be filled in, whatever it is made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field

from schemas.forms import Choice
from schemas.reading import FieldKind


class CannotWrite(Exception):
    """What was to be filled in does not fit its place; says why, for a person."""


@dataclass(slots=True)
class Traits:
    """What a place says of itself; see ``schemas.forms.Blank``.

    ``title`` is what the document's author calls it for people, ``key`` for programs, ``hints`` other words
    that stand in it or with it.
    """

    kind: FieldKind
    value: str | bool | None = None
    title: str = ""
    key: str = ""
    hints: list[str] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    editable: bool = False
    multiline: bool = False
    longest: int = 0
    read_only: bool = False
    format: str = ""


class Spot(ABC):
    """A place that can be filled in; ``part`` is the name of the part that it stands in."""

    def __init__(self, part: str, traits: Traits) -> None:
        self.part, self.traits = part, traits
        self.twins: list[Spot] = []
        """The same place again, for programs that do not understand the first."""

    @abstractmethod
    def write(self, value: str | bool) -> str:
        """Fills the place in; the text that now stands there.

        Raises:
            CannotWrite: the value does not fit; nothing was changed.
        """


def ticked(value: str | bool) -> bool:
    """Whether a box is to be ticked; raises ``CannotWrite`` for text."""
    if isinstance(value, bool):
        return value
    if value == "":
        return False
    raise CannotWrite("It is a box to tick and takes no text.")


def text_of(value: str | bool) -> str:
    """The text to be written; raises ``CannotWrite`` for a tick."""
    if isinstance(value, bool):
        raise CannotWrite("It takes text: it is no box to tick.")
    return value


def choice_of(choices: Sequence[Choice], text: str) -> Choice | None:
    """The choice that is meant by its value, or else by its label, whatever the case."""
    folded = text.strip().casefold()
    stored = next((one for one in choices if one.value.strip().casefold() == folded), None)
    return stored or next((one for one in choices if one.label.strip().casefold() == folded), None)


def no_such_choice(choices: Sequence[Choice]) -> CannotWrite:
    """The error for a value that a list does not have."""
    shown = ", ".join(f"“{one.label}”" for one in choices[:_CHOICES_TOLD])
    more = " …" if len(choices) > _CHOICES_TOLD else ""
    has = f"; it has {shown}{more}" if choices else ": it is empty"
    return CannotWrite(f"Its list has no such choice{has}.")


_CHOICES_TOLD = 10
