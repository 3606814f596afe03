"""Content controls (ECMA-376 part 1 §17.5.2; check boxes: [MS-DOCX] §2.6)."""

from __future__ import annotations

import datetime
from copy import deepcopy
from typing import NamedTuple

from lxml import etree
from lxml.etree import _Element

from pipelines.readers.docx.forms.dates import day_in, format_of, in_figures
from pipelines.readers.docx.forms.placeholders import Placeholders, is_words_own
from pipelines.readers.docx.forms.runs import (
    clean,
    look_in,
    plain_text,
    put_lines,
    put_runs,
    run_of,
    sign_run,
)
from pipelines.readers.docx.forms.spots import (
    CannotWrite,
    Spot,
    Traits,
    choice_of,
    no_such_choice,
    text_of,
    ticked,
)
from pipelines.readers.docx.forms.stores import Node, NotUnderstood, Stores
from pipelines.readers.docx.names import W, is_on
from pipelines.readers.docx.names import value as value_of
from pipelines.readers.ooxml.symbols import symbol
from schemas.forms import Choice
from schemas.reading import FieldKind

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
# Controls that hold others, or what Word makes itself: nobody fills them in.
_HOLDERS = {
    W + name for name in ("group", "docPartObj", "docPartList", "citation", "bibliography", "equation")
} | {W15 + "repeatingSection", W15 + "repeatingSectionItem"}
_LOCKS = {"contentLocked", "sdtContentLocked"}
# What only stands in a control that holds a part of the document.
_STRUCTURE = [
    W + name for name in ("sdt", "tbl", "tr", "drawing", "pict", "object", "sectPr", "altChunk", "fldChar")
]
# What is longer explains how to use the document.
_LONGEST_HINT = 120
_ON = {"1", "true", "on"}
_TICKED, _UNTICKED = (0x2612, "MS Gothic"), (0x2610, "MS Gothic")


class Surroundings(NamedTuple):
    """What the controls of a document share."""

    stores: Stores
    placeholders: Placeholders


def control_of(sdt: _Element, part: str, shared: Surroundings) -> Control | None:
    """The control of a ``w:sdt``; None of one that only holds others, or a part of the document."""
    properties, content = sdt.find(W + "sdtPr"), sdt.find(W + "sdtContent")
    if properties is None or content is None or any(child.tag in _HOLDERS for child in properties):
        return None
    own = next((child for child in properties if child.tag in _KINDS), None)
    if own is not None:
        return _KINDS[str(own.tag)](part, properties, content, own, shared)
    if next(content.iter(*_STRUCTURE), None) is not None:
        return None
    # Rich text, which is what a control holds that says nothing else.
    return Control(part, properties, content, etree.Element(W + "richText"), shared)


class Control(Spot):
    """A content control for text, plain or rich; the other kinds are made of it."""

    kind = FieldKind.TEXT

    def __init__(
        self, part: str, properties: _Element, content: _Element, own: _Element, shared: Surroundings
    ) -> None:
        self._properties, self._content, self._own, self._shared = properties, content, own, shared
        self.node: Node | None = None
        """The piece of data in the file that the control shows."""
        self._is_understood = True
        try:
            self.node = shared.stores.node(properties)
        except NotUnderstood:
            self._is_understood = False
        super().__init__(part, self._traits())

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        text = clean(text_of(value))
        if not self.traits.multiline:
            text = " ".join(text.split("\n"))
        return self._put(text, text)

    def _put(self, text: str, data: str) -> str:
        """Shows ``text`` and keeps ``data`` where the control's data is; the text."""
        self._keep(data)
        self._show(text)
        return text

    def _keep(self, data: str) -> None:
        if not self._is_understood:
            raise CannotWrite(
                "It shows data of the file in a way that is not understood here: fill it in in Word."
            )
        if self.node is not None:
            self.node.write(data)

    def _traits(self) -> Traits:
        return Traits(
            self.kind,
            value=None if self._is_empty() else plain_text(self._content) or None,
            title=value_of(self._properties, "alias") or "",
            key=value_of(self._properties, "tag") or "",
            hints=self._hints(),
            multiline=self._own.tag == W + "richText" or (self._own.get(W + "multiLine") or "0") in _ON,
            read_only=self._is_locked(),
        )

    def _is_empty(self) -> bool:
        """Whether what shows is only the words that ask for an entry."""
        return is_on(self._properties.find(W + "showingPlcHdr"))

    def _hints(self) -> list[str]:
        """What the author wrote into the empty control."""
        hint = " ".join(plain_text(self._content).split()).strip("[]<>")
        is_told = self._is_empty() and not is_words_own(self._properties) and len(hint) <= _LONGEST_HINT
        return [hint] if hint and is_told else []

    def _is_locked(self) -> bool:
        """Whether this control or one around it keeps its content from change."""
        around = self._content.iterancestors(W + "sdt")
        return any(value_of(sdt.find(W + "sdtPr"), "lock") in _LOCKS for sdt in around)

    def _show(self, text: str) -> None:
        """Puts a text into the control, or the words that ask for one where there is none."""
        asking = None if text else self._shared.placeholders.runs(self._properties)
        look = self._look()
        self._set_empty(is_empty=bool(asking))
        holder = self._holder()
        if holder is self._content and holder.find(W + "p") is None:
            put_runs(holder, asking or [run_of(text, look)])
        else:
            put_lines(holder, [asking or [run_of(line, look)] for line in text.split("\n")])

    def _holder(self) -> _Element:
        """What holds the text: the cell that the control is around, or its content."""
        cell = self._content.find(W + "tc")
        return self._content if cell is None else cell

    def _set_empty(self, *, is_empty: bool) -> None:
        for showing in self._properties.findall(W + "showingPlcHdr"):
            self._properties.remove(showing)
        placeholder = self._properties.find(W + "placeholder")
        if is_empty and placeholder is not None:
            placeholder.addnext(etree.Element(W + "showingPlcHdr"))

    def _look(self) -> _Element | None:
        """How the control's text should look: as it says itself, else as the text that it holds."""
        own = self._properties.find(W + "rPr")
        if own is not None:
            return own
        look = look_in(self._content)
        if look is None or not self._is_empty():
            return look
        look = deepcopy(look)  # without what makes a placeholder grey
        for child in [*look.findall(W + "rStyle"), *look.findall(W + "color")]:
            look.remove(child)
        return look


class CheckBox(Control):
    """A box to tick, shown as one of two characters."""

    kind = FieldKind.CHECKBOX

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        is_set = ticked(value)
        words = self.node is not None and self.node.text.strip().lower() in {"true", "false"}
        self._keep(str(is_set).lower() if words else str(int(is_set)))
        state = self._own.find(W14 + "checked")
        if state is None:
            state = etree.SubElement(self._own, W14 + "checked")
        state.set(W14 + "val", str(int(is_set)))
        self._set_empty(is_empty=False)
        code, font = self._sign(is_set=is_set)
        holder, run = self._holder(), sign_run(code, font, look_in(self._content))
        if holder is self._content and holder.find(W + "p") is None:
            put_runs(holder, [run])
        else:
            put_lines(holder, [[run]])
        return symbol(code, font)

    def _sign(self, *, is_set: bool) -> tuple[int, str]:
        """The code and the font of the character that is to show."""
        code, font = _TICKED if is_set else _UNTICKED
        told = self._own.find(W14 + ("checkedState" if is_set else "uncheckedState"))
        if told is None:
            return code, font
        try:
            return int(told.get(W14 + "val") or "", 16), told.get(W14 + "font") or font
        except ValueError:
            return code, font

    def _traits(self) -> Traits:
        traits = super()._traits()
        state = self._own.find(W14 + "checked")
        traits.value = state is not None and (state.get(W14 + "val") or "1").lower() in _ON
        traits.hints, traits.multiline = [], False
        return traits


class DropDown(Control):
    """A list to choose from; a combo box takes other text, too."""

    kind = FieldKind.DROPDOWN

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        text = " ".join(clean(text_of(value)).split("\n"))
        chosen = choice_of(self.traits.choices, text)
        if chosen is None and text and not self.traits.editable:
            raise no_such_choice(self.traits.choices)
        if chosen is None:
            return self._put(text, text)
        shown = self._put(chosen.label, chosen.value)
        self._own.set(W + "lastValue", chosen.value)
        return shown

    def _traits(self) -> Traits:
        traits = super()._traits()
        traits.choices = [_choice(item) for item in self._own.iterchildren(W + "listItem")]
        asking = {*traits.hints, plain_text(self._content)} if self._is_empty() else set()
        traits.choices = [one for one in traits.choices if one.value and one.label not in asking]
        traits.editable, traits.multiline = self._own.tag == W + "comboBox", False
        chosen = choice_of(traits.choices, str(traits.value or ""))
        traits.value = chosen.value if chosen else traits.value
        return traits


class DatePicker(Control):
    """A date, shown in a format and stored as a day."""

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        text = " ".join(clean(text_of(value)).split())
        picture = self._picture
        day = day_in(text, picture)
        shown = (in_figures(day, picture) if day else None) or text
        self._put(shown, self._data(day) or shown)
        self._own.attrib.pop(W + "fullDate", None)
        if day is not None:
            self._own.set(W + "fullDate", f"{day.isoformat()}T00:00:00Z")
        return shown

    def _data(self, day: datetime.date | None) -> str:
        """A day as the control's data is kept; empty where it is kept as it shows."""
        kind = value_of(self._own, "storeMappedDataAs")
        if day is None or kind == "text":
            return ""
        return day.isoformat() if kind == "date" else f"{day.isoformat()}T00:00:00"

    @property
    def _picture(self) -> str:
        return value_of(self._own, "dateFormat") or ""

    def _traits(self) -> Traits:
        traits = super()._traits()
        traits.format, traits.multiline = format_of(self._picture), False
        return traits


class Picture(Control):
    """A place for a picture, which no words fill in."""

    def write(self, value: str | bool) -> str:
        """See ``Spot``."""
        raise CannotWrite("It is a place for a picture: put one there in Word.")

    def _traits(self) -> Traits:
        traits = super()._traits()
        traits.read_only, traits.multiline = True, False
        return traits


def _choice(item: _Element) -> Choice:
    label, stored = item.get(W + "displayText"), item.get(W + "value")
    return Choice(stored or label or "", label or stored or "")


_KINDS: dict[str, type[Control]] = {
    W14 + "checkbox": CheckBox,
    W + "dropDownList": DropDown,
    W + "comboBox": DropDown,
    W + "date": DatePicker,
    W + "picture": Picture,
    W + "text": Control,
}
