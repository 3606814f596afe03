from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.embedded.tables import Grid, grid_of, grids
from pipelines.extraction.embedded.tables_columns import in_columns_of, refined
from pipelines.extraction.evidence import Block
from schemas.fragments import FragmentType, PageFragment, TableContent
from tests.pipelines.extraction.documents import paragraph
from tests.pipelines.extraction.tables import evidence, table


def block(html: str) -> Block:
    content = TableContent(content=html, html=html)
    return Block(1, PageFragment(fragment_type=FragmentType.TABLE, content=content), html)


def texts(grid: Grid) -> list[list[str]]:
    return [[cell.text for cell in row] for row in grid.rows]


def test_cells_know_their_words_and_the_text_before_the_table() -> None:
    seen = evidence([paragraph("Goods we sent", 40), table([["Item", "Price"], ["blue lamp", "4.00"]], 80)])
    (grid,) = grids(seen)
    assert grid.heading == "Goods we sent"
    assert grid.head == 1
    lamp = grid.rows[1][0]
    assert [word.text for word in lamp.words] == ["blue", "lamp"]
    assert all(word.page == 1 for word in lamp.words)


def test_spans_are_laid_out_as_browsers_do() -> None:
    grid = grid_of(
        block(
            "<table><tr><th rowspan='2'>Day</th><th colspan='2'>Money</th></tr>"
            "<tr><th>in</th><th>out</th></tr>"
            "<tr><td>1</td><td>2<br/>3</td><td>4</td></tr></table>"
        )
    )
    assert grid is not None
    assert texts(grid) == [["Day", "Money", ""], ["Day", "in", "out"], ["1", "2\n3", "4"]]
    assert grid.names(0, 2) == ["Day", "Money in", "Money out"]
    assert grid.head == 2
    assert not grid.rows[2][1].words


def test_a_table_cannot_claim_any_number_of_cells() -> None:
    cells = "<td colspan='1000' rowspan='1000'>x</td>" * 50
    grid = grid_of(block(f"<table>{f'<tr>{cells}</tr>' * 5}</table>"))
    assert grid is not None
    assert len(grid.rows) * grid.columns <= 200_000


@given(st.text(alphabet="<>/tdhrable='\" 0123456789x\x00\n", max_size=200))
def test_any_markup_is_a_grid_or_none(markup: str) -> None:
    grid = grid_of(block(f"<t{markup}"))
    assert grid is None or all(len(row) == grid.columns for row in grid.rows)


def test_columns_that_were_drawn_together_are_parted_where_names_are() -> None:
    rows = [["Pos Menge", "Preis"], ["1   12", "4,00"], ["2   30", "5,00"]]
    drawn = table(rows, 80)
    assert isinstance(drawn.content, TableContent)
    words = [
        word.model_copy(update={"bbox": word.bbox.model_copy(update={"x1": x, "x2": x + 20})})
        for word, x in zip(drawn.words or [], (52, 120, 302, 52, 120, 302, 52, 120, 302), strict=True)
    ]
    (grid,) = grids(evidence([drawn.model_copy(update={"words": words})]))
    parted = refined(grid, 0, 1, 3)
    assert texts(parted) == [["Pos", "Menge", "Preis"], ["1", "12", "4,00"], ["2", "30", "5,00"]]


def test_a_name_of_two_words_over_one_column_stays_whole() -> None:
    (grid,) = grids(evidence([table([["Unit price", "Sum"], ["4.00", "8.00"]], 80)]))
    assert texts(refined(grid, 0, 1, 2)) == texts(grid)


def test_a_table_goes_on_in_one_of_the_same_columns() -> None:
    first = table([["Item", "Price"], ["lamp", "4.00"]], 80)
    same = table([["desk", "9.00"], ["chair", "8.00"]], 80, header=False)
    other = table([["desk", "9.00"]], 80, widths=(300, 200), header=False)
    one, two, three = grids(evidence([first], [same], [other]))
    assert one.goes_on_in(two)
    assert not one.goes_on_in(three)


def test_rows_are_put_into_the_columns_of_another_table() -> None:
    first = table([["Item", "Number", "Price"], ["lamp", "2", "4.00"]], 80, widths=(200, 150, 150))
    merged = table([["desk", "3 9.00"]], 80, widths=(200, 300), header=False)
    words = [w for w in merged.words or [] if w.text != "9.00"]
    price = next(w for w in merged.words or [] if w.text == "9.00")
    moved = price.model_copy(update={"bbox": price.bbox.model_copy(update={"x1": 402.0, "x2": 422.0})})
    one, two = grids(evidence([first], [merged.model_copy(update={"words": [*words, moved]})]))
    found = in_columns_of(one, two)
    assert found is not None
    assert texts(found) == [["desk", "3", "9.00"]]
