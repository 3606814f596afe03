# mypy: disable-error-code="no-untyped-call"
"""The widgets of a page: found, and turned with it where its rotation is worked into its content."""

from __future__ import annotations

import contextlib

import pymupdf

from pipelines.readers.pdf.objects import PdfObject
from schemas.geometry import BBox


def is_widget(annotation: PdfObject) -> bool:
    """Whether an annotation is where a field of a form stands."""
    return annotation.get("Subtype").name == "Widget"


def widgets(page: pymupdf.Page) -> list[PdfObject]:
    """The dictionaries of the widgets on a page."""
    return list(filter(is_widget, PdfObject.of_page(page).get("Annots").items()))


def without_rotation(page: pymupdf.Page) -> pymupdf.Page:
    """The page with no ``/Rotate``, displayed as it was.

    PyMuPDF would draw the widgets anew, as far as it can; so they are not on the page meanwhile, and then
    turned as they are.
    """
    turning = widgets(page)
    annotations = PdfObject.of_page(page).get("Annots")
    if turning:
        others = annotations.kept(lambda one: not is_widget(one))
        PdfObject.of_page(page).put("Annots", others)
        page = page.parent.reload_page(page)
    matrix = ~page.remove_rotation()
    if turning:
        for widget in turning:
            with contextlib.suppress(Exception):  # MuPDF raises many kinds; one widget costs only itself
                _turn(widget, matrix, page.parent)
        PdfObject.of_page(page).put("Annots", annotations)
    turned: pymupdf.Page = page.parent.reload_page(page)
    return turned


def _turn(widget: PdfObject, matrix: pymupdf.Matrix, document: pymupdf.Document) -> None:
    """Turns a widget's place, and what it shows there in its present state."""
    widget.put_box("Rect", BBox(*pymupdf.Rect(widget.get("Rect").box) * matrix))
    shown, state = widget.get("AP", "N"), widget.get("AS").name or "Off"
    states = None if shown.is_stream else shown
    shown = shown.get(state) if states else shown
    if not shown.is_stream or not shown.number_in_file:
        return
    number = document.get_new_xref()  # widgets may share what they show: each gets its own
    document.update_object(number, "<<>>")
    document.xref_copy(shown.number_in_file, number)
    own = PdfObject.of_number(document, number)
    turn = pymupdf.Matrix(matrix.a, matrix.b, matrix.c, matrix.d, 0, 0)  # the place is the rectangle's
    own.put_matrix("Matrix", shown.get("Matrix").matrix * turn)
    looks = widget.get("AP").copy()
    if states:
        own_states = states.copy()
        own_states.put(state, own)
        looks.put("N", own_states)
    else:
        looks.put("N", own)
    widget.put("AP", looks)
