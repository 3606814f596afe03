"""Boxes with their labels before them."""

from __future__ import annotations

from pathlib import Path

from tests.pipelines.forms.blanks.sheets import Sheet, blanks_of, names


def test_boxes_that_touch_keep_to_the_labels_before_them(tmp_path: Path) -> None:
    sheet = Sheet()
    for y, label, value in ((50, "Favourite town:", "Paris, London"), (71, "Home town:", "")):
        sheet.text(40, y + 14, label)
        sheet.box(130, y, 330, y + 20)
        sheet.text(134, y + 14, value)
    assert names([b for b in blanks_of(sheet.save(tmp_path)) if not b.value]) == ["Home town"]


def test_a_box_within_a_cell_is_the_place_and_called_by_the_cells_label(tmp_path: Path) -> None:
    sheet = Sheet()
    sheet.box(40, 50, 300, 110)
    sheet.text(44, 60, "9. Passport number", 8)
    sheet.box(44, 66, 200, 84)
    (blank,) = blanks_of(sheet.save(tmp_path))
    assert (blank.names, blank.value) == (["9. Passport number"], None)
    assert blank.bbox
    assert blank.bbox.x2 <= 200
