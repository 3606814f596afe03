from __future__ import annotations

import csv
import html
import io
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers import csv as csv_reader
from pipelines.readers.csv import CsvReader
from schemas.errors import DocumentEmpty, TooLarge
from schemas.fragments import TableContent


def tables(path: Path, data: str | bytes) -> list[TableContent]:
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    contents = [fragment.content for fragment in CsvReader(path).fragments()]
    assert all(isinstance(content, TableContent) for content in contents)
    return [content for content in contents if isinstance(content, TableContent)]


def grid(content: TableContent) -> list[list[str]]:
    rows = lxml.html.fromstring(content.html or "").iter("tr")
    return [[cell.text_content() for cell in row] for row in rows]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "table.csv"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(path: Path, delimiter: str) -> None:
    rows = [["name", "note"], ["a", f"x{delimiter}y"], ["b", 'say "hi", or not; or | that']]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    (table,) = tables(path, text.getvalue())
    assert grid(table) == rows


def test_decimal_commas_do_not_part_fields(path: Path) -> None:
    (table,) = tables(path, "name;price\nnails;2,50\nscrews;3,75\n")
    assert grid(table)[1] == ["nails", "2,50"]


def test_a_declared_delimiter_is_taken(path: Path) -> None:
    (table,) = tables(path, "sep=^\na^b,c\n1^2,3\n")
    assert grid(table) == [["a", "b,c"], ["1", "2,3"]]


def test_short_rows_are_padded_and_blank_ones_dropped(path: Path) -> None:
    (table,) = tables(path, "a,b,c\n1\n,,\n\n1,2,3,4\n")
    assert grid(table) == [["a", "b", "c", ""], ["1", "", "", ""], ["1", "2", "3", "4"]]


@pytest.mark.parametrize(
    ("text", "is_header"),
    [
        ("name,city\nAda,London", True),
        ("1,2\n3,4", False),
        ("2024-05-01,x\n2024-05-02,y", False),
        ("$1.50,x\n$2.50,y", False),
        ("a,a\nb,c", False),
        ("a,\nb,c", False),
    ],
)
def test_the_first_row_is_a_header_when_it_looks_like_one(path: Path, text: str, is_header: bool) -> None:
    (table,) = tables(path, text)
    assert ("<th>" in (table.html or "")) is is_header


def test_quoted_line_ends_stay_in_their_cell(path: Path) -> None:
    (table,) = tables(path, 'a,b\r\n"1\r\n2",3\r\n')
    assert "<td>1<br/>2</td>" in (table.html or "")
    assert (table.markdown or "").splitlines()[-1] == "| 1<br/>2 | 3 |"


def test_other_encodings(path: Path) -> None:
    assert grid(tables(path, "Straße;Ort\nHauptstraße;Köln\n".encode("cp1252"))[0])[1] == [
        "Hauptstraße",
        "Köln",
    ]
    assert grid(tables(path, "a\tb\n1\t2\n".encode("utf-16"))[0]) == [["a", "b"], ["1", "2"]]


def test_many_rows_become_several_tables_under_one_header(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(csv_reader, "MOST_ROWS", 4)
    found = tables(path, "n,square\n" + "".join(f"{n},{n * n}\n" for n in range(7)))
    assert [grid(table)[0] for table in found] == [["n", "square"]] * 3
    assert [row[0] for table in found for row in grid(table)[1:]] == [str(n) for n in range(7)]


def test_one_wide_row_does_not_widen_the_rest(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_reader, "MOST_CELLS", 50)
    found = tables(path, "a,b\n" + "1,2\n" * 20 + "x," * 40 + "x\n" + "1,2\n" * 30)
    assert [len(grid(table)[0]) for table in found] == [2, 41, 2, 2]
    assert [len(grid(table)) - 1 for table in found] == [20, 1, 24, 6]


def contents(path: Path, text: str) -> list[str | list[list[str]]]:
    path.write_text(text, encoding="utf-8")
    found = [fragment.content for fragment in CsvReader(path).fragments()]
    return [grid(content) if isinstance(content, TableContent) else content.content for content in found]


def test_lines_before_between_and_after_tables_are_text(path: Path) -> None:
    assert contents(
        path,
        "Sales <2024>,,\n# made by hand, mostly, I think, at home\n\nname,sum,\nAda,5,\n,,\nBob,6,\n\n"
        "town,river,since\nRome,Tiber,753\n\nEnd of file\n",
    ) == [
        "Sales <2024>",
        "# made by hand, mostly, I think, at home",
        [["name", "sum"], ["Ada", "5"], ["Bob", "6"]],
        [["town", "river", "since"], ["Rome", "Tiber", "753"]],
        "End of file",
    ]


def test_a_lonely_field_is_a_row_where_no_line_is_empty_before_it(path: Path) -> None:
    assert contents(path, "a,b\n1,2\nrest\n3,4\n\n5\n") == [
        [["a", "b"], ["1", "2"], ["rest", ""], ["3", "4"], ["5", ""]]
    ]


def test_one_column(path: Path) -> None:
    assert contents(path, "name\n\nAda\n\nBob\n") == [[["name"], ["Ada"], ["Bob"]]]


def test_a_header_alone(path: Path) -> None:
    assert grid(tables(path, "a,b\n")[0]) == [["a", "b"]]


def test_nothing_but_white_space(path: Path) -> None:
    with pytest.raises(DocumentEmpty, match="white space"):
        tables(path, " \n\n")


@pytest.mark.parametrize("after", ["", '4,"quoted, here"\n5,x\n'])
def test_a_quotation_mark_that_is_never_closed_swallows_nothing(path: Path, after: str) -> None:
    (table,) = tables(path, 'n,note\n1,a\n2,"b\n3,c\n' + after)
    assert grid(table)[:4] == [["n", "note"], ["1", "a"], ["2", '"b'], ["3", "c"]]
    assert len(grid(table)) == 4 + after.count("\n")


def test_marks_inside_a_field_are_characters(path: Path) -> None:
    (table,) = tables(path, 'item,size\npipe,5" wide\nrod,"3"" long"\n')
    assert grid(table)[1:] == [["pipe", '5" wide'], ["rod", '3" long']]


def test_a_field_may_be_long(path: Path) -> None:
    (table,) = tables(path, "a,b\n1," + "x" * 200_000)
    assert len(grid(table)[1][1]) == 200_000


@given(data=st.lists(st.lists(st.text("ab1 ,;|\t\"'\né<&", max_size=6), min_size=1, max_size=5), max_size=8))
def test_any_rows_give_a_rectangle_with_all_the_text(
    tmp_path_factory: pytest.TempPathFactory, data: list[list[str]]
) -> None:
    text = io.StringIO()
    csv.writer(text).writerows(data)
    path = tmp_path_factory.getbasetemp() / "any.csv"
    if not text.getvalue().strip():
        return
    found = contents(path, text.getvalue())
    letters = "".join(c for row in data for field in row for c in field if c.isalnum())
    texts = [[one] if isinstance(one, str) else [field for row in one for field in row] for one in found]
    # Outside tables, what Markdown would take for markup is escaped.
    assert "".join(c for t in texts for f in t for c in html.unescape(f) if c.isalnum()) == letters
    assert all(len({len(row) for row in table}) <= 1 for table in found if not isinstance(table, str))


def test_a_table_of_too_many_fields_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.csv").write_text("a;b;c\n" * 10)
    monkeypatch.setattr(csv_reader, "_MOST_FIELDS", 30)
    assert CsvReader(tmp_path / "a.csv").fragments()
    monkeypatch.setattr(csv_reader, "_MOST_FIELDS", 29)
    with pytest.raises(TooLarge, match="more than 29 fields"):
        CsvReader(tmp_path / "a.csv")
