"""Fields (ECMA-376 part 1 §17.16): their instructions are not shown, their results are."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from lxml.etree import _Element

from pipelines.readers.docx.names import W, is_on, number, value
from pipelines.readers.inline import Mark, safe_link
from pipelines.readers.ooxml.symbols import symbol

_ARGUMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')
_ESCAPED = re.compile(r"\\(.)")
_LONGEST_INSTRUCTION = 10_000
PAGE_NUMBERS = {"PAGE", "NUMPAGES", "SECTIONPAGES"}
CONTENTS = {"TOC", "INDEX", "TOA"}
# Their results repeat or only place what is elsewhere.
_WITHOUT_RESULT = {"TC", "XE", "RD", "TA"}


@dataclass(slots=True)
class Field:
    """A field: what its instruction says so far, and whether its result has begun."""

    instruction: list[str] = field(default_factory=list)
    result: bool = False
    form: _Element | None = None
    name: str = ""
    arguments: list[str] = field(default_factory=list)
    link: Mark | None = None

    @property
    def shown(self) -> bool:
        """Whether text in it now is to be read."""
        return self.result and self.name not in _WITHOUT_RESULT

    def settle(self) -> None:
        """The instruction is complete: the result follows."""
        words = _arguments("".join(self.instruction)[:_LONGEST_INSTRUCTION])
        self.name, self.arguments = (words[0].upper(), words[1:]) if words else ("", [])
        if self.name == "HYPERLINK":
            self.link = _link(self.arguments)
        self.result = True

    @property
    def sequence(self) -> str:
        """What a caption's number counts (``Figure``, ``Table``…); empty for another field."""
        return self.arguments[0] if self.name == "SEQ" and self.arguments else ""

    def at_end(self) -> str:
        """What a field shows besides a result: a form's box, a button's text, a sign."""
        if self.result:
            return self._ticked()
        self.settle()
        if self.name == "MACROBUTTON":
            return " ".join(self.arguments[1:])
        if self.name == "SYMBOL" and self.arguments:
            return _sign(self.arguments)
        return self._ticked() or self._chosen()

    def _ticked(self) -> str:
        box = self.form.find(W + "checkBox") if self.form is not None else None
        if box is None:
            return ""
        state = box.find(W + "checked")
        return "☒" if is_on(box.find(W + "default") if state is None else state) else "☐"

    def _chosen(self) -> str:
        choices = self.form.find(W + "ddList") if self.form is not None else None
        if choices is None:
            return ""
        entries = [entry.get(W + "val") or "" for entry in choices.iterchildren(W + "listEntry")]
        chosen = number(value(choices, "result") or value(choices, "default"), 0) or 0
        return entries[chosen] if 0 <= chosen < len(entries) else ""


def simple_field(element: _Element) -> Field:
    """The field of a ``w:fldSimple``."""
    found = Field([element.get(W + "instr") or ""])
    found.settle()
    return found


def _arguments(instruction: str) -> list[str]:
    """The words of an instruction, quoted ones whole."""
    return [
        _ESCAPED.sub(r"\1", quoted) if quoted or not word else word
        for quoted, word in _ARGUMENT.findall(instruction)
    ]


def link_to(address: str, place: str | None) -> Mark | None:
    """A link to a place in another document; None for an address that no text should lead to."""
    target = safe_link(f"{address}#{place}" if place and "#" not in address else address)
    return Mark("link", target) if target else None


def _link(arguments: list[str]) -> Mark | None:
    """The link of a HYPERLINK; one inside the document is left out, as its place is not kept."""
    if not arguments or arguments[0].startswith("\\"):
        return None
    return link_to(arguments[0], _switch(arguments, "\\l"))


def _switch(arguments: list[str], name: str) -> str | None:
    """The word after a switch."""
    return next((after for word, after in pairwise(arguments) if word == name), None)


def _sign(arguments: list[str]) -> str:
    text = arguments[0]
    try:
        code = int(text, 16) if text.lower().startswith("0x") else int(text[:9])
    except ValueError:
        return ""
    return symbol(code, _switch(arguments, "\\f"))
