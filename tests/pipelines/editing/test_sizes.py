"""Prompts that are made to take long: the work grows as they do, no faster."""

from __future__ import annotations

import pytest

from pipelines.editing.statements.reading import statements
from pipelines.editing.statements.tables import markdown_rows


class _Counting:
    """A form that has none of the labels, and how often it was asked."""

    asked = 0

    def knows(self, text: str) -> bool:
        """See ``Labels``."""
        self.asked += 1
        return False

    heads = calls = names = knows


def _asked(prompt: str) -> int:
    labels = _Counting()
    statements(prompt, labels)
    return labels.asked


@pytest.mark.parametrize("line", ["ab,cd", "ab\tcd", "ab;cd\nk: v;w"])
def test_lines_that_might_be_a_table_are_compared_with_the_form_a_few_times(line: str) -> None:
    few, many = (_asked("\n".join([line] * lines)) for lines in (1000, 4000))
    assert many < 5 * few < 5 * 20 * 1000


def test_a_table_is_found_below_lines_of_its_paragraph_and_in_the_next() -> None:
    class Knowing(_Counting):
        def knows(self, text: str) -> bool:
            return text in {"Name", "City"}

        heads = calls = names = knows

    rows = "Name,City\nAda,London"
    for before in ("Please fill in, for me,\n", "one,two,three\n" * 50 + "\n"):
        said = [(one.label, one.value) for one in statements(before + rows, Knowing())]
        assert said[-2:] == [("Name", "Ada"), ("City", "London")]


def test_the_rule_of_a_table_is_read_in_one_go() -> None:
    line = f"|{' ' * 50_000}--{' ' * 50_000}x|"
    assert not markdown_rows(["|a|b|", line])[1]
    assert markdown_rows(["|a|b|", " | :--- | ---: | "])[1]
    assert markdown_rows(["a|b", "--- | ---"])[1]


def test_wide_gaps_are_passed_over_in_one_go() -> None:
    assert _asked(f"x{' ' * 80_000}--{' ' * 20_000}y") < 100
