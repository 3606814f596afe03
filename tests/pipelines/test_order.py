from hypothesis import given
from hypothesis import strategies as st

from pipelines.pages.order import reading_order
from schemas.geometry import BBox


def box(x: float, y: float, width: float, height: float) -> BBox:
    return BBox(x, y, x + width, y + height)


def test_columns_are_read_one_after_the_other() -> None:
    left = [box(50, 100 + 110 * i, 200, 100) for i in range(3)]
    right = [box(280, 80 + 130 * i, 200, 120) for i in range(3)]
    assert reading_order(left + right) == [0, 1, 2, 3, 4, 5]


def test_aligned_paragraphs_of_two_columns_are_not_read_across() -> None:
    boxes = [box(50 + 230 * column, 100 + 110 * row, 200, 100) for row in range(3) for column in range(2)]
    assert reading_order(boxes) == [0, 2, 4, 1, 3, 5]


def test_what_spans_the_columns_divides_them() -> None:
    title = box(50, 20, 430, 30)
    above = [box(50, 60, 200, 100), box(280, 60, 200, 100)]
    figure = box(60, 180, 400, 100)
    below = [box(50, 300, 200, 100), box(280, 300, 200, 100)]
    boxes = [*below, figure, *above, title]
    assert reading_order(boxes) == [5, 3, 4, 2, 0, 1]


def test_right_to_left_columns() -> None:
    boxes = [box(50, 100, 200, 300), box(280, 100, 200, 300)]
    assert reading_order(boxes, right_to_left=True) == [1, 0]


def test_interlocked_boxes_are_all_kept() -> None:
    boxes = [box(0, 0, 100, 40), box(60, 30, 100, 100), box(0, 60, 70, 100), box(50, 120, 100, 40)]
    assert sorted(reading_order(boxes)) == [0, 1, 2, 3]


_boxes = st.lists(
    st.builds(box, st.floats(0, 500), st.floats(0, 700), st.floats(0, 300), st.floats(0, 200)), max_size=25
)


@given(_boxes)
def test_every_box_has_one_place(boxes: list[BBox]) -> None:
    assert sorted(reading_order(boxes)) == list(range(len(boxes)))


@given(st.integers(1, 12), st.floats(1, 40))
def test_one_column_is_read_downwards(count: int, gap: float) -> None:
    boxes = [box(50, i * (20 + gap), 300, 20) for i in range(count)]
    assert reading_order(boxes[::-1]) == list(range(count))[::-1]


def test_sections_side_by_side_are_read_row_by_row() -> None:
    row = [
        BBox(50, 100, 250, 120),
        BBox(300, 100, 500, 120),
        BBox(50, 130, 250, 300),
        BBox(300, 130, 500, 280),
    ]
    below = [b.shifted(0, 260) for b in row]
    near = [b.shifted(0, 220) for b in row]
    assert reading_order([*row, *below], headings=[0, 1, 4, 5]) == [0, 2, 1, 3, 4, 6, 5, 7]
    for others, begin in ((below, [0, 1, 4]), (near, [0, 1, 4, 5])):
        assert reading_order([*row, *others], headings=begin) == [0, 2, 4, 6, 1, 3, 5, 7]
