"""Summaries of tables from their rows."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extraction.embedded.tables import Grid, grid_of
from pipelines.extraction.evidence import Block
from pipelines.pages.summaries.rows import summary
from pipelines.table_markup import MarkupCell, TableModel
from schemas.fragments import FragmentType, PageFragment, TableContent


def grid(content: TableContent) -> Grid:
    found = grid_of(Block(1, PageFragment(fragment_type=FragmentType.TABLE, content=content), ""))
    assert found is not None
    return found


def told(rows: Sequence[Sequence[str]], *, header: bool = True, about: str = "") -> str:
    content = TableModel.of_rows(rows, header=header).content()
    return summary(grid(content), about, len(rows))


SALES = [
    ["Region", "2021", "2022"],
    ["North", "1,200.50", "90"],
    ["South", "80", "1,100"],
    ["West", "300", ""],
    ["Total", "1,580.50", "1,190"],
]


def test_rows_columns_ranges_and_sums_are_told() -> None:
    assert told(SALES, about="Table 1: Sales.") == (
        "Table 1: Sales. It has 3 rows and 3 columns: Region, 2021 and 2022. Region: North, South and West. "
        "2021 goes from 80 (South) to 1,200.50 (North), and 2022 goes from 90 (North) to 1,100 (South). "
        "Total: 2021 1,580.50, 2022 1,190."
    )


def test_numbers_are_read_as_the_table_writes_them() -> None:
    rows = [["Ort", "Umsatz"], ["Ulm", "1.250,00 €"], ["Kiel", "980,50 €"], ["Jena", "2,75 €"]]
    assert "Umsatz goes from 2,75 € (Jena) to 1.250,00 € (Ulm)" in told(rows)


def test_years_side_by_side_are_ranges_along_the_rows() -> None:
    rows = [["Fuel", "2019", "2020", "2021"], ["Coal", "40", "35", "30"], ["Wind", "10", "15", "22"]]
    assert told(rows).endswith(
        "Coal goes from 30 (2021) to 40 (2019), and Wind goes from 10 (2019) to 22 (2021)."
    )


def test_names_and_values_are_told_as_such() -> None:
    rows = [["Subtotal:", "$5,000"], ["Tax", "3%"], ["Total", "$5,150"]]
    assert told(rows, header=False) == "It gives 3 values: Subtotal: $5,000, Tax: 3% and Total: $5,150."


def test_a_single_row_is_told_value_by_value() -> None:
    rows = [["Item", "Price"], ["Chair", "$80"]]
    assert told(rows) == "It gives 2 values: Item: Chair and Price: $80."


def test_the_first_row_names_the_columns_where_only_numbers_follow() -> None:
    rows = [["Year", "Count", "Share"], ["1999", "3", "4.5"], ["2000", "7", "8.5"]]
    text = told(rows, header=False)
    assert text.startswith("It has 2 rows and 3 columns: Year, Count and Share.")
    assert "Count goes from 3 to 7" in text


def test_columns_without_names_are_counted() -> None:
    rows = [["a", "1", "9"], ["b", "2", "8"]]
    assert "column 2 goes from 1 (a) to 2 (b)" in told(rows, header=False)


def test_a_title_over_all_columns_is_no_name_of_a_column() -> None:
    cells = [MarkupCell(0, 0, col_span=2, text="Stock", header=True)]
    cells += [MarkupCell(1, c, text=text, header=True) for c, text in enumerate(("Part", "Pieces"))]
    cells += [
        MarkupCell(r, c, text=text)
        for r, row in enumerate((("Nut", "5"), ("Bolt", "7")), 2)
        for c, text in enumerate(row)
    ]
    assert summary(grid(TableModel(cells).content())).startswith(
        "Stock. It has 2 rows and 2 columns: Part and Pieces."
    )


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["5", "5", "5"], "B is 5 throughout"),
        (["1", "20%", "3"], ""),  # shares and counts have no common range
        (["1", "many", "few"], ""),
        (["(5)", "10", "-20"], "B goes from -20 (z) to 10 (y)"),
    ],
)
def test_only_like_numbers_have_a_range(values: list[str], expected: str) -> None:
    text = told([["A", "B"], *zip("xyz", values, strict=True)])
    assert (expected in text) if expected else "B goes" not in text


def test_much_is_not_told_in_full() -> None:
    rows = [["Name", *(f"c{n}" for n in range(40))]]
    rows += [[f"row {r} {'x' * 300}", *(str(r * n) for n in range(40))] for r in range(3000)]
    text = told(rows)
    assert "It has 3000 rows and 41 columns" in text
    assert "… (41 in all)" in text
    assert "In its first 487 rows c0 is 0 throughout, c1 goes from 0 (row 0 " in text
    assert len(text) < 1500


def test_an_empty_table_is_only_measured() -> None:
    assert told([["", ""], ["", ""]], header=False) == "It has 0 rows and 2 columns."


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=4), min_size=1, max_size=5), st.booleans()
)
def test_any_table_is_told(rows: list[list[str]], header: bool) -> None:
    assert told(rows, header=header).startswith("It ") or "It " in told(rows, header=header)
