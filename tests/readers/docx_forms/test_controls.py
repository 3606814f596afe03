"""Content controls: what they are called, and filling them in."""

from __future__ import annotations

from pathlib import Path

import pytest

from schemas.forms import Origin
from schemas.reading import FieldKind
from tests.readers.docx.build import cell, p, row, t, table, write
from tests.readers.docx_forms.build import (
    ASKING,
    WORDS_OWN,
    blanks,
    control,
    fill,
    part,
    said,
    tick_box,
)

COLOURS = (
    '<w:listItem w:value="Choose an item."/><w:listItem w:displayText="Red" w:value="r"/>'
    '<w:listItem w:displayText="Blue" w:value="b"/>'
)


def test_plain_text_is_named_by_print_title_and_tag_and_loses_its_placeholder(tmp_path: Path) -> None:
    properties = f'<w:alias w:val="Full name"/><w:tag w:val="applicant.name"/>{WORDS_OWN}<w:text/>'
    path = write(tmp_path / "a.docx", p(t("Name: ") + control(properties)))
    (blank,) = blanks(path)
    assert (blank.id, blank.kind, blank.origin) == ("applicant.name", FieldKind.TEXT, Origin.DOCX)
    assert blank.names == ["Name", "Full name", "applicant.name"]
    assert (blank.value, blank.multiline) == (None, False)

    filled = fill(path, {"applicant.name": "Jane\nDoe"})
    assert [one.text for one in filled.placed] == ["Jane Doe"]
    assert said(filled) == ["Name: Jane Doe"]
    assert "showingPlcHdr" not in part(filled)
    assert "PlaceholderText" not in part(filled)


def test_what_an_author_asks_for_is_a_name_and_word_s_own_words_are_none(tmp_path: Path) -> None:
    own = '<w:placeholder><w:docPart w:val="A1"/></w:placeholder><w:showingPlcHdr/>'
    asked = control(own, t("[Job title]"))
    path = write(tmp_path / "a.docx", p(asked) + p("") + p(control(WORDS_OWN)))
    assert [blank.names for blank in blanks(path)] == [["Job title"], []]


def test_rich_text_takes_lines_as_paragraphs_or_breaks(tmp_path: Path) -> None:
    block = control('<w:tag w:val="block"/>', p("old") + p("older"))
    path = write(tmp_path / "a.docx", block + p(control('<w:tag w:val="run"/>', t("was", "<w:b/>"))))
    assert [blank.value for blank in blanks(path)] == ["old\nolder", "was"]
    filled = fill(path, {"block": "one\ntwo\nthree", "run": "a\nb"})
    assert said(filled) == ["one", "two", "three", "ab"]
    assert '<w:b/></w:rPr><w:t xml:space="preserve">a</w:t><w:br/>' in part(filled)


def test_a_control_around_a_cell_keeps_the_cell(tmp_path: Path) -> None:
    around = control(f'<w:tag w:val="zip"/>{WORDS_OWN}<w:text/>', cell(p(ASKING)))
    path = write(tmp_path / "a.docx", table(f"<w:tr>{cell('Postcode')}{around}</w:tr>"))
    assert blanks(path)[0].names == ["Postcode", "zip"]
    filled = fill(path, {"zip": "62704"})
    assert said(filled)[:2] == ["Postcode", "62704"]
    assert part(filled).count("<w:tc>") == 2


@pytest.mark.parametrize(("value", "sign"), [(True, "☒"), (False, "☐")])
def test_a_box_is_ticked_in_its_state_and_in_what_shows(tmp_path: Path, value: bool, sign: str) -> None:
    path = write(tmp_path / "a.docx", p(tick_box(on=not value, properties='<w:tag w:val="x"/>') + t(" Yes")))
    assert blanks(path)[0].value is not value
    filled = fill(path, {"x": value})
    assert f'<w14:checked w14:val="{int(value)}"/>' in part(filled)
    assert said(filled) == [f"{sign} Yes"]


def test_a_box_shows_the_sign_of_a_symbol_font(tmp_path: Path) -> None:
    signs = '<w14:checkedState w14:val="00FE" w14:font="Wingdings"/>'
    path = write(tmp_path / "a.docx", p(tick_box(properties='<w:tag w:val="x"/>', signs=signs)))
    assert '<w:sym w:font="Wingdings" w:char="F0FE"/>' in part(fill(path, {"x": True}))


def test_boxes_of_a_line_have_their_own_words_and_the_question(tmp_path: Path) -> None:
    after = p(t("Married: ") + tick_box() + t(" Yes ") + tick_box() + t(" No"))
    before = p(t("Smoker: Yes ") + tick_box() + t(" No ") + tick_box())
    path = write(tmp_path / "a.docx", after + before)
    found = [(blank.names, blank.context) for blank in blanks(path)]
    assert found[:2] == [(["Yes"], ["Married"]), (["No"], ["Married"])]
    assert found[2:] == [(["Yes"], ["Smoker"]), (["No"], ["Smoker"])]


def test_a_list_shows_labels_stores_values_and_refuses_others(tmp_path: Path) -> None:
    properties = f'<w:tag w:val="c"/>{WORDS_OWN}<w:dropDownList>{COLOURS}</w:dropDownList>'
    path = write(tmp_path / "a.docx", p(control(properties, t("Choose an item."))))
    (blank,) = blanks(path)
    assert [(one.value, one.label) for one in blank.choices] == [("r", "Red"), ("b", "Blue")]
    filled = fill(path, {"c": "b"})
    assert said(filled) == ["Blue"]
    assert 'w:lastValue="b"' in part(filled)
    refused = fill(path, {"c": "Green"})
    assert "“Red”, “Blue”" in refused.placed[0].problem
    assert refused.docx == path.read_bytes()


def test_a_combo_box_takes_other_text(tmp_path: Path) -> None:
    properties = f'<w:tag w:val="c"/>{WORDS_OWN}<w:comboBox>{COLOURS}</w:comboBox>'
    path = write(tmp_path / "a.docx", p(control(properties)))
    assert blanks(path)[0].editable
    assert said(fill(path, {"c": "Green"})) == ["Green"]


@pytest.mark.parametrize(
    ("picture", "given", "shown", "stored"),
    [
        ("dd.MM.yyyy", "1980-03-04", "04.03.1980", "1980-03-04"),
        ("M/d/yyyy", "3/4/1980", "3/4/1980", "1980-03-04"),
        ("d MMMM yyyy", "4 March 1980", "4 March 1980", "1980-03-04"),
        ("M/d/yyyy", "next week", "next week", None),
    ],
)
def test_a_date_shows_in_its_format_and_is_stored(
    tmp_path: Path, picture: str, given: str, shown: str, stored: str | None
) -> None:
    date = f'<w:tag w:val="d"/>{WORDS_OWN}<w:date><w:dateFormat w:val="{picture}"/></w:date>'
    path = write(tmp_path / "a.docx", p(control(date)))
    assert blanks(path)[0].format == picture.replace("M", "m")
    filled = fill(path, {"d": given})
    assert said(filled) == [shown]
    assert (f'w:fullDate="{stored}T00:00:00Z"' in part(filled)) is (stored is not None)


def test_locked_content_is_left_alone(tmp_path: Path) -> None:
    inner = control(f'<w:tag w:val="x"/>{WORDS_OWN}<w:text/>')
    outer = control('<w:lock w:val="contentLocked"/><w:group/>', p(inner))
    path = write(tmp_path / "a.docx", outer + p(control(f'<w:tag w:val="y"/>{WORDS_OWN}<w:text/>')))
    assert [blank.read_only for blank in blanks(path)] == [True, False]
    filled = fill(path, {"x": "no", "y": "yes"})
    assert "locked" in filled.placed[0].problem
    assert said(filled) == ["Click here.", "yes"]


def test_a_place_for_a_picture_is_told_as_one(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", p(control('<w:alias w:val="Photo"/><w:picture/>')))
    assert "picture" in fill(path, {"Photo": "me"}).placed[0].problem


def test_what_only_holds_other_controls_is_no_blank(tmp_path: Path) -> None:
    contents = control("<w:docPartObj/>", p("Contents"))
    section = control('<w:tag w:val="all"/>', p(control(f'<w:tag w:val="in"/>{WORDS_OWN}')) + p("More"))
    assert [b.id for b in blanks(write(tmp_path / "a.docx", contents + section))] == ["in"]


def test_clearing_shows_what_asks_for_an_entry_again(tmp_path: Path) -> None:
    properties = '<w:tag w:val="x"/><w:placeholder><w:docPart w:val="A1"/></w:placeholder><w:text/>'
    body = f"<w:docPartBody>{p(t('Your name'))}</w:docPartBody>"
    name = '<w:docPartPr><w:name w:val="A1"/></w:docPartPr>'
    asks = f"<w:docParts><w:docPart>{name}{body}</w:docPart></w:docParts>"
    path = write(tmp_path / "a.docx", p(control(properties, t("Jane"))), glossaryDocument=asks)
    filled = fill(path, {"x": ""})
    assert said(filled) == ["Your name"]
    assert "<w:showingPlcHdr/>" in part(filled)


def test_ids_are_unique_and_unknown_ones_are_told(tmp_path: Path) -> None:
    same = control(f'<w:tag w:val="x"/>{WORDS_OWN}<w:text/>')
    path = write(tmp_path / "a.docx", p(same) + p(same) + p(control(WORDS_OWN)))
    assert [blank.id for blank in blanks(path)] == ["x", "x#2", "blank1"]
    filled = fill(path, {"x#2": "second", "y": "none"})
    assert said(filled) == ["Click here.", "second", "Click here."]
    assert filled.placed[1].problem


def test_labels_come_from_cells_headings_and_the_line_above(tmp_path: Path) -> None:
    rows = (
        row("Item", "Price"),
        row(
            cell(p(control(f'<w:tag w:val="i"/>{WORDS_OWN}'))),
            cell(p(control(f'<w:tag w:val="p"/>{WORDS_OWN}'))),
        ),
    )
    heading = p("Order", properties='<w:outlineLvl w:val="0"/>')
    above = p("Your reference") + p(control(WORDS_OWN))
    path = write(tmp_path / "a.docx", heading + above + table(*rows))
    found = [(blank.names, blank.context) for blank in blanks(path)]
    assert found == [(["Your reference"], ["Order"]), (["Item", "i"], ["Order"]), (["Price", "p"], ["Order"])]


def test_headers_boxes_and_notes_are_filled_in_and_a_box_s_fallback_too(tmp_path: Path) -> None:
    named = [control(f'<w:tag w:val="{name}"/>{WORDS_OWN}<w:text/>') for name in ("head", "box", "note")]
    box = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx><w:txbxContent>'
        f"{p(named[1])}</w:txbxContent></wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:shape>"
        f"<v:textbox><w:txbxContent>{p(named[1])}</w:txbxContent></v:textbox></v:shape></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    section = '<w:sectPr><w:headerReference w:type="default" r:id="header1"/></w:sectPr>'
    notes = f'<w:footnote w:id="2">{p(named[2])}</w:footnote>'
    path = write(tmp_path / "a.docx", p(box) + section, header1=p(named[0]), footnotes=notes)
    assert [blank.id for blank in blanks(path)] == ["head", "box", "note"]
    filled = fill(path, {"head": "H", "box": "B", "note": "N"})
    assert part(filled, "word/header1.xml").count(">H<") == 1
    assert part(filled).count(">B<") == 2
    assert part(filled, "word/footnotes.xml").count(">N<") == 1
