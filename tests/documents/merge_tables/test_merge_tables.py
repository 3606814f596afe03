"""Which tables are pieces of one, and what that one is."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from pipelines.documents.markdown import document_markdown
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, Source, TableContent
from schemas.geometry import BBox, Box
from schemas.options import TableOutputMode
from schemas.reading import TextLine, Word
from tests.documents.merge_tables.pages import (
    BOTTOM,
    COLUMN,
    LEFT,
    NAMES,
    PITCH,
    TOP,
    done,
    ending,
    grid,
    merged,
    page,
    rows,
    table,
    text,
)
from tests.fakes.engines import line

PROSE = "The harbours of the coast are listed here with what they hold."


def test_a_repeated_header_is_dropped_and_the_cells_know_their_places() -> None:
    first = page(1, text(PROSE, TOP), ending([NAMES, *rows(8)]))
    second = page(2, table([NAMES, *rows(3, 8)]), text(PROSE, 400))
    (whole,) = merged(first, second)
    assert grid(whole) == [NAMES, *rows(11)]
    assert (whole.merged_table_id, whole.start_page, whole.end_page) == ("cross_page_merge_1_2", 1, 2)
    assert whole.pages_merged == 2
    assert whole.merge_actions.pages == [1, 2]
    assert whole.element_ids == ["1.1", "2.0"]
    assert [cell.header for cell in whole.cells[:4]] == [True, True, True, False]
    last = whole.cells[-1]
    assert (last.page_number, last.row, last.column) == (2, 11, 2)
    assert last.bbox is not None
    assert last.bbox.y1 == TOP + 3 * 20
    assert whole.merged_table_html.count("<tr>") == 12
    assert "repeated on page 2" in whole.reason
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", whole.merged_at)


def test_a_table_goes_on_without_a_header() -> None:
    first = page(1, ending([NAMES, *rows(8)]))
    second = page(2, table(rows(3, 8), head=0))
    (whole,) = merged(first, second)
    assert grid(whole) == [NAMES, *rows(11)]
    assert "without a header" in whole.reason


def test_a_first_row_that_was_taken_for_a_header_is_a_row() -> None:
    (whole,) = merged(page(1, ending([NAMES, *rows(8)])), page(2, table(rows(3, 8), head=1)))
    assert grid(whole) == [NAMES, *rows(11)]
    assert [cell.text for cell in whole.cells if cell.header] == NAMES


def test_a_chain_of_many_pages_is_one_table() -> None:
    pages = [page(n + 1, ending([NAMES, *rows(30, 30 * n)])) for n in range(40)]
    (whole,) = merged(*pages)
    assert len(grid(whole)) == 1201
    assert whole.pages_merged == 40
    assert whole.merged_table_id == "cross_page_merge_1_40"


def test_two_tables_that_begin_and_end_on_the_same_pages_have_names_of_their_own() -> None:
    other = ["Ship", "Crew", "Year built", "Flag"]
    fleet = [[f"Vessel {i}", str(i), f"{i}.5", "NO"] for i in range(6)]
    pages = [
        page(1, ending([NAMES, *rows(8)])),
        page(2, table(rows(4, 8), head=0), ending([other, *fleet])),
        page(3, table([other, *fleet])),
        page(4, ending([NAMES, *rows(8)])),
        page(5, table(rows(4, 8), head=0)),
    ]
    names = [whole.merged_table_id for whole in merged(*pages)]
    assert names == ["cross_page_merge_1_2", "cross_page_merge_2_3", "cross_page_merge_4_5"]


@pytest.mark.parametrize(
    "note",
    [
        "(continued)",
        "Table 1 (cont'd)",
        "Fortsetzung",
        "Table 1 — continued",
        "**Table 1 – Fortsetzung**",
        "（续）",
    ],
)
def test_notes_and_repeated_captions_do_not_part_a_table(note: str) -> None:
    first = page(1, text("Table 1 Ports", TOP, FragmentType.TABLE_CAPTION), ending([NAMES, *rows(8)]))
    second = page(2, text(note, TOP), table([NAMES, *rows(3, 8)], top=TOP + 30))
    (whole,) = merged(first, second)
    assert grid(whole) == [NAMES, *rows(11)]
    assert "continued" in whole.reason


@pytest.mark.parametrize(
    ("between", "kind"),
    [
        ("Table 2 Ports", FragmentType.TABLE_CAPTION),
        ("Ports of the south", FragmentType.SECTION_HEADER),
        (PROSE, FragmentType.TEXT),
    ],
)
def test_a_new_caption_heading_or_text_parts_tables_with_equal_columns(
    between: str, kind: FragmentType
) -> None:
    first = page(1, text("Table 1 Ports", TOP, FragmentType.TABLE_CAPTION), ending([NAMES, *rows(8)]))
    second = page(2, text(between, TOP, kind), table([NAMES, *rows(3, 8)], top=TOP + 30))
    assert merged(first, second) == []


@pytest.mark.parametrize(
    ("between", "kind"),
    [("Table 2 Costs", FragmentType.TABLE_CAPTION), ("Costs", FragmentType.SECTION_HEADER)],
)
def test_a_caption_or_heading_high_on_its_page_parts_tables_too(between: str, kind: FragmentType) -> None:
    first = page(1, text("Table 1 Ports", TOP, FragmentType.TABLE_CAPTION), ending([NAMES, *rows(8)]))
    second = page(2, text(between, 40, kind), table([NAMES, *rows(3, 8)], top=60))
    assert merged(first, second) == []


@pytest.mark.parametrize(
    ("caption", "other"), [("East region", "West region"), ("Ports of class I", "Ports of class II")]
)
@pytest.mark.parametrize("source", [Source.DIGITAL, Source.OCR])
def test_a_caption_with_one_other_word_is_another_even_on_a_scan(
    caption: str, other: str, source: Source
) -> None:
    first = page(1, text(caption, TOP, FragmentType.SECTION_HEADER), ending([NAMES, *rows(8)]))
    second = page(2, text(other, TOP, FragmentType.SECTION_HEADER), table([NAMES, *rows(3, 8)], top=TOP + 30))
    second.lines.append(_line(other, source))
    assert merged(first, second) == []


@pytest.mark.parametrize(("source", "count"), [(Source.DIGITAL, 0), (Source.OCR, 1)])
def test_a_repeated_caption_may_be_misread_on_a_scan_only(source: Source, count: int) -> None:
    first = page(1, text("Harbours and tonnage", TOP, FragmentType.TABLE_CAPTION), ending([NAMES, *rows(8)]))
    misread = "Harbcurs and tonnage"
    second = page(
        2, text(misread, TOP, FragmentType.TABLE_CAPTION), table([NAMES, *rows(3, 8)], top=TOP + 30)
    )
    second.lines.append(_line(misread, source))
    assert len(merged(first, second)) == count


def _line(words: str, source: Source) -> TextLine:
    box = BBox(LEFT, TOP, LEFT + 6 * len(words), TOP + 10)
    return TextLine([Word(words, box, source=source)], box)


def test_text_below_the_first_parts_them_and_a_footnote_does_not() -> None:
    def first(below: str) -> list[str]:
        one = page(1, table([NAMES, *rows(31)], top=TOP), text(below, 720), text(PROSE, BOTTOM + 10))
        one.fragments.remove(one.fragments[2])
        return [whole.merged_table_id for whole in merged(one, page(2, table(rows(3, 31), head=0)))]

    assert first("* Of which three are closed.") == ["cross_page_merge_1_2"]
    assert first(PROSE) == []


def test_small_print_at_the_foot_of_other_pages_is_no_end_of_the_body() -> None:
    def found(size: float) -> int:
        other = page(1, text(PROSE, TOP), text("1 Of which three", 720))
        other.lines += [line(PROSE, LEFT, TOP), line("1 Of which three", LEFT, 720, size=size)]
        first = page(2, table([NAMES, *rows(8)], top=690 - 10 - 8 * 20))
        return len(merged(other, first, page(3, table(rows(3, 8), head=0))))

    assert found(7.0) == 1
    assert found(10.0) == 0


def test_a_table_that_leaves_room_below_it_has_ended() -> None:
    full = page(1, text(PROSE, TOP), text(PROSE, BOTTOM - 10))
    assert merged(full, page(2, table([NAMES, *rows(8)])), page(3, table([NAMES, *rows(8)]))) == []


def test_other_names_or_other_columns_part_tables() -> None:
    first = page(1, ending([NAMES, *rows(8)]))
    assert merged(first, page(2, table([["Port", "Visits", "Fees"], *rows(3, 8)]))) == []
    four = [[*row, "open"] for row in rows(3, 8)]
    assert merged(first, page(2, table(four, head=0, left=LEFT + 90, column=70))) == []


def test_a_total_speaks_for_the_end_where_the_header_is_repeated() -> None:
    total = ["Total", "99", "1,234"]
    first = page(1, ending([NAMES, *rows(8), total]))
    assert merged(first, page(2, table([NAMES, *rows(3, 20)]))) == []


@pytest.mark.parametrize("head", [1, 2])
def test_a_total_of_a_group_does_not_end_the_table_where_another_group_follows(head: int) -> None:
    total = ["Total", "99", "1,234"]
    north, south = ["Northern coast", "", ""], ["Southern coast", "", ""]
    first = page(1, ending([NAMES, north, *rows(8), total], head=head))
    (whole,) = merged(first, page(2, table([NAMES, south, *rows(3, 20)])))
    assert grid(whole) == [NAMES, north, *rows(8), total, south, *rows(3, 20)]
    assert merged(first, page(2, table([NAMES, *rows(3, 20)]))) == []


def test_counting_anew_parts_tables_and_counting_on_joins_them() -> None:
    def counted(start: int, count: int) -> list[list[str]]:
        return [[str(i), f"Harbour {i}", f"{i}.50"] for i in range(start, start + count)]

    names = ["No.", "Port", "Fee"]
    first = page(1, ending([names, *counted(1, 8)]))
    assert merged(first, page(2, table([names, *counted(1, 4)]))) == []
    assert len(merged(first, page(2, table([names, *counted(9, 4)])))) == 1


def test_a_row_that_the_page_end_broke_is_joined_and_knows_both_places() -> None:
    names = ["Port", "Remarks", "Fee"]
    above = [[f"Harbour {i}", "Open all year round to ships of every size", f"{i}.50"] for i in range(6)]
    above[-1][1] = "Closed in winter when the"
    below = [["", "ice is thick", ""], ["Harbour 9", "Open all year", "9.50"]]
    (whole,) = merged(page(1, ending([names, *above])), page(2, table(below, head=0)))
    found = grid(whole)
    assert found[6] == ["Harbour 5", "Closed in winter when the ice is thick", "5.50"]
    assert found[7] == below[1]
    cell = next(cell for cell in whole.cells if cell.text.startswith("Closed"))
    assert [place.page_number for place in cell.continued] == [2]
    assert "joined" in whole.reason


def test_a_row_without_a_label_is_the_rest_of_one_where_all_rows_have_labels() -> None:
    names = ["Port", "Remarks"]
    above = [[f"Harbour {i}", "Open all year. Ask the pilot."] for i in range(6)]
    below = [["", "Closed at night."], ["Harbour 6", "Open all year."]]
    (whole,) = merged(page(1, ending([names, *above])), page(2, table(below, head=0)))
    assert grid(whole)[6] == ["Harbour 5", "Open all year. Ask the pilot. Closed at night."]
    above[2][0] = ""
    (whole,) = merged(page(1, ending([names, *above])), page(2, table(below, head=0)))
    assert len(grid(whole)) == 9


def test_whole_rows_are_never_joined() -> None:
    names = ["Port", "Remarks", "Fee"]
    above = [[f"Harbour {i}", "open all year", f"{i}.50"] for i in range(6)]
    below = [["anchorage", "closed", "9.50"], ["Harbour 9", "open all year", "9.50"]]
    (whole,) = merged(page(1, ending([names, *above])), page(2, table(below, head=0)))
    assert len(grid(whole)) == 9


def test_a_label_that_is_said_again_is_dropped() -> None:
    first = page(1, ending([NAMES, ["Northern coast", "", ""], *rows(8)]))
    second = page(2, table([NAMES, ["Northern coast (continued)", "", ""], *rows(3, 8)]))
    (whole,) = merged(first, second)
    assert grid(whole) == [NAMES, ["Northern coast", "", ""], *rows(11)]


def test_a_column_that_a_piece_lacks_stays_empty_there() -> None:
    names = ["Port", "Berths", "Remarks", "Tonnes"]
    first = page(1, ending([names, *([a, b, "small", c] for a, b, c in rows(8))]))
    piece = table([[a, b, c] for a, b, c in rows(3, 8)], head=0)
    cells = [
        cell.model_copy(
            update={"bounding_box": box.model_copy(update={"x1": box.x1 + COLUMN, "x2": box.x2 + COLUMN})}
        )
        if (box := cell.bounding_box).x1 >= LEFT + 2 * COLUMN
        else cell
        for cell in piece.content.cells  # type: ignore[union-attr]
    ]
    assert piece.bbox is not None
    piece = piece.model_copy(
        update={
            "content": piece.content.model_copy(update={"cells": cells}),
            "bbox": piece.bbox.model_copy(update={"x2": piece.bbox.x2 + COLUMN}),
        }
    )
    (whole,) = merged(first, page(2, piece))
    assert whole.merge_actions.target_columns == 4
    assert grid(whole)[9:] == [[a, b, "", c] for a, b, c in rows(3, 8)]


def test_pages_that_came_ready_and_pages_that_do_not_follow_are_left_alone() -> None:
    first, second = ending([NAMES, *rows(8)]), table([NAMES, *rows(3, 8)])
    assert merged(page(1, first, ready=True), page(2, second, ready=True)) == []
    assert merged(page(1, first), page(3, second)) == []


def test_a_table_goes_on_in_the_next_column_of_the_page() -> None:
    narrow = [["Port", "Berths"], *([a, b] for a, b, _ in rows(12))]
    head = text("Ports and harbours", 40, FragmentType.TABLE_CAPTION, LEFT + 2 * COLUMN)
    left = ending(narrow)
    right = table([narrow[0], *([a, b] for a, b, _ in rows(5, 12))], left=LEFT + 2 * COLUMN + 10)
    (whole,) = merged(page(1, head, left, right))
    assert whole.merged_table_id == "same_page_merge_1_1"
    assert whole.pages_merged == 1
    assert len(grid(whole)) == 18


def test_tables_below_each_other_on_a_page_are_not_merged() -> None:
    upper, lower = table([NAMES, *rows(8)]), table([NAMES, *rows(8, 8)], top=400)
    assert merged(page(1, upper, lower)) == []


@pytest.mark.parametrize("mode", list(TableOutputMode))
def test_the_whole_stands_in_the_place_of_its_first_piece(mode: TableOutputMode) -> None:
    records = [
        page(1, text(PROSE, TOP), ending([NAMES, *rows(8)])),
        page(2, table([NAMES, *rows(3, 8)]), text("What follows.", 400)),
    ]
    pages = done(records)
    written = document_markdown(pages, mode, merged(*records))
    places = [
        written.index(words) for words in (PROSE, "Harbour 000", "Harbour 010", "Page 1", "What follows.")
    ]
    assert places == sorted(places)
    assert written.count("Berths") == 1
    assert ("<table>" in written) == (mode is TableOutputMode.HTML)
    assert document_markdown(pages, mode).count("Berths") == 2


def test_a_last_row_alone_on_the_next_page_is_a_row() -> None:
    phrases = [
        line("Total", LEFT, TOP),
        line("412", LEFT + COLUMN, TOP),
        line("8,240", LEFT + 2 * COLUMN, TOP),
    ]
    alone = page(2, text("Total 412 8,240".ljust(60), TOP), text(PROSE, 200))
    record = replace(alone, lines=phrases)
    (whole,) = merged(page(1, ending([NAMES, *rows(8)])), record)
    assert grid(whole)[-1] == ["Total", "412", "8,240"]
    assert whole.element_ids == ["1.0", "2.0"]
    parts = [text(one, TOP, FragmentType.PAGE_HEADER, at.bbox.x1) for at in phrases for one in [at.text]]
    second, third = replace(page(2, *parts), lines=phrases), page(3, text(PROSE, TOP))
    (whole,) = merged(page(1, ending([NAMES, *rows(8)])), second, third)
    assert grid(whole)[-1] == ["Total", "412", "8,240"]
    assert whole.element_ids == ["1.0", "2.0", "2.1", "2.2"]
    apart = [line("Total of", LEFT, TOP), line("412 ports", LEFT + 70, TOP)]
    assert merged(page(1, ending([NAMES, *rows(8)])), replace(alone, lines=apart)) == []


def test_a_label_at_the_pages_end_that_was_read_as_a_heading_is_a_row() -> None:
    def first(gap: float) -> PageRecord:
        labelled = [NAMES, ["Northern coast", "", ""], *rows(8)]
        whole = table(labelled, top=BOTTOM - gap - 10 - 20 * len(labelled))
        return page(1, whole, text("Southern coast", BOTTOM - 10, FragmentType.SECTION_HEADER))

    second = page(2, table([NAMES, *rows(3, 8)]))
    (whole,) = merged(first(0), second)
    assert ["Southern coast", "", ""] in grid(whole)
    assert whole.element_ids == ["1.0", "1.1", "2.0"]
    assert merged(first(30), second) == []


def test_a_head_without_its_upper_names_is_repeated() -> None:
    """The first piece has years over its columns, the next only the names below them."""
    names = [["Region", "2021", "2020"], ["", "Staff", "Turnover"]]
    body = [[f"Coast {i}", str(i), f"{i},500"] for i in range(8)]
    first = page(1, table([*names, *body], top=BOTTOM - 20 * 10 + 10, head=2))
    second = page(2, table([["Region (continued)", "Staff", "Turn."], *body[:3]]))
    (whole,) = merged(first, second)
    assert len(grid(whole)) == 13


def test_a_label_that_was_taken_for_a_name_is_no_name() -> None:
    """The first piece has a label right below its names, and it was read as the last row of the head."""
    names = [NAMES, ["Northern coast", "", ""]]
    first = page(1, table([*names, *rows(8)], top=BOTTOM - 20 * 9 - 10, head=2))
    (whole,) = merged(first, page(2, table([NAMES, *rows(3, 8)])))
    assert grid(whole) == [*names, *rows(11)]
    other = [["Port", "Visits", "Fees"], *rows(3, 8)]
    assert merged(first, page(2, table(other))) == []


def test_a_title_that_was_taken_for_a_name_is_no_name() -> None:
    names = [["Region", "2021", "2020"], ["", "Staff", "Turnover"]]
    body = [[f"Coast {i}", str(i), f"{i},500"] for i in range(8)]
    titled = [["Ports and harbours", "", ""], *names, *body]
    for head in (1, 3):
        first = page(1, table(titled, top=BOTTOM - 20 * 10 - 10, head=head))
        (whole,) = merged(first, page(2, table([*names, *body[:3]], head=0)))
        assert grid(whole) == [*titled, *body[:3]]


def test_a_name_over_several_columns_that_was_read_as_a_column_is_none() -> None:
    names = ["Port", "Berths", "Remarks", "Tonnes"]
    first = page(1, ending([names, *([a, b, "small", c] for a, b, c in rows(8))]))
    wide = [
        ["Port", "Ships", "Berths", "Remarks", "Tonnes"],
        *([a, "", b, "small", c] for a, b, c in rows(2, 8)),
    ]
    piece = table(wide)
    cells = [
        cell.model_copy(update={"bounding_box": _moved(cell.bounding_box, (0, -40, -120, -120, -120)[i % 5])})
        for i, cell in enumerate(piece.content.cells)  # type: ignore[union-attr]
    ]
    content = piece.content.model_copy(update={"cells": cells})
    (whole,) = merged(first, page(2, piece.model_copy(update={"content": content})))
    assert whole.merge_actions.target_columns == 4
    assert grid(whole)[9:] == [[a, b, "small", c] for a, b, c in rows(2, 8)]


def test_names_that_were_read_together_with_the_rest_of_a_broken_row_are_names() -> None:
    names = ["Port", "Remarks of the pilots", "Fee"]
    above = [[f"Harbour {i}", "Open all year round to ships of every size", f"{i}.50"] for i in range(6)]
    above[-1][1] = "Closed in winter when the"
    glued = [["Port", "Remarks of the pilots ice is thick", "Fee"], ["Harbour 9", "Open all year", "9.50"]]
    (whole,) = merged(page(1, ending([names, *above])), page(2, table(glued)))
    assert grid(whole)[6:] == [["Harbour 5", "Closed in winter when the ice is thick", "5.50"], glued[1]]
    other = [["Port", "Remarks ice is thick", "Fee"], glued[1]]
    assert merged(page(1, ending([names, *above])), page(2, table(other))) == []


@pytest.mark.parametrize("kind", [FragmentType.TABLE_CAPTION, FragmentType.SECTION_HEADER])
def test_a_caption_may_be_said_again_where_a_page_has_no_room_for_a_row(kind: FragmentType) -> None:
    def found(below: str) -> int:
        caption = text("Table 1 Ports", TOP, kind)
        first = table([NAMES, *rows(8)], top=BOTTOM - 20 - 8 * PITCH - 10)
        second = page(2, table([NAMES, *rows(3, 8)]))
        return len(merged(page(1, caption, first, text(below, BOTTOM - 10, kind)), second))

    assert found("Table 1 Ports") == 1
    assert found("Table 2 Quays") == 0


@pytest.mark.parametrize("kind", [FragmentType.TABLE_CAPTION, FragmentType.SECTION_HEADER])
def test_a_title_of_the_same_words_as_another_tables_is_a_title(kind: FragmentType) -> None:
    ports = text("Ports", TOP, kind)
    first = page(1, ports, table([NAMES, *rows(3)], top=TOP + 30))
    second = page(2, text("Quays", 200, kind), ending([NAMES, *rows(8)]))
    assert merged(first, second, page(3, ports, table([NAMES, *rows(3, 8)], top=TOP + 30))) == []


def test_tables_of_other_years_are_others() -> None:
    first = page(1, ending([["Port", "2021", "2020"], *rows(8)]))
    assert merged(first, page(2, table([["Port", "2023", "2022"], *rows(3, 8)]))) == []


def test_a_value_goes_to_the_column_that_it_stands_in_where_a_piece_has_one_for_two() -> None:
    names = ["Date", "Debit", "Credit", "Balance"]
    first = page(
        1, ending([names, *([f"0{i}.05.2021", f"{i}.10", f"{i}.20", f"{i}.30"] for i in range(1, 9))])
    )
    places = [0, 1, 3]
    body = [["09.05.2021", "9.10", "9.30"], ["10.05.2021", "7.20", "7.30"]]
    piece = table([["Date", "Debit Credit", "Balance"], *body], column=COLUMN)
    content = piece.content
    assert isinstance(content, TableContent)
    assert piece.bbox is not None
    cells = [
        cell.model_copy(update={"bounding_box": _moved(cell.bounding_box, COLUMN * (places[i % 3] - i % 3))})
        for i, cell in enumerate(content.cells)
    ]
    cells[7] = cells[7].model_copy(update={"bounding_box": _moved(cells[7].bounding_box, COLUMN)})
    wide = piece.bbox.model_copy(update={"x2": piece.bbox.x2 + COLUMN})
    piece = piece.model_copy(update={"content": content.model_copy(update={"cells": cells}), "bbox": wide})
    (whole,) = merged(first, page(2, piece))
    assert grid(whole)[-2:] == [["09.05.2021", "9.10", "", "9.30"], ["10.05.2021", "", "7.20", "7.30"]]


def _moved(box: Box, across: float) -> Box:
    return box.model_copy(update={"x1": box.x1 + across, "x2": box.x2 + across})
