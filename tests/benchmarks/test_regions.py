from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.corpus import Document, Truth
from benchmarks.process import Outcome
from benchmarks.quality import judge
from benchmarks.scores.regions import PageRegion, by_label, match, score_order, score_regions
from benchmarks.scores.tally import Tally
from schemas.geometry import BBox


def region(label: str, top: float, height: float = 0.1, page: int = 1) -> PageRegion:
    return PageRegion(label, BBox(0.1, top, 0.9, top + height), page)


TRUE = [region("heading", 0.0), region("text", 0.2), region("table", 0.4)]


def test_a_region_is_found_by_class_and_half_its_union() -> None:
    found = [region("heading", 0.03), region("text", 0.24), region("picture", 0.4)]
    assert match(TRUE, found) == [(0, 0)]  # 0.54; 0.43; another class
    assert score_regions(TRUE, found) == Tally(1, 3, 3)
    assert score_regions(TRUE, found, by_class=False) == Tally(2, 3, 3)


def test_matches_are_counted_by_class() -> None:
    found = [region("heading", 0.0), region("picture", 0.4), region("text", 0.8)]
    assert by_label(TRUE, found) == {
        "heading": Tally(1, 1, 1),
        "picture": Tally(0, 0, 1),
        "table": Tally(0, 1, 0),
        "text": Tally(0, 1, 1),
    }


def test_one_region_is_found_once_by_the_nearest() -> None:
    twice = [region("text", 0.21), region("text", 0.2)]
    assert match(TRUE, twice) == [(1, 1)]
    assert match([region("text", 0.2)], [region("text", 0.2, page=2)]) == []


def test_order_is_that_of_what_is_found_whatever_its_class() -> None:
    assert score_order(TRUE, [region("text", t) for t in (0.0, 0.2, 0.4)]) == 1.0
    assert score_order(TRUE, [region("text", t) for t in (0.2, 0.0, 0.4)]) == pytest.approx(1 / 3)
    assert score_order(TRUE, [region("text", t) for t in (0.0, 0.4)]) == 1.0
    assert score_order(TRUE, [region("text", 0.8)]) == 0.0
    assert score_order(TRUE[:1], TRUE) is None


def test_a_page_is_judged_by_its_regions() -> None:
    truth = Truth(regions=tuple(TRUE), ordered=2)
    document = Document("set", "pdf", Path("x.pdf"), lambda: truth)
    scored = judge(document, Outcome("text", 1.0, 1.0, regions=[TRUE[2], TRUE[0], TRUE[1]]))
    assert scored.scores == {"order": 1.0, "regions": 1.0, "boxes": 1.0}
    failed = judge(document, Outcome("", 1.0, 1.0, error="died"))
    assert failed.scores == {"order": 0.0, "regions": 0.0, "boxes": 0.0}
