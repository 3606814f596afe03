"""Confidences are fitted on papers drawn afresh, and how well they hold is told."""

from __future__ import annotations

import math
from pathlib import Path

import pymupdf
import pytest

from benchmarks import corpus
from benchmarks.confidence import auroc, calibration_error, fitted, reliability
from benchmarks.confidence_papers import Case, Papers
from benchmarks.facts.confidence_drawn import drawn
from pipelines.extraction.answers import Method
from pipelines.extraction.confidence import SIGNS
from pipelines.extraction.targets import target_of
from pipelines.work import PageRecord
from schemas.geometry import PageSize
from tests.fakes.engines import FakeEngines
from tests.pipelines.extraction.documents import paragraph


def case(*, right: bool, sure: float = 0.5, **said: float) -> Case:
    return Case(_method(said), tuple(said.get(sign, 0.0) for sign in SIGNS), sure, right)


def _method(said: dict[str, float]) -> Method:
    return Method.TYPE if "type" in said else Method.LABEL


def likelihood(weights: tuple[float, ...], one: Case) -> float:
    return 1 / (1 + math.exp(-sum(w * s for w, s in zip(weights, one.signs, strict=True))))


def printed(path: Path) -> list[PageRecord]:
    """The pages of a PDF, its lines as paragraphs where they stand."""
    with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
        return [
            PageRecord(
                page.number + 1,
                PageSize(width=page.rect.width, height=page.rect.height),
                [
                    paragraph(
                        " ".join(span["text"] for span in line["spans"]), line["bbox"][1], line["bbox"][0]
                    )
                    for block in page.get_text("dict")["blocks"]
                    for line in block.get("lines", ())
                ],
                [],
                [],
            )
            for page in document
        ]


def test_the_share_that_is_right_is_fitted_less_what_drawn_papers_do_not_show() -> None:
    right, wrong = case(right=True, label=1.0), case(right=False, type=1.0)
    weights = fitted([right] * 300 + [case(right=False, label=1.0)] * 100 + [wrong] * 200)
    assert 0.68 < likelihood(weights, right) < 0.74  # 0.75, less a twentieth
    assert likelihood(weights, wrong) < 0.1
    assert 0.7 < likelihood(fitted([right] * 10), right) < 0.8  # ten more that are half right
    certain = fitted([right] * 5000)
    assert 0.94 < likelihood(certain, right) < 0.96


def test_what_speaks_against_a_value_never_counts_for_it() -> None:
    doubtful = [case(right=True, label=1.0, rival=1.0, free=1.0, unproven=1.0) for _ in range(50)]
    plain = [case(right=n % 2 == 0, label=1.0, score=0.4) for n in range(50)]
    weights = dict(zip(SIGNS, fitted(doubtful + plain), strict=True))
    assert weights["rival"] == weights["free"] == weights["unproven"] == weights["score"] == 0


def test_a_value_that_stands_nowhere_is_doubted_though_no_paper_had_one() -> None:
    assert dict(zip(SIGNS, fitted([case(right=True, label=1.0)]), strict=True))["unproven"] < -1


def test_bins_tell_what_was_said_and_what_is_right() -> None:
    told = [(0.96, True), (0.98, False), (0.6, True), (0.6, True)]
    bins = reliability(told)
    assert [(one.low, one.count, one.right) for one in bins] == [(0.5, 2, 1.0), (0.95, 2, 0.5)]
    assert calibration_error(bins) == pytest.approx((2 * 0.4 + 2 * 0.47) / 4)
    assert reliability([(1.0, True)])[0].high == 1.0
    assert calibration_error([]) == 0


def test_right_values_should_be_surer_than_wrong_ones() -> None:
    assert auroc([(0.9, True), (0.8, False), (0.8, True)]) == 0.75
    assert math.isnan(auroc([(0.9, True)]))


def test_values_of_drawn_papers_are_found_and_fitted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "CACHE", tmp_path)
    files = []

    def read(path: Path) -> list[PageRecord]:
        files.append(path)
        with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
            return printed(path) if document[0].get_text().strip() else []

    papers = Papers(FakeEngines(), read, tmp_path / "kept")
    found = list(papers.cases("test", 1))
    assert len(files) == 8
    assert sum(path.parent.name.startswith("raster") for path in files) == 3
    assert {Method.LABEL, Method.PROSE} <= {one.method for one in found}
    assert 0.5 < sum(one.right for one in found) / len(found) < 1
    assert all(math.isfinite(weight) and abs(weight) < 10 for weight in fitted(found))
    assert list(papers.cases("test", 1)) == found
    assert len(files) == 8  # kept: read once


def test_the_seed_decides_all_and_agreements_say_what_is_true_of_them(tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    first, again = list(drawn(tmp_path, 1, "a")), list(drawn(tmp_path / "again", 1, "a"))
    assert [one.path.read_bytes() for one in first] == [one.path.read_bytes() for one in again]
    for paper in first:
        names = {".".join(one.path) for one in _fields(paper.schema)}
        assert {one.name.split(".")[0] for one in paper.truth} <= {name.split(".")[0] for name in names}
        if not paper.path.name.startswith("agreement"):
            continue
        with pymupdf.open(paper.path) as document:  # type: ignore[no-untyped-call]
            text = " ".join(" ".join(page.get_text() for page in document).split())
        assert len(text.split()) > 150
        said = [
            value for one in paper.truth if one.kind in ("party", "place", "term") for value in one.values
        ]
        assert len(said) >= 2
        assert all(value in text for value in said)


def _fields(schema: dict[str, object]) -> list[object]:
    return list(target_of(schema).fields)
