"""Form fields of the older kind: fields whose begin carries form data (ECMA-376 part 1 §17.16.17)."""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from pipelines.readers.docx.forms.dates import format_of
from pipelines.readers.docx.forms.runs import SHOWN, clean, run_of
from pipelines.readers.docx.forms.spots import (
    CannotWrite,
    Spot,
    Traits,
    choice_of,
    no_such_choice,
    text_of,
    ticked,
)
from pipelines.readers.docx.names import W, is_on, number
from pipelines.readers.docx.names import value as value_of
from schemas.forms import Choice
from schemas.reading import FieldKind

# What Word computes: nobody types it.
_COMPUTED = {"calculated", "currentDate", "currentTime"}
# What Word shows in an empty field for text.
_EMPTY = "\u2002" * 5


@dataclass(slots=True)
class FieldParts:
    """The elements of a field: its form data, where its result begins, what shows in it, where it ends."""

    data: _Element
    separate: _Element | None = None
    result: list[_Element] = field(default_factory=list)
    end: _Element | None = None


def legacy_field(part: str, parts: FieldParts) -> Spot | None:
    """The form field made of these elements; None where it is of no known kind."""
    for name, cls in _KINDS.items():
        own = parts.data.find(W + name)
        if own is not None:
            return cls(part, parts, own)
    return None


class TextInput(Spot):
    """A field for text; the other kinds are made of it."""

    kind = FieldKind.TEXT

    def __init__(self, part: str, parts: FieldParts, own: _Element) -> None:
        self._parts, self._own = parts, own
        super().__init__(part, self._traits())

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        text = clean(text_of(value))
        if 0 < self.traits.longest < len(text):
            raise CannotWrite(f"It takes {self.traits.longest} characters at most.")
        self._show(text or _EMPTY)
        return text

    def _traits(self) -> Traits:
        data = self._parts.data
        helps = (value_of(data, name) for name in ("statusText", "helpText"))
        enabled = data.find(W + "enabled")
        kind = value_of(self._own, "type")
        is_date = kind == "date"
        return Traits(
            self.kind,
            value=self._shown().strip() or None,
            key=value_of(data, "name") or "",
            hints=[said for said in helps if said],
            longest=number(value_of(self._own, "maxLength"), 0) or 0,
            format=format_of(value_of(self._own, "format") or "") if is_date else "",
            read_only=(enabled is not None and not is_on(enabled)) or kind in _COMPUTED,
        )

    def _shown(self) -> str:
        return "".join(SHOWN.get(str(one.tag)) or one.text or "" for one in self._parts.result)

    def _show(self, text: str) -> None:
        """Puts a text in the place of the field's result."""
        made = list(run_of(text, None))
        first = next(iter(self._parts.result), None)
        if first is not None:
            for element in made:
                first.addprevious(element)
        else:
            for element in reversed(made):
                self._beginning().addnext(element)
        for former in self._parts.result:
            holder = former.getparent()
            if holder is not None:
                holder.remove(former)
        self._parts.result = made

    def _beginning(self) -> _Element:
        """Where the result begins; a field without one gets it before its end."""
        if self._parts.separate is None:
            self._parts.separate = etree.Element(W + "fldChar")
            self._parts.separate.set(W + "fldCharType", "separate")
            if self._parts.end is not None:
                self._parts.end.addprevious(self._parts.separate)
        return self._parts.separate


class TickBox(TextInput):
    """A box to tick, which Word draws from the form data alone."""

    kind = FieldKind.CHECKBOX

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        is_set = ticked(value)
        state = self._own.find(W + "checked")
        if state is None:
            state = etree.SubElement(self._own, W + "checked")
        state.set(W + "val", str(int(is_set)))
        return "☒" if is_set else "☐"

    def _traits(self) -> Traits:
        traits = super()._traits()
        state = self._own.find(W + "checked")
        traits.value = is_on(self._own.find(W + "default") if state is None else state)
        return traits


class ChoiceList(TextInput):
    """A list to choose from."""

    kind = FieldKind.DROPDOWN

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        choices = self.traits.choices
        text = text_of(value)
        chosen = choice_of(choices, text) if text else next(iter(choices), None)
        if chosen is None:
            raise no_such_choice(choices)
        state = self._own.find(W + "result")
        if state is None:
            state = etree.Element(W + "result")
            self._own.insert(0, state)
        state.set(W + "val", str(choices.index(chosen)))
        if self._parts.result:
            self._show(chosen.label)
        return chosen.label

    def _traits(self) -> Traits:
        traits = super()._traits()
        entries = [entry.get(W + "val") or "" for entry in self._own.iterchildren(W + "listEntry")]
        traits.choices = [Choice(entry, entry) for entry in entries]
        chosen = number(value_of(self._own, "result") or value_of(self._own, "default"), 0) or 0
        traits.value = entries[chosen] if 0 < chosen < len(entries) else None
        return traits


_KINDS: dict[str, type[TextInput]] = {"textInput": TextInput, "checkBox": TickBox, "ddList": ChoiceList}
