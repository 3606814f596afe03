"""Scores of form fields, and the truth of fillable PDFs."""

import json
from pathlib import Path

import pymupdf
import pytest

from benchmarks.facts import pdf_forms
from benchmarks.scores.key_values import (
    FIELD,
    KeyValue,
    key_values,
    match,
    score_fields,
    score_filled_in,
    score_states,
    score_values,
)
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox

LEFT, RIGHT = BBox(0.1, 0.1, 0.3, 0.2), BBox(0.5, 0.1, 0.7, 0.2)


def test_fields_are_read_from_finds():
    entry = {"box_id": "a", "field_name": "Name", "type": "text", "value": "Ada"}
    ticked = {"box_id": "b", "field_name": "Yes", "type": "checkbox", "value": True}
    finds = [
        PageRegion("form", BBox(0, 0, 1, 1), 2, "[]"),
        PageRegion(FIELD, LEFT, 2, json.dumps(entry)),
        PageRegion(FIELD, RIGHT, 2, json.dumps(ticked)),
    ]
    assert key_values(finds) == [
        KeyValue("text", "Ada", 2, LEFT, "Name"),
        KeyValue("checkbox", True, 2, RIGHT, "Yes"),
    ]


def test_a_value_counts_where_it_stands_and_as_far_as_it_is_right():
    true = [KeyValue("text", "1 2 3 4", 1, LEFT), KeyValue("text", "Paris", 1, RIGHT)]
    part = BBox(0.12, 0.12, 0.2, 0.18)  # the written part of the left field alone
    assert score_values(true, [KeyValue("text", "1234", 1, part)]) == (1.0, 2, 1)
    assert score_values(true, [KeyValue("text", "1234", 2, LEFT)]).total == 0.0
    assert score_values(true, [KeyValue("text", "Paros", 1, RIGHT)]).total == pytest.approx(0.8)
    assert score_values(true, [KeyValue("text", "London", 1, RIGHT)]).total == 0.0


def test_empty_fields_and_boxes_are_no_values():
    fields = [KeyValue("text", " ", 1, LEFT), KeyValue("checkbox", True, 1, RIGHT)]
    assert score_values(fields, fields) == (0.0, 0, 0)
    assert score_states(fields, fields) == (1.0, 1, 1)
    assert score_fields(fields, fields) == (2.0, 2, 2)


def test_a_state_must_be_right_and_a_kind_too():
    true = [KeyValue("checkbox", True, 1, LEFT)]
    assert score_states(true, [KeyValue("checkbox", False, 1, LEFT)]).total == 0.0
    assert score_states(true, [KeyValue("radio button", True, 1, LEFT)]).total == 1.0
    assert score_fields(true, [KeyValue("radio button", True, 1, LEFT)]).total == 0.0


def test_one_field_is_matched_once_by_what_fits_it_best():
    small = BBox(0.1, 0.1, 0.15, 0.15)
    true, found = [KeyValue("text", "a", 1, LEFT)], [KeyValue("text", "", 1, b) for b in (small, LEFT)]
    assert match(true, found) == [(0, 1)]
    assert match(true, [KeyValue("text", "a", 1, None)]) == []


@pytest.fixture
def form(tmp_path: Path) -> tuple[Path, Path]:
    """A turned page with a filled field, a field without appearance, a ticked box and a push button."""
    document = pymupdf.open()
    page = document.new_page(width=200, height=100)
    for name, kind, rect, value in (
        ("Name", pymupdf.PDF_WIDGET_TYPE_TEXT, (10, 10, 60, 30), "Ada"),
        ("Agree", pymupdf.PDF_WIDGET_TYPE_CHECKBOX, (10, 40, 30, 60), True),
    ):
        widget = pymupdf.Widget()
        widget.field_name, widget.field_type, widget.rect = name, kind, pymupdf.Rect(rect)
        widget.field_value, widget.border_color = value, (0, 0, 0)
        page.add_widget(widget)
    page.set_rotation(90)
    pdf, record = tmp_path / "form.pdf", tmp_path / "form.fields.json"
    document.save(pdf)
    rows = [
        {"name": "Name", "type": "/Tx", "value": "Ada", "state": None, "rect": [10, 70, 60, 90]},
        {"name": "Gone", "type": "/Tx", "value": "Bob", "state": None, "rect": [100, 70, 150, 90]},
        {"name": "Agree", "type": "/Btn", "value": "/Yes", "state": "/Yes", "rect": [10, 40, 30, 60]},
        {"name": "Send", "type": "/Btn", "value": None, "state": None, "rect": [150, 10, 190, 30]},
    ]
    record.write_text(json.dumps([{**row, "page": 1} for row in rows]))
    return record, pdf


def test_the_record_gives_fields_where_they_are_displayed(form: tuple[Path, Path]):
    name, gone, agree = pdf_forms.fields(*form)
    assert (name.kind, name.value, name.name) == ("text", "Ada", "Name")
    assert name.box == pytest.approx((0.7, 0.05, 0.9, 0.3))  # 100 x 200: a clockwise quarter turn
    assert (agree.kind, agree.value) == ("checkbox", True)
    assert gone.value == "Bob"


def test_a_picture_is_asked_only_for_what_it_shows(form: tuple[Path, Path]):
    shown = pdf_forms.visible(*form)
    assert [field.name for field in shown if field.is_box or field.value] == ["Name", "Agree"]
    assert [field.value for field in shown if field.name == "Gone"] == [""]


def test_only_what_stands_in_fields_counts_as_filled_in():
    beside, below = BBox(0.5, 0.5, 0.7, 0.6), BBox(0.1, 0.9, 0.3, 0.95)
    true = [
        KeyValue("text", "Ada", 1, LEFT),
        KeyValue("text", "", 1, RIGHT),
        KeyValue("text", None, 1, beside),
    ]
    right = KeyValue("text", "Ada", 1, LEFT)
    assert score_filled_in(true, [right]) == (1.0, 1, 1)
    assert score_filled_in(true, [right, KeyValue("text", "a choice", 1, beside)]) == (1.0, 1, 1)
    assert score_filled_in(true, [right, KeyValue("text", "2020", 1, below)]) == (1.0, 1, 1)
    assert score_filled_in(true, [right, KeyValue("text", "made up", 1, RIGHT)]) == (1.0, 1, 2)
    assert score_filled_in(true, [right, KeyValue("text", "Ada", 1, LEFT)]) == (1.0, 1, 2)
    assert score_filled_in(true, [KeyValue("text", "Bob", 1, LEFT)]) == (0.0, 1, 1)
    assert score_filled_in(true, []) == (0.0, 1, 0)
