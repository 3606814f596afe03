"""What a worker reports of the piece in its hands."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.work import DONE, FAILED
from schemas.pace import Pace
from schemas.progress import Count
from workers.progress import Progress


class Watch:
    """A clock that stands until it is moved on."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def watch() -> Watch:
    return Watch()


def read(progress: Progress, numbers: range, failed: frozenset[int] = frozenset()) -> Iterator[None]:
    """Pages through two stages, one after another."""
    for number in numbers:
        for stage in ("text", "ocr"):
            progress.page(number, stage)
            yield
        progress.page(number, FAILED if number in failed else DONE)
        yield


def test_pages_are_counted_by_stage(watch: Watch) -> None:
    progress = Progress(watch)
    progress.begin(5)
    for _ in read(progress, range(1, 3)):
        watch.now += 1
    progress.page(3, "text")
    report = progress.report()
    assert (report.stage, report.page, report.pages_done) == ("text", 3, 2)
    assert report.stages == {"text": 3, "ocr": 2}
    assert report.pages_per_second == pytest.approx(0.4)  # the second page was through after 5 s
    assert report.seconds_left == pytest.approx(3 / 0.4)


def test_pages_in_hand_are_told_with_their_stages(watch: Watch) -> None:
    progress = Progress(watch)
    progress.begin(3)
    for number, stage in ((1, "text"), (2, "text"), (3, "text"), (1, "ocr"), (1, DONE), (3, FAILED)):
        progress.page(number, stage)
    assert progress.report().in_hand == {2: "text"}


def test_pages_of_an_earlier_run_count_but_have_no_pace(watch: Watch) -> None:
    progress = Progress(watch)
    watch.now += 100  # waiting for a document is not reading
    progress.begin(20)
    progress.keep(8, failed=2)
    assert progress.report().pages_per_second is None
    for _ in read(progress, range(9, 11), failed=frozenset({10})):
        watch.now += 1
    report = progress.report()
    assert (report.pages_done, report.failed_pages, report.stages["ocr"]) == (10, 3, 10)
    assert report.pages_per_second == pytest.approx(2 / 5)


def test_the_pace_is_that_of_late(watch: Watch) -> None:
    pace = Pace(watch)
    for _ in range(100):
        watch.now += 10
        pace.count()
    for _ in range(120):
        watch.now += 1
        pace.count(2)
    assert pace.per_second == pytest.approx(2.0, rel=0.1)


def test_a_pace_falls_when_nothing_comes_any_more(watch: Watch) -> None:
    pace = Pace(watch)
    for _ in range(4):
        watch.now += 2
        pace.count(8)
    before = pace.per_second
    watch.now += 7
    assert pace.per_second == before == pytest.approx(4.0)  # the next batch may be on its way
    watch.now += 25
    assert pace.per_second == pytest.approx(1.0)


@given(st.lists(st.tuples(st.floats(0, 200), st.integers(1, 50)), max_size=300))
def test_a_pace_never_needs_much_memory_or_divides_by_nothing(events: list[tuple[float, int]]) -> None:
    watch = Watch()
    pace = Pace(watch)
    for seconds, things in events:
        watch.now += seconds
        pace.count(things)
        assert pace.per_second is None or pace.per_second > 0
    assert len(pace._marks) < 130


def test_steps_have_a_pace_of_their_own(watch: Watch) -> None:
    progress = Progress(watch)
    watch.now += 50
    progress.tell("joining the pages", 0, 10)
    assert progress.report().seconds_left is None
    watch.now += 4
    progress.tell("joining the pages", 2, 10)
    report = progress.report()
    assert (report.steps, report.page) == (Count(done=2, total=10), None)
    assert report.seconds_left == pytest.approx(16)
    progress.tell("making chunks")
    assert (progress.report().steps, progress.report().seconds_left) == (None, None)


def test_answers_are_those_of_the_stage(watch: Watch) -> None:
    progress = Progress(watch)
    progress.tell("sorting pages into classes")
    for _ in range(3):
        progress.ask()
    progress.answer()
    assert progress.report().answers == Count(done=1, total=3)
    progress.tell("filling the schema 'a'", 0, 2)
    assert progress.report().answers is None


def test_where_models_are_asked_the_time_left_goes_by_their_answers(watch: Watch) -> None:
    progress = Progress(watch)
    watch.now += 90
    progress.tell("filling the schema 'a'", 0, 3)
    for _ in range(8):
        progress.ask()
    assert progress.report().seconds_left is None
    for _ in range(4):
        watch.now += 2
        progress.answer()
    assert progress.report().seconds_left == pytest.approx((4 + 8 + 8) * 2)
    progress.tell("sorting pages into classes")
    progress.ask()
    progress.ask()
    watch.now += 3
    progress.answer()
    assert progress.report().seconds_left == pytest.approx(3)


def test_what_no_row_can_keep_is_left_out(watch: Watch) -> None:
    progress = Progress(watch)
    progress.tell("filling the schema 'a\0\ud800'")
    assert progress.report().stage == "filling the schema 'a?'"


def test_everything_told_is_news_and_a_sign_of_life(watch: Watch) -> None:
    progress = Progress(watch)
    for tell in (
        lambda: progress.begin(3),
        lambda: progress.keep(1, 0),
        lambda: progress.page(2, "ocr"),
        lambda: progress.page(2, DONE),
        lambda: progress.tell("x"),
        progress.ask,
        progress.answer,
    ):
        before = progress.changes
        watch.now += 1
        tell()
        assert (progress.changes, progress.moved) == (before + 1, watch.now)


def test_many_threads_may_tell(watch: Watch) -> None:
    progress = Progress(watch)
    progress.begin(1)

    def ask(_: int) -> None:
        progress.ask()
        progress.report()
        progress.answer()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(ask, range(400)))
    assert progress.report().answers == Count(done=400, total=400)
