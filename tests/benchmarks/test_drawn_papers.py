from pathlib import Path
from random import Random

import pymupdf
import pytest

from benchmarks import corpus
from benchmarks.facts import extraction_drawn
from benchmarks.facts.extraction_drawn import insurance, statement, w2
from benchmarks.facts.extraction_drawn.data import Data, Locale
from benchmarks.scores.alike import plain
from benchmarks.scores.extraction import FieldTruth

DRAWERS = {"statement": statement.draw, "w2": w2.draw, "certificate": insurance.draw}


def drawn(kind: str, number: int, path: Path) -> dict[str, FieldTruth]:
    truth = DRAWERS[kind](Data(Random(f"test {kind} {number}")), path, number)
    return {one.name: one for one in truth}


@pytest.mark.parametrize("kind", DRAWERS)
@pytest.mark.parametrize("number", range(2))
def test_what_is_said_stands_where_it_is_said_to(kind: str, number: int, tmp_path: Path) -> None:
    path = tmp_path / "drawn.pdf"
    truth = drawn(kind, number, path)
    checked = 0
    with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
        for one in truth.values():
            if one.kind != "text" or len(one.values) != 1 or len(one.places) != 1 or "employer." in one.name:
                continue
            (place,) = one.places
            page = document[place.page - 1]
            across, down = page.rect.width, page.rect.height
            left, top, right, bottom = place.box
            clip = (left * across - 1, top * down - 1, right * across + 1, bottom * down + 1)
            text = page.get_text(clip=clip)
            if text.strip():  # a box to tick holds none
                assert plain(one.values[0]) in plain(text)
                checked += 1
    assert checked >= 2


def test_a_statement_has_a_row_for_each_transaction_and_its_balances_add_up(tmp_path: Path) -> None:
    truth = drawn("statement", 0, tmp_path / "drawn.pdf")
    amounts = [float(value) for value in truth["transactions.amount"].values]
    balance = float(truth["opening_balance"].values[0]) + sum(amounts)
    assert balance == pytest.approx(float(truth["closing_balance"].values[0]))
    assert len(amounts) == len(truth["transactions.date"].values) == len(truth["transactions.balance"].values)


def test_every_second_wage_statement_is_interactive(tmp_path: Path) -> None:
    for number in range(2):
        path = tmp_path / f"{number}.pdf"
        drawn("w2", number, path)
        with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
            assert bool(list(document[0].widgets())) is (number == 0)


def test_scans_are_pictures_of_the_same_papers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "CACHE", tmp_path)
    monkeypatch.setattr(extraction_drawn, "_EACH", 1)
    digital, scanned = list(extraction_drawn.digital(tmp_path)), list(extraction_drawn.scanned(tmp_path))
    assert [one.kind for one in digital] == [one.kind for one in scanned] == list(DRAWERS)
    for one, other in zip(digital, scanned, strict=True):
        assert one.truth() == other.truth()
        with pymupdf.open(one.path) as paper, pymupdf.open(other.path) as scan:  # type: ignore[no-untyped-call]
            assert len(paper) == len(scan)
            assert paper[0].get_text().strip()
            assert not scan[0].get_text().strip()


def test_amounts_are_written_as_countries_do() -> None:
    assert Locale().amount(-1234.5) == "-1,234.50"
    assert Locale(",", ".").amount(1234567.8) == "1.234.567,80"
