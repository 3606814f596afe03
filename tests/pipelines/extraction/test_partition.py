"""A document cut into the parts that each fill the schema once."""

from __future__ import annotations

from typing import Any

import pytest

from pipelines.extraction.evidence import Evidence
from pipelines.extraction.partition import parts
from schemas.options import Partition
from tests.pipelines.extraction.documents import document


def cut(evidence: Evidence, partition: Any, *, paged: bool = True) -> list[tuple[tuple[int, ...], list[str]]]:
    """The pages and texts of each part."""
    found = parts(evidence, Partition.model_validate(partition), paged=paged)
    return [(part.pages, [block.text for block in part.blocks]) for part in found]


TWO = document(["before", "# One", "first"], ["still first", "# Two", "# Below", "second"])


def test_none_is_the_whole() -> None:
    assert parts(TWO, Partition(), paged=True) == [TWO]


def test_a_part_a_page() -> None:
    assert cut(TWO, "page") == [
        ((1,), ["before", "## One", "first"]),
        ((2,), ["still first", "## Two", "## Below", "second"]),
    ]


def test_what_has_no_pages_is_whole() -> None:
    assert len(cut(TWO, "page", paged=False)) == 1


def test_a_part_a_section() -> None:
    assert cut(TWO, "section") == [
        ((1,), ["before"]),
        ((1, 2), ["## One", "first", "still first"]),
        ((2,), ["## Two", "## Below", "second"]),
    ]


def test_a_part_a_fragment() -> None:
    assert [texts for _, texts in cut(TWO, "fragment")] == [
        ["before"],
        ["## One"],
        ["first"],
        ["still first"],
        ["## Two"],
        ["## Below"],
        ["second"],
    ]


ORDERS = document(
    ["Orders of May", "Order 1\nPaper 3.00\nTotal 3.00"], ["Order 2\nInk 9.00\nTotal 9.00\nBye"]
)


@pytest.mark.parametrize(
    ("patterns", "texts"),
    [
        (
            {"start_patterns": [r"^Order \d"], "end_patterns": ["^Total"]},
            [["Order 1\nPaper 3.00\nTotal 3.00"], ["Order 2\nInk 9.00\nTotal 9.00"]],
        ),
        (
            {"start_patterns": [r"^Order \d"]},
            [["Order 1\nPaper 3.00\nTotal 3.00"], ["Order 2\nInk 9.00\nTotal 9.00\nBye"]],
        ),
        (
            {"end_patterns": ["^Total"]},
            [
                ["Orders of May", "Order 1\nPaper 3.00\nTotal 3.00"],
                ["Order 2\nInk 9.00\nTotal 9.00"],
                ["Bye"],
            ],
        ),
        ({"start_patterns": ["^bye"]}, [["Bye"]]),
        ({"start_patterns": ["^INK", "^ink"]}, [["Ink 9.00\nTotal 9.00\nBye"]]),
        (
            {"start_patterns": ["nothing"]},
            [
                [
                    "Orders of May",
                    "Order 1\nPaper 3.00\nTotal 3.00",
                    "Order 2\nInk 9.00\nTotal 9.00\nBye",
                ]
            ],
        ),
    ],
)
def test_parts_by_patterns(patterns: dict[str, list[str]], texts: list[list[str]]) -> None:
    assert [found for _, found in cut(ORDERS, {"patterns": patterns})] == texts


def test_a_torn_fragment_keeps_the_words_of_its_lines() -> None:
    partition = Partition.model_validate(
        {"patterns": {"start_patterns": ["^Paper"], "end_patterns": ["^Ink"]}}
    )
    (part,) = parts(ORDERS, partition, paged=True)
    assert part.pages == (1, 2)
    words = [word.text for block in part.blocks for word in block.words]
    assert words == ["Paper", "3.00", "Total", "3.00", "Order", "2", "Ink", "9.00"]


def test_a_pattern_that_backtracking_never_ends_on_takes_no_time() -> None:
    evidence = document(["a" * 50_000 + "!", "b"])
    assert cut(evidence, {"patterns": {"start_patterns": [r"^(a|aa|a?a)*$", "^b"]}}) == [((1,), ["b"])]
