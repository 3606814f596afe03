# mypy: disable-error-code="no-untyped-call"
"""Writing on pages that know no fields: text set to fit, marks in boxes."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

import pymupdf

from pipelines.readers.pdf.filling.letters import TextTooLong, Unwritable, write, write_cells
from schemas.forms import Blank, Filling, Origin, Placed
from schemas.geometry import BBox
from schemas.reading import FieldKind

# A cross has strokes so thick, and leaves so much room to the frame (shares of its side); a dot is so wide.
_STROKE, _ROOM, _DOT = 0.09, 0.22, 0.55

_PRINTED = (
    "Something is written there already, and print cannot be taken away: white it out and send it again."
)
_SIGN = "This is a place to sign: it is left to be signed."


class _NotWritten(Exception):
    """Why a filling was not written; the message is for the caller."""


def draw(
    document: pymupdf.Document,
    blanks: Sequence[Blank],
    fillings: Sequence[Filling],
    sizes: Mapping[int, tuple[float, float]] | None = None,
) -> list[Placed]:
    """Writes what is to stand in drawn blanks on the pages of an open PDF, which is changed and not saved.

    Boxes are those of the pages as displayed; ``sizes`` are the pages' width and height in the boxes' unit,
    where that is not the point. Returns what became of each filling of a drawn blank; others are not looked
    at.
    """
    known = {blank.id: blank for blank in blanks if blank.origin is Origin.DRAWN}
    together = defaultdict[tuple[int, float], list[tuple[Blank, Filling]]](list)
    for filling in fillings:
        if blank := known.get(filling.blank):
            together[blank.page, blank.angle].append((blank, filling))
    found: list[Placed] = []
    for (number, angle), wanted in together.items():
        page = document[number - 1]
        width, height = (sizes or {}).get(number, (page.rect.width, page.rect.height))
        found += _draw_on(page, _Pose(width, height, angle), wanted)
    return found


@dataclass(frozen=True, slots=True)
class _Pose:
    """How a sheet that is written on lies on its page: about their middles, turned by ``angle``.

    The page is ``width`` x ``height`` in the boxes' unit; the square sheet has room for it at any angle
    (degrees that make its writing level when they turn it clockwise).
    """

    width: float
    height: float
    angle: float

    @property
    def side(self) -> float:
        """The sheet's width and height."""
        return math.hypot(self.width, self.height)

    def level(self, box: BBox) -> BBox:
        """Where a box of the page lies on the sheet; its sides change places with every quarter turn."""
        turn = math.radians(self.angle)
        x, y = box.center[0] - self.width / 2, box.center[1] - self.height / 2
        across = x * math.cos(turn) - y * math.sin(turn) + self.side / 2
        down = x * math.sin(turn) + y * math.cos(turn) + self.side / 2
        sides = (box.width / 2, box.height / 2)
        right, below = reversed(sides) if round(self.angle / 90) % 2 else sides
        return BBox(across - right, down - below, across + right, down + below)

    def matrix(self, page: pymupdf.Page) -> pymupdf.Matrix:
        """From the sheet to the space of a page's content; both have their origin at the lower left."""
        turn = math.radians(self.angle)
        c, s = math.cos(turn), math.sin(turn)
        middle, corner = self.side / 2, (self.width / 2, self.height / 2)
        centred, turned = pymupdf.Matrix(1, 0, 0, 1, -middle, -middle), pymupdf.Matrix(c, s, -s, c, 0, 0)
        placed: pymupdf.Matrix = centred * turned * pymupdf.Matrix(1, 0, 0, 1, *corner)
        return pymupdf.Matrix(placed * _onto(page, self.width))


def _draw_on(page: pymupdf.Page, pose: _Pose, wanted: Sequence[tuple[Blank, Filling]]) -> list[Placed]:
    """Fills in one page: all is drawn on a sheet, which is then laid over it."""
    with pymupdf.open() as sheets:
        sheet = sheets.new_page(width=pose.side, height=pose.side)
        placed = [_placed(sheet, _levelled(blank, pose), filling) for blank, filling in wanted]
        if any(one.text for one in placed):
            with suppress(Exception):  # fonts that cannot be made smaller stay whole
                sheets.subset_fonts()
            _lay_over(page, sheets, pose.matrix(page))
    return placed


def _levelled(blank: Blank, pose: _Pose) -> Blank:
    return replace(
        blank,
        bbox=blank.bbox and pose.level(blank.bbox),
        parts=[pose.level(part) for part in blank.parts],
        choices=[replace(one, bbox=one.bbox and pose.level(one.bbox)) for one in blank.choices],
    )


def _lay_over(page: pymupdf.Page, sheets: pymupdf.Document, matrix: pymupdf.Matrix) -> None:
    """Shows the first page of ``sheets`` over a page, ``matrix`` taking it to the page's content."""
    before = {xref for xref, *_ in page.get_xobjects()}
    inner = page.show_pdf_page(page.rect, sheets, 0)
    shown = next(xref for xref, *_ in page.get_xobjects() if xref not in before and xref != inner)
    values = " ".join(f"{getattr(matrix, name):.6f}" for name in "abcdef")
    page.parent.xref_set_key(shown, "Matrix", f"[{values}]")


def _onto(page: pymupdf.Page, width: float) -> pymupdf.Matrix:
    """The matrix from a page as displayed, ``width`` wide, its origin at the lower left, to its content.

    PyMuPDF's own is wrong for pages that are cut and turned, and for those with units of their own.
    """
    media, crop = page.mediabox, page.cropbox
    x1, x2 = max(media.x0, crop.x0), min(media.x1, crop.x1)
    y1, y2 = max(media.y0, media.y1 - crop.y1), min(media.y1, media.y1 - crop.y0)
    turned = page.rotation % 180 != 0
    unit = ((y2 - y1) if turned else (x2 - x1)) / width
    a, b, c, d, x, y = {
        0: (1, 0, 0, 1, x1, y1),
        90: (0, 1, -1, 0, x2, y1),
        180: (-1, 0, 0, -1, x2, y2),
        270: (0, -1, 1, 0, x1, y2),
    }[page.rotation]
    return pymupdf.Matrix(a * unit, b * unit, c * unit, d * unit, x, y)


def _placed(sheet: pymupdf.Page, blank: Blank, filling: Filling) -> Placed:
    try:
        return Placed(blank.id, _written(sheet, blank, filling.value))
    except _NotWritten as problem:
        return Placed(blank.id, problem=str(problem))


def _written(sheet: pymupdf.Page, blank: Blank, value: str | bool) -> str:
    """Writes or marks one blank; what then stands there."""
    if blank.bbox is None:
        raise _NotWritten("The field shows on no page.")
    if blank.kind is FieldKind.CHECKBOX:
        return _ticked(sheet, blank, blank.bbox, is_set=value is True or value == "true")
    text = value.strip() if isinstance(value, str) else ""
    if text == (blank.value or ""):
        return text
    if blank.value:
        raise _NotWritten(_PRINTED)
    if blank.kind is FieldKind.SIGNATURE:
        raise _NotWritten(_SIGN)
    if blank.kind is FieldKind.RADIO:
        return _chosen(sheet, blank, text)
    return _lettered(sheet, blank, blank.bbox, text)


def _ticked(sheet: pymupdf.Page, blank: Blank, box: BBox, *, is_set: bool) -> str:
    if blank.value is True and not is_set:
        raise _NotWritten(_PRINTED)
    if is_set and blank.value is not True:
        _cross(sheet, box)
    return "true" if is_set else ""


def _chosen(sheet: pymupdf.Page, blank: Blank, value: str) -> str:
    chosen = next((choice for choice in blank.choices if choice.value == value), None)
    if chosen is None or chosen.bbox is None:
        raise _NotWritten("That is none of its choices.")
    _cross(sheet, chosen.bbox)
    return chosen.value


def _cross(sheet: pymupdf.Page, box: BBox) -> None:
    """An X amid a box, as large as its shorter side allows."""
    (x, y), side = box.center, min(box.width, box.height)
    reach = side * (0.5 - _ROOM)
    sheet.draw_line((x - reach, y - reach), (x + reach, y + reach), width=side * _STROKE, lineCap=1)
    sheet.draw_line((x - reach, y + reach), (x + reach, y - reach), width=side * _STROKE, lineCap=1)


def _lettered(sheet: pymupdf.Page, blank: Blank, box: BBox, text: str) -> str:
    if blank.comb and len(text) > blank.longest:
        text = re.sub(r"[\W_]+", "", text)  # cells have no room for what parts a number
    if blank.longest and len(text) > blank.longest:
        raise _NotWritten(f"It takes {blank.longest} characters at most.")
    try:
        if blank.comb:
            write_cells(sheet, text, blank.parts or _evenly(box, blank.longest))
        elif len(blank.parts) > 1 and not blank.multiline:
            _write_parts(sheet, text, blank.parts, blank.size)
        else:
            write(sheet, text, blank.parts or [box], blank.size, wraps=blank.multiline)
    except TextTooLong as error:
        raise _NotWritten("There is not enough room for it.") from error
    except Unwritable as error:
        raise _NotWritten("It has characters that no font here can show.") from error
    return text


def _write_parts(sheet: pymupdf.Page, text: str, parts: Sequence[BBox], size: float) -> None:
    """Writes the parts of a date or number into the places that are printed for each."""
    said = [part for part in re.split(r"[\W_]+", text) if part]
    if len(said) != len(parts):
        raise _NotWritten(f"It is written in {len(parts)} parts: say it with as many, with slashes between.")
    for one, room in zip(said, parts, strict=True):
        write(sheet, one, [room], size, wraps=False)


def _evenly(box: BBox, cells: int) -> list[BBox]:
    """A box in cells of one width."""
    step = box.width / max(1, cells)
    return [BBox(box.x1 + i * step, box.y1, box.x1 + (i + 1) * step, box.y2) for i in range(cells)]
