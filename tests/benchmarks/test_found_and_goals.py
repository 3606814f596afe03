from __future__ import annotations

from pathlib import Path
from typing import Any

import pymupdf
import pytest

from benchmarks import goals
from benchmarks.corpus import sets
from benchmarks.filling.asked import SETS
from benchmarks.found import of_octavo, of_opendataloader, of_pymupdf4llm
from benchmarks.peers import ENGINES
from benchmarks.report import _POOLED, _SCORES, _SETS
from benchmarks.scores.regions import LABELS, PageRegion
from benchmarks.speed import Pace
from benchmarks.summary import BY_KIND, LOWEST_KIND
from schemas.documents import Page, ParsedDocument
from schemas.fragments import FragmentType, PageFragment, content_class
from schemas.geometry import BBox, Box, PageSize


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.pdf"
    with pymupdf.open() as document:
        document.new_page(width=200, height=100)
        document.save(path)
    return path


def fragment(kind: FragmentType, top: float) -> PageFragment:
    content = content_class(kind).model_validate({"content": kind.value, "level": 1})
    box = Box(x1=20, y1=top, x2=120, y2=top + 10)
    return PageFragment(fragment_type=kind, content=content, reading_order=0, bbox=box)


def test_octavo_fragments_are_regions() -> None:
    kinds = {kind: fragment(kind, 50) for kind in FragmentType}
    page = Page.of(3, PageSize(width=200, height=100), list(kinds.values()))
    document = ParsedDocument(total_pages=3, parsed_pages_count=1, pages=[page], chunks=[])
    found = of_octavo(document)
    assert {region.label for region in found} <= LABELS
    assert {region.text for region in found} == set(FragmentType) - {"signature", "strikethrough"}
    title = next(region for region in found if region.text == "title")
    assert title == PageRegion("heading", BBox(0.1, 0.5, 0.6, 0.6), 3, "title")


def test_a_page_number_is_of_its_half_and_what_has_no_box_is_nowhere() -> None:
    numbers = [fragment(FragmentType.PAGE_NUMBER, top) for top in (5, 85)]
    nowhere = fragment(FragmentType.TEXT, 5).model_copy(update={"bbox": None})
    size = PageSize(width=200, height=100)
    pages = [
        Page.of(1, size, numbers),
        Page.of(2, None, [fragment(FragmentType.TEXT, 5)]),
        Page.of(3, size, [nowhere]),
    ]
    document = ParsedDocument(total_pages=3, parsed_pages_count=3, pages=pages, chunks=[])
    assert [region.label for region in of_octavo(document)] == ["page_header", "page_footer"]


def test_pymupdf4llm_boxes_are_regions(page: Path) -> None:
    boxes = [
        {"class": "section-header", "bbox": (20, 10, 120, 20), "pos": (0, 7)},
        {"class": "unheard-of", "bbox": (20, 10, 120, 20), "pos": (0, 7)},
    ]
    assert of_pymupdf4llm(page, [{"text": "## Head\n\n", "page_boxes": boxes}]) == [
        PageRegion("heading", BBox(0.1, 0.1, 0.6, 0.2), 1, "## Head")
    ]


def test_opendataloader_elements_are_regions_from_the_bottom_up(page: Path) -> None:
    def element(kind: str, **more: Any) -> dict[str, Any]:
        return {"type": kind, "page number": 1, "bounding box": [20, 80, 120, 90], "content": kind} | more

    kids = [
        element("heading"),
        element("list", **{"list items": [element("list item")]}),
        element("text block", kids=[element("paragraph")]),
        element("unheard-of"),
    ]
    found = of_opendataloader(page, {"kids": kids})
    assert [region.label for region in found] == ["heading", "list_item", "text"]
    assert found[0].box == pytest.approx(BBox(0.1, 0.1, 0.6, 0.2))


def result(set_name: str, engine: str, score: str, value: float) -> dict[str, Any]:
    measured = {"value": value, "low": value - 0.1, "high": value + 0.1, "n": 5, "true": 40, "found": 50}
    return {"set": set_name, "engine": engine, "means": {score: measured}, "pooled": {score: measured}}


def test_a_goal_shows_what_was_reached_beside_the_best_peer() -> None:
    results = [
        result("cvat_layout", "octavo", "regions", 0.81),
        result("cvat_layout", "pymupdf4llm", "regions", 0.5),
        result("cvat_layout", "opendataloader", "regions", 0.6),
        result("funsd_forms", "octavo", "words", 0.805),
        result("funsd_forms", "rapidocr", "words", 0.8),
        result("sroie_receipts", "octavo", "words", 0.9),  # nothing to compare with
    ]
    alone = result("cvat_layout", "kreuzberg", "regions", 0.9)
    alone["pooled"]["regions"]["n"] = 1  # of our 5: too few to compare
    results.append(alone)
    cvat, funsd = sorted(goals.rows(results, []))
    assert cvat[2:] == (
        "0.80",
        "**0.810** (0.710 to 0.910)",
        "5 documents, 40 regions",
        "yes",
        "opendataloader 0.600 (of 5)",
    )
    assert funsd[2] == "rapidocr + 0.01 = 0.810"
    assert funsd[5] == "no"


def test_speed_has_goals_too() -> None:
    def pace(kind: str, engine: str, seconds: float) -> Pace:
        return Pace(kind, engine, 1, 0, 10, seconds, seconds, 1, {})

    paces = [
        pace("born-digital", "octavo", 4.0),
        pace("born-digital", "pymupdf4llm", 9.0),
        pace("born-digital", "pymupdf4llm-no-ocr", 5.0),
        pace("born-digital", "octavo-no-layout", 1.0),
        pace("born-digital", "pymupdf-text", 0.5),
        pace("scanned", "octavo", 13.0),
        pace("scanned", "rapidocr", 10.0),
    ]
    usual, bare, text, scanned = goals.rows([], paces)
    assert usual[2:] == ("at least 1.5", "**2.25**", "10 pages", "yes", "pymupdf4llm")
    assert bare[2:] == ("at least 1.5", "**1.25**", "10 pages", "no", "pymupdf4llm-no-ocr")
    assert text[2:] == ("at most 2.0", "**2.00**", "10 pages", "yes", "pymupdf-text")
    assert scanned[2:] == ("at most 1.1", "**1.30**", "10 pages", "no", "rapidocr")
    assert goals.rows([], [pace for pace in paces if pace.engine == "octavo"]) == []


def test_every_goal_and_set_is_known_to_the_report() -> None:
    assert set(_SETS) == {*sets(), *SETS}
    for goal in goals.GOALS:
        assert goal.set_name in _SETS
        score = goal.score.removesuffix(BY_KIND).removesuffix(LOWEST_KIND)
        assert score in (_POOLED if goal.pooled else _SCORES)
        assert score == goal.score or sets()[goal.set_name].by_kind
        assert goal.over is None or goal.over in ENGINES
