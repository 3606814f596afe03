"""The blanks of a page that are only drawn, printed or scanned."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pipelines.pages.forms.blanks.build import of_entry, of_place, of_question
from pipelines.pages.forms.blanks.choices import in_cells, questions
from pipelines.pages.forms.blanks.combs import combs
from pipelines.pages.forms.blanks.framed import framed, open_framed, shaded
from pipelines.pages.forms.blanks.gaps import gaps
from pipelines.pages.forms.blanks.naming import HEADINGS, Names
from pipelines.pages.forms.blanks.places import (
    Drawing,
    Ground,
    Place,
    apart,
    box_array,
    in_reading_order,
    overlaps,
)
from pipelines.pages.forms.blanks.ruled import ruled
from pipelines.pages.forms.blanks.seen import Seen
from pipelines.pages.forms.blanks.typed import printed, typed
from pipelines.pages.forms.entries import Entry
from pipelines.pages.forms.flat.drawn import drawn
from pipelines.pages.forms.flat.marks import ticks
from pipelines.pages.forms.flat.options import options
from pipelines.pages.forms.flat.pieces import Piece, pieces
from pipelines.pages.forms.flat.reader import flat_entries
from pipelines.pages.forms.flat.sheet import Sheet
from pipelines.space import Pose
from pipelines.work import PageWork
from schemas.forms import Blank
from schemas.geometry import BBox
from schemas.reading import FieldKind, TextLine

# No form has more texts: each is held against all others.
_MOST_PIECES = 1000
# Pieces of one line to write on are at most so far apart (text heights): two lines are two fields.
_GAP = 0.5
# A blank is of a line when so much of it lies there; boxes are one when one lies so far in the other.
_WITHIN = 0.5
# The least height and width of a frame (heights of the page's text); a page with more of them is a drawing.
_LOW, _SHORT, _MOST_HOLLOWS = 0.8, 2.5, 800
# A place with more ink (share of its area) was written at; its edges (text heights) may be of its frame.
_INKED, _CLEAR = 0.015, 0.25
# Labels that nothing is drawn for are fields where there are so many of them, also beside other fields.
_FORM = 2

BY_HAND = "(written by hand)"
"""The value of a blank with ink in it that is no text."""


def drawn_blanks(page: PageWork, seen: Seen) -> list[Blank]:
    """What can be written or ticked on a page, as displayed, in reading order.

    What is filled in already is a blank with a value, be it only ``BY_HAND``.
    """
    lines = page.lines or []
    width, height = page.pose.upright_size
    shapes = drawn(page.rules, [line.bbox for line in lines], width, height, gap=_GAP)
    shapes.frames += _unseen(seen.hollows, shapes.frames, [line.bbox for line in lines])
    marks = ticks(lines, seen.boxes, on_form=True)
    texts = pieces(lines, shapes, [mark.bbox for mark in marks])
    if len(texts) > _MOST_PIECES:
        return []
    sheet = Sheet.of(texts, shapes, width)
    asked = questions(options(marks, texts), texts)
    ground = Ground(printed(lines), [*shapes.walls, *(tick.bbox for tick in marks)], shapes.lines, height)
    places = _places(page, sheet, ground, [tick.bbox for q in asked for tick, _ in q.options], seen)
    in_rows, places = in_cells(places)
    asked += in_rows
    everything = [p.bbox for p in places] + [tick.bbox for tick in marks]
    names = Names(lines, page.regions or [], everything, shapes.frames)
    naming = {id(word) for question in asked for word in question.words()}
    naming |= {id(word) for line in lines if _has_run(line, places) for word in line.words}
    blanks = []
    for place in places:
        called, words = names.of(place)
        if called or place.drawing not in {Drawing.SHADE, Drawing.TYPED}:
            naming |= {id(word) for word in words}
            blanks.append(of_place(place, called, names, ground.text))
            if place.drawing is not Drawing.TYPED and seen.ink(_middle(place, ground.text)) > _INKED:
                blanks[-1].value = BY_HAND
    written = _written(flat_entries(page, seen.boxes, []), [b.bbox for b in blanks if b.bbox], naming)
    blanks += [of_entry(entry, names) for entry in written]
    blanks += [blank for question in asked for blank in of_question(question, names)]
    return _numbered(page, blanks)


def _unseen(hollows: Sequence[BBox], frames: Sequence[BBox], lines: Sequence[BBox]) -> list[BBox]:
    """The hollow boxes that no rules told of as frames, as low and short as a line of writing at least."""
    text = median(box.height for box in lines) if lines else 0.0
    large = [box for box in hollows if box.height > _LOW * text and box.width > _SHORT * text]
    known = box_array([frame for frame in frames if frame.area])
    areas = (known[:, 2] - known[:, 0]) * (known[:, 3] - known[:, 1])
    return [
        box
        for box in large[:_MOST_HOLLOWS]
        if not ((overlaps(box, known) > _WITHIN) & (areas < box.area / _WITHIN)).any()
    ]


def _places(page: PageWork, sheet: Sheet, ground: Ground, marked: Sequence[BBox], seen: Seen) -> list[Place]:
    """The places to write at: those that are surely ones first, none on another."""
    found, cells = combs(seen.hollows, ground)
    tinted = shaded(seen.shades, ground, [*marked, *cells])
    found += framed(sheet, ground, [*marked, *cells], [place.bbox for place in tinted])
    found += tinted
    titles = [region.bbox for region in page.regions or [] if region.kind in HEADINGS]
    found += open_framed(sheet, ground, titles)
    found += typed(page.lines or [], ground)
    named = {id(word) for place in found if place.label for word in place.label.words}
    found += [line for line in ruled(sheet, ground, titles) if line.label and not _has(line.label, named)]
    found = apart(found)
    named |= {id(word) for place in found if place.label for word in place.label.words}
    others = [place.bbox for place in found] + list(marked)
    free = [gap for gap in gaps(sheet, ground, others) if gap.label and not _has(gap.label, named)]
    free = [g for g in free if g.label and not any(t.holds(*g.label.bbox.center) for t in titles)]
    free = apart([*found, *free])[len(found) :]
    return found + free if len(free) >= _FORM else found


def _middle(place: Place, text: float) -> BBox:
    """The first line or cell of a place, clear of what is drawn around it."""
    box = place.parts[0] if place.parts else place.bbox
    across, down = _CLEAR * min(text, box.width / 2), _CLEAR * min(text, box.height)
    return BBox(box.x1 + across, box.y1 + down, box.x2 - across, box.y2 - 2 * down)  # a foot may be dotted


def _has_run(line: TextLine, places: Sequence[Place]) -> bool:
    """Whether a blank is typed in a line: nothing in it was filled in."""
    return any(p.drawing is Drawing.TYPED and p.bbox.inside(line.bbox) > _WITHIN for p in places)


def _has(text: Piece, words: set[int]) -> bool:
    return any(id(word) in words for word in text.words)


def _written(entries: Sequence[Entry], places: Sequence[BBox], naming: set[int]) -> list[Entry]:
    """The fields that hold something: none whose words name another, or that lies on a place."""
    return [
        entry
        for entry in entries
        if entry.kind is FieldKind.TEXT
        and any(map(str.isalnum, str(entry.value)))
        and entry.box
        and entry.name
        and not any(id(word) in naming for word in entry.words)
        and not any(entry.box.intersection(place) for place in places)
    ]


def _numbered(page: PageWork, blanks: Sequence[Blank]) -> list[Blank]:
    """The blanks in reading order, with their numbers, where they are displayed."""
    order = in_reading_order([blank.bbox for blank in blanks if blank.bbox])
    pose, found = page.pose, []
    for number, i in enumerate(order, start=1):
        blank = blanks[i]
        blank.id, blank.page = f"p{page.number}.b{number}", page.number
        blank.angle = (pose.angle + 90 * pose.turns) % 360
        blank.bbox = blank.bbox and _displayed(pose, blank.bbox)
        blank.parts = [_displayed(pose, part) for part in blank.parts]
        for choice in blank.choices:
            choice.page, choice.bbox = page.number, choice.bbox and _displayed(pose, choice.bbox)
        found.append(blank)
    return found


def _displayed(pose: Pose, box: BBox) -> BBox:
    """A box of the upright page where it is displayed, as wide and high as it is, not as its bounds are."""
    bounds = pose.to_displayed(box)
    if not pose.angle:
        return bounds
    across, down = (box.height, box.width) if pose.turns % 2 else (box.width, box.height)
    x, y = bounds.center
    return BBox(x - across / 2, y - down / 2, x + across / 2, y + down / 2)
