from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from benchmarks import corpus
from benchmarks.corpus import Document, Truth
from benchmarks.leaning import first_angle
from benchmarks.process import Outcome
from benchmarks.quality import judge
from models.local import LocalEngines
from models.runtime import Runtime
from models.skew import ProjectedSkew

WORDS = ("one", "two", "three", "four")


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "cache")
    return tmp_path / "data"


def form(folder: Path) -> None:
    """A level page of lines of blocks, with its words."""
    folder.mkdir(parents=True)
    page = np.full((900, 700, 3), 255, np.uint8)
    for row in range(60, 840, 30):
        for column in range(60, 640, 22):
            page[row : row + 14, column : column + 12] = 0
    Image.fromarray(page).save(folder / "a.png")
    words = [{"text": word} for word in WORDS]
    (folder / "a.json").write_text(json.dumps({"form": [{"words": words}]}), encoding="utf-8")


def outcome(text: str, angle: float | None) -> Outcome:
    return Outcome(text, 1.0, 1.0, angle=angle)


def judged(
    truth: Truth, read: Outcome, twin: Outcome | None, lacks: frozenset[str] = frozenset()
) -> dict[str, float]:
    document = Document("skewed_pages", "page", Path("x.png"), lambda: truth, twin=Path("y.png"))
    return judge(document, read, twin, lacks).scores


def test_the_labels_are_turned_to_our_sign(data: Path) -> None:
    (data / "skew").mkdir(parents=True)
    (data / "skew" / "angles.json").write_text('{"a.png": -6}', encoding="utf-8")
    (document,) = corpus.documents("skew")
    assert (document.path.name, document.truth().angle) == ("a.png", 6.0)


def test_pages_are_turned_by_their_angle_once_and_know_what_they_were(data: Path) -> None:
    form(data / "funsd_forms")
    (data / "omnidocbench_demo").mkdir()
    (document,) = corpus.documents("skewed_pages")
    truth = document.truth()
    assert document.twin == data / "funsd_forms" / "a.png"
    assert (truth.words, truth.twin_is_level) == (WORDS, False)
    skew = ProjectedSkew(Runtime.of("cpu", 1)).skew(np.asarray(Image.open(document.path)))
    assert skew == pytest.approx(truth.angle, abs=0.1)
    drawn = document.path.stat().st_mtime_ns
    (again,) = corpus.documents("skewed_pages")
    assert (again.truth().angle, again.path.stat().st_mtime_ns) == (truth.angle, drawn)


def test_the_angle_counts_from_that_of_the_twin() -> None:
    truth = Truth(words=WORDS, angle=10.0)
    scores = judged(truth, outcome("one two three", 10.75), outcome("one two three four", 0.5))
    assert scores["angle"] == pytest.approx(0.75)
    assert scores["words kept"] == pytest.approx(1 + 6 / 7 - 1)
    assert not {"twin", "equal", "untouched"} & scores.keys()


@pytest.mark.parametrize(("before", "untouched"), [(0.0, 1.0), (-0.4, 0.0)])
def test_a_level_page_should_be_left_alone(before: float, untouched: float) -> None:
    truth = Truth(words=WORDS, angle=10.0, twin_is_level=True)
    assert judged(truth, outcome("one", 10.0), outcome("one", before))["untouched"] == untouched


def test_a_failed_reading_has_no_angle_and_others_are_not_asked_for_it() -> None:
    truth = Truth(angle=3.0)
    assert judged(truth, outcome("", None), None)["angle"] == 0.0
    assert judged(truth, outcome("x", None), None, frozenset({"angles"})) == {}


def test_the_angle_is_the_one_that_the_stages_undo(tmp_path: Path) -> None:
    with pymupdf.open() as level, pymupdf.open() as leaning:
        for row in range(20):
            level.new_page(width=400, height=400) if not row else None
            level[0].insert_text((40, 60 + 16 * row), "a line of embedded text")
        page = leaning.new_page(width=500, height=500)
        page.show_pdf_page(page.rect, level, 0, rotate=7)
        leaning.save(tmp_path / "a.pdf")
    assert first_angle(tmp_path / "a.pdf", LocalEngines("cpu")) == pytest.approx(7.0, abs=0.01)
