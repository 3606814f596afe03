"""Truth readers on tiny files of each set's form."""

from __future__ import annotations

import json
from pathlib import Path

import pymupdf
import pytest
from PIL import Image

from benchmarks import corpus
from benchmarks.scores.olmocr import BaselineCheck, OrderCheck, TableCheck, TextCheck
from schemas.geometry import BBox


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "cache")
    return tmp_path / "data"


def write(path: Path, content: str = "") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")


def make_pdf(path: Path, texts: list[str], turned: int = 0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with pymupdf.open() as document:
        for text in texts:
            page = document.new_page(width=200, height=100)
            page.insert_text((20, 50), text)
            page.set_rotation(turned)
        document.save(path)


def test_rasterised_pdfs_are_pictures_of_the_same_size_made_once(data: Path) -> None:
    folder = data / "icdar2013_tables"
    make_pdf(folder / "a.pdf", ["one", "two"], turned=90)
    write(folder / "a-str.xml", "<document/>")
    (document,) = corpus.documents("icdar2013_rasterised")
    assert document.path.name == "a.pdf"
    assert document.path.is_relative_to(corpus.CACHE)
    with pymupdf.open(document.path) as opened:
        assert [(page.rect.width, page.rect.height) for page in opened] == [(100, 200)] * 2
        assert not any(page.get_text().strip() for page in opened)
        assert [page.get_images()[0][2:4] for page in opened] == [(209, 417)] * 2  # 150 dots an inch
    made = document.path.stat().st_mtime_ns
    assert corpus.documents("icdar2013_rasterised")[0].path.stat().st_mtime_ns == made
    make_pdf(folder / "a.pdf", ["three"])
    with pymupdf.open(corpus.documents("icdar2013_rasterised")[0].path) as opened:
        assert opened.page_count == 1


def test_only_as_many_documents_are_made_as_are_asked_for(data: Path) -> None:
    for name in ("a", "b"):
        make_pdf(data / "icdar2013_tables" / f"{name}.pdf", ["x"])
        write(data / "icdar2013_tables" / f"{name}-str.xml", "<document/>")
    assert len(corpus.documents("icdar2013_rasterised", 1)) == 1
    assert len(list(corpus.CACHE.rglob("*.pdf"))) == 1


def test_a_table_image_has_one_table(data: Path) -> None:
    table = "<table><tr><td>a</td></tr></table>"
    for name in ("PMC1", "dl_1", "without-picture"):
        write(data / "table_images" / f"{name}.html", table)
    for name in ("PMC1", "dl_1"):
        write(data / "table_images" / f"{name}.png")
    documents = corpus.documents("table_images")
    assert [(d.name, d.kind) for d in documents] == [("PMC1.png", "scientific"), ("dl_1.png", "business")]
    assert documents[0].truth().tables == ((table,),)


def test_receipts_have_lines_with_commas(data: Path) -> None:
    corners = "1,2,3,4,5,6,7,8"
    write(data / "sroie_receipts" / "1.csv", f"{corners},NO. 5, JALAN\n{corners},Total 9.00\n\nbroken")
    write(data / "sroie_receipts" / "1.jpg")
    (document,) = corpus.documents("sroie_receipts")
    assert document.truth().words == ("no.", "5,", "jalan", "total", "9.00")


def test_forms_have_words_of_entities(data: Path) -> None:
    words = [{"text": "Date:", "box": [0, 0, 1, 1]}, {"text": "", "box": [0, 0, 1, 1]}]
    form = {"form": [{"words": words}, {"words": [{"text": "1 May", "box": [0, 0, 1, 1]}]}]}
    write(data / "funsd_forms" / "f.json", json.dumps(form))
    write(data / "funsd_forms" / "f.png")
    (document,) = corpus.documents("funsd_forms")
    assert document.truth().words == ("date:", "1", "may")


def box(label: str, left: float, top: float, right: float, bottom: float) -> str:
    return f'<box label="{label}" xtl="{left}" ytl="{top}" xbr="{right}" ybr="{bottom}"></box>'


def test_cvat_pages_stand_side_by_side_and_are_read_along_the_path(data: Path) -> None:
    make_pdf(data / "cvat_layout" / "a.pdf", ["one", "two"])
    boxes = [
        box("text", 40, 100, 360, 180),
        box("section_header", 40, 20, 360, 60),
        box("table", 420, 20, 780, 180),
        box("text", 440, 40, 500, 60),
        box("col_header", 420, 20, 780, 40),
        box("footnote", 420, 190, 780, 199),
    ]
    path = "50,30;50,110;450,50;700,100;5,5;60,120"
    lines = [f'<polyline label="reading_order" points="{points}"/>' for points in ("450,50;700,100", path)]
    xml = f'<page><image width="800" height="200">{"".join(boxes + lines)}</image></page>'
    write(data / "cvat_layout" / "a.xml", xml)
    (document,) = corpus.documents("cvat_layout")
    truth = document.truth()
    assert truth.regions is not None
    assert [(r.label, r.page) for r in truth.regions] == [
        ("heading", 1),
        ("text", 1),
        ("text", 2),
        ("table", 2),
        ("footnote", 2),
    ]
    assert truth.ordered == 4
    assert truth.regions[3].box == pytest.approx(BBox(0.05, 0.1, 0.95, 0.9))


def test_a_cvat_picture_is_one_page(data: Path) -> None:
    write(
        data / "cvat_layout" / "b.xml", f'<image width="50" height="20">{box("text", 5, 5, 25, 10)}</image>'
    )
    Image.new("RGB", (100, 40)).save(data / "cvat_layout" / "b.png")
    (document,) = corpus.documents("cvat_layout")
    truth = document.truth()
    assert truth.ordered == 0
    assert [region.box for region in truth.regions or ()] == [BBox(0.1, 0.25, 0.5, 0.5)]


def test_docbank_words_have_classes_and_come_in_reading_order(data: Path) -> None:
    def row(word: str, left: int, top: int, label: str) -> str:
        return "\t".join(
            [word, str(left), str(top), str(left + 50), str(top + 10), "0", "0", "0", "F", label]
        )

    rows = [
        row("below", 100, 300, "reference"),
        row("Head", 100, 200, "section"),
        row("##LTFigure##", 100, 400, "figure"),
        row("##LTLine##", 100, 500, "paragraph"),
        row("odd", 100, 600, "unheard-of"),
        "too\tshort",
        "",
    ]
    write(data / "docbank_pages" / "p.txt", "\n".join(rows))
    make_pdf(data / "docbank_pages" / "p.pdf", ["x"])
    (document,) = corpus.documents("docbank_pages")
    tokens = document.truth().tokens
    assert tokens is not None
    assert [(token.text, token.drawn) for token in tokens] == [
        ("Head", False),
        ("below", False),
        ("##LTFigure##", True),
    ]
    assert tokens[1].labels == {"text", "list_item"}
    assert tokens[0].box == pytest.approx(BBox(0.1, 0.2, 0.15, 0.21))
    assert tokens[0].font == "F"


def test_olmocr_tests_go_to_their_page_and_a_baseline_is_implied(data: Path) -> None:
    folder = data / "olmocr_bench_sample"
    rows = [
        {"pdf": "in/a.pdf", "type": "absent", "text": "7", "last_n": 20, "id": "1", "page": 1},
        {
            "pdf": "in/a.pdf",
            "type": "order",
            "before": "x",
            "after": "y",
            "max_diffs": 1,
            "id": "2",
            "page": 1,
        },
        {"pdf": "in/a.pdf", "type": "table", "cell": "c", "up": "u", "left": None, "id": "3", "page": 1},
        {"pdf": "in/a.pdf", "type": "baseline", "max_length": 5, "id": "4", "page": 1},
    ]
    write(folder / "tests.jsonl", "\n".join(json.dumps(row) for row in rows) + "\n")
    make_pdf(folder / "b.pdf", ["x"])
    make_pdf(folder / "in" / "a.pdf", ["x"])
    first, second = corpus.documents("olmocr_bench_sample")
    assert first.truth().checks == (BaselineCheck(),)
    assert second.truth().checks == (
        TextCheck("7", present=False, last_n=20),
        OrderCheck("x", "y", 1),
        TableCheck("c", {"up": "u"}),
        BaselineCheck(5),
    )


def test_an_unknown_test_is_not_passed_over(data: Path) -> None:
    write(data / "olmocr_bench_sample" / "t.jsonl", '{"pdf": "a.pdf", "type": "colour", "id": "x"}')
    make_pdf(data / "olmocr_bench_sample" / "a.pdf", ["x"])
    (document,) = corpus.documents("olmocr_bench_sample")
    with pytest.raises(ValueError, match="colour"):
        document.truth()
