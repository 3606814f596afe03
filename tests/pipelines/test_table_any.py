"""Whatever the words, grids and rules are: no word is lost, cells tile the table, nothing fails."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from pipelines.pages.tables.build import build_table, final_grid, tiles
from pipelines.pages.tables.cells import make_table
from pipelines.pages.tables.stage import Tables
from pipelines.work import PageWork
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind, SourcePage, TextLine
from tests.fakes.engines import FakeEngines, FakeReader, line

_texts = st.sampled_from(
    ["Port", "12.5", "ships at sea", "-", ". . . .", "(95% CI)", "1 204", "Total", "------"]
)
_lines = st.lists(
    st.builds(lambda t, x, y: line(t, x, y), _texts, st.floats(0, 280), st.floats(0, 190)),
    min_size=1,
    max_size=20,
)
_inner = st.lists(st.floats(5, 95), max_size=6, unique=True)
_rules = st.lists(
    st.builds(
        lambda x, y, w: BBox(x, y, x + w, y + 1), st.floats(0, 200), st.floats(0, 199), st.floats(5, 300)
    ),
    max_size=6,
)


def words(lines: list[TextLine]) -> list[str]:
    return sorted(word.text for one in lines for word in one.words)


_OVERLAPPING = [line("Port", 0, 0), line("12.5", 30, 7), line("ships at sea", 0, 3)]
_THREE_LEVELS = [line("Port", 0, 6), line("Port", 0, 22), line("Port", 2, 0), line(". . . .", 0, 17)]
_THREE_RULES = [BBox(0, 5, 5, 6), BBox(0, 16, 5, 17), BBox(0, 22, 236, 23)]


@given(_lines, _inner, _inner, _rules)
@example(_OVERLAPPING, [6.0], [], [BBox(0, 7.5, 292, 8.5)])
@example(_OVERLAPPING, [6.0], [], [])
@example(_THREE_LEVELS, [], [], _THREE_RULES)
def test_no_word_is_lost_in_a_table(
    lines: list[TextLine], xs: list[float], ys: list[float], rules: list[BBox]
) -> None:
    grid = tiles([0, *sorted(3 * x for x in xs), 300], [0, *sorted(2 * y for y in ys), 200])
    table = build_table(lines, grid, rules)
    assert words([one for cell in table.cells for one in cell.lines]) == words(lines)
    places = [
        (r, c)
        for cell in table.cells
        for r in range(cell.top, cell.bottom)
        for c in range(cell.left, cell.right)
    ]
    assert sorted(places) == [(r, c) for r in range(table.rows) for c in range(table.columns)]
    again = make_table(lines, final_grid(table))
    assert words([one for cell in again.cells for one in cell.lines]) == words(lines)


@given(_lines, _inner, _inner, _rules, st.booleans(), st.booleans())
def test_the_stage_takes_any_page(
    lines: list[TextLine],
    xs: list[float],
    ys: list[float],
    rules: list[BBox],
    gridless: bool,
    careful: bool,
) -> None:
    grid = tiles([0, *sorted(3 * x for x in xs), 300], [0, *sorted(2 * y for y in ys), 200])
    region = Region(RegionKind.TABLE, BBox(0, 0, 300, 200), 0.9, None if gridless else grid)
    page = PageWork(1, SourcePage(1, 320, 220), lines=lines, regions=[region], rules=rules)
    engines = FakeEngines(grids=[grid, tiles([0, 10], [0, 10])])
    Tables(FakeReader(lambda number: SourcePage(number, 320, 220)), engines, careful=careful)([page])
    boxes = [one.bbox for one in page.regions or []]
    assert all(box.x1 <= box.x2 and box.y1 <= box.y2 for box in boxes)
