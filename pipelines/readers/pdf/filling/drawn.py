# mypy: disable-error-code="no-untyped-call"
"""Writing on pages that know no fields: text set to fit, marks in boxes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress

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
    of_pages = defaultdict[int, list[tuple[Blank, Filling]]](list)
    for filling in fillings:
        if filling.blank in known:
            of_pages[known[filling.blank].page].append((known[filling.blank], filling))
    found: list[Placed] = []
    for number, wanted in of_pages.items():
        page = document[number - 1]
        size = (sizes or {}).get(number, (page.rect.width, page.rect.height))
        found += _draw_on(page, size, wanted)
    return found


def _draw_on(
    page: pymupdf.Page, size: tuple[float, float], wanted: Sequence[tuple[Blank, Filling]]
) -> list[Placed]:
    """Fills in one page: all is drawn on a sheet of its size, which is then laid over it."""
    with pymupdf.open() as sheets:
        sheet = sheets.new_page(width=size[0], height=size[1])
        placed = [_placed(sheet, blank, filling) for blank, filling in wanted]
        if any(one.text for one in placed):
            with suppress(Exception):  # fonts that cannot be made smaller stay whole
                sheets.subset_fonts()
            _lay_over(page, sheets)
    return placed


def _lay_over(page: pymupdf.Page, sheets: pymupdf.Document) -> None:
    """Shows the first page of ``sheets`` over all of a page, as that is displayed."""
    before = {xref for xref, *_ in page.get_xobjects()}
    inner = page.show_pdf_page(page.rect, sheets, 0)
    shown = next(xref for xref, *_ in page.get_xobjects() if xref not in before and xref != inner)
    matrix = " ".join(f"{value:.6g}" for value in _onto(page, sheets[0].rect.width))
    page.parent.xref_set_key(shown, "Matrix", f"[{matrix}]")


def _onto(page: pymupdf.Page, width: float) -> tuple[float, ...]:
    """The matrix from a page as displayed, ``width`` wide, its origin at the lower left, to its content.

    PyMuPDF's own is wrong for pages that are cut and turned, and for those with units of their own.
    """
    media, crop = page.mediabox, page.cropbox
    x1, x2 = max(media.x0, crop.x0), min(media.x1, crop.x1)
    y1, y2 = max(media.y0, media.y1 - crop.y1), min(media.y1, media.y1 - crop.y0)
    turned = page.rotation % 180 != 0
    unit = ((y2 - y1) if turned else (x2 - x1)) / width
    corner_and_turn = {
        0: (1, 0, 0, 1, x1, y1),
        90: (0, 1, -1, 0, x2, y1),
        180: (-1, 0, 0, -1, x2, y2),
        270: (0, -1, 1, 0, x1, y2),
    }
    a, b, c, d, x, y = corner_and_turn[page.rotation]
    return a * unit, b * unit, c * unit, d * unit, x, y


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
    if blank.longest and len(text) > blank.longest:
        raise _NotWritten(f"It takes {blank.longest} characters at most.")
    try:
        if blank.comb:
            write_cells(sheet, text, blank.parts or _evenly(box, blank.longest))
        else:
            write(sheet, text, blank.parts or [box], blank.size, wraps=blank.multiline)
    except TextTooLong as error:
        raise _NotWritten("There is not enough room for it.") from error
    except Unwritable as error:
        raise _NotWritten("It has characters that no font here can show.") from error
    return text


def _evenly(box: BBox, cells: int) -> list[BBox]:
    """A box in cells of one width."""
    step = box.width / max(1, cells)
    return [BBox(box.x1 + i * step, box.y1, box.x1 + (i + 1) * step, box.y2) for i in range(cells)]
