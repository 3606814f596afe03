"""Rows that go on in the next column or page without their names, and were read as items of a list."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.documents.markdown import document_markdown
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, PageFragment
from schemas.geometry import Box
from schemas.options import TableOutputMode
from tests.documents.merge_tables.pages import BOTTOM, LEFT, TOP, done, ending, grid, merged, page, text
from tests.fakes.engines import line

NAMES = ["Ref.", "Duty"]
RIGHT = LEFT + 250
WORDS = ["The pilot shall board the ship", "before it sails"]


def duties(start: int, count: int) -> list[list[str]]:
    return [[f"SYS-{i:02}", " ".join(WORDS)] for i in range(start, start + count)]


def with_items(
    record: PageRecord, start: int, count: int, *, left: float = LEFT, step: float = 120, top: float = TOP
) -> PageRecord:
    """The page with items of two lines in the next column, or at its top."""
    items: list[PageFragment] = []
    lines = []
    for i in range(count):
        y = top + 30 * i
        words = f"SYS-{start + i:02} {' '.join(WORDS)}"
        box = Box(x1=left, y1=y, x2=left + 200, y2=y + 24)
        items.append(text(words, y, FragmentType.LIST_ITEM, left).model_copy(update={"bbox": box}))
        lines += [line(f"SYS-{start + i:02}", left, y)]
        lines += [line(part, left + step, y + 12 * n) for n, part in enumerate(WORDS)]
    *others, foot = record.fragments
    return replace(record, fragments=[*others, *items, foot], lines=[*record.lines, *lines])


FIRST = page(1, ending([NAMES, *duties(5, 4)]))
WHOLE = [NAMES, *duties(5, 7)]


def test_items_in_the_next_column_are_rows() -> None:
    record = with_items(FIRST, 9, 3, left=RIGHT)
    (whole,) = merged(record)
    assert grid(whole) == WHOLE
    assert document_markdown(done([record]), TableOutputMode.HTML, [whole]).count("SYS-10") == 1
    assert whole.element_ids == ["1.0", "1.1", "1.2", "1.3"]
    assert whole.merged_table_id == "same_page_merge_1_1"


def test_items_on_the_next_page_are_rows() -> None:
    (whole,) = merged(FIRST, with_items(page(2), 9, 3))
    assert grid(whole) == WHOLE
    last = whole.cells[-1]
    assert (last.page_number, last.text) == (2, " ".join(WORDS))


def test_rows_end_with_the_last_item_that_counts_on() -> None:
    (whole,) = merged(FIRST, with_items(with_items(page(2), 9, 1), 15, 2, top=TOP + 30))
    assert grid(whole) == [NAMES, *duties(5, 5)]


@pytest.mark.parametrize(("start", "step"), [(12, 120), (5, 120), (9, 90)])
def test_items_that_count_otherwise_or_stand_elsewhere_are_a_list(start: int, step: float) -> None:
    assert merged(FIRST, with_items(page(2), start, 3, step=step)) == []


def test_items_below_other_text_are_a_list() -> None:
    prose = text("The harbour was deepened twice and its quays were lengthened", BOTTOM - 500)
    assert merged(FIRST, with_items(page(2, prose), 9, 3)) == []
