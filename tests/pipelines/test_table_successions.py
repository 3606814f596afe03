"""Tables one below the other that were taken for one."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from pipelines.pages.tables.successions import parted
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind, TextLine
from tests.fakes.engines import line

BOX = BBox(0, 0, 600, 800)


def rows(*texts: tuple[float, tuple[str, ...]]) -> list[TextLine]:
    """Lines at their heights, each text in a column of its own."""
    return [line(text, 20 + 150 * i, y) for y, row in texts for i, text in enumerate(row)]


def ports(top: float, names: tuple[str, ...] = ("Port", "Berths", "2020")) -> list[TextLine]:
    body = [(top + 15 * (i + 1), (f"Harbour{i}", str(40 + i), str(900 + i))) for i in range(4)]
    return rows((top, names), *body)


def cut(lines: list[TextLine]) -> list[tuple[RegionKind, int]]:
    """The kinds of the parts, and how many lines stand in each."""
    parts = list(parted(Region(RegionKind.TABLE, BOX, 0.9), lines))
    tables = sorted((p.bbox for p in parts if p.kind is RegionKind.TABLE), key=lambda box: box.y1)
    assert all(above.y2 <= below.y1 for above, below in pairwise(tables))
    return [(p.kind, sum(p.bbox.holds(*one.bbox.center) for one in lines)) for p in parts]


def test_a_title_with_the_same_names_below_it_begins_another_table() -> None:
    lines = [*ports(100), line("Harbours of the south", 20, 195), *ports(210)]
    assert cut(lines) == [(RegionKind.TABLE, 15), (RegionKind.TABLE, 15), (RegionKind.CAPTION, 1)]


def test_a_labelled_title_needs_no_names_again() -> None:
    lines = [*ports(100), line("Table 2: Ships", 20, 195), *ports(210, ("Ship", "Crew", "Masts"))]
    assert cut(lines) == [(RegionKind.TABLE, 15), (RegionKind.TABLE, 15), (RegionKind.CAPTION, 1)]


def test_a_labelled_title_and_names_at_the_end_are_of_a_table_that_begins_on_the_next_page() -> None:
    names = rows((210, ("Port", "Berths", "2020")))
    parts = [(RegionKind.TABLE, 15), (RegionKind.TABLE, 3), (RegionKind.CAPTION, 1)]
    assert cut([*ports(100), line("Table 2: Ships", 20, 195), *names]) == parts
    assert cut([*ports(100), line("Port authorities", 20, 195), *names]) == [(RegionKind.TABLE, 19)]


def test_names_with_another_year_begin_another_table() -> None:
    lines = [*ports(100), *ports(195, ("Port", "Berths", "2021"))]
    assert cut(lines) == [(RegionKind.TABLE, 15), (RegionKind.TABLE, 15)]


def test_a_label_among_rows_and_room_between_groups_part_nothing() -> None:
    label = [*ports(100), line("Southern coast", 20, 175), *rows((190, ("Harbour9", "50", "910")))]
    assert cut([*label, *rows((205, ("Harbour8", "51", "911")))]) == [(RegionKind.TABLE, 22)]
    body = [
        (top, (f"Harbour {i}", str(40 + i), str(900 + i)))
        for i, top in enumerate((100, 115, 130, 175, 190, 205))
    ]
    assert cut(rows(*body)) == [(RegionKind.TABLE, 18)]


def bold(lines: list[TextLine]) -> list[TextLine]:
    return [replace(one, words=[replace(word, bold=True) for word in one.words]) for one in lines]


def years(top: float, year: int) -> list[TextLine]:
    head = rows((top, ("Port", str(year), str(year - 1))))
    body = [(top + 15 * (i + 1), (f"Harbour{i}", str(40 + i), str(900 + i))) for i in range(4)]
    return [*head, *rows(*body)]


def test_one_name_and_years_are_a_header_that_stands_again() -> None:
    assert cut([*years(100, 2021), *years(195, 2019)]) == [(RegionKind.TABLE, 15), (RegionKind.TABLE, 15)]


def test_names_cut_short_and_said_to_go_on_are_the_same_ones() -> None:
    """The first of the two tables began on another page, which its header says."""
    rest = ports(100, ("Port (continued)", "Ber.", "2020"))
    assert cut([*rest, *ports(195)]) == [(RegionKind.TABLE, 15), (RegionKind.TABLE, 15)]
    other = ports(100, ("Port", "Masts.", "2020"))
    assert cut([*other, *ports(195)]) == [(RegionKind.TABLE, 30)]


def test_names_in_bold_begin_another_table() -> None:
    """The end of the table above has no header on this page."""
    rest = ports(100)[3:]
    head, body = ports(195, ("Ship", "Crew", "Built"))[:3], ports(195)[3:]
    title = bold([line("Ships of the south", 20, 180)])
    assert cut([*rest, *bold(head), *body]) == [(RegionKind.TABLE, 12), (RegionKind.TABLE, 15)]
    titled = [(RegionKind.TABLE, 12), (RegionKind.TABLE, 15), (RegionKind.CAPTION, 1)]
    assert cut([*rest[:-3], *title, *bold(head), *body]) == [(RegionKind.TABLE, 9), *titled[1:]]
    assert cut([*rest, *head, *body]) == [(RegionKind.TABLE, 27)]


def test_totals_and_headers_of_two_rows_in_bold_part_nothing() -> None:
    total = bold(rows((195, ("Total", "170", "3606"))))
    more = [*rows((210, ("Harbour9", "50", "910"))), *rows((225, ("Harbour8", "51", "911")))]
    assert cut([*ports(100), *total, *more]) == [(RegionKind.TABLE, 24)]
    head = bold(rows((75, ("Coast", "North", "South"))))
    names = bold(rows((100, ("Port", "Berths", "Ships"))))
    assert cut([*head, *names, *ports(100)[3:]]) == [(RegionKind.TABLE, 18)]
