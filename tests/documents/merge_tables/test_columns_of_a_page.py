"""Tables that go on in the next column of their page, or break beside what is no part of them."""

import pytest

from schemas.fragments import FragmentType, PageFragment
from tests.documents.merge_tables.pages import (
    BOTTOM,
    COLUMN,
    LEFT,
    PITCH,
    TOP,
    ending,
    grid,
    merged,
    page,
    rows,
    table,
    text,
)

NAMES = ["Port", "Berths"]
RIGHT = LEFT + 2 * COLUMN + 10
PROSE = "The harbour was deepened twice and its quays were lengthened"
ABSENT, REPEATED = 0, 1


def two(count: int, start: int = 0) -> list[list[str]]:
    """Rows of a name and a number."""
    return [row[:2] for row in rows(count, start)]


def left(*, lifted: float = 0.0) -> PageFragment:
    """The first column's piece, which ends ``lifted`` above the end of the column."""
    return table([NAMES, *two(12)], top=BOTTOM - lifted - PITCH * 12 - 10)


def right(head: int, top: float = TOP) -> PageFragment:
    """The second column's piece."""
    return table([*[NAMES] * head, *two(5, 12)], top=top, head=head, left=RIGHT)


WHOLE = [NAMES, *two(17)]


@pytest.mark.parametrize("head", [ABSENT, REPEATED])
def test_footnotes_at_the_end_of_the_first_column_part_no_table(head: int) -> None:
    notes = [text("1 Of which three are closed.", 720), text("In winter, that is.", 730)]
    (whole,) = merged(page(1, left(lifted=30), *notes, right(head)))
    assert grid(whole) == WHOLE
    assert "footnotes" in whole.reason
    assert merged(page(1, left(lifted=30), text(PROSE, 720), right(head))) == []


def test_footnotes_below_the_first_column_end_the_second_one_too() -> None:
    def found(below: str) -> list[list[list[str]]]:
        note = text(below, 700)
        first = table(WHOLE, top=680 - PITCH * 17 - 10, left=RIGHT)
        second = table(two(3, 17), head=0)
        return [grid(whole) for whole in merged(page(1, note, first), page(2, second, text(PROSE, 725)))]

    assert found("1 Of which three are closed.") == [[NAMES, *two(20)]]
    assert found(PROSE) == []


def test_a_title_over_both_columns_is_above_neither_alone() -> None:
    title = text("Ports and their harbours".ljust(50, "."), 40, FragmentType.TITLE, LEFT + COLUMN)
    (whole,) = merged(page(1, title, left(), right(REPEATED)))
    assert grid(whole) == WHOLE
    own = text("Harbours", 40, FragmentType.SECTION_HEADER, RIGHT)
    assert merged(page(1, own, left(), right(REPEATED))) == []


LABELLED = [NAMES, ["Northern coast", ""], *two(5), ["Eastern coast", ""], *two(5, 5)]


@pytest.mark.parametrize("kind", [FragmentType.TEXT, FragmentType.SECTION_HEADER])
def test_a_label_above_the_second_piece_that_was_read_as_text_is_a_row(kind: FragmentType) -> None:
    first = ending(LABELLED)
    label = text("Southern coast", TOP, kind, RIGHT)
    (whole,) = merged(page(1, label, first, right(ABSENT, TOP + PITCH)))
    assert grid(whole) == [*LABELLED, ["Southern coast", ""], *two(5, 12)]
    assert whole.element_ids == ["1.1", "1.2", "1.0"]
    second = page(2, text("Southern coast", TOP, kind), table(two(5, 12), top=TOP + PITCH, head=0))
    (whole,) = merged(page(1, first), second)
    assert grid(whole) == [*LABELLED, ["Southern coast", ""], *two(5, 12)]


def test_a_line_above_the_second_piece_is_no_label_of_another_table() -> None:
    label = text("Southern coast", TOP, FragmentType.SECTION_HEADER, RIGHT)
    with_labels, without = ending(LABELLED), ending([NAMES, *two(12)])
    assert merged(page(1, label, without, right(ABSENT, TOP + PITCH))) == []
    assert merged(page(1, label, with_labels, right(REPEATED, TOP + PITCH))) == []
    assert merged(page(1, label, with_labels, right(ABSENT, TOP + 2 * PITCH))) == []
    other = text("Southern coast", TOP, FragmentType.SECTION_HEADER, RIGHT + 15)
    assert merged(page(1, other, with_labels, right(ABSENT, TOP + PITCH))) == []


def test_the_first_column_ends_where_its_footnotes_begin() -> None:
    notes = [text("1 Of which three are closed.", 660), text("2 In winter, that is.", 680)]
    first = table([NAMES, *two(12)], top=640 - PITCH * 12)
    second = table([NAMES, *two(33, 12)], left=RIGHT)
    (whole,) = merged(page(1, first, *notes, second))
    assert grid(whole) == [NAMES, *two(45)]
    lower = [text("1 Of which three are closed.", 700)]
    assert merged(page(1, first, *lower, second)) == [], "there was room below it"


def test_a_title_may_be_said_again_where_a_column_has_no_room_for_a_row() -> None:
    def found(below: str) -> int:
        title = text("Ports", BOTTOM - 30 - PITCH * 13 - 20, FragmentType.SECTION_HEADER)
        again = text(below, BOTTOM - 15, FragmentType.SECTION_HEADER)
        return len(merged(page(1, title, left(lifted=30), again, right(REPEATED))))

    assert found("Ports") == 1
    assert found("(continued)") == 1
    assert found("Quays") == 0
