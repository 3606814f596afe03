from __future__ import annotations

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pipelines.table_markup import MarkupCell, TableModel


def test_plain_table_in_both_forms() -> None:
    table = TableModel.of_rows([["a", "b"], ["1", "2"]], header=True)
    assert table.html() == (
        "<table>\n<thead>\n<tr><th>a</th><th>b</th></tr>\n</thead>\n"
        "<tbody>\n<tr><td>1</td><td>2</td></tr>\n</tbody>\n</table>"
    )
    assert table.markdown() == "| a | b |\n| --- | --- |\n| 1 | 2 |"


def test_markup_in_text_is_escaped() -> None:
    table = TableModel.of_rows([["<script>x|y</script>", "a\nb"]], header=False)
    assert "<script>" not in table.html()
    assert "a<br/>b" in table.html()
    assert r"&lt;script>x\|y" in table.markdown()
    assert table.markdown().splitlines()[0].endswith("| a<br/>b |")


def test_spans() -> None:
    table = TableModel(
        [
            MarkupCell(0, 0, row_span=2, text="name", header=True),
            MarkupCell(0, 1, col_span=2, text="years", header=True),
            MarkupCell(1, 1, text="2024", header=True),
            MarkupCell(1, 2, text="2025", header=True),
            MarkupCell(2, 0, text="x"),
            MarkupCell(2, 1, col_span=2, text="both"),
        ]
    )
    assert '<th rowspan="2">name</th><th colspan="2">years</th>' in table.html()
    assert table.html().index("2025") < table.html().index("</thead>") < table.html().index("both")
    assert table.markdown().splitlines() == [
        "| name | years | years |",
        "| --- | --- | --- |",
        "| name | 2024 | 2025 |",
        "| x | both |  |",
    ]


def test_gaps_are_empty_cells_and_a_span_ends_where_a_cell_begins() -> None:
    table = TableModel(
        [MarkupCell(0, 0, 2, 3, "wide"), MarkupCell(1, 2, text="own"), MarkupCell(2, 1, text="low")]
    )
    assert (table.rows, table.columns) == (3, 3)
    assert table.html().count("wide") == table.html().count("own") == 1
    assert "<tr><td></td><td>low</td><td></td></tr>" in table.html()


def test_no_cells() -> None:
    table = TableModel([])
    assert table.markdown() == ""
    assert table.html() == "<table>\n</table>"


def test_content_has_both_forms() -> None:
    content = TableModel.of_rows([["a"], ["b"]], header=True).content()
    assert content.content == content.html
    assert content.markdown == "| a |\n| --- |\n| b |"
    assert content.cells == []


cells = st.builds(
    MarkupCell,
    row=st.integers(0, 6),
    col=st.integers(0, 6),
    row_span=st.integers(0, 4),
    col_span=st.integers(0, 4),
    text=st.text(max_size=12),
    header=st.booleans(),
)


@given(st.lists(cells, max_size=20))
def test_any_grid_gives_a_rectangular_table_in_both_forms(drawn: list[MarkupCell]) -> None:
    table = TableModel(drawn)
    covered = [[0] * table.columns for _ in range(table.rows)]
    for r, row in enumerate(lxml.html.fromstring(table.html()).iter("tr")):
        col = 0
        for cell in row:
            while covered[r][col]:
                col += 1
            for down in range(int(cell.get("rowspan", 1))):
                for across in range(int(cell.get("colspan", 1))):
                    covered[r + down][col + across] += 1
    assert all(count == 1 for row in covered for count in row)
    widths = {
        row.count("<td") + row.count("<th>")
        for row in MarkdownIt("commonmark").enable("table").render(table.markdown()).split("<tr>")[1:]
    }
    assert widths <= {table.columns}


@pytest.mark.parametrize("text", ["\x00a", "a\r\n\r\nb", "\ud800a"])
def test_text_that_no_parser_likes(text: str) -> None:
    table = TableModel.of_rows([[text]], header=False)
    assert "a" in lxml.html.fromstring(table.html()).text_content()
    assert len(table.markdown().splitlines()) == 2
