"""Page stage: forms. Fields and their values leave the text and become forms in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from statistics import fmean
from typing import ClassVar

from models.base import Engines
from pipelines.pages.blocks import Block, make_blocks
from pipelines.pages.finds import without_words
from pipelines.pages.forms.content import form_content
from pipelines.pages.forms.digital import field_entries
from pipelines.pages.forms.entries import Entry
from pipelines.pages.forms.flat.reader import flat_entries
from pipelines.pages.headings import KINDS
from pipelines.pages.order import reading_order
from pipelines.pages.paragraphs import rows
from pipelines.pages.parts import upright_page
from pipelines.readers.base import Reader
from pipelines.work import Find, PageWork
from schemas.fragments import FragmentType
from schemas.geometry import BBox, union_of
from schemas.reading import CheckBox, FieldKind, Region, RegionKind, TextLine

# Boxes to tick are looked for at 150 dpi (pixels a point).
_SCALE = 150 / 72
# A table of which fields cover more is a form, as is one that most words of are taken from.
_OF_TABLE = 0.25
# Text that lies in a field by this share parts no fields.
_WITHIN = 0.5
# Text of so many lines between fields parts them, and text that begins so far left of all (its line heights).
_PARAGRAPH, _OUTDENT = 3, 0.5
# Fields that cover more of what is on the page than this make it a form.
_MOSTLY = 0.5

_Run = tuple[list[int], BBox]
"""The indices of entries, and the box around them."""


class ReadForms:
    """Reads interactive, printed and scanned forms.

    Headings, paragraphs and what stands out at the left part forms; other lines between fields do not.

    Where the file knows the fields of a page, what is printed around them is no form but text.
    """

    name: ClassVar[str] = "forms"
    reads: ClassVar[frozenset[str]] = frozenset(
        {"source", "image", "turns", "lines", "regions", "rules", "finds"}
    )
    writes: ClassVar[frozenset[str]] = frozenset({"lines", "regions", "finds"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines) -> None:
        self._reader = reader
        self._engines = engines

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None:
                continue
            known = self._interactive(page)
            entries = known
            if not _is_interactive(known):
                entries = known + flat_entries(page, self._boxes(page), known)
                _take(page, entries)
            page.regions = _without_forms(page.regions or [], page.lines or [], entries)
            page.finds += _finds(page, entries)

    def _interactive(self, page: PageWork) -> list[Entry]:
        """The entries of the fields that the file knows."""
        fields = [
            replace(field, bbox=field.bbox and page.pose.to_upright(field.bbox))
            for field in self._reader.fields(page.number)
            if not field.hidden
        ]
        entries = field_entries(fields, page.lines or []) if fields else []
        _take(page, entries)
        return entries

    def _boxes(self, page: PageWork) -> list[CheckBox]:
        """The boxes to tick that are seen on the page, in page units."""
        image, scale = upright_page(page, self._reader, _SCALE)
        return [replace(box, bbox=box.bbox.scaled(1 / scale)) for box in self._engines.find_checkboxes(image)]


def _is_interactive(entries: Sequence[Entry]) -> bool:
    """Whether the file knows a page's fields: a place to sign alone may be put on any form."""
    return any(entry.box and entry.kind is not FieldKind.SIGNATURE for entry in entries)


def _take(page: PageWork, entries: Sequence[Entry]) -> None:
    """Takes the entries' words out of the text."""
    taken = {id(word) for entry in entries for word in entry.words}
    page.lines, _ = without_words(page.lines or [], lambda word: id(word) in taken)


def _without_forms(
    regions: Sequence[Region], lines: Sequence[TextLine], entries: Sequence[Entry]
) -> list[Region]:
    """The regions, less tables that were forms."""
    left = [word.bbox.center for line in lines for word in line.words]
    taken = [word.bbox.center for entry in entries for word in entry.words]
    fields = [box for entry in entries if (box := entry.extent)]

    def is_form(region: Region) -> bool:
        box = region.bbox
        emptied = sum(box.holds(*word) for word in taken) > sum(box.holds(*word) for word in left)
        return emptied or sum(field.intersection(box) for field in fields) > _OF_TABLE * box.area

    return [region for region in regions if region.kind is not RegionKind.TABLE or not is_form(region)]


def _finds(page: PageWork, entries: Sequence[Entry]) -> list[Find]:
    """The forms on a page, in any order, boxes in units of the upright page."""
    width, height = page.pose.upright_size
    blocks = make_blocks(page.lines or [], page.regions or [], [], width, height)
    extents = [box for entry in entries if (box := entry.extent)]
    others = [b for b in blocks if b.lines and not any(b.bbox.inside(box) > _WITHIN for box in extents)]
    left = min((box.x1 for box in extents), default=0.0)
    runs = _runs(entries, [(b.bbox, b.kind in KINDS) for b in others if _parts_fields(b, left)])
    if placeless := [entry for entry in entries if entry.extent is None]:
        if not runs:
            runs = [([], BBox(0, height, width, height))]  # at the end of the page
        runs[-1][0].extend(placeless)
    fields = sum(box.area for _, box in runs)
    mostly = fields > _MOSTLY * (fields + sum(block.bbox.area for block in others))
    kind = FragmentType.FORM if mostly else FragmentType.KEY_VALUE_REGION
    return [_find(run, box, kind) for run, box in runs]


def _parts_fields(block: Block, left: float) -> bool:
    """Whether a text is more than a remark between fields, all of which begin right of ``left``."""
    lines = rows(block.lines)
    outdent = left - block.bbox.x1
    return (
        block.kind in KINDS
        or len(lines) >= _PARAGRAPH
        or outdent > _OUTDENT * block.bbox.height / max(1, len(lines))
    )


def _find(entries: list[Entry], box: BBox, kind: FragmentType) -> Find:
    sources = [entry.source for entry in entries]
    scores = [entry.score for entry in entries if entry.score is not None]
    return Find(
        kind=kind,
        bbox=box,
        content=form_content(entries),
        confidence=round(fmean(scores), 4) if scores else None,
        source=max(sources, key=sources.count),
        words=[word for entry in entries for word in entry.words],
    )


def _runs(entries: Sequence[Entry], others: Sequence[tuple[BBox, bool]]) -> list[tuple[list[Entry], BBox]]:
    """Entries that follow one another with no other text between, and the box around them.

    ``others``: the boxes of the text, and whether it is a heading. Entries without a place are in no run.
    """
    placed = [(entry, box) for entry in entries if (box := entry.extent)]
    boxes = [box for _, box in placed] + [box for box, _ in others]
    headings = [len(placed) + i for i, (_, heading) in enumerate(others) if heading]
    ordered = reading_order(boxes, headings=headings)
    runs: list[_Run] = []
    for is_field, run in groupby(ordered, key=lambda i: i < len(placed)):
        if is_field:
            members = list(run)
            runs.append((members, union_of([boxes[i] for i in members])))
    found = []
    for members, box in _disjoint(runs):
        order = reading_order([boxes[i] for i in members])
        found.append(([placed[members[i]][0] for i in order], box))
    return found


def _disjoint(runs: Sequence[_Run]) -> list[_Run]:
    """The runs, those that lie in each other as one."""
    apart: list[_Run] = []
    for members, box in runs:
        together = members
        while within := next((run for run in apart if _overlap(run[1], box) > _WITHIN), None):
            apart.remove(within)
            together, box = within[0] + together, within[1].union(box)
        apart.append((together, box))
    return apart


def _overlap(one: BBox, other: BBox) -> float:
    return max(one.inside(other), other.inside(one))
