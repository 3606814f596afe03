"""The words that ask for an entry in an empty content control; they are kept in the document's glossary."""

from __future__ import annotations

from copy import deepcopy

from lxml.etree import _Element

from pipelines.readers.docx.names import W, value
from pipelines.readers.docx.parts import Parts

# The texts that Word itself puts into empty controls have this kind of name, in every language.
_WORDS_OWN = "DefaultPlaceholder"


def is_words_own(properties: _Element) -> bool:
    """Whether a control with these ``w:sdtPr`` asks by the words that Word has for every control."""
    return (_name(properties) or "").startswith(_WORDS_OWN)


class Placeholders:
    """The placeholders of a document by name."""

    def __init__(self, parts: Parts) -> None:
        root = parts.xml(parts.of_kind("glossaryDocument"))
        entries = root.iter(W + "docPart") if root is not None else ()
        self._entries = {value(entry.find(W + "docPartPr"), "name"): entry for entry in entries}

    def runs(self, properties: _Element) -> list[_Element]:
        """Copies of the runs that a control with these ``w:sdtPr`` shows while it is empty."""
        name = _name(properties)
        entry = self._entries.get(name) if name else None
        paragraph = entry.find(f"{W}docPartBody/{W}p") if entry is not None else None
        return [deepcopy(run) for run in paragraph.iterchildren(W + "r")] if paragraph is not None else []


def _name(properties: _Element) -> str | None:
    part = properties.find(f"{W}placeholder/{W}docPart")
    return part.get(W + "val") if part is not None else None
