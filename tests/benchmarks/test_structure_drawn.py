"""Documents with structure across pages, drawn afresh by several programs."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from random import Random

import pymupdf
import pytest

from benchmarks import corpus
from benchmarks.facts import structure_drawn
from benchmarks.facts.structure_drawn import located, outlines, sheets
from benchmarks.facts.structure_drawn.blocks import Grid, Paper, Row, Text
from benchmarks.facts.structure_drawn.looks import draw_look
from benchmarks.facts.structure_drawn.numbering import Counter, Scheme, chinese, roman
from benchmarks.facts.structure_drawn.table_kinds import KINDS, abbreviated
from benchmarks.facts.structure_drawn.tongue import LANGUAGES, Tongue
from benchmarks.scores.markdown import bare
from benchmarks.scores.merges import TrueTable

QUICK = [name for name in structure_drawn.GENERATORS if name != "office"]
TEXTS = ("titles", "topics", "long", "opening", "closing", "subjects", "verbs", "objects", "tails", "leads")


def written(name: str, paper: Paper, path: Path) -> pymupdf.Document:
    write = structure_drawn.writer(name)
    if write is None:
        pytest.skip(f"{name} is not installed")
    write(paper, path)
    return pymupdf.open(path)  # type: ignore[no-untyped-call]


@pytest.mark.parametrize("name", QUICK)
@pytest.mark.parametrize("kind", outlines.KINDS)
def test_headings_stand_in_the_document_in_order(name: str, kind: str, tmp_path: Path) -> None:
    paper = outlines.draw_paper(kind, Random(f"test {kind}"))
    paper = replace(paper, look=replace(paper.look, columns=1, running=""))
    with written(name, paper, tmp_path / "drawn.pdf") as document:
        text = bare("\n".join(page.get_text() for page in document)).casefold()
    at = 0
    for heading in outlines.truth_of(paper):
        at = text.index(bare(heading.text).casefold(), at)


@pytest.mark.parametrize("name", QUICK)
def test_bookmarks_are_the_headings(name: str, tmp_path: Path) -> None:
    paper = outlines.draw_paper("report", Random("bookmarks"))
    paper = replace(paper, look=replace(paper.look, bookmarks=True))
    with written(name, paper, tmp_path / "drawn.pdf") as document:
        titles = {bare(title).casefold() for _, title, _ in document.get_toc()}
    wanted = {bare(one.text).casefold() for one in outlines.truth_of(paper) if one.level and not one.optional}
    assert wanted <= titles


@pytest.mark.parametrize("name", QUICK)
def test_the_pieces_of_a_table_are_on_the_pages_that_it_is_on(name: str, tmp_path: Path) -> None:
    write = structure_drawn.writer(name)
    if write is None:
        pytest.skip(f"{name} is not installed")
    path = tmp_path / "drawn.pdf"
    truth = structure_drawn.draw_tables(Random("test 2"), write, path)
    assert any(len(table.pieces) > 1 for table in truth)
    with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
        pages = ["".join(page.get_text().split()) for page in document]
    for table in truth:
        assert [piece.page for piece in table.pieces] == sorted(piece.page for piece in table.pieces)
        for piece in table.pieces:
            assert all(key in pages[piece.page - 1] for key in piece.keys)


def test_a_cut_table_ends_its_page_and_the_next_begins_another(tmp_path: Path) -> None:
    write = structure_drawn.writer("platypus")
    if write is None:
        pytest.skip("platypus is not installed")
    papers = {seed: sheets.draw_sheets(Random(seed)) for seed in range(50)}
    with_cut = (seed for seed, paper in papers.items() if any(grid.cut for grid in located.grids(paper)))
    seed = next(seed for seed in with_cut if papers[seed].look.columns == 1)
    grids = located.grids(papers[seed])
    truth = structure_drawn.draw_tables(Random(seed), write, tmp_path / "drawn.pdf")
    at = next(i for i, grid in enumerate(grids) if grid.cut)
    assert [piece.page for piece in truth[at].pieces] == [truth[at + 1].pieces[0].page - 1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_all_words(language: str) -> None:
    tongue = Tongue(language, Random(0))
    assert all(tongue.one(name) for name in TEXTS)
    assert tongue.sentence()
    assert tongue.date()
    for name in (
        "contents",
        "figure",
        "table",
        "chapter",
        "part",
        "article",
        "section",
        "continued",
        "total",
    ):
        assert tongue.word(name)


def test_headings_are_counted() -> None:
    counter = Counter(Scheme(("{R1}.", "{a2}", "{L3}"), running_on=frozenset({2})))
    labels = [counter.label(level) for level in (1, 2, 3, 3, 1, 2, 3, 4)]
    assert labels == ["I.", "1", "A", "B", "II.", "2", "A", ""]
    assert [roman(n) for n in (4, 9, 14, 40)] == ["iv", "ix", "xiv", "xl"]
    assert [chinese(n) for n in (3, 10, 12, 20, 31)] == ["三", "十", "十二", "二十", "三十一"]


@pytest.mark.parametrize("kind", outlines.KINDS)
@pytest.mark.parametrize("asian", ["", "zh", "ja"])
def test_no_level_is_skipped_on_the_way_down(kind: str, asian: str) -> None:
    for seed in range(10):
        paper = outlines.draw_paper(kind, Random(seed), asian)
        levels = [one.level for one in outlines.truth_of(paper) if one.level and not one.optional]
        assert levels[0] == 1
        assert all(below <= above + 1 for above, below in pairwise(levels))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["en", "de", "fr"])
def test_tables_have_as_many_cells_as_columns(kind: object, language: str) -> None:
    assert callable(kind)
    for narrow in (False, True):
        tongue = Tongue(language, Random(3))
        grid: Grid = kind(tongue, 20, 0, narrow)
        width = len(grid.shares)
        assert {len(row.cells) for row in grid.body} == {width} == {len(line) for line in grid.head}
        assert len(grid.numeric) == width == len(abbreviated(grid.head, tongue)[0])


def test_subheads_may_span_or_stand_first() -> None:
    head = (("Item", "2021", None),)
    grid = Grid(
        "t",
        head,
        (Row(("Assets", "", ""), spans=True), Row(("Cash", "1", "2"))),
        (1, 1, 1),
        (False, True, True),
    )
    spanning, first = located.true_table(grid, [{}, {}]).readings
    assert '<td colspan="2">2021</td>' in spanning
    assert '<td colspan="3">Assets</td>' in spanning
    assert "<td>Assets</td><td></td><td></td>" in first


LEDGER = Grid(
    "t",
    (("Ref.", "Requirement", "Sum"),),
    (
        Row(("SYS-713", "the pump shall be tested before it is delivered", "12.00")),
        Row(("SYS-714", "the valve shall be closed by hand and sealed", "19.50")),
        Row(("", "Total", "19.50"), total=True),
    ),
    (1, 3, 1),
    (False, False, True),
)


def located_in(tmp_path: Path, *pages: list[tuple[float, float, str]], columns: int = 1) -> TrueTable:
    """The table above in pages of words at places; before it the document says a thing of a row's."""
    look = replace(draw_look("report", "en", Random(0)), columns=columns)
    said = Text("Note that the valve shall be closed at night.")
    path = tmp_path / "drawn.pdf"
    with pymupdf.open() as document:  # type: ignore[no-untyped-call]
        for words in pages:
            page = document.new_page()
            for x, y, text in words:
                page.insert_text((x, y), text)
        document.save(path)
    paper = Paper("en", "tables", "", (said, LEDGER), look)
    return located.true_table(LEDGER, located.locate(path, paper)[0])


def test_rows_whose_cells_are_broken_over_lines_are_found_by_words_of_a_line(tmp_path: Path) -> None:
    first = [(60.0, 80.0, "SYS-71"), (60.0, 92.0, "3"), (120.0, 80.0, "the pump shall be tested before")]
    second = [(60.0, 80.0, "SYS-71"), (60.0, 92.0, "4"), (120.0, 80.0, "be closed by hand and")]
    pieces = located_in(tmp_path, first, second).pieces
    assert [piece.page for piece in pieces] == [1, 2]
    assert pieces[0].keys == {"thepumpshallbe", "pumpshallbetested", "shallbetestedbefore"}


def test_words_that_the_text_has_too_place_no_row(tmp_path: Path) -> None:
    """The row's own words are broken; those of the text stand in a line."""
    first = [(60.0, 80.0, "Note that the valve shall be closed at night."), (60.0, 120.0, "SYS-713")]
    second = [(60.0, 80.0, "SYS-714"), (120.0, 80.0, "the valve shall"), (120.0, 92.0, "be closed")]
    assert [piece.keys for piece in located_in(tmp_path, first, second).pieces] == [{"SYS-713"}, {"SYS-714"}]


def test_half_a_row_and_a_total_alone_are_pieces(tmp_path: Path) -> None:
    """The total is the sum before it: the second of two alike stands in the later place."""
    first = [(60.0, 700.0, "SYS-714"), (120.0, 700.0, "the valve shall be closed"), (300.0, 700.0, "19.50")]
    second = [(120.0, 80.0, "by hand and sealed")]
    third = [(120.0, 80.0, "Total"), (300.0, 80.0, "19.50")]
    pieces = located_in(tmp_path, first, second, third).pieces
    assert [(piece.page, "19.50" in piece.keys) for piece in pieces] == [(1, True), (2, False), (3, True)]


def test_pieces_in_columns_of_a_page_are_apart_wherever_they_begin(tmp_path: Path) -> None:
    both = [(60.0, 400.0, "SYS-713"), (360.0, 400.0, "SYS-714"), (480.0, 400.0, "19.50")]
    pieces = located_in(tmp_path, both, columns=2).pieces
    assert [sorted(piece.keys) for piece in pieces] == [["SYS-713"], ["SYS-714"]]
    assert len(located_in(tmp_path, both).pieces) == 1


def test_the_same_seed_draws_the_same_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus, "CACHE", tmp_path)
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path))
    monkeypatch.setattr(structure_drawn, "GENERATORS", {"typesetter": ()})
    monkeypatch.setattr(structure_drawn, "_EACH", 1)
    if structure_drawn.writer("typesetter") is None:
        pytest.skip("typesetter is not installed")
    monkeypatch.setattr(structure_drawn, "SEED", "one")
    first = [document.truth().outline for document in corpus.documents("structure_headings")]
    assert first == [document.truth().outline for document in corpus.documents("structure_headings")]
    (tables,) = corpus.documents("structure_tables")
    assert tables.truth().merged
    (picture,) = corpus.documents("structure_headings_rasterised")
    with pymupdf.open(picture.path) as document:  # type: ignore[no-untyped-call]
        assert not document[0].get_text()
    monkeypatch.setattr(structure_drawn, "SEED", "two")
    assert first != [document.truth().outline for document in corpus.documents("structure_headings")]


def test_a_generator_that_is_not_there_is_left_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(structure_drawn, "GENERATORS", {"no_such_program": ()})
    assert list(structure_drawn.headings(Path())) == []
    assert "no_such_program: not installed" in capsys.readouterr().err
