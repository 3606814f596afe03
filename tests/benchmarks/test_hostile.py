from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pymupdf
import pytest

from benchmarks.hostile import run
from benchmarks.hostile.cases import BROKEN, HARD, Case, Kind, cases
from benchmarks.hostile.ending import Ending, Limits, kept, wrong_with
from benchmarks.hostile.opinion import Opinion, opinion_of
from schemas.documents import ParsedDocument
from schemas.errors import DocumentEmpty
from workers.jobs.metering import CHILDREN_LOST
from workers.local import LocalParser

SAYS = Opinion("some words", opens=True)
GOOD = Ending(1.0, 1000, text="some words")
REFUSED = Ending(1.0, 1000, error="DocumentUnreadable", message="It is damaged.")


def case(kind: Kind) -> Case:
    return Case(HARD if kind is Kind.HARD else BROKEN, kind, Path("file.pdf"), "file.pdf")


def changed(ending: Ending, **values: object) -> Ending:
    return Ending(**{**{name: getattr(ending, name) for name in ending.__slots__}, **values})


@pytest.mark.parametrize(
    ("kind", "ending", "opinion", "words"),
    [
        (Kind.ODD, GOOD, SAYS, None),
        (Kind.ODD, REFUSED, Opinion(opens=True), "not read: DocumentUnreadable"),
        (Kind.ODD, REFUSED, Opinion(), None),
        (Kind.ODD, changed(GOOD, text="", hidden=True), SAYS, None),
        (Kind.ODD, changed(GOOD, text=" ** "), SAYS, "there is text"),
        (Kind.ODD, changed(GOOD, text=""), Opinion(" \n--", opens=True), None),
        (Kind.CORRUPT, REFUSED, SAYS, None),
        (Kind.CORRUPT, GOOD, SAYS, None),
        (Kind.ENCRYPTED, changed(REFUSED, error="DocumentEncrypted"), Opinion(locked=True), None),
        (Kind.ENCRYPTED, REFUSED, Opinion(locked=True), "not refused as encrypted"),
        (Kind.ENCRYPTED, GOOD, Opinion(locked=True), "not refused as encrypted: successful"),
        (Kind.ENCRYPTED, GOOD, SAYS, None),
        (Kind.HARD, REFUSED, Opinion(opens=True), None),
        (Kind.HARD, REFUSED, SAYS, "not read"),
        (Kind.BOMB, changed(GOOD, seconds=61), SAYS, "it took 61 s"),
        (Kind.BOMB, changed(GOOD, seconds=61, pages=2), SAYS, None),
        (Kind.BOMB, changed(GOOD, peak_bytes=3 << 30), SAYS, "it took 3072 MiB"),
        (Kind.FUZZ, changed(REFUSED, lost=3), SAYS, "3 children were lost"),
        (Kind.FUZZ, changed(GOOD, stray="KeyError"), SAYS, "no error of a document: KeyError"),
        (Kind.FUZZ, changed(REFUSED, message="KeyError 7"), SAYS, "the error is no sentence"),
    ],
)
def test_what_is_wrong_with_an_ending(
    kind: Kind, ending: Ending, opinion: Opinion, words: str | None
) -> None:
    found = wrong_with(case(kind), ending, opinion, Limits(60, 2 << 30))
    assert words in "; ".join(found) if words else not found


def test_words_are_counted_without_marks_and_case() -> None:
    opinion = Opinion("Ten words, ten WORDS and one.")
    assert kept(opinion, changed(GOOD, text="**ten** Words and <u>One</u>")) == pytest.approx(4 / 6)
    assert kept(Opinion("--"), GOOD) is None


def test_cases_are_the_labelled_files_and_all_hard_pdfs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path))
    assert cases(BROKEN) == []
    (tmp_path / BROKEN).mkdir()
    (tmp_path / BROKEN / "expect.json").write_text(
        json.dumps({"b/x.pdf": {"class": "bomb"}, "a/y.tif": {"class": "fuzz"}})
    )
    assert [(one.name, one.kind) for one in cases(BROKEN)] == [("a/y.tif", Kind.FUZZ), ("b/x.pdf", Kind.BOMB)]
    (tmp_path / HARD / "deep").mkdir(parents=True)
    (tmp_path / HARD / "deep" / "z.pdf").touch()
    (tmp_path / HARD / "README.md").touch()
    assert [(one.name, one.kind) for one in cases(HARD)] == [("deep/z.pdf", Kind.HARD)]


def test_the_other_opinion_is_found_in_a_child(tmp_path: Path) -> None:
    document = pymupdf.open()
    document.new_page().insert_text((50, 50), "Opinions differ")
    plain, locked, broken = (tmp_path / f"{name}.pdf" for name in ("plain", "locked", "broken"))
    document.save(plain)
    document.save(locked, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="other")
    broken.write_bytes(b"%PDF-1.7 and nothing else")
    assert opinion_of(plain).text.split() == ["Opinions", "differ"]
    assert opinion_of(plain).opens
    assert opinion_of(locked) == Opinion(locked=True)
    assert opinion_of(broken) == Opinion()


class Parser:
    """A parser that does what it is told."""

    def __init__(self, act: Callable[[], ParsedDocument]) -> None:
        self._act = act

    def parse(self, path: Path) -> ParsedDocument:
        return self._act()


def ending_of(act: Callable[[], ParsedDocument]) -> Ending:
    return run.read(cast(LocalParser, Parser(act)), Path("any.pdf"))


def document() -> ParsedDocument:
    return ParsedDocument(total_pages=3, parsed_pages_count=3, pages=[], chunks=[], document_markdown="words")


def test_endings_tell_what_happened() -> None:
    def lose() -> ParsedDocument:
        CHILDREN_LOST.add(child="reader", cause="SIGSEGV")
        return document()

    def refuse() -> ParsedDocument:
        raise DocumentEmpty("There is nothing in it.")

    def err() -> ParsedDocument:
        raise KeyError("with text of the document")

    read = ending_of(document)
    assert (read.pages, read.text, read.lost, read.successful) == (3, "words", 0, True)
    assert ending_of(lose).lost == 1
    refused = ending_of(refuse)
    assert (refused.error, refused.message) == ("DocumentEmpty", "There is nothing in it.")
    stray = ending_of(err)
    assert (stray.stray, stray.successful) == ("KeyError", False)
    assert "with text" not in str(stray)


def judged(kind: Kind, *, broken: bool = False, lost: int = 0, has_text: bool = True) -> run.Judged:
    ending = changed(GOOD, lost=lost)
    return run.Judged(case(kind), ending, ["why"] if broken else [], has_text, 1.0)


def test_promises_of_the_sets() -> None:
    fine = [judged(Kind.HARD) for _ in range(98)]
    assert run.held([*fine, judged(Kind.HARD, broken=True), judged(Kind.HARD, broken=True)])
    assert not run.held([*fine, *(judged(Kind.HARD, broken=True) for _ in range(3))])
    assert not run.held([*fine, judged(Kind.HARD, lost=1)])
    assert run.held([*fine, judged(Kind.HARD, broken=True, has_text=False)])
    assert run.held([judged(Kind.BOMB)])
    assert not run.held([*(judged(Kind.BOMB) for _ in range(200)), judged(Kind.BOMB, broken=True)])


def test_what_is_stored_has_no_text_of_documents() -> None:
    stored = run.record(BROKEN, [judged(Kind.ODD), judged(Kind.BOMB, broken=True)], Limits())
    assert "some words" not in json.dumps(stored)
    assert "odd-but-valid: 1 of 1 end as they should" in " ".join(cast(list[str], stored["told"]))
    assert "bomb: 0 of 1" in " ".join(cast(list[str], stored["told"]))
