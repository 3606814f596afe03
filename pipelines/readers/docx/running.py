"""Page headers and footers: each text once (ECMA-376 part 1 §17.10)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml.etree import _Element

from pipelines.readers.docx.names import R, W, is_on
from pipelines.readers.docx.parts import Parts
from pipelines.readers.docx.text import PAGE_NUMBER, Line

_SEGMENTS = re.compile(r"[\t\n]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_MOST_WORDS_WITH_NUMBER = 3
_ORDER = ("first", "default", "even")


def running_parts(parts: Parts, settings: _Element | None, kind: str) -> list[str]:
    """The names of the parts that show as ``header`` or as ``footer`` on some page, first pages first."""
    has_even = settings is not None and is_on(settings.find(W + "evenAndOddHeaders"))
    found = [
        target
        for section in parts.root.iter(W + "sectPr")
        for target in _of_section(parts, section, kind, has_even=has_even)
    ]
    return list(dict.fromkeys(found))


def _of_section(parts: Parts, section: _Element, kind: str, *, has_even: bool) -> Iterator[str]:
    shown = {"default", *(["even"] if has_even else [])}
    if is_on(section.find(W + "titlePg")):
        shown.add("first")
    references = {
        ref.get(W + "type") or "default": ref for ref in section.iterchildren(f"{W}{kind}Reference")
    }
    for page in _ORDER:
        related = parts.related(parts.main, references[page].get(R + "id")) if page in references else None
        if page in shown and related and not related.external:
            yield related.target


def without_page_numbers(line: Line) -> str:
    """The text of a running head; of its parts between tabs those that only number the page are left out."""
    segments = _SEGMENTS.split("".join(line.verbatim))
    kept = (segment for segment in segments if not _is_page_number(segment))
    return " ".join(" ".join(kept).replace(PAGE_NUMBER, "").split())


def _is_page_number(segment: str) -> bool:
    return PAGE_NUMBER in segment and len(_WORD.findall(segment)) <= _MOST_WORDS_WITH_NUMBER
