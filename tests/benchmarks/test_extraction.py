"""Filled schemas: when values are the same, what counts as found, and what a citation must hold."""

from __future__ import annotations

import json
from pathlib import Path

import msgspec
import pymupdf
import pytest
from PIL import Image

from benchmarks import extraction_speed, goals, store
from benchmarks.corpus import Document, Truth
from benchmarks.extracted import filled_of
from benchmarks.extraction_speed import Added
from benchmarks.facts import invoices, kleister, sroie_fields
from benchmarks.peers import View, asked, schema_of
from benchmarks.process import EngineProcess, Outcome
from benchmarks.quality import judge
from benchmarks.report import _fields
from benchmarks.scores.alike import Kind, nearly, same
from benchmarks.scores.extraction import (
    Citation,
    CitedWord,
    FieldTruth,
    Filled,
    Found,
    score_extraction,
)
from benchmarks.scores.regions import PageRegion
from pipelines.extraction.targets import leaves, target_of
from schemas.documents import Page, PageSize, ParsedDocument, StructuredData, Usage
from schemas.fragments import FragmentType, FragmentWord, PageFragment, Source, TextContent
from schemas.geometry import BBox, Box
from tests.fakes.chat_server import ScriptedServer, says

VIEWS = [view for view in View if asked(view).structured_extraction_options]


@pytest.mark.parametrize(
    ("kind", "true", "found", "expected"),
    [
        (Kind.TEXT, "12, Hill Rd.", "12 HILL RD", True),
        (Kind.TEXT, "12 Hill Rd", "13 Hill Rd", False),
        (Kind.NUMBER, "3.20", "32.0", False),
        (Kind.DATE, "3/11/2019", "31/1/2019", False),
        (Kind.NUMBER, "RM39.00", 39, True),
        (Kind.NUMBER, "1,234.50", "1.234,5 EUR", True),
        (Kind.NUMBER, "90,000", 90000.0, True),
        (Kind.NUMBER, "1.125", 1.125, False),
        (Kind.NUMBER, "0.125", 0.125, True),
        (Kind.NUMBER, "(3.20)", -3.2, True),
        (Kind.NUMBER, "3.20", -3.2, False),
        (Kind.NUMBER, "none", "nothing", False),
        (Kind.DATE, "03/04/2019", "2019-04-03", True),
        (Kind.DATE, "03/04/2019", "2019-03-04", True),
        (Kind.DATE, "2019-03-04", "2019-04-03", False),
        (Kind.DATE, "15 JUN 18", "2018-06-15", True),
        (Kind.DATE, "2018-05-01", "1 st day of May , 2018", True),
        (Kind.DATE, "2014-05-07", "7. Mai 2014", True),
        (Kind.DATE, "2015-07-02", "02 Juillet 2015", True),
        (Kind.DATE, "soon", "later", False),
        (Kind.CURRENCY, "EUR", "EUR", True),
        (Kind.CURRENCY, "EUR", "€ 4.11", True),
        (Kind.CURRENCY, "EUR", "$4.11", False),
        (Kind.BOOLEAN, "selected", True, True),
        (Kind.BOOLEAN, "unselected", True, False),
        (Kind.PARTY, "Hill and Dale Inc.", "Hill & Dale, Incorporated", True),
        (Kind.PLACE, "Ohio", "the State of Ohio", True),
        (Kind.PLACE, "Ohio", "Idaho", False),
        (Kind.TERM, "2 years", "a period of two (2) years", True),
        (Kind.TERM, "2 years", "24 months", False),
        (Kind.TERM, "18 months", "eighteen months", True),
    ],
)
def test_values_are_compared_by_what_they_say(
    kind: Kind, true: str, found: str | float | bool, expected: bool
) -> None:
    assert same(kind, true, found) is expected


def test_texts_may_nearly_be_the_same_and_numbers_not() -> None:
    assert nearly(Kind.TEXT, "12 Hill Road", "12 Hil1 Road")
    assert not nearly(Kind.TEXT, "12 Hill Road", "7 Dale Street")
    assert not nearly(Kind.NUMBER, "123456.00", 123457.0)


def word(text: str, x: float, y: float = 0.1) -> CitedWord:
    return CitedWord(text, BBox(x, y, x + 0.1, y + 0.02))


def cited(*words: CitedWord, page: int = 1) -> Citation:
    boxes = [one.box for one in words]
    box = boxes[0]
    for other in boxes[1:]:
        box = box.union(other)
    return Citation(page, box, words)


def scores(truth: FieldTruth, *values: Found) -> dict[str, tuple[float, int, int]]:
    tallies = score_extraction([truth], {truth.name: Filled(truth.name, values)})
    return {name: (round(t.total, 3), t.true, t.found) for name, t in tallies.items()}


def test_right_missed_wrong_and_invented_values_are_told_apart() -> None:
    known = FieldTruth("total", Kind.NUMBER, ("12.50",))
    assert scores(known, Found(12.5))["exact"] == (1, 1, 1)
    assert scores(known)["exact"] == (0, 1, 0)
    assert scores(known, Found(13))["exact"] == (0, 1, 1)
    assert scores(FieldTruth("total", Kind.NUMBER), Found(13))["exact: total"] == (0, 0, 1)
    assert scores(FieldTruth("total", Kind.NUMBER))["exact"] == (0, 0, 0)


def test_a_field_without_truth_is_not_judged() -> None:
    tallies = score_extraction([], {"total": Filled("total", (Found(1.0),))})
    assert tallies["exact"].found == 0


def test_values_of_an_array_are_matched_one_to_one_in_any_order() -> None:
    parties = FieldTruth("party", Kind.PARTY, ("Hill Inc.", "Dale Ltd."))
    found = scores(parties, Found("Dale Limited"), Found("Dale Ltd"), Found("Hill Inx."))
    assert found["exact"] == (1, 2, 3)
    assert found["fuzzy"] == (2, 2, 3)


def test_a_citation_must_hold_the_value() -> None:
    name = FieldTruth("name", values=("Jane Roe",))
    right = scores(name, Found("Jane Roe", (cited(word("Jane", 0.1), word("ROE,", 0.2)),)))
    assert right["citations"] == right["cited"] == right["tight"] == (1, 1, 1)
    wrong = scores(name, Found("Jane Roe", (cited(word("John", 0.1), word("Roe", 0.2)),)))
    assert wrong["citations"] == wrong["cited"] == (0, 1, 1)
    nowhere = scores(name, Found("Jane Roe", citable=False))
    assert nowhere["exact"] == (1, 1, 1)
    assert nowhere["cited"] == (0, 0, 0)
    none = scores(name, Found("Jane Roe"))
    assert none["citations"] == (0, 0, 0)
    assert none["cited"] == (0, 1, 1)


def test_a_citation_of_a_whole_line_covers_more_than_its_value() -> None:
    line = cited(word("Paid", 0.1), word("in", 0.2), word("full", 0.3), word("12,50", 0.4))
    assert scores(FieldTruth("total", Kind.NUMBER, ("12.5",)), Found(12.5, (line,)))["tight"] == (0.25, 1, 1)


def test_all_boxes_of_a_value_count_and_of_an_array_those_that_hold_it() -> None:
    there, elsewhere = cited(word("Roe", 0.1)), cited(word("Doe", 0.1, 0.5))
    field = FieldTruth("name", values=("Roe", "Doe"))
    assert scores(field, Found("Roe", (there, elsewhere)))["tight"] == (0.5, 1, 1)
    both = [Found(name, (there, elsewhere), shared=True) for name in ("Roe", "Doe")]
    assert scores(field, *both)["tight"] == (2, 2, 2)


def test_a_value_of_two_lines_has_two_boxes() -> None:
    lines = (cited(word("12", 0.1), word("Hill", 0.2)), cited(word("Dale", 0.1, 0.2)))
    assert (
        scores(FieldTruth("address", values=("12 Hill Dale",)), Found("12 Hill Dale", lines))["cited"][0] == 1
    )


def test_a_known_place_is_compared() -> None:
    place = PageRegion("line", BBox(0.05, 0.09, 0.5, 0.13), 1, "")
    field = FieldTruth("name", values=("Roe",), places=(place,))
    assert scores(field, Found("Roe", (cited(word("Roe", 0.1)),)))["placed"] == (1, 1, 1)
    assert scores(field, Found("Roe", (cited(word("Roe", 0.1, 0.8)),)))["placed"] == (0, 1, 1)
    assert scores(field, Found("Roe", (cited(word("Roe", 0.1), page=2),)))["placed"] == (0, 1, 1)


def test_boxes_to_tick_need_no_words() -> None:
    found = scores(FieldTruth("paid", Kind.BOOLEAN, ("selected",)), Found(True, (cited(word("x", 0.1)),)))
    assert found["exact"] == (1, 1, 1)
    assert found["citations"] == found["cited"] == (0, 0, 0)


def parsed(data: dict[str, object]) -> ParsedDocument:
    words = [
        FragmentWord(text=text, bbox=Box(x1=x, y1=10, x2=x + 30, y2=20))
        for text, x in (("Total", 10), ("12.50", 60), ("EUR", 95))
    ]
    fragment = PageFragment(
        fragment_type=FragmentType.TEXT,
        content=TextContent(content="Total 12.50 EUR"),
        reading_order=0,
        bbox=Box(x1=10, y1=10, x2=125, y2=20),
        words=words,
        source=Source.DIGITAL,
    )
    page = Page.of(1, PageSize(width=200, height=100), [fragment])
    return ParsedDocument(
        total_pages=1,
        parsed_pages_count=1,
        pages=[page],
        chunks=[],
        structured_data=[StructuredData(data=data, page_numbers=[1], schema_name="s")],
        document_markdown="",
        page_errors=[],
        warnings=[],
        usage=Usage(),
    )


def test_data_becomes_values_with_the_words_in_their_boxes_and_paths_for_names() -> None:
    citation = {"page_number": 1, "x1": 60.0, "y1": 10.0, "x2": 90.0, "y2": 20.0}
    row = {"price": 12.5, "price_citation": [citation], "note": None, "note_citation": []}
    fields = filled_of(
        parsed({"rows": [row, row | {"price": 3}], "names": ["a", "b"], "who": {"name": None}})
    )
    found = {field.name: field.values for field in fields}
    assert [one.value for one in found["rows.price"]] == [12.5, 3]
    (place,) = found["rows.price"][0].citations
    assert [one.text for one in place.words] == ["12.50"]
    assert place.box == pytest.approx(BBox(0.3, 0.1, 0.45, 0.2))
    assert [(one.value, one.shared) for one in found["names"]] == [("a", True), ("b", True)]
    assert found["rows.note"] == found["who.name"] == ()


def test_fields_cross_the_border_between_processes_and_are_judged() -> None:
    filled = [Filled("name", (Found("Roe", (cited(word("Roe", 0.1)),)), Found(2.5), Found(True)))]
    sent = json.dumps([msgspec.to_builtins(field) for field in filled])
    assert [msgspec.convert(field, Filled) for field in json.loads(sent)] == filled
    document = Document("s", "k", Path("x"), lambda: Truth(filled=(FieldTruth("name", values=("Roe",)),)))
    scored = judge(document, Outcome("", 1.0, 1.0, filled=filled[:1]))
    assert scored.tallies["exact"] == (1, 1, 3)
    assert scored.scores["cited"] == 1
    assert judge(document, Outcome("", 1.0, 1.0, error="E: x")).scores["exact"] == 0


@pytest.mark.parametrize("view", VIEWS)
def test_every_schema_can_be_asked_for(view: View) -> None:
    (options,) = asked(view).structured_extraction_options or []
    assert options.provide_citations
    assert len(list(leaves(target_of(schema_of(view))))) >= 4
    for one in leaves(target_of(schema_of(view))):
        assert one.description


def test_receipts_have_the_places_of_their_fields(tmp_path: Path) -> None:
    Image.new("RGB", (200, 400)).save(tmp_path / "a.jpg")
    said = {"company": "HILL & DALE", "date": "3/4/2019", "address": "1 Low Rd, Dale", "total": ""}
    (tmp_path / "a.json").write_text(json.dumps(said))
    lines = ["Hill & Dale", "1 Low Rd,", "Dale", "on 3/4/2019, late"]
    rows = [f"10,{40 * i},110,{40 * i},110,{40 * i + 20},10,{40 * i + 20},{t}" for i, t in enumerate(lines)]
    (tmp_path / "a.csv").write_text("\n".join(rows))
    (document,) = sroie_fields.documents(tmp_path)
    fields = {field.name: field for field in document.truth().filled or ()}
    assert fields["total"].values == ()
    assert [place.text for place in fields["address"].places] == ["1 Low Rd,", "Dale"]
    assert fields["date"].places[0].box == pytest.approx(BBox(0.05, 0.3, 0.55, 0.35))
    assert fields["date"].kind is Kind.DATE


def test_agreements_may_have_several_parties_and_no_term(tmp_path: Path) -> None:
    (tmp_path / "b.pdf").touch()
    rows = [{"file": name, "labels": {"party": ["A", "B"]}} for name in ("b.pdf", "absent.pdf")]
    (tmp_path / "labels.jsonl").write_text("\n".join(map(json.dumps, rows)))
    (document,) = kleister.documents(tmp_path)
    fields = {field.name: field.values for field in document.truth().filled or ()}
    assert fields == {"effective_date": (), "jurisdiction": (), "party": ("A", "B"), "term": ()}


def test_of_a_template_only_what_is_printed_is_asked(tmp_path: Path) -> None:
    folder = tmp_path / "i2d"
    folder.mkdir()
    said = {"issuer": "Constant", "partner_city": "Dale", "amount": 4.1, "currency": "EUR", "lines": []}
    (folder / "a.json").write_text(json.dumps([said]))
    with pymupdf.open() as pdf:
        pdf.new_page().insert_text((72, 72), "To pay in DALE: 4,10")
        pdf.save(folder / "a.pdf")
    (document,) = invoices.documents(tmp_path)
    assert document.view is View.INVOICE
    fields = {field.name: field.values for field in document.truth().filled or ()}
    assert fields == {"partner_city": ("Dale",), "amount": ("4.1",), "currency": ("EUR",)}


def test_labels_of_forms_keep_their_places_and_empty_fields_are_empty(tmp_path: Path) -> None:
    folder = tmp_path / "azure" / "w9-training-data"
    folder.mkdir(parents=True)
    (folder / "a.pdf").touch()

    def part(text: str) -> dict[str, object]:
        return {"page": 1, "text": text, "boundingBoxes": [[0.1, 0.2, 0.3, 0.2, 0.3, 0.25, 0.1, 0.25]]}

    labels = [
        {"label": "Name", "value": [part("Jane"), part("Roe")]},
        {"label": "TaxClassifyLLC", "value": [part("selected")]},
        {"label": "SSN", "value": [part("")]},
    ]
    (folder / "a.pdf.labels.json").write_text(json.dumps({"labels": labels}))
    (document,) = invoices.documents(tmp_path)
    assert document.view is View.W9
    fields = {field.name: field for field in document.truth().filled or ()}
    assert fields["Name"].values == ("Jane Roe",)
    assert fields["Name"].places[1].box == BBox(0.1, 0.2, 0.3, 0.25)
    assert fields["TaxClassifyLLC"].values == ("selected",)
    assert "SSN" not in fields  # its place was drawn, nobody read it
    assert "TaxClassifyOther" not in fields  # whether a box without a label is ticked is not known
    assert fields["EIN"].values == ()


def test_the_time_that_a_schema_adds_is_compared_with_its_goal() -> None:
    added = [Added("a", 10, 5.0, 0.2, 0.3), Added("b", 10, 5.0, 0.2, 0.4), Added("c", 10, 5.0, 2.0, 3.0)]
    (row,) = goals.rows([], [], added)
    assert "**0.60**" in row
    assert "yes" in row
    (slow,) = goals.rows([], [], added[2:])
    assert "no" in slow


@pytest.mark.engines
def test_added_time_is_measured_on_ten_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pymupdf.open() as pdf:
        for number in range(12):
            pdf.new_page().insert_text((72, 72), f"Effective date: March {number + 1}, 2020")
        pdf.save(tmp_path / "long.pdf")
    paper = Document("s", "k", tmp_path / "long.pdf", Truth)
    short = Document("s", "k", tmp_path / "short.pdf", Truth)
    monkeypatch.setattr(extraction_speed, "page_count", lambda document: 12 if document is paper else 1)
    monkeypatch.setattr(extraction_speed, "documents", lambda _name: [short, paper])
    (added,) = extraction_speed.measure(1)
    assert (added.document, added.pages) == ("long.pdf", 10)
    assert added.seconds > 0
    assert added.added_to_document > 0


def test_the_report_shows_every_field() -> None:
    pooled = {"value": 0.9, "n": 2, "low": 0.8, "high": 1.0, "total": 9.0, "true": 10, "found": 10}
    result = {"engine": "octavo", "pooled": {"exact": pooled, "exact: total": pooled}}
    (table,) = _fields([result])
    assert "| total | 0.90 (9 of 10; 10 found) |" in table
    assert list(_fields([{"engine": "octavo", "pooled": {"words": pooled}}])) == []


@pytest.mark.engines
def test_a_language_model_of_the_environment_is_what_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = tmp_path / "receipt.txt"
    paper.write_text("Hill and Dale Ltd\n\nThanks, come again!\n\nTotal: 12.50\n")
    said = {"company": {"value": "come again", "at": []}, "date": None, "address": None, "total": None}
    with ScriptedServer(says(said)).running() as server:
        monkeypatch.setenv("OCTAVO_LLM_BASE_URL", server.url)
        monkeypatch.setenv("OCTAVO_LLM_MODEL", "reader")
        with EngineProcess("octavo", 120.0, None, View.RECEIPT) as process:
            outcome = process.read(paper)
        assert server.requests[0]["model"] == "reader"
    filled = {field.name: [one.value for one in field.values] for field in outcome.filled or ()}
    assert filled["company"] == ["come again"]
    assert store.circumstances()["versions"]["language model"] == "reader"  # type: ignore[index]
