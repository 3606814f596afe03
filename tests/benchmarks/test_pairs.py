"""Keys and values of forms by their text: what FUNSD links, and how it is scored."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.facts import funsd_pairs
from benchmarks.scores.key_values import KeyValue
from benchmarks.scores.pairs import MARK, Pair, Pairs, pairs_of, score_links, score_pairs


def entity(number: int, label: str, text: str, x: int, y: int, *links: tuple[int, int]) -> dict[str, Any]:
    return {"id": number, "label": label, "text": text, "box": [x, y, x + 50, y + 10], "linking": list(links)}


def test_a_key_has_all_its_answers_in_reading_order() -> None:
    form = [
        entity(0, "question", "Sold to:", 10, 10, (0, 2), (0, 1)),
        entity(1, "answer", "Main Street", 80, 30),
        entity(2, "answer", "A. Miller", 80, 11),
    ]
    assert funsd_pairs.pairs(form).fields == (Pair("soldto", "amillermainstreet"),)


def test_keys_of_tables_are_not_asked_for_but_are_links() -> None:
    cells = [entity(i, "answer", f"{i}.50", 80, 20 * i) for i in range(1, 4)]
    truth = funsd_pairs.pairs([entity(0, "question", "Price", 80, 0, (0, 1), (0, 2), (0, 3)), *cells])
    assert truth.fields == ()
    assert truth.tabular == truth.links == (Pair("price", "150"), Pair("price", "250"), Pair("price", "350"))


def test_marks_are_one_and_answers_nobody_can_read_are_none() -> None:
    form = [
        entity(0, "question", "Male", 10, 10, (0, 1)),
        entity(1, "answer", "☑", 80, 10),
        entity(2, "question", "Signature", 10, 30, (2, 3)),
        entity(3, "answer", "", 80, 30),
        entity(4, "header", "Report", 10, 50, (4, 0)),
    ]
    assert funsd_pairs.pairs(form).fields == (Pair("male", MARK),)


def test_the_truth_of_a_folder(tmp_path: Path) -> None:
    form = [entity(0, "question", "No.", 1, 1, (0, 1)), entity(1, "answer", "7", 9, 1)]
    (tmp_path / "a.json").write_text(json.dumps({"form": form}))
    (tmp_path / "b.json").write_text(json.dumps({"form": form}))
    (tmp_path / "a.png").touch()
    (document,) = funsd_pairs.documents(tmp_path)
    pairs = document.truth().pairs
    assert pairs is not None
    assert pairs.fields == (Pair("no", "7"),)


def test_what_counts_as_found() -> None:
    found = [
        KeyValue("text", "12 May", name="Date:"),
        KeyValue("text", "", name="Name"),
        KeyValue("text", "--", name="Fax"),
        KeyValue("checkbox", True, name="Yes"),
        KeyValue("checkbox", False, name="No"),
    ]
    assert pairs_of(found) == [Pair("date", "12may"), Pair("yes", MARK)]


@pytest.mark.parametrize(
    ("value", "right"), [("amillermainstreet", 1), ("amiilermainstreet", 1), ("amiller", 0)]
)
def test_a_pair_is_right_when_key_and_value_are(value: str, right: int) -> None:
    true = Pairs((Pair("soldto", "amillermainstreet"), Pair("date", "12may")))
    assert score_pairs(true, [Pair("soldto", value)]) == (right, 2, 1)


def test_pairs_of_tables_are_left_out_and_each_pair_is_found_once() -> None:
    true = Pairs((Pair("yes", MARK), Pair("yes", MARK)), tabular=(Pair("price", "150"),))
    found = [Pair("yes", MARK), Pair("price", "15025"), Pair("apples", "150"), Pair("nothing", "atall")]
    assert score_pairs(true, found) == (1, 2, 2)


def test_links_take_each_answer_by_itself() -> None:
    links = (Pair("price", "150"), Pair("price", "250"))
    assert score_links(Pairs((), links, links), [Pair("price", "250"), Pair("total", "9")]) == (1, 2, 2)
