"""The tables of a document in order, each with what stands around it on its page."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from statistics import median

from pipelines.documents.merge_tables.listed import listed
from pipelines.documents.merge_tables.pieces import Piece, piece_of
from pipelines.documents.merge_tables.strays import remainder
from pipelines.documents.merge_tables.words import plain
from pipelines.pages.captions import label_kind
from pipelines.work import PageRecord
from schemas.documents import Page
from schemas.fragments import FragmentType, HeaderContent, PageFragment, Source
from schemas.geometry import BBox
from schemas.reading import TextLine, Word

_RUNS = {FragmentType.PAGE_HEADER, FragmentType.PAGE_FOOTER, FragmentType.PAGE_NUMBER}
NOTES = {FragmentType.TEXT, FragmentType.LIST_ITEM}
"""As which footnotes are read."""
FOOT = 0.6
"""Footnotes stand below this share of the page's height."""
_MARGIN = 0.08
"""What stands in this share of the page's height at its head or foot is no part of its body."""
_LEAD = 8
"""So many fragments before a table may be its captions and headings."""
_HEADINGS = 3
_SLACK = 5.0
_SAMPLED = 50
_SMALL = 0.93
"""Of the usual size of text: smaller is small print."""


@dataclass(slots=True)
class Standing:
    """A piece where it stands: what comes before it on its page, up to another table, and after it.

    ``lead`` are the texts that may be its captions and headings; ``above`` and ``below`` are the ends of the
    page's body, ``height`` that of the page, in page units; None without geometry. ``body`` is what of the
    page has a place and does not run; ``names`` are the ``ref_id`` of the page's fragments by their ``id``.
    """

    piece: Piece
    before: list[PageFragment]
    after: list[PageFragment]
    lead: list[str]
    above: float | None = None
    below: float | None = None
    height: float | None = None
    body: list[PageFragment] = field(default_factory=list)
    names: dict[int, str | None] = field(default_factory=dict)
    lines: Sequence[TextLine] = field(default_factory=list)
    usual_size: float = 0.0

    @property
    def scanned(self) -> bool:
        """Whether the words of its page were read from a picture."""
        return any(word.source is Source.OCR for line in self.lines for word in line.words)

    def is_small(self, fragment: PageFragment) -> bool:
        """Whether a fragment of the page is set smaller than text is in the document."""
        return _is_small(fragment, self.lines, self.usual_size)

    def name_of(self, fragment: PageFragment) -> str:
        """The ``ref_id`` of a fragment of the page; empty if the finished page leaves it out."""
        return self.names.get(id(fragment)) or ""


@dataclass(slots=True)
class _Headings:
    """The last headings up to a place; ``headed``: a table stands below the last one."""

    texts: list[str] = field(default_factory=list)
    headed: bool = False

    def take(self, fragments: Sequence[PageFragment]) -> None:
        """Adds those among some fragments; the first one below a table ends what headed that table."""
        own = [one.content.content for one in fragments if isinstance(one.content, HeaderContent)]
        if own:
            kept = self.texts[:-1] if self.headed else self.texts
            self.texts, self.headed = [*kept, *own][-_HEADINGS:], False


def standings(records: Sequence[PageRecord], pages: Sequence[Page]) -> Iterator[list[Standing]]:
    """The tables that could be pieces, in reading order, in runs: no piece goes on beyond its run.

    ``pages`` are the finished pages of ``records``: what was left out of them counts all the same.
    """
    run: list[Standing] = []
    headings = _Headings()
    usual_size = _text_size(records)
    ends = _bodies(records, usual_size)
    before: PageRecord | None = None
    for record, page in zip(records, pages, strict=True):
        is_next = before is not None and record.number == before.number + 1 and record.part == before.part
        if run and (not is_next or record.begins):
            yield run
            run = []
        if not record.ready and not record.fault:
            last = run[-1].piece if run and run[-1].piece.page == record.number - 1 else None
            run += _on_page(record, page, ends, headings, last, usual_size)
        before = record
    if run:
        yield run


def _on_page(
    record: PageRecord,
    page: Page,
    ends: dict[tuple[int, int], tuple[float, float]],
    headings: _Headings,
    last: Piece | None,
    usual_size: float,
) -> Iterator[Standing]:
    """The page's tables; ``headings`` are the last ones before it, and are brought up to its end.

    A row alone that ``last``, the last piece of the page before, may go on in is one, too.
    """
    size = (record.size.width, record.size.height) if record.size else (0, 0)
    height = record.size.height if record.size else None
    body = [f for f in record.fragments if f.bbox and not is_running(f, height)]
    top = ends[size][0] if size in ends else 0.0
    names = _names(record, page)
    named = {id(fragment): name for fragment, name in zip(record.fragments, names, strict=True)}
    places = _pieces(record, names, last, top)
    for i, (place, piece) in enumerate(places):
        begin = places[i - 1][0].stop if i else 0
        end = places[i + 1][0].start if i + 1 < len(places) else len(record.fragments)
        before = record.fragments[begin : place.start]
        headings.take(before)
        texts = [f.content.content for f in before if not is_running(f, None)][-_LEAD:]
        standing = Standing(piece, before, record.fragments[place.stop : end], [*headings.texts, *texts])
        standing.body, standing.names = body, named
        standing.lines, standing.usual_size = record.lines, usual_size
        if size in ends:
            standing.above, standing.below = ends[size]
            standing.height = size[1]
        yield standing
        headings.headed = True
    headings.take(record.fragments[places[-1][0].stop if places else 0 :])


def _pieces(
    record: PageRecord, names: Sequence[str | None], last: Piece | None, top: float
) -> list[tuple[range, Piece]]:
    """The tables of a page with the places of their fragments; none where tables are left out.

    ``names`` are the ``ref_id`` of the fragments; the page's body begins at ``top``.
    """
    found: list[tuple[range, Piece]] = []
    at_top = last is not None
    height = record.size.height if record.size else None
    named = list(zip(record.fragments, names, strict=True))
    for place, (fragment, name) in enumerate(named):
        if found and place in found[-1][0]:
            continue
        places = range(place, place + 1)
        before = found[-1][1] if found else last if at_top else None
        if fragment.fragment_type is FragmentType.TABLE:
            piece = piece_of(record.number, fragment, name) if name else None
            at_top = False
        elif before is not None and (piece := listed(before, named, place, record)):
            places = range(place, place + 1 + len(piece.more))
            at_top = False
        elif last is not None and at_top and name and fragment.bbox and fragment.bbox.y1 > top - _SLACK:
            places = range(place, place + _on_one_line(record.fragments[place : place + last.columns]))
            row = {own: record.fragments[i] for i in places if (own := names[i])}
            piece = remainder(last, row, record)
            at_top = piece is None and is_running(fragment, height)
        else:
            piece = None
            at_top &= is_running(fragment, height)
        if piece is not None:
            piece.bold = _bold(piece, record)
            found.append((places, piece))
    return found


def _on_one_line(fragments: Sequence[PageFragment]) -> int:
    """How many of the fragments stand side by side with the first one."""
    first, *others = [fragment.bbox for fragment in fragments]
    count = 1
    for box in others:
        if first is None or box is None or not first.y1 <= (box.y1 + box.y2) / 2 <= first.y2:
            break
        count += 1
    return count


def _names(record: PageRecord, page: Page) -> list[str | None]:
    """The ``ref_id`` of each fragment of a record; None of those that the finished page leaves out."""
    kept = deque(page.page_fragments[1 if record.begins else 0 :])
    found: list[str | None] = []
    for one in record.fragments:
        same = kept and kept[0].fragment_type is one.fragment_type and kept[0].bbox == one.bbox
        found.append(kept.popleft().ref_id if same else None)
    return found


def _bodies(records: Sequence[PageRecord], usual_size: float) -> dict[tuple[int, int], tuple[float, float]]:
    """Where the text of pages of each size begins and ends at most, without small print at its foot."""
    found: dict[tuple[int, int], tuple[float, float]] = {}
    for record in records:
        if record.size is None:
            continue
        size = (record.size.width, record.size.height)
        for fragment in record.fragments:
            if fragment.bbox is None or is_running(fragment, size[1]):
                continue
            low = fragment.fragment_type in NOTES and fragment.bbox.y1 >= FOOT * size[1]
            if low and _is_small(fragment, record.lines, usual_size):
                continue
            top, bottom = found.get(size, (fragment.bbox.y1, fragment.bbox.y2))
            found[size] = (min(top, fragment.bbox.y1), max(bottom, fragment.bbox.y2))
    return found


def _text_size(records: Sequence[PageRecord]) -> float:
    """The usual size of running text (page units), by some fragments from all pages; 0 if there are none."""
    texts = [
        (record, fragment.bbox.bbox())
        for record in records
        for fragment in record.fragments
        if fragment.fragment_type is FragmentType.TEXT and fragment.bbox is not None
    ]
    some = texts[:: max(1, len(texts) // _SAMPLED)]
    sizes = [size for record, box in some if (size := _size(record.lines, box))]
    return median(sizes) if sizes else 0.0


def _size(lines: Sequence[TextLine], box: BBox) -> float:
    """The usual size of the words in a box; 0 if there are none."""
    sizes = [word.size for line in lines if box.holds(*line.bbox.center) for word in line.words]
    return median(sizes) if sizes else 0.0


def _is_small(fragment: PageFragment, lines: Sequence[TextLine], usual_size: float) -> bool:
    box = fragment.bbox.bbox() if fragment.bbox else None
    return box is not None and 0 < _size(lines, box) < _SMALL * usual_size


def _bold(piece: Piece, record: PageRecord) -> list[float | None]:
    """The share of bold words in each row; None where it is not known."""
    if piece.box is None or not record.lines:
        return []
    words = [w for line in record.lines for w in line.words if piece.box.holds(*w.bbox.center)]
    words.sort(key=lambda word: word.bbox.center[1])
    found: list[float | None] = []
    at = 0
    for row in range(piece.rows):
        box = piece.row_box(row)
        held: list[Word] = []
        while box and at < len(words) and words[at].bbox.center[1] <= box.y2:
            held += [words[at]] if words[at].bbox.center[1] >= box.y1 else []
            at += 1
        found.append(sum(word.bold for word in held) / len(held) if held else None)
    return found


def is_running(fragment: PageFragment, height: float | None) -> bool:
    """Whether a fragment is a running head or foot, by its kind or its place.

    Headings and captions with a number are none by their place: bodies may begin that high.
    """
    if fragment.fragment_type in _RUNS:
        return True
    if fragment.bbox is None or height is None or fragment.fragment_type is FragmentType.TABLE:
        return False
    if isinstance(fragment.content, HeaderContent) or label_kind(plain(fragment.content.content)):
        return False
    return fragment.bbox.y2 < _MARGIN * height or fragment.bbox.y1 > (1 - _MARGIN) * height
