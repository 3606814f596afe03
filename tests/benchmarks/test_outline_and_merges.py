"""Scores of structure across pages: headings with levels, tables put together from their pieces."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import corpus
from benchmarks.found import merged_of
from benchmarks.peers import ENGINES, View, asked
from benchmarks.process import Outcome
from benchmarks.quality import tallies
from benchmarks.scores.merges import (
    FoundPiece,
    FoundTable,
    TruePiece,
    TrueTable,
    score_merges,
    table_similarity,
)
from benchmarks.scores.outline import FoundHeading, TrueHeading, headings_of, score_outline
from benchmarks.scores.rows import row_teds
from benchmarks.scores.tally import Tally
from benchmarks.scores.teds import teds, tree
from schemas.documents import MergeActions, MergedTable, Page, ParsedDocument
from schemas.fragments import FragmentType, PageFragment, TableContent, TextContent

TRUE = [
    TrueHeading("Annual report", 0),
    TrueHeading("Contents", 1, optional=True),
    TrueHeading("1 Scope", 1),
    TrueHeading("1.1 Definitions", 2),
    TrueHeading("2 Results", 1),
]


def found(*headings: tuple[str, int]) -> list[FoundHeading]:
    return [FoundHeading(text, level) for text, level in headings]


def test_headings_are_those_of_the_text_not_of_tables_code_and_pictures() -> None:
    markdown = (
        "# Title\n\n```json\n# no\n```\n\n### Figure\n\nseen\n\n"
        "<table><tr><td>\n# no\n</td></tr></table>\n\n## **1** Scope ##"
    )
    assert headings_of(markdown) == found(("Title", 0), ("**1** Scope", 1))


def test_all_headings_at_their_levels() -> None:
    same = found(("ANNUAL REPORT", 0), ("1. Scope", 1), ("1.1 Definitions", 2), ("2 Results", 1))
    assert score_outline(TRUE, same, levels=True) == Tally(4, 4, 4)


def test_what_is_missed_invented_or_at_another_level_costs() -> None:
    other = found(("1 Scope", 2), ("1.1 Definitions", 2), ("A caption", 1), ("2 Results", 1))
    assert score_outline(TRUE, other, levels=True) == Tally(2, 4, 4)
    assert score_outline(TRUE, other, levels=False) == Tally(3, 4, 4)


def test_an_optional_heading_counts_neither_way() -> None:
    named = found(
        ("Annual report", 0), ("Contents", 3), ("1 Scope", 1), ("1.1 Definitions", 2), ("2 Results", 1)
    )
    assert score_outline(TRUE, named, levels=True) == Tally(4, 4, 4)


def test_headings_count_in_their_order_and_once() -> None:
    swapped = found(("2 Results", 1), ("1 Scope", 1), ("1 Scope", 1))
    assert score_outline(TRUE, swapped, levels=True) == Tally(1, 4, 3)


def table(*rows: tuple[str, ...]) -> str:
    cells = ("".join(f"<td>{text}</td>" for text in row) for row in rows)
    return f"<table>{''.join(f'<tr>{row}</tr>' for row in cells)}</table>"


LEFT = TrueTable(
    (table(("a1", "a2"), ("b1", "b2"), ("c1", "c2")),),
    (TruePiece(1, frozenset({"a1"})), TruePiece(2, frozenset({"b1"})), TruePiece(3, frozenset({"c1"}))),
)
RIGHT = TrueTable((table(("x1", "1234.5")),), (TruePiece(3, frozenset({"x1", "1234.5"})),))


def merged(html: str, *pieces: tuple[int, str]) -> FoundTable:
    return FoundTable(html, tuple(FoundPiece(page, text) for page, text in pieces))


def test_pieces_rightly_joined() -> None:
    whole = merged(LEFT.readings[0], (1, "a1 a2"), (2, "b1 b2"), (3, "c1 c2"))
    assert score_merges([LEFT, RIGHT], [whole]) == {
        "joints right": Tally(2, 2, 2),
        "joints found": Tally(2, 2, 2),
        "merges": Tally(1, 1, 1),
        "merged tables": Tally(1, 1, 1),
    }


def test_a_chain_that_runs_into_another_table() -> None:
    """Numbers with spaces are known in whatever way they are parted."""
    long = merged(table(("b1", "b2"), ("c1", "c2"), ("x1", "1234.5")), (2, "b1"), (3, "c1"), (3, "1 234.5"))
    scores = score_merges([LEFT, RIGHT], [long])
    assert scores["joints right"] == Tally(1, 2, 2)
    assert scores["joints found"] == Tally(1, 2, 2)
    assert scores["merges"] == Tally(0, 1, 1)
    assert 0.3 < scores["merged tables"].total < 0.7


def test_nothing_joined_is_no_mistake_but_no_find() -> None:
    scores = score_merges([LEFT], [])
    assert scores["joints right"].value == 1.0
    assert scores["joints found"].value == 0.0
    assert scores["merged tables"] == Tally(0, 1, 0)


def test_a_piece_read_as_two_tables_may_be_joined() -> None:
    halves = merged(LEFT.readings[0], (1, "a1"), (1, "a1"), (2, "b1"), (3, "c1"))
    assert score_merges([LEFT], [halves])["joints right"] == Tally(2, 2, 2)


def test_what_is_no_table_is_joined_wrongly() -> None:
    stray = merged(LEFT.readings[0], (1, "a1"), (2, "running text"))
    assert score_merges([LEFT], [stray])["joints right"] == Tally(0, 1, 1)


@pytest.mark.parametrize(
    "other",
    [
        table(("a1", "a2"), ("b1", "b2"), ("c1", "c2")),
        table(("a1", "a2"), ("b1", "b2 c2"), ("c1", "")),
        table(("a1", "a2"), ("c1", "c2")),
        table(("z", "z", "z"), ("a1", "a2"), ("b1", "b2"), ("c1", "c2")),
    ],
)
def test_row_by_row_tables_are_as_alike_as_by_teds(other: str) -> None:
    true = LEFT.readings[0]
    assert row_teds(tree(true), tree(other)) == pytest.approx(teds(true, other))


def test_large_tables_are_compared_at_once() -> None:
    rows = [(f"row {i}", str(i * i), "x") for i in range(300)]
    assert table_similarity(table(*rows), table(*rows)) == 1.0
    changed = table(*rows[:100], *rows[101:])
    assert table_similarity(table(*rows), changed) == pytest.approx(1 - 4 / 1200)


def test_a_document_tells_what_its_merged_tables_are_made_of() -> None:
    pages = [
        Page(page_number=number, page_fragments=[fragment(number, f"{number}.0", table((text, "1")))])
        for number, text in ((1, "first"), (2, "second"))
    ]
    row = PageFragment(
        fragment_type=FragmentType.TEXT, content=TextContent(content="third 1"), ref_id="3.0", page_number=3
    )
    pages.append(Page(page_number=3, page_fragments=[row]))
    one = MergedTable(
        merged_table_id="cross_page_merge_1_2",
        merged_table_html="<table></table>",
        start_page=1,
        end_page=2,
        pages_merged=2,
        merge_actions=MergeActions(pages=[1, 2]),
        merged_at="2024-01-01T00:00:00Z",
        element_ids=["1.0", "2.0", "3.0"],
    )
    document = ParsedDocument(
        total_pages=2, parsed_pages_count=2, pages=pages, chunks=[], merged_tables=[one]
    )
    pieces = (FoundPiece(1, "first 1"), FoundPiece(2, "second 1"), FoundPiece(3, "third 1"))
    assert merged_of(document) == [FoundTable("<table></table>", pieces)]


def fragment(page: int, name: str, html: str) -> PageFragment:
    content = TableContent(content=html, html=html)
    return PageFragment(fragment_type=FragmentType.TABLE, content=content, ref_id=name, page_number=page)


def test_structure_is_scored_where_it_is_known() -> None:
    outcome = Outcome("# Annual report\n\n## 1 Scope\n\n### 1.1 Definitions\n\n## 2 Results", 0.1, 0.1)
    assert tallies(corpus.Truth(outline=tuple(TRUE)), outcome)["outline"] == Tally(4, 4, 4)
    assert tallies(corpus.Truth(merged=(LEFT,)), outcome)["joints found"] == Tally(0, 2, 2)
    unknown = corpus.Truth(outline=(TrueHeading("1 Scope", None),))
    counted = tallies(unknown, outcome)
    assert "outline" not in counted
    assert counted["outline texts"] == Tally(1, 1, 4)


def test_octavo_is_asked_for_structure() -> None:
    options = asked(View.STRUCTURE).parsing_options
    assert options.cross_page_header_detection
    assert options.table_merging


def test_reports_come_with_two_truths_and_the_readings_of_other_engines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCTAVO_BENCH_DATA", str(tmp_path))
    folder = tmp_path / "zh_annual_reports"
    folder.mkdir()
    for name, text in (
        ("1.primary.md", "# 摘要\n\n<table><tr><td>1</td></tr><tr><td>2</td></tr></table>"),
        (
            "1.semi_semantic.md",
            "# 摘要\n\n<table><tr><td>1</td></tr></table>\n\n<table><tr><td>2</td></tr></table>",
        ),
        ("1.mineru.md", "# 摘要"),
        ("2.primary.md", ""),
    ):
        (folder / name).write_text(text, encoding="utf-8")
    for name in ("1.pdf", "2.pdf"):
        (folder / name).touch()
    (document,) = corpus.documents("zh_annual_reports")
    truth = document.truth()
    assert truth.outline == (TrueHeading("摘要", None),)
    assert [len(reading) for reading in truth.tables or ()] == [1, 2]
    engine = ENGINES["mineru"]
    assert engine.version()
    assert engine.gives(corpus.sets()["zh_annual_reports"].needs)
    assert not engine.gives("")
    assert engine.load(View.STRUCTURE)(document.path).markdown == "# 摘要"
