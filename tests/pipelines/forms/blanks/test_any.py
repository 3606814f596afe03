"""Whatever is drawn on a page, its blanks are told, and none lies off the page."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.pages.forms.blanks.reader import drawn_blanks
from pipelines.pages.forms.blanks.seen import Seen
from pipelines.work import PageWork
from schemas.geometry import BBox
from schemas.reading import CheckBox, SourcePage
from tests.fakes.engines import line

WIDTH, HEIGHT = 600.0, 800.0
SAID = [
    "Name:",
    "Date ____",
    "$",
    "1",
    "[ ] Yes",
    "........",
    "City",
    "(signature)",
    "____/____",
    "Total 12",
    ":",
]

spots = st.tuples(st.floats(0, WIDTH - 50), st.floats(0, HEIGHT - 20))
boxes = st.builds(
    lambda x, y, w, h: BBox(x, y, min(x + w, WIDTH), min(y + h, HEIGHT)),
    st.floats(0, WIDTH - 1),
    st.floats(0, HEIGHT - 1),
    st.floats(0, WIDTH),
    st.floats(0, 60),
)


def seen_of(found: list[BBox]) -> Seen:
    ticks = [CheckBox(box, checked=False, score=1.0, round=i % 2 == 0) for i, box in enumerate(found[::3])]
    return Seen(ticks, found[1::3], found[2::3], lambda box: 0.0)


@settings(max_examples=20)
@given(
    st.lists(st.tuples(st.sampled_from(SAID), spots), max_size=12),
    st.lists(boxes, max_size=25),
    st.lists(boxes, max_size=9),
    st.integers(0, 3),
    st.sampled_from([0.0, 2.5]),
)
def test_any_page_has_blanks_on_it(
    said: list[tuple[str, tuple[float, float]]],
    rules: list[BBox],
    found: list[BBox],
    turns: int,
    angle: float,
) -> None:
    lines = [line(text, x, y) for text, (x, y) in said]
    page = PageWork(1, SourcePage(1, WIDTH, HEIGHT), lines=lines, rules=rules, turns=turns, angle=angle)
    blanks = drawn_blanks(page, seen_of(found))
    assert [blank.id for blank in blanks] == [f"p1.b{i}" for i in range(1, len(blanks) + 1)]
    for blank in blanks:
        assert blank.page == 1
        assert blank.bbox is not None
        assert -WIDTH < blank.bbox.x1 <= blank.bbox.x2 < 2 * WIDTH
        assert not blank.comb or len(blank.parts) == blank.longest
