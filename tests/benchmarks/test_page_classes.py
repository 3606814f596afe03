"""Truth and scores of pages in classes."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import corpus
from benchmarks.found import finds_of
from benchmarks.peers import View, asked
from benchmarks.process import Outcome
from benchmarks.quality import judge
from benchmarks.scores.classes import PAGE_CLASS
from schemas.documents import PageClass, ParsedDocument


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path))
    monkeypatch.setattr(corpus, "CACHE", tmp_path / "cache")
    return tmp_path


def found(*names: str) -> Outcome:
    classes = [PageClass(page_class=name, page_numbers=[1], classification_reasons={}) for name in names]
    read = ParsedDocument(total_pages=1, parsed_pages_count=1, pages=[], chunks=[], page_classes=classes)
    return Outcome("x", 1.0, 1.0, finds=finds_of(read))


def test_the_class_is_told_by_the_name_and_other_sets_are_of_none(data: Path) -> None:
    for name in ("business_docs_images/tax/TAX-1098-T.png", "business_docs_images/invoice/one.pdf"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).touch()
    for name in ("business_docs_images/layout/other.png", "docbank_pages/a.pdf", "docbank_pages/a.txt"):
        (data / name).parent.mkdir(parents=True, exist_ok=True)
        (data / name).touch()
    documents = corpus.documents("page_classes")
    assert {d.name: d.kind for d in documents} == {
        "TAX-1098-T.png": "Form 1098-T",
        "one.pdf": "Invoice",
        "other.png": "none",
        "a.pdf": "none",
    }
    assert [d.truth().classes for d in documents if d.name == "a.pdf"] == [frozenset()]


def test_every_true_class_is_asked_for(data: Path) -> None:
    names = {one.name for one in asked(View.DRAWN_CLASSES).page_classifications}
    assert {d.kind for d in corpus.documents("page_classes_drawn")} - {"none"} == names
    assert len(asked(View.CLASSES).page_classifications) == 10


@pytest.mark.parametrize(
    ("names", "expected"), [(["letter"], 1.0), ([], 0.0), (["form"], 0.0), (["letter", "form"], 0.0)]
)
def test_a_page_is_right_in_exactly_its_class(data: Path, names: list[str], expected: float) -> None:
    letter = next(d for d in corpus.documents("page_classes_drawn") if d.kind == "letter")
    assert judge(letter, found(*names)).scores == {"class": expected}


def test_a_page_of_no_class_is_left_alone(data: Path) -> None:
    poem = next(d for d in corpus.documents("page_classes_drawn") if d.kind == "none")
    assert judge(poem, found()).scores == {"left alone": 1.0}
    assert judge(poem, found("letter")).scores == {"left alone": 0.0}
    assert [find.label for find in found("letter").finds or ()] == [PAGE_CLASS]
