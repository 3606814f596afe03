"""Scores of detectors over a set: the surest first, each thing found once, and what is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from benchmarks import summary
from benchmarks.facts import signatures
from benchmarks.quality import Scored
from benchmarks.scores.detections import (
    Detections,
    average_precision,
    detections,
    presence,
    unmistaken,
)
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox


def signature(x: float, score: float | None = None, page: int = 1) -> PageRegion:
    return PageRegion("signature", BBox(x, 0.5, x + 0.2, 0.6), page, score=score)


def test_each_thing_is_found_once_by_the_surest_box() -> None:
    found = [signature(0.11, 0.4), signature(0.1, 0.9), signature(0.6, 0.7), signature(0.1, 0.8, page=2)]
    judged = detections([signature(0.1)], found)
    assert judged == Detections(1, ((0.9, True), (0.8, False), (0.7, False), (0.4, False)))
    assert judged.false == 3


def test_average_precision_is_that_of_coco() -> None:
    # Recall 1/2 at precision 1, recall 1 at precision 2/3: 51 recalls of 0 to 0.5, 50 beyond.
    documents = [Detections(1, ((0.9, True), (0.5, True))), Detections(1, ((0.7, False),))]
    assert average_precision(documents) == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)
    assert average_precision([Detections(2, ((0.9, True),))]) == pytest.approx(51 / 101)
    assert average_precision([Detections(2, ())]) == average_precision([]) == 0.0


def test_presence_weighs_signed_and_unsigned_pages_alike() -> None:
    signed, missed = Detections(1, ((0.9, False),)), Detections(2, ())
    unsigned = Detections(0, ())
    assert presence([signed, signed, signed, missed, unsigned]) == pytest.approx((0.75 + 1) / 2)
    assert presence([unsigned, Detections(0, ((0.5, False),))]) == 0.5


def test_false_boxes_are_counted_by_the_document() -> None:
    assert unmistaken([Detections(0, ())] * 19 + [Detections(0, ((0.5, False),))]) == pytest.approx(0.95)


def test_a_set_has_them_only_where_things_are_to_be_detected() -> None:
    def scored(seen: Detections | None) -> Scored:
        return Scored("a", "page", 1.0, 1.0, None, {}, seen=seen)

    assert summary.detected([scored(None)]) == {}
    whole = summary.detected([scored(Detections(1, ((0.9, True),))), scored(Detections(0, ((0.4, False),)))])
    assert {name: value.value for name, value in whole.items()} == {
        "AP": 1.0,
        "presence": 0.5,
        "unmistaken": 0.5,
    }
    assert (whole["AP"].true, whole["AP"].found, whole["AP"].total) == (1, 2, 1)
    assert set(summary.detected([scored(Detections(0, ()))])) == {"unmistaken"}


def test_boxes_in_shares_of_the_picture_and_pages_without_any(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    (tmp_path / "labels").mkdir()
    for name, rows in (("a", "0 0.5 0.25 0.2 0.1\n"), ("b", "")):
        Image.new("L", (10, 10)).save(tmp_path / "images" / f"{name}.png")
        (tmp_path / "labels" / f"{name}.txt").write_text(rows)
    first, second = signatures.documents(tmp_path)
    (region,) = first.truth().signatures or ()
    assert tuple(round(value, 3) for value in region.box) == (0.4, 0.2, 0.6, 0.3)
    assert second.truth().signatures == ()


def test_other_sets_are_known_by_the_boxes_that_people_saw(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "forms"
    folder.mkdir()
    Image.new("L", (100, 200)).save(folder / "a.png")
    Image.new("L", (100, 200)).save(folder / "b.png")
    table = tmp_path / "seen.csv"
    table.write_text("set,file,x1,y1,x2,y2\nforms,a.png,10,20,30,40\nothers,b.png,1,2,3,4\n")
    monkeypatch.setattr(signatures, "_SEEN", table)
    first, second = signatures.seen(folder)
    assert [region.box for region in first.truth().signatures or ()] == [BBox(0.1, 0.1, 0.3, 0.2)]
    assert second.truth().signatures == ()
