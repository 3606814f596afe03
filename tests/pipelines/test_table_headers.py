"""Headers of tables: levels, spans, wrapped names."""

from __future__ import annotations

from dataclasses import replace

from pipelines.pages.tables.build import build_table, final_grid, tiles
from pipelines.pages.tables.cells import make_table
from pipelines.pages.tables.columns import phrase_rows
from pipelines.pages.tables.headers import header_size, read_header
from schemas.geometry import BBox
from schemas.reading import TextLine
from tests.fakes.engines import line

# Five columns of 60, the first for names.
XS = [0.0, 60.0, 120.0, 180.0, 240.0, 300.0]


def row(y: float, *texts: str) -> list[TextLine]:
    """Texts in the middle of their columns, the first one at its left; empty ones left out."""
    found = []
    for column, text in enumerate(texts):
        wide = 5.0 * len(text)
        x = 2.0 if column == 0 else XS[column] + 30 - wide / 2
        found += [line(text, x, y)] if text else []
    return found


def centred(text: str, left: int, right: int, y: float) -> TextLine:
    return line(text, (XS[left] + XS[right]) / 2 - 2.5 * len(text), y)


BODY = [one for y in (50, 65, 80) for one in row(y, "Amber", "12", "7.5", "3", "1,204")]
YS = [0.0, 15.0, 30.0, 47.0, 62.0, 77.0, 95.0]


def spans(lines: list[TextLine], rules: list[BBox] | None = None) -> dict[str, tuple[int, int, int, int]]:
    table = build_table(lines, tiles(XS, YS), rules or [])
    return {c.text: (c.top, c.bottom, c.left, c.right) for c in table.cells if c.lines}


def test_names_over_names_span_the_columns_below_them() -> None:
    lines = [
        centred("Spring", 1, 3, 2),
        centred("Autumn", 3, 5, 2),
        *row(30, "Port", "a", "b", "c", "d"),
        *BODY,
    ]
    found = spans(lines)
    assert found["Spring"] == (0, 1, 1, 3)
    assert found["Autumn"] == (0, 1, 3, 5)
    assert found["Port"] == (0, 2, 0, 1)
    assert found["a"] == (1, 2, 1, 2)


def test_a_rule_under_a_name_says_what_it_spans() -> None:
    lines = [line("Year", 70, 5), *row(20, "Port", "a", "b", "c", "d"), *BODY]  # far off the middle
    found = spans(lines, [BBox(62, 17, 298, 17)])
    assert found["Year"] == (0, 1, 1, 5)


def test_one_rule_under_two_names_says_nothing_of_either() -> None:
    lines = [
        centred("Spring", 1, 3, 5),
        centred("Autumn", 3, 5, 5),
        *row(20, "Port", "a", "b", "c", "d"),
        *BODY,
    ]
    found = spans(lines, [BBox(62, 17, 298, 17)])
    assert (found["Spring"], found["Autumn"]) == ((0, 1, 1, 3), (0, 1, 3, 5))


def test_lines_of_one_name_are_one_cell() -> None:
    wrapped = [*row(5, "", "Ships", "Load", "", ""), *row(17, "", "in", "in", "Days", "Crew")]
    lines = [*wrapped, *row(29, "Port", "port", "tons", "lost", "all"), *BODY]
    found = spans(lines, [BBox(0, 44, 300, 44)])
    assert found["Ships in port"] == (0, 1, 1, 2)
    assert found["Days lost"] == (0, 1, 3, 4)
    assert found["Port"] == (0, 1, 0, 1)


def test_a_name_beside_two_levels_stays_whole() -> None:
    lines = [*row(5, "Age"), centred("Women", 1, 5, 5), *row(17, "group", "a", "b", "c", "d"), *BODY]
    found = spans(lines, [BBox(62, 16, 298, 16), BBox(0, 40, 300, 40)])
    assert found["Age group"] == (0, 2, 0, 1)
    assert found["Women"] == (0, 1, 1, 5)


def test_names_side_by_side_are_parted_where_a_column_ends() -> None:
    names = line("Number Margin", 75, 30)
    second = names.words[1]
    second.bbox = BBox(second.bbox.x1 + 15, 30, second.bbox.x2 + 15, 40)
    lines = [centred("Spring", 1, 3, 2), centred("Autumn", 3, 5, 2), names]
    lines += [*row(30, "Port", "", "", "c", "d"), *BODY]
    found = spans(lines)
    assert "Number" in found
    assert "Margin" in found


def labels(rows: list[list[TextLine]], rules: list[BBox]) -> dict[str, tuple[int, int, int, int]]:
    """What a header of these rows, over columns of 60, is read as."""
    texts = [(x + 5, x + 55) for x in XS[:-1]]
    header = read_header(rows, XS, texts, rules, 47.0)
    return {" ".join(one.text for one in x.lines): (x.top, x.bottom, x.left, x.right) for x in header.labels}


def test_a_rule_over_several_names_widens_none_of_them() -> None:
    above = [centred("Spring", 1, 3, 5), centred("Autumn", 3, 5, 5)]
    below = [line("Loading-of-it", 85, 25), *row(25, "", "", "", "c", "d")]
    assert labels([above, below], [BBox(62, 17, 298, 17)])["Loading-of-it"] == (1, 2, 1, 3)


def test_names_run_together_are_parted_by_the_lines_below_them() -> None:
    above = [centred("Spring", 1, 3, 2), centred("Autumn", 3, 5, 2)]
    rows = [above, [line("Loads Margin", 94, 20)], row(31, "", "", "error", "c", "d")]
    found = labels(rows, [BBox(62, 17, 178, 17), BBox(182, 17, 298, 17)])
    assert found["Loads"] == (1, 2, 1, 2)
    assert found["Margin error"] == (1, 2, 2, 3)


def test_a_full_rule_ends_the_header() -> None:
    lines = [*row(5, "Port", "a", "b", "c", "d"), *row(20, "Sea"), *BODY]
    across = [BBox(0, 17, 300, 17)]
    assert header_size(phrase_rows(lines), XS, across) == 1
    pieces = [BBox(x, 17, x + 60, 17) for x in XS[:-1]]
    assert header_size(phrase_rows(lines), XS, pieces) == 1


def test_without_rules_a_row_that_names_all_columns_is_the_header() -> None:
    lines = [*row(5, "Port", "a", "b", "c", "d"), *row(20, "Sea", "e", "f", "g", "h"), *BODY]
    assert header_size(phrase_rows(lines), XS, []) == 1


def test_numbers_above_the_only_rule_name_columns() -> None:
    lines = [centred("Grade", 1, 5, 5), *row(20, "Year", "1", "2", "3", "4"), *BODY]
    assert header_size(phrase_rows(lines), XS, [BBox(0, 40, 300, 40)]) == 2
    every = [BBox(0, y, 300, y) for y in (17, 40, 62, 77)]
    assert header_size(phrase_rows(lines), XS, every) == 1


def test_names_below_the_rule_beside_no_row_name_are_of_the_header() -> None:
    lines = [line("Port", 2, 5), centred("Spring", 1, 3, 5), centred("Autumn", 3, 5, 5)]
    lines += [*row(25, "", "a", "b", "c", "d"), *BODY]
    found = spans(lines, [BBox(0, 18, 300, 18)])
    assert found["Spring"] == (0, 1, 1, 3)
    assert found["d"] == (1, 2, 4, 5)


def test_a_section_name_is_not_of_the_header() -> None:
    lines = [centred("All", 1, 5, 2), *row(15, "Port", "a", "b", "c", "d"), *row(32, "Sea"), *BODY]
    assert header_size(phrase_rows(lines), XS, []) == 2


def test_no_word_is_lost_and_the_final_grid_gives_the_same_table() -> None:
    lines = [
        centred("Spring", 1, 3, 2),
        centred("Autumn", 3, 5, 2),
        *row(30, "Port", "a", "b", "c", "d"),
        *BODY,
    ]
    table = build_table(lines, tiles(XS, YS), [])
    again = make_table(lines, final_grid(table))
    assert [(c.top, c.left, c.text) for c in again.cells] == [(c.top, c.left, c.text) for c in table.cells]
    words = sorted(word.text for cell in again.cells for word in cell.words)
    assert words == sorted(word.text for one in lines for word in one.words)
    assert sum((c.bottom - c.top) * (c.right - c.left) for c in table.cells) == table.rows * table.columns


def test_the_first_name_of_the_body_stays_out_of_a_close_header() -> None:
    # Boxes of recognised lines overlap where lines are set close.
    header = [*row(2, "", "March", "March", "March", "March"), *row(11, "", "2009", "2010", "2011", "2012")]
    first = [line("Amber", 2, 16, size=16), *row(22, "", "12", "7.5", "3", "1,204")]
    lines = [*header, *first, *[one for y in (35, 50) for one in row(y, "Brass", "12", "7.5", "3", "1,204")]]
    rules = [BBox(62 + 60 * i, 22.5, 118 + 60 * i, 23) for i in range(4)]
    table = build_table(lines, tiles(XS, [0.0, 23.0, 34.0, 47.0, 62.0]), rules)
    found = {c.text: (c.top, c.bottom) for c in table.cells if c.left == 0 and c.lines}
    assert found["Amber"] == (1, 2)
    assert {c.text for c in table.cells if c.top == 0} == {
        "",
        "March 2009",
        "March 2010",
        "March 2011",
        "March 2012",
    }


def bold(lines: list[TextLine]) -> list[TextLine]:
    return [replace(one, words=[replace(word, bold=True) for word in one.words]) for one in lines]


def test_names_in_bold_stand_apart_from_a_first_row_of_words() -> None:
    names = row(20, "Port", "Coast", "Pilot", "Fee", "Use")
    body = [row(y, "Amber", "south", "Lena", "none", "open") for y in (35, 50, 65, 80)]
    drawn = tiles(XS, [0.0, 47.0, 62.0, 77.0, 95.0])  # the model sees no line below the names

    def first_cells(lines: list[TextLine]) -> list[str]:
        return [cell.text for cell in build_table(lines, drawn, []).cells if cell.left == 0]

    rest = [one for texts in body for one in texts]
    assert first_cells([*bold(names), *rest])[:2] == ["Port", "Amber"]
    assert first_cells([*names, *rest])[0] == "Port Amber"
    both = bold([*names, *body[0]])  # names of two lines
    assert first_cells([*both, *rest[5:]])[0] == "Port Amber"


def test_a_sign_before_a_number_is_no_second_name_under_a_rule() -> None:
    values = [line("Amber", 2, 20), line("$", 65, 20), line("12", 100, 20), *row(20, "", "", "7", "3", "1")]
    rows = phrase_rows([*row(5, "", "2009", "2010", "2011", "2012"), *values, *BODY])
    rules = [BBox(62 + 60 * i, 17, 118 + 60 * i, 17) for i in range(4)]
    assert header_size(rows, XS, rules) == 1


def test_a_label_between_rules_is_no_name() -> None:
    names = row(5, "Port", "a", "b", "c", "d")
    rules = [BBox(0, y, 300, y) for y in (17, 32, 47, 62, 77)]
    table = phrase_rows([*names, *row(20, "Northern"), *row(35, "Amber", "12", "7.5", "3", "1,204"), *BODY])
    assert header_size(table, XS, rules) == 1
    upper = phrase_rows([*row(5, "", "a", "b", "c", "d"), *row(20, "Port"), *BODY])
    assert header_size(upper, XS, rules) == 2, "it names the first column"
