from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import ClassVar

import pytest

from pipelines.execute import run
from pipelines.plan import PlanError, check_order, page_stages
from pipelines.work import DONE, PageStage, PageWork, RunContext
from schemas.errors import Interrupted, PageUnreadable, ReaderLost
from schemas.options import Configuration
from schemas.reading import SourcePage
from schemas.vision import VisionUse
from tests.fakes.engines import FakeEngines, FakeReader


class Stage:
    """Remembers the batches it was given; fails on the pages in ``bad``."""

    name: ClassVar[str] = "stage"
    reads: ClassVar[frozenset[str]] = frozenset()
    writes: ClassVar[frozenset[str]] = frozenset()
    batch = 4

    def __init__(self, bad: dict[int, Exception] | None = None) -> None:
        self.bad = bad or {}
        self.batches: list[list[int]] = []

    def __call__(self, pages: Sequence[PageWork]) -> None:
        self.batches.append([page.number for page in pages])
        for page in pages:
            if page.number in self.bad:
                raise self.bad[page.number]
            page.fragments = []


def test_batches_have_the_size_the_stage_wants() -> None:
    stage = Stage()
    run([stage], range(1, 7), RunContext())
    assert stage.batches == [[1, 2, 3, 4], [5, 6]]


def test_a_failing_batch_is_tried_page_by_page_and_only_the_bad_page_is_lost() -> None:
    first, second = Stage({2: PageUnreadable("Page 2 is torn.")}), Stage()
    records = run([first, second], [1, 2, 3], RunContext())
    assert first.batches == [[1, 2, 3], [1], [2], [3]]
    assert second.batches == [[1, 3]]
    assert [record.fault is None for record in records] == [True, False, True]
    fault = records[1].fault
    assert fault is not None
    assert (fault.page_number, fault.stage, fault.code) == (2, "stage", "PAGE_UNREADABLE")
    assert (fault.message, fault.retryable) == ("Page 2 is torn.", False)


def test_the_context_goes_along_into_each_stage_with_its_pages() -> None:
    seen: list[tuple[str, list[int], bool]] = []

    @contextmanager
    def around(name: str, pages: Sequence[int]) -> Iterator[None]:
        before = len(stage.batches)
        yield
        seen.append((name, list(pages), len(stage.batches) > before))

    stage = Stage()
    run([stage], range(1, 6), RunContext(stage=around))
    assert seen == [("stage", [1, 2, 3, 4], True), ("stage", [5], True)]


def test_unexpected_errors_do_not_tell_what_the_document_says() -> None:
    records = run([Stage({1: ValueError("text of the document")})], [1], RunContext())
    assert records[0].fault is not None
    assert records[0].fault.code == "INTERNAL_ERROR"
    assert "text of the document" not in records[0].fault.message
    assert "ValueError" in records[0].fault.message


def test_a_lost_reader_is_a_fault_that_may_heal() -> None:
    records = run([Stage({1: ReaderLost("The reader outgrew its memory.")})], [1], RunContext())
    assert records[0].fault is not None
    assert records[0].fault.retryable


def test_interruption_passes_through_from_stage_and_from_context() -> None:
    with pytest.raises(Interrupted):
        run([Stage({2: Interrupted("cancelled")})], [1, 2], RunContext())

    def stop() -> None:
        raise Interrupted("going down")

    stage = Stage()
    with pytest.raises(Interrupted):
        run([stage], [1], RunContext(check=stop))
    assert stage.batches == []


def test_progress_and_seconds_are_told() -> None:
    heard: list[tuple[int, str]] = []
    context = RunContext(progress=lambda number, stage: heard.append((number, stage)))
    run([Stage()], [3, 4], context)
    assert heard == [(3, "stage"), (4, "stage"), (3, DONE), (4, DONE)]
    assert context.seconds["stage"] >= 0


def stages(*uses: VisionUse, **options: object) -> list[PageStage]:
    configuration = Configuration.model_validate({"parsing_options": options})
    engines = FakeEngines(vision_uses=frozenset(uses))
    return page_stages(configuration, FakeReader(lambda n: SourcePage(n, 100, 100)), engines)


def test_the_plan_follows_the_options() -> None:
    names = [stage.name for stage in stages()]
    assert names == ["read", "upright", "ocr", "pictures", "layout", "tables", "assemble", "watch"]
    assert "layout" not in [s.name for s in stages(disable_layout_detection=True)]
    assert stages(include_images=True)[-2].name == "figures"


@pytest.mark.parametrize(
    ("uses", "options", "seen"),
    [
        (list(VisionUse), {"ocr_model": "gemini3"}, "vision"),
        ([], {"ocr_model": "gemini3"}, "vision"),
        ([VisionUse.MODEL03], {}, "vision"),
        ([VisionUse.MODEL03], {"ocr_model": "model02"}, None),
        ([VisionUse.GEMINI3, VisionUse.TABLES], {}, None),
        ([VisionUse.GEMINI3, VisionUse.TABLES], {"table_parsing_format": "vlm"}, "vision parts"),
        ([VisionUse.GEMINI3], {"table_parsing_format": "vlm"}, None),
        ([VisionUse.FORMULAS], {}, "vision parts"),
        (list(VisionUse), {"table_parsing_format": "vlm"}, "vision"),
    ],
)
def test_the_vision_model_is_asked_where_caller_or_operator_chose_it(
    uses: list[VisionUse], options: dict[str, object], seen: str | None
) -> None:
    names = [stage.name for stage in stages(*uses, **options)]
    assert [name for name in names if name.startswith("vision")] == ([seen] if seen else [])


def test_a_wrong_order_is_refused() -> None:
    good = stages()
    check_order(good)
    with pytest.raises(PlanError, match="'ocr' reads"):
        check_order([good[0], good[2]])
