"""Texts of an Excel workbook (ECMA-376 part 1 §18.4): plain or of marked runs."""

from __future__ import annotations

import re
from typing import IO, NamedTuple

from lxml.etree import _Element

from pipelines.readers.inline import Mark
from pipelines.readers.sheets.cells import Run, marked
from pipelines.readers.sheets.xml_stream import drop, stream

# A character that XML may not hold is written as its number.
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MARKS = {"b": Mark("bold"), "i": Mark("italic"), "strike": Mark("del")}
_SCRIPTS = {"superscript": Mark("sup"), "subscript": Mark("sub")}


class RichText(NamedTuple):
    """A text; ``markdown`` only where parts of it have marks."""

    plain: str
    bold: bool = False
    markdown: str | None = None


def unescaped(text: str) -> str:
    """A text with its escaped characters; line ends as LF."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda match: chr(int(match.group(1), 16)), text)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def rich_text(element: _Element) -> RichText:
    """The text of an ``si``, ``is`` or ``text`` element; how it is pronounced is left out."""
    runs: list[Run] = []
    for child in element:
        if not isinstance(child.tag, str):
            continue
        name = child.tag.rpartition("}")[2]
        if name == "t":
            runs.append((unescaped(child.text or ""), ()))
        elif name == "r":
            text = "".join(t.text or "" for t in child.iterchildren("{*}t"))
            runs.append((unescaped(text), _run_marks(child)))
    if len(runs) == 1 and not runs[0][1]:
        return RichText(runs[0][0])
    return RichText(*marked(runs))


def shared_strings(file: IO[bytes]) -> list[RichText]:
    """The texts that cells refer to by number."""
    texts: list[RichText] = []
    for _, element in stream(file, ["{*}si"]):
        texts.append(rich_text(element))
        drop(element)
    return texts


def _run_marks(run: _Element) -> tuple[Mark, ...]:
    properties = run.find("{*}rPr")
    if properties is None:
        return ()
    marks = []
    for child in properties:
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name in _MARKS and child.get("val", "1") not in {"0", "false"}:
            marks.append(_MARKS[name])
        elif name == "vertAlign" and child.get("val") in _SCRIPTS:
            marks.append(_SCRIPTS[child.get("val", "")])
    return tuple(marks)
