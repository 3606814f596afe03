from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from PIL import Image

from benchmarks import corpus
from benchmarks.corpus import Truth
from benchmarks.facts.grid import Cell, grid_html
from benchmarks.scores.revisions import Revision
from schemas.geometry import BBox


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path))
    return tmp_path


def write(path: Path, content: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def test_an_absent_set_has_no_documents(data: Path) -> None:
    assert data.is_dir()
    of_files = [name for name, one in corpus.sets().items() if one.folder]
    assert not any(corpus.documents(name) for name in of_files)


def test_an_unknown_set_is_an_error() -> None:
    with pytest.raises(KeyError):
        corpus.documents("nothing")


def structure(*cells: str) -> str:
    return f"<document><table id='1'><region id='1' page='1'>{''.join(cells)}</region></table></document>"


def cell(row: int, column: int, text: str, more: str = "") -> str:
    return f"<cell start-row='{row}' start-col='{column}' {more}><content>{text}</content></cell>"


def test_icdar_fills_blank_cells_and_knows_both_readings(data: Path) -> None:
    folder = data / "icdar2013_tables"
    write(folder / "x-1a.pdf")
    write(folder / "x-1a-str.xml", structure(cell(1, 0, "h", "end-col='1'"), cell(2, 1, "a &amp; b")))
    write(folder / "x-1b-str.xml", structure(cell(0, 0, "other")))
    write(folder / "without-structure.pdf")
    (document,) = corpus.documents("icdar2013_tables")
    assert document.truth().tables == (
        ('<table><tr><td colspan="2">h</td></tr><tr><td></td><td>a &amp; b</td></tr></table>',),
        ("<table><tr><td>other</td></tr></table>",),
    )


def test_omnidocbench_orders_blocks_and_scores_running_text_only(data: Path) -> None:
    page: dict[str, Any] = {
        "page_info": {"page_attribute": {"language": "english"}, "width": 100, "height": 200},
        "layout_dets": [
            {"category_type": "text_block", "order": 2, "text": "second", "ignore": False},
            {"category_type": "title", "order": 1, "text": "first"},
            {"category_type": "text_block", "order": 3, "text": "hidden", "ignore": True},
            {"category_type": "table", "order": 4, "html": "<table><tr><td>c</td></tr></table>"},
            {"category_type": "page_number", "text": "7"},
            {"category_type": "abandon", "text": "x"},
        ],
    }
    for i, region in enumerate(page["layout_dets"]):
        region["poly"] = [0, 15 * i, 100, 15 * i, 100, 15 * i + 10, 0, 15 * i + 10]
    write(data / "omnidocbench_demo" / "p.json", json.dumps(page))
    Image.new("RGB", (200, 100)).save(data / "omnidocbench_demo" / "p.jpg")
    (document,) = corpus.documents("omnidocbench_demo")
    truth = document.truth()
    assert document.kind == "english"
    assert truth.blocks is not None
    assert [b.text for b in truth.blocks if b.scored] == ["first", "second"]
    assert {b.text for b in truth.blocks if not b.scored} == {"c", "7", "x"}
    assert truth.tables == (("<table><tr><td>c</td></tr></table>",),)
    assert truth.regions is not None
    assert [r.label for r in truth.regions] == ["text", "heading", "text", "table", "page_footer"]
    assert truth.regions[1].box == BBox(0.0, 0.15, 0.5, 0.25)


def test_omnidocbench_formulas_are_plain_and_prices_stay(data: Path) -> None:
    row = r"<tr><td>$5</td><td>$10</td><td>1 $\pm$ 2</td></tr>"
    page = {
        "page_info": {"width": 9, "height": 9},
        "layout_dets": [
            {"category_type": "text_block", "order": 1, "text": r"a $\alpha^2 < 3$ b", "poly": [0] * 8},
            {"category_type": "table", "order": 2, "html": f"<table>{row}</table>", "poly": [0] * 8},
        ],
    }
    write(data / "omnidocbench_demo" / "p.json", json.dumps(page))
    Image.new("RGB", (9, 9)).save(data / "omnidocbench_demo" / "p.png")
    truth = corpus.documents("omnidocbench_demo")[0].truth()
    assert truth.tables == (("<table><tr><td>$5</td><td>$10</td><td>1 ± 2</td></tr></table>",),)
    assert truth.blocks is not None
    assert truth.blocks[0].text.startswith("a α^2")


def test_docling_takes_spans_from_the_record_and_files_without_a_label(data: Path) -> None:
    folder = data / "docling_formats" / "html"
    write(folder / "sources" / "a.html")
    write(folder / "groundtruth" / "a.html.md", "# A\n\n| x | x |\n|---|---|\n| 1 | 2 |")
    place = {"end_row_offset_idx": 1, "end_col_offset_idx": 2}
    wide = {"start_row_offset_idx": 0, "start_col_offset_idx": 0, "text": "x", "row_span": 1, "col_span": 2}
    record = {"tables": [{"data": {"table_cells": [wide | place]}}]}
    write(folder / "groundtruth" / "a.html.json", json.dumps(record))
    write(data / "docling_formats" / "ebcdic" / "sources" / "c.ebc")
    write(data / "docling_formats" / "ebcdic" / "sources" / "c.layout.json")
    unlabelled, document = corpus.documents("docling_formats")
    assert unlabelled.path.name == "c.ebc"
    assert unlabelled.truth() == Truth()
    assert document.kind == "html"
    assert document.truth().silver
    assert document.truth().tables == (('<table><tr><td colspan="2">x</td></tr></table>',),)


def test_docling_records_say_what_the_markdown_cannot(data: Path) -> None:
    folder = data / "docling_formats" / "html"

    def grid(text: str) -> dict[str, Any]:
        places = {"start_row_offset_idx": 0, "start_col_offset_idx": 0, "row_span": 1, "col_span": 1}
        return {"table_cells": [places | {"text": text}]}

    texts = {"said": "body", "head\nsaid": "furniture", "notes": "notes"}
    record = {
        "body": {},
        "texts": [{"text": text, "content_layer": layer} for text, layer in texts.items()],
        "groups": [{"parent": {"$ref": "#/tables/0"}}],
        "tables": [
            {"parent": {"$ref": "#/body"}, "data": grid("outer")},
            {"parent": {"$ref": "#/groups/0"}, "data": grid("inner")},
        ],
        "pictures": [{"meta": {"tabular_chart": {"chart_data": grid("chart")}}}, {"meta": None}, {}],
    }
    write(folder / "sources" / "a.html")
    write(folder / "groundtruth" / "a.html.md", "**said**")
    write(folder / "groundtruth" / "a.html.json", json.dumps(record))
    (document,) = corpus.documents("docling_formats")
    assert document.truth().tables == (
        ("<table><tr><td>outer</td></tr></table>", "<table><tr><td>chart</td></tr></table>"),
    )
    assert document.truth().optional == ("head", "notes")


def test_of_several_labels_the_one_that_most_agree_on_counts(data: Path) -> None:
    folder = data / "docling_formats" / "webp"
    write(folder / "sources" / "a.webp")
    for engine, said in {"one": "right", "other": "wrong", "third": "right"}.items():
        write(folder / "groundtruth" / engine / "full" / f"a.{engine}.full.md", said)
    (document,) = corpus.documents("docling_formats")
    assert document.truth().markdown == "right"


def test_a_revised_document_has_a_tree_or_a_twin(data: Path) -> None:
    pandoc, powertools = (data / "docx_revisions" / name for name in ("pandoc", "oxpt"))
    write(pandoc / "a.docx")
    write(pandoc / "a_all.native", '[Para [Span ("",["insertion"],[("author","A")]) [Str "new"]]]')
    write(pandoc / "a_accept.native", '[Header 1 ("",[],[]) [Str "new"]]')
    write(pandoc / "without-tree.docx")
    powertools.mkdir()
    for name, text in {"b": "", "b-Accepted": "new", "b-Rejected": "old", "without-twin": ""}.items():
        with ZipFile(powertools / f"{name}.docx", "w") as parts:
            parts.writestr("word/document.xml", f"<d xmlns='urn:w'><p><t>{text}</t></p></d>")
    tree, both = corpus.documents("docx_revisions")
    assert both.path.name == "b.docx"
    assert both.truth().changed == ("old", "new")
    assert tree.truth().revisions == (Revision("insertion", "A", "new"),)
    (twin,) = corpus.documents("docx_rejected")
    assert twin.twin is not None
    assert (twin.path.name, twin.twin.name) == ("b.docx", "b-Rejected.docx")
    tree, twin = corpus.documents("docx_accepted")
    assert tree.truth().markdown == "# new"
    assert twin.twin is not None
    assert twin.twin.name == "b-Accepted.docx"


def test_what_is_not_read_here_should_be_refused(data: Path) -> None:
    for name in ("pdf/a.pdf", "exe/a.exe", "expected_outputs/a.md"):
        write(data / "office_mixed" / name)
    exe, pdf = corpus.documents("office_mixed")
    assert (exe.kind, exe.truth().outcomes) == ("exe", {"UnsupportedFormat"})
    assert pdf.truth().outcomes == {corpus.READ}


def test_grid_escapes_text_and_survives_overlaps() -> None:
    assert grid_html({}) == "<table></table>"
    cells = {(0, 0): Cell("<i>", 2, 1), (0, 1): Cell("b"), (1, 1): Cell("c")}
    assert grid_html(cells) == (
        '<table><tr><td rowspan="2">&lt;i&gt;</td><td>b</td></tr><tr><td>c</td></tr></table>'
    )
    assert grid_html({(0, 0): Cell("a", 1, 2), (0, 1): Cell("b")}).count("<td") == 2
