"""Tables of contents: lines that end in page numbers, led there by dots or under a heading that says so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from pipelines.pages.blocks import Block
from pipelines.pages.paragraphs import Row, row_text, rows
from schemas.geometry import union_of
from schemas.reading import RegionKind

_COULD_BE = {RegionKind.TEXT, RegionKind.LIST_ITEM, RegionKind.TABLE, RegionKind.SECTION_HEADER}
_NUMBER = r"(?P<page>\d{1,4}|[ivxlc]{1,7})"
_LED = re.compile(
    rf"^(?P<name>.*\w.*?)\s*(?:(?:[.·•_]\s?){{4,}}|…{{2,}}|(?:\.\s){{3,}})\s*{_NUMBER}$", re.IGNORECASE
)
_PLAIN = re.compile(rf"^(?P<name>.*[^\W\d_].*?)\s+{_NUMBER}$", re.IGNORECASE)
# What every entry ends in: most lines do not, and the forms above look long before they give up.
_ENDS = re.compile(r"(?:\d|[\s.·•_…][ivxlc]{1,7})$", re.IGNORECASE)
_HEADING = re.compile(
    r"^(?:table of contents|contents|list of (?:figures|tables)|inhalt(?:sverzeichnis)?|sommaire|"
    r"table des matières|índice|contenido|sumário|indice|sommario|inhoud(?:sopgave)?|spis treści|obsah|"
    r"содержание|оглавление|目\s*[录錄次]|목차|فهرس)\W*$",
    re.IGNORECASE,
)
# So many lines make a table of contents; of a block's lines this share must be entries.
_LEAST_ENTRIES, _SHARE = 3, 0.6
# Parts of one are this close (line heights), its numbers end this close to one edge, and few of them fall.
_GAP, _EDGE, _FALLS = 4.0, 1.5, 0.15


def with_contents(blocks: Sequence[Block]) -> list[Block]:
    """The blocks in reading order; neighbours that are entries of one table of contents are one block."""
    found: list[Block] = []
    run: list[Block] = []
    headed = False
    for block in (part for whole in blocks for part in _parted(whole)):
        if _is_part(block, headed=headed) and (not run or _follows(run[-1], block)):
            run.append(block)
            continue
        found += _closed(run, headed=headed)
        run = []
        headed = _is_heading(block)
        if _is_part(block, headed=headed):
            run = [block]
        else:
            found.append(block)
    return [*found, *_closed(run, headed=headed)]


def _parted(block: Block) -> list[Block]:
    """A block whose first row says that a table of contents is below: the row, and the entries."""
    if block.kind not in _COULD_BE or not block.lines or block.lines[0].quarter_turns:
        return [block]
    first, *rest = rows(block.lines)
    if len(rest) < _LEAST_ENTRIES or not names_contents(row_text(first)):
        return [block]
    head, entries = (
        replace(
            block,
            kind=kind,
            bbox=union_of([line.bbox for row in part for line in row]),
            lines=[line for row in part for line in row],
            grid=None,
            table=None,
        )
        for kind, part in ((RegionKind.SECTION_HEADER, [first]), (RegionKind.TEXT, rest))
    )
    return [head, entries] if _is_part(entries, headed=True) else [block]


def entries_text(block: Block) -> str:
    """A table of contents as text, an entry a line."""
    return "\n".join(row_text(row) for row in rows(block.lines))


def _is_heading(block: Block) -> bool:
    whole = rows(block.lines)
    return len(whole) == 1 and names_contents(row_text(whole[0]))


def names_contents(text: str) -> bool:
    """Whether a heading says that a table of contents is below."""
    return bool(_HEADING.match(text.strip()))


def _is_part(block: Block, *, headed: bool) -> bool:
    """Whether most lines of a block are entries; those without dots count under a heading that says so."""
    if block.kind not in _COULD_BE or not block.lines or block.lines[0].quarter_turns:
        return False
    whole = rows(block.lines)
    return len(_entries(whole, headed=headed)) >= _SHARE * len(whole)


def _entries(whole: Sequence[Row], *, headed: bool) -> list[Row]:
    form = _PLAIN if headed else _LED
    texts = [row_text(row).strip() for row in whole]
    return [
        row
        for row, text in zip(whole, texts, strict=True)
        if _ENDS.search(text) and (_LED.match(text) or form.match(text))
    ]


def _follows(above: Block, below: Block) -> bool:
    height = below.lines[0].bbox.height
    overlap = min(above.bbox.x2, below.bbox.x2) - max(above.bbox.x1, below.bbox.x1)
    return below.bbox.y1 - above.bbox.y2 < _GAP * height and overlap > 0


def _closed(run: Sequence[Block], *, headed: bool) -> list[Block]:
    """A run of parts as one table of contents; as it was when its entries are few or their numbers fall."""
    lines = [line for block in run for line in block.lines]
    entries = _entries(rows(lines), headed=headed) if lines else []
    numbers = [int(last) for row in entries if (last := row[-1].words[-1].text.strip(". ")).isdecimal()]
    falls = sum(one > other for one, other in pairwise(numbers))
    ends = [row[-1].bbox.x2 for row in entries]
    aligned = [end for end in ends if max(ends) - end < _EDGE * lines[0].bbox.height]
    if len(entries) < _LEAST_ENTRIES or falls > _FALLS * len(numbers) or len(aligned) < _SHARE * len(ends):
        return list(run)
    first = run[0]
    return [
        replace(
            first,
            kind=RegionKind.INDEX,
            bbox=union_of([b.bbox for b in run]),
            lines=lines,
            grid=None,
            table=None,
        )
    ]
