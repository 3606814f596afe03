from __future__ import annotations

import shutil
from dataclasses import asdict
from pathlib import Path

import pptx
import pytest
from PIL import Image

from benchmarks import overlays, report, store
from benchmarks.corpus import Truth
from benchmarks.overlays import COLORS
from benchmarks.scores.regions import PageRegion
from benchmarks.scores.tokens import Token
from benchmarks.speed import Pace, ratios
from schemas.documents import Page, ParsedDocument
from schemas.fragments import FragmentType, PageFragment, TableCell, TableContent, TextContent
from schemas.geometry import BBox, Box, PageSize


def test_boxes_are_drawn_where_they_are(tmp_path: Path) -> None:
    source = tmp_path / "scan.png"
    Image.new("RGB", (400, 200), "white").save(source)
    cell = TableCell(text="c", bounding_box=Box(x1=250, y1=60, x2=300, y2=90))
    fragments = [
        PageFragment(
            fragment_type=FragmentType.TEXT,
            content=TextContent(content="t"),
            reading_order=0,
            bbox=Box(x1=20, y1=40, x2=120, y2=90),
        ),
        PageFragment(
            fragment_type=FragmentType.TABLE,
            content=TableContent(content="", cells=[cell]),
            reading_order=1,
            bbox=Box(x1=200, y1=40, x2=380, y2=150),
        ),
        PageFragment(fragment_type=FragmentType.TEXT, content=TextContent(content="no box"), reading_order=2),
    ]
    page = Page.of(1, PageSize(width=400, height=200), fragments)
    document = ParsedDocument(total_pages=1, parsed_pages_count=1, pages=[page], chunks=[])
    (written,) = overlays.draw(source, document, tmp_path / "out")
    with Image.open(written) as picture:
        assert picture.width == 400
        assert picture.height > 200
        assert picture.getpixel((120, 90)) == COLORS[FragmentType.TEXT]
        assert picture.getpixel((380, 150)) == COLORS[FragmentType.TABLE]
        assert picture.getpixel((300, 75)) == COLORS[FragmentType.TABLE]
        assert picture.getpixel((160, 20)) == (255, 255, 255)


def test_true_boxes_are_dashed_and_of_their_page(tmp_path: Path) -> None:
    source = tmp_path / "scan.png"
    Image.new("RGB", (400, 200), "white").save(source)
    page = Page.of(1, PageSize(width=400, height=200), [])
    document = ParsedDocument(total_pages=1, parsed_pages_count=1, pages=[page], chunks=[])
    truth = [
        PageRegion("text", BBox(0.25, 0.5, 0.75, 0.8)),
        PageRegion("table", BBox(0.1, 0.1, 0.2, 0.2), page=2),
    ]
    (written,) = overlays.draw(source, document, tmp_path / "out", truth)
    with Image.open(written) as picture:
        top = [picture.getpixel((x, 98)) for x in range(98, 300)]
        assert {(120, 120, 120), (255, 255, 255)} == set(top)
        assert picture.getpixel((40, 18)) == (255, 255, 255)


def test_the_words_of_a_truth_are_drawn_line_by_line() -> None:
    labels = frozenset({"text"})
    tokens = (
        Token("a", BBox(0.1, 0.1, 0.2, 0.12), labels),
        Token("b", BBox(0.3, 0.1, 0.4, 0.12), labels),
        Token("c", BBox(0.1, 0.2, 0.2, 0.22), labels),
        Token("d", BBox(0.3, 0.2, 0.4, 0.22), frozenset({"heading"})),
    )
    assert overlays.true_regions(Truth(tokens=tokens)) == [
        PageRegion("text", BBox(0.1, 0.1, 0.4, 0.12)),
        PageRegion("text", BBox(0.1, 0.2, 0.2, 0.22)),
        PageRegion("heading", BBox(0.3, 0.2, 0.4, 0.22)),
    ]


def test_a_flow_document_has_no_pictures(tmp_path: Path) -> None:
    page = Page.of(1, None, [])
    document = ParsedDocument(total_pages=1, parsed_pages_count=1, pages=[page], chunks=[])
    source = tmp_path / "a.md"
    source.write_text("x", encoding="utf-8")
    assert overlays.draw(source, document, tmp_path / "out") == []


def test_a_page_that_cannot_be_laid_out_has_no_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(overlays.shutil, "which", lambda _name: None)
    source = tmp_path / "slides.pptx"
    source.write_bytes(b"no slides at all")
    page = Page.of(1, PageSize(width=400, height=200), [])
    document = ParsedDocument(total_pages=1, parsed_pages_count=1, pages=[page], chunks=[])
    assert overlays.draw(source, document, tmp_path / "out") == []


@pytest.mark.engines
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_slides_are_laid_out_the_hidden_ones_too(tmp_path: Path) -> None:
    slides = pptx.Presentation()
    for show in ("1", "0"):
        slides.slides.add_slide(slides.slide_layouts[6])._element.set("show", show)
    source = tmp_path / "slides.pptx"
    slides.save(str(source))
    pictures = dict(overlays.page_pictures(source, {1, 2, 3}))
    assert set(pictures) == {1, 2}
    assert pictures[2].width / pictures[2].height == pytest.approx(4 / 3, abs=0.01)


def test_every_type_has_its_own_color() -> None:
    assert len(set(COLORS.values())) == len(FragmentType)


def pace(engine: str, seconds: float) -> Pace:
    return Pace(
        "scanned", engine, 4, 0, 10, seconds, seconds * 2, 2**20, {"ocr": 5.0} if engine == "octavo" else {}
    )


def test_ratios_are_to_octavo() -> None:
    paces = [pace("octavo", 5.0), pace("other", 20.0)]
    assert ratios(paces, lambda p: p.pages_per_second) == {"octavo": 1.0, "other": 0.25}
    assert ratios(paces[1:], lambda p: p.pages_per_second) == {}


def test_kinds_stand_beside_the_engines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "OUT", tmp_path / "out")
    mean = {"value": 0.75, "n": 2, "low": 0.5, "high": 1.0}
    kinds = {
        "docx": {"asked": 3, "read": 2, "scores": {"text": 0.5, "tables": 0.25}, "seconds": 0.125},
        "csv": {"asked": 1, "read": 1, "scores": {"text": 1.0}, "seconds": 0.5},
    }
    for engine, known in {"octavo": kinds, "markitdown": {"csv": kinds["csv"]}}.items():
        whole = {
            "set": "docling_formats",
            "engine": engine,
            "means": {"text": mean, "text, by kind": mean, "text, lowest kind": mean},
            "pooled": {},
            "failed": 0,
            "documents": [{"seconds": 0.25}, {"seconds": 1.5}],
            "kinds": known,
            "not_read": [kind for kind in kinds if kind not in known],
        }
        store.write(f"quality-docling_formats-{engine}", whole)
    text = report.write(tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "| csv | 1 | 1.000 | 1.000 |\n| docx | 3 | 0.500 | – |\n| **mean** |  | 0.750 | 0.750 |" in text
    assert "| docx | 3 | 0.250 | – |" in text
    assert "| docx | 3 | 2 of 3, 0.12 s | – |" in text
    assert "| **slowest file** |  | 1.50 s | 1.50 s |" in text
    assert "Not asked of markitdown, which does not read them: docx." in text


def test_the_report_holds_every_stored_result(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "OUT", tmp_path / "out")
    mean = {"value": 0.91234, "n": 7, "low": 0.85, "high": 0.95}
    tables = mean | {"total": 1.0, "true": 2, "found": 1, "value": 0.6667}
    store.write(
        "quality-docling_formats-octavo",
        {
            "set": "docling_formats",
            "engine": "octavo",
            "means": {"text": mean},
            "pooled": {"tables": tables, "tests: order": tables, "regions: text": tables},
            "failed": 1,
            "documents": [{}] * 7,
        },
    )
    fields = Pace.__dataclass_fields__
    paces = [{f: getattr(p, f) for f in fields} for p in (pace("octavo", 5.0), pace("other", 20.0))]
    store.write("speed", {"paces": paces, "load_per_core": 0.25})
    store.write(
        "calibrate",
        {"agreements": [{"engine": "e", "score": "nid", "n": 3, "ours": 0.5, "published": 0.51}]},
    )
    text = report.write(tmp_path / "RESULTS.md").read_text(encoding="utf-8")
    assert "| octavo | **0.912** (0.850 to 0.950; 7) |" in text
    assert "| **0.667** (0.850 to 0.950; 7: 2 true, 1 found) | 1 of 7 |" in text
    assert "| engine | order |\n| --- | --- |\n| octavo | 1 of 2 |" in text
    assert "| engine | text |\n| --- | --- |\n| octavo | 0.67 (1 of 2, 1 found) |" in text
    assert "| other | 10 | 0.50 | 0.25 |" in text
    assert "ocr 0.500" in text
    assert "0.2 processes a core" in text
    assert "-0.0100" in text
    assert store.machine() in text


def test_what_an_earlier_commit_gave_stands_beside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    earlier, now = tmp_path / "earlier", tmp_path / "now"
    paces = [asdict(pace("octavo", 5.0)) | {"kind": "born-digital"}, asdict(pace("octavo", 2.5))]
    monkeypatch.setattr(store, "OUT", earlier)
    store.write("speed", {"paces": paces, "load_per_core": 0.0})
    store.write("load-overhead-sqlite", {"told": ["102 ms a job"]})
    store.write("chaos-killing", {"told": ["nothing of speed"]})
    monkeypatch.setattr(store, "OUT", now)
    report.write(tmp_path / "RESULTS.md")
    text = report.write(tmp_path / "RESULTS.md", before=earlier).read_text(encoding="utf-8")
    (before,) = [part for part in text.split("\n## ") if part.startswith("Before")]
    rows = [row.split(" | ")[:3] for row in before.split("\n") if " | octavo | " in row]
    assert [row[0] for row in rows] == ["| born-digital", "| scanned"]
    assert "- 102 ms a job" in before
    assert "nothing of speed" not in text
    assert report.write(tmp_path / "RESULTS.md").read_text(encoding="utf-8") == text
