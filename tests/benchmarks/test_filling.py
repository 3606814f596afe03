"""The benchmark of filling in: what it states of a form, and how it judges what stands there afterwards."""

from __future__ import annotations

from pathlib import Path
from random import Random

import docx
import pymupdf
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from benchmarks import corpus
from benchmarks.filling import word_forms
from benchmarks.filling.asked import SETS, FormSet, asked
from benchmarks.filling.drawn_forms import draw
from benchmarks.filling.forms import fields_of, flattened, forms
from benchmarks.filling.labels import label_of, printed
from benchmarks.filling.prompts import STYLES, Stated, called, prompt, value_for
from benchmarks.filling.readback import judge_fields, judge_print
from benchmarks.filling.stating import stated_of_drawn, stated_of_form, stated_of_print
from schemas.geometry import BBox


def _add(page: pymupdf.Page, kind: int, name: str, rect: tuple[float, ...], **more: object) -> None:
    widget = pymupdf.Widget()
    widget.field_type, widget.field_name, widget.rect = kind, name, pymupdf.Rect(rect)
    widget.border_color, widget.border_width = (0, 0, 0), 1
    for key, value in more.items():
        setattr(widget, key, value)
    page.add_widget(widget)


@pytest.fixture
def form() -> bytes:
    """A form: two texts, a box to tick and a list, with their print, and one field without any."""
    with pymupdf.open() as document:
        page = document.new_page(width=400, height=300)
        page.insert_text((20, 52), "First name:")
        page.insert_text((20, 92), "Town")
        page.insert_text((120, 132), "I agree")
        page.insert_text((20, 172), "Colour")
        _add(page, pymupdf.PDF_WIDGET_TYPE_TEXT, "a", (100, 40, 220, 56))
        _add(page, pymupdf.PDF_WIDGET_TYPE_TEXT, "b", (100, 80, 220, 96), field_value="Rome")
        _add(page, pymupdf.PDF_WIDGET_TYPE_CHECKBOX, "c", (100, 120, 114, 134))
        _add(page, pymupdf.PDF_WIDGET_TYPE_COMBOBOX, "d", (100, 160, 220, 176), choice_values=["red", "blue"])
        _add(page, pymupdf.PDF_WIDGET_TYPE_TEXT, "e", (100, 240, 220, 256))
        return bytes(document.tobytes())


def _filled(form: bytes, **values: object) -> bytes:
    with pymupdf.open(stream=form) as document:
        for widget in document[0].widgets():
            if widget.field_name in values:
                widget.field_value = values[widget.field_name]
                widget.update()
        return bytes(document.tobytes())


def _stated(form: bytes, **said: str) -> list[Stated]:
    known = {one.name: one for one in fields_of(form)}
    return [
        Stated(known[name], name, value, known[name].widgets[0].on or value) for name, value in said.items()
    ]


def test_fields_have_their_kinds_places_values_and_choices(form: bytes) -> None:
    fields = fields_of(form)
    assert [(one.name, one.kind) for one in fields] == [
        ("a", "text"), ("b", "text"), ("c", "tick"), ("d", "choice"), ("e", "text"),
    ]  # fmt: skip
    assert fields[1].value == "Rome"
    assert [shown for _, shown in fields[3].options] == ["red", "blue"]
    assert tuple(map(round, fields[0].widgets[0].area)) == (100, 40, 220, 56)


def test_labels_are_the_print_beside(form: bytes) -> None:
    fields = fields_of(form)
    pages = printed(flattened(form), fields)
    labels = [label_of(one.widgets[0], pages, after=one.kind == "tick") for one in fields]
    assert labels == ["First name", "Town", "I agree", "Colour", ""]


def test_the_last_line_of_a_long_text_is_no_label(form: bytes) -> None:
    fields = fields_of(form)
    with pymupdf.open(stream=flattened(form)) as document:
        document[0].insert_text((20, 81), "Your")
        pages = printed(document.tobytes(), fields)
    assert [label_of(one.widgets[0], pages) for one in fields[:2]] == ["First name", ""]


def test_of_a_form_all_is_stated_of_print_what_has_a_label(form: bytes) -> None:
    fields, flat = fields_of(form), flattened(form)
    names = [one.label for one in stated_of_form(fields, flat, Random(1))]
    assert [one.field.name for one in stated_of_form(fields, flat, Random(1))] == list("abcde")
    assert [name.lower() for name in names[1:]] == ["town", "i agree", "colour", "e"]
    assert [one.field.name for one in stated_of_print(fields, flat, Random(1))] == list("abcd")
    with pymupdf.open(stream=flat) as document:
        assert "Rome" not in document[0].get_text()


def test_labels_are_called_by_other_words_that_no_other_field_has() -> None:
    names = {called("First name", {"forename"}, Random(seed)) for seed in range(40)}
    assert names == {"First name", "first name", "given name"}


@pytest.mark.parametrize("style", STYLES)
def test_every_style_says_every_label_and_value(form: bytes, style: str) -> None:
    stated = _stated(form, a="Jane", d="blue")
    text = prompt(stated, style, Random(3))
    assert all(one.label in text and one.said in text for one in stated)


def test_values_are_what_the_label_asks_for_and_fit(form: bytes) -> None:
    field = fields_of(form)[0]
    assert "@" in value_for(field, "E-mail", Random(1))
    field.longest = 3
    assert len(value_for(field, "Address", Random(1))) == 3
    field.longest, field.script = 0, "date yyyy-mm-dd"
    assert len(value_for(field, "Anything", Random(1)).split("-")) == 3


def test_fields_are_judged_by_what_they_hold(form: bytes) -> None:
    stated = _stated(form, a="Jane", b="Oslo", c="yes", d="blue")
    right = _filled(form, a="Jane", b="Oslo", c=True, d="blue")
    assert judge_fields(fields_of(form), stated, right).right == [True] * 4
    assert judge_fields(fields_of(form), stated, right).misplaced == []
    wrong = judge_fields(fields_of(form), stated, _filled(form, a="Oslo", e="Jane"))
    assert wrong.right == [False] * 4
    assert wrong.misplaced == ["a", "e"]


def test_print_is_judged_by_where_it_stands(form: bytes) -> None:
    flat, stated = flattened(form), _stated(form, a="Jane", c="yes")
    with pymupdf.open(stream=flat) as document:
        document[0].insert_text((104, 52), "Jane")
        document[0].insert_text((104, 252), "elsewhere")
        document[0].draw_line((102, 122), (112, 132), width=2)
        filled = bytes(document.tobytes())
    judged = judge_print(flat, fields_of(form), stated, filled)
    assert judged.right == [True, True]
    assert judged.misplaced == ["e"]
    untouched = judge_print(flat, fields_of(form), stated, flat)
    assert (untouched.right, untouched.misplaced) == ([False, False], [])


def test_forms_with_the_same_fields_are_one(form: bytes, tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.pdf").write_bytes(form)
    (tmp_path / "damaged.pdf").write_bytes(b"%PDF-1.7")
    assert [path.stem for path in forms(tmp_path, set())] == ["one"]


def test_forms_are_asked_for_by_prompts_of_their_own(
    form: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path))
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "cache")
    (tmp_path / "pdf_forms").mkdir()
    (tmp_path / "pdf_forms" / "one.pdf").write_bytes(form)
    whole, flat = (list(asked(name)) for name in ("pdf_forms_filled", "pdf_forms_flat_filled"))
    assert whole[0].text != whole[1].text
    assert [fields_of(one.path.read_bytes()) == [] for one in (*whole, *flat)] == [False, False, True, True]


def test_a_set_that_is_not_there_has_no_prompts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path))
    assert [one for name in SETS if isinstance(SETS[name], FormSet) for one in asked(name)] == []


def test_drawn_forms_have_their_places_where_they_are_and_the_same_for_a_seed(tmp_path: Path) -> None:
    for seed in range(4):
        fields = draw(tmp_path / "a.pdf", Random(seed))
        assert fields == draw(tmp_path / "b.pdf", Random(seed))
        assert len({one.name for one in fields}) == len(fields) > 8
        with pymupdf.open(tmp_path / "a.pdf") as document:
            text = document[0].get_text()
            words = document[0].get_text("words")
        areas = [widget.area for one in fields for widget in one.widgets]
        printed = [word for word in words if word[4].strip("_.") and _inside(word, areas)]
        assert printed == []
        assert all(one.name in text for one in fields)


def _inside(word: tuple[float, ...], areas: list[BBox]) -> bool:
    return any(area.holds((word[0] + word[2]) / 2, (word[1] + word[3]) / 2) for area in areas)


def test_word_forms_are_judged_by_their_paragraphs(tmp_path: Path) -> None:
    path = tmp_path / "a.docx"
    for seed in range(6):
        fields = word_forms.draw(path, Random(seed))
        stated = stated_of_drawn(fields, Random(seed))
        before = path.read_bytes()
        untouched = word_forms.judge_word(before, fields, stated, before)
        assert (any(untouched.right), untouched.misplaced) == (False, [])
        document = docx.Document(str(path))
        places = [
            one
            for one in document.element.body.iter(qn("w:p"))
            if one.find(qn("w:bookmarkStart")) is not None
        ]
        place = places[[one.kind for one in fields].index("text")]
        place.append(parse_xml(f"<w:r {nsdecls('w')}><w:t>Jane</w:t></w:r>"))
        document.save(str(path))
        judged = word_forms.judge_word(before, fields, [], path.read_bytes())
        assert len(judged.misplaced) == 1
