"""Where the file knows a page's fields, these are its blanks; else what is drawn, if that is asked for."""

from __future__ import annotations

from pathlib import Path

import pymupdf

from schemas.forms import Origin
from tests.pipelines.forms.blanks.sheets import Sheet, blanks_of


def form(folder: Path, *, with_field: bool) -> Path:
    sheet = Sheet()
    sheet.text(40, 60, "Name: ______________________")
    if with_field:
        widget = pymupdf.Widget()
        widget.field_name, widget.field_type = "town", pymupdf.PDF_WIDGET_TYPE_TEXT
        widget.rect = pymupdf.Rect(100, 100, 300, 120)
        sheet.page.add_widget(widget)
    return sheet.save(folder)


def origins(path: Path, *, interactive: bool = True, drawn: bool = True) -> list[Origin]:
    return [blank.origin for blank in blanks_of(path, interactive=interactive, drawn=drawn)]


def test_fields_of_the_file_are_its_blanks(tmp_path: Path) -> None:
    path = form(tmp_path, with_field=True)
    assert origins(path) == [Origin.ACROFORM]
    assert origins(path, drawn=False) == [Origin.ACROFORM]


def test_fields_that_are_not_used_leave_what_is_drawn(tmp_path: Path) -> None:
    assert set(origins(form(tmp_path, with_field=True), interactive=False)) == {Origin.DRAWN}


def test_what_is_drawn_is_looked_for_only_if_asked(tmp_path: Path) -> None:
    path = form(tmp_path, with_field=False)
    assert origins(path) == [Origin.DRAWN]
    assert origins(path, drawn=False) == []
