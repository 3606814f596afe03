"""The blanks of a page that are only drawn, printed or scanned."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from models import images
from pipelines.pages.forms.blanks.choices import Question, questions
from pipelines.pages.forms.blanks.combs import combs
from pipelines.pages.forms.blanks.framed import framed, open_framed, shaded
from pipelines.pages.forms.blanks.gaps import gaps
from pipelines.pages.forms.blanks.naming import HEADINGS, Names, date_format, is_signature, tidy
from pipelines.pages.forms.blanks.places import Drawing, Ground, Place, apart, in_reading_order
from pipelines.pages.forms.blanks.ruled import ruled
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
from schemas.forms import Blank, Choice, Origin
from schemas.geometry import BBox
from schemas.reading import CheckBox, FieldKind, TextLine

# No form has more texts: each is held against all others.
_MOST_PIECES = 1000
# A page with more rules is a drawing.
_MOST_RULES = 5000
# Pieces of one line to write on are at most so far apart (text heights): two lines are two fields.
_GAP = 0.5
# A blank is of a line when so much of it lies there.
_WITHIN = 0.5
# The size to write in, as a share of the height of the page's lines of text.
_SIZE = 0.8
# A place with more ink (share of its area) was written at; its edges (text heights) may be of its frame.
_INKED, _CLEAR = 0.015, 0.25
# Labels that nothing is drawn for are fields where there are so many of them, also beside other fields.
_FORM = 2

BY_HAND = "(written by hand)"
"""The value of a blank with ink in it that is no text."""


def drawn_blanks(
    page: PageWork,
    boxes: Sequence[CheckBox],
    shades: Sequence[BBox],
    ink: Callable[[BBox], float] = lambda box: 0.0,
) -> list[Blank]:
    """What can be written or ticked on a page, as displayed, in reading order.

    ``boxes`` are the boxes to tick that are seen on it, ``shades`` boxes of another colour than what is
    around them, ``ink`` tells the share of a box that is inked (page units, upright). What is filled in
    already is a blank with a value, be it only ``BY_HAND``.
    """
    lines = page.lines or []
    width, height = page.pose.upright_size
    shapes = drawn(page.rules, [line.bbox for line in lines], width, height, gap=_GAP)
    marks = ticks(lines, boxes)
    texts = pieces(lines, shapes, [mark.bbox for mark in marks])
    if len(texts) > _MOST_PIECES:
        return []
    sheet = Sheet.of(texts, shapes, width)
    asked = questions(options(marks, texts), texts)
    own = {id(word) for question in asked for word in question.words()}
    ground = Ground(printed(lines), [*shapes.walls, *(tick.bbox for tick in marks)], shapes.lines, height)
    places = _places(page, sheet, ground, [tick.bbox for q in asked for tick, _ in q.options], shades)
    names = Names(lines, page.regions or [], [p.bbox for p in places] + [tick.bbox for tick in marks])
    blanks, naming = [], own
    for place in places:
        called, words = names.of(place)
        if called or place.drawing not in {Drawing.SHADE, Drawing.TYPED}:
            naming |= {id(word) for word in words}
            blanks.append(_blank(place, called, names, ground.text))
            if place.drawing is not Drawing.TYPED and ink(_middle(place, ground.text)) > _INKED:
                blanks[-1].value = BY_HAND
    naming |= {id(word) for line in lines if _has_run(line, places) for word in line.words}
    written = _written(flat_entries(page, boxes, []), [blank.bbox for blank in blanks if blank.bbox], naming)
    blanks += [_filled(entry, names) for entry in written]
    blanks += [blank for question in asked for blank in _to_tick(question, names)]
    return _numbered(page, blanks)


def _places(
    page: PageWork, sheet: Sheet, ground: Ground, marked: Sequence[BBox], shades: Sequence[BBox]
) -> list[Place]:
    """The places to write at: those that are surely ones first, none on another."""
    found, cells = combs(images.enclosed_boxes(page.rules[:_MOST_RULES], *page.pose.upright_size), ground)
    tinted = shaded(shades, ground, [*marked, *cells])
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
    return BBox(box.x1 + across, box.y1 + down, box.x2 - across, box.y2 - down)


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


def _blank(place: Place, called: list[str], names: Names, text: float) -> Blank:
    is_comb = place.drawing is Drawing.COMB
    kind = FieldKind.SIGNATURE if is_signature(called) and not is_comb else FieldKind.TEXT
    return Blank(
        id="",
        kind=kind,
        origin=Origin.DRAWN,
        page=0,
        bbox=place.bbox,
        names=called,
        context=[*names.headings(place.bbox), *(one for one in place.context if one.strip())],
        multiline=place.rows > 1,
        longest=len(place.parts) if is_comb else 0,
        comb=is_comb,
        size=round(_SIZE * text, 1),
        format=date_format(called),
        parts=place.parts,
    )


def _filled(entry: Entry, names: Names) -> Blank:
    box = entry.box or BBox(0, 0, 0, 0)
    return Blank(
        id="",
        kind=FieldKind.TEXT,
        origin=Origin.DRAWN,
        page=0,
        bbox=box,
        names=[tidy(entry.name)],
        context=names.headings(box),
        value=str(entry.value),
    )


def _to_tick(question: Question, names: Names) -> Iterator[Blank]:
    first = question.options[0][0].bbox
    context = names.headings(first)
    asked = tidy(question.text)
    if question.is_single:
        labels = [_label(label) for _, label in question.options]
        box = first
        for tick, _ in question.options:
            box = box.union(tick.bbox)
        yield Blank(
            id="",
            kind=FieldKind.RADIO,
            origin=Origin.DRAWN,
            page=0,
            bbox=box,
            names=[asked or " / ".join(labels)],
            context=context,
            value=next((_label(label) for tick, label in question.options if tick.checked), None),
            choices=[
                Choice(text, text, bbox=tick.bbox)
                for text, (tick, _) in zip(labels, question.options, strict=True)
            ],
        )
        return
    for tick, label in question.options:
        yield Blank(
            id="",
            kind=FieldKind.CHECKBOX,
            origin=Origin.DRAWN,
            page=0,
            bbox=tick.bbox,
            names=[name for name in (_label(label),) if name],
            context=[*context, *([asked] if asked else [])],
            value=tick.checked,
        )


def _label(label: Piece | None) -> str:
    return tidy(label.text) if label else ""


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
