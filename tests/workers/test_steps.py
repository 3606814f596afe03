"""Steps and answers that are kept: done once, whoever takes the work over."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.documents.merge_tables import Merged
from pipelines.editing.matching import Matched
from pipelines.outcomes import Classified, Extracted
from schemas.documents import (
    DocumentWarning,
    MergeActions,
    MergedCell,
    MergedTable,
    PageClass,
    StructuredData,
    WarningKind,
)
from schemas.errors import LlmFailed, LlmSpent, LlmTooLong
from schemas.forms import Filling, Unplaced
from schemas.geometry import Box
from schemas.llm import LlmName, Question, Reply
from schemas.settings import Settings
from schemas.vision import Transcript, VisionTask
from tests.fakes.engines import FakeEngines
from workers.jobs.blobs.local import LocalBlobs
from workers.steps import Kept, RememberingEngines, Steps

TWO_MODELS = Settings.model_validate(
    {
        "llm_base_url": "http://localhost:1/v1",
        "llm_model": "small",
        "llm_sonnet_model": "large",
        "vision_base_url": "http://localhost:1/v1",
        "vision_model": "seer",
    }
)
WARNING = DocumentWarning(kind=WarningKind.FALLBACK, message="m", page_number=2)


class Job:
    """What is kept of a job, and workers that come one after another."""

    def __init__(self, folder: Path) -> None:
        self.blobs = LocalBlobs(folder / "blobs")
        self.folder = folder / "blobs" / "jobs" / "j" / "steps"
        self.told: list[str] = []
        self.kept = Kept(self.blobs, "jobs/j/steps", news=lambda: self.told.append("kept"))

    def engines(
        self, *replies: Reply | Exception, transcripts: tuple[Any, ...] = (), settings: Settings = TWO_MODELS
    ) -> RememberingEngines:
        fake = FakeEngines(replies=list(replies), transcripts=list(transcripts), turns=3)
        told = self.told.append
        return RememberingEngines(fake, settings, self.kept, lambda: told("asking"), lambda: told("answered"))

    def steps(
        self, engines: RememberingEngines, mark: str = "m", windows: tuple[str, ...] = ("a", "b")
    ) -> Steps:
        return Steps(self.kept, engines, mark, windows)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def test_a_question_is_asked_once(job: Job) -> None:
    question = Question("rules", "text", {"type": "object"}, [b"picture"])
    first = job.engines(Reply({"a": [1, 2.5, None]}, 10, 20, finished=False))
    given = first.answer(question, LlmName.TENSORLAKE)
    assert job.told == ["asking", "kept", "answered"]
    assert job.engines().answer(question, LlmName.TENSORLAKE) == given
    assert job.told[3:] == ["asking", "answered"]


@pytest.mark.parametrize(
    ("other", "llm"),
    [
        (Question("other", "text"), LlmName.TENSORLAKE),
        (Question("rules", "other"), LlmName.TENSORLAKE),
        (Question("rules", "text", {"type": "object"}), LlmName.TENSORLAKE),
        (Question("rules", "text", None, [b"picture"]), LlmName.TENSORLAKE),
        (Question("rules", "text"), LlmName.SONNET),
    ],
)
def test_another_question_or_model_is_another(job: Job, other: Question, llm: LlmName) -> None:
    job.engines(Reply("one")).answer(Question("rules", "text"), LlmName.TENSORLAKE)
    assert job.engines(Reply("two")).answer(other, llm).data == "two"


def test_names_of_the_same_model_share_its_answers(job: Job) -> None:
    question = Question("rules", "text")
    job.engines(Reply("one")).answer(question, LlmName.TENSORLAKE)
    assert job.engines().answer(question, LlmName.GEMINI3).data == "one"


def test_another_model_behind_the_name_is_asked_anew(job: Job) -> None:
    question = Question("rules", "text")
    job.engines(Reply("one")).answer(question, LlmName.TENSORLAKE)
    changed = TWO_MODELS.model_copy(update={"llm_model": "newer"})
    assert job.engines(Reply("two"), settings=changed).answer(question, LlmName.TENSORLAKE).data == "two"


def test_a_job_that_has_used_its_tokens_asks_no_more(job: Job) -> None:
    few = TWO_MODELS.model_copy(update={"llm_job_tokens": 100})
    used = [Reply("one", 40, 9), LlmFailed("broken", 30, 20), Reply("two", 1, 0), Reply("three", 1, 0)]
    for again in (False, True):
        engines = job.engines(*([LlmFailed("broken", 30, 20)] if again else used), settings=few)
        said = [tried(engines, Question("rules", text)) for text in ("a", "b", "c", "d", "a")]
        assert said == ["one", LlmFailed, "two", LlmSpent, LlmSpent]


def tried(engines: RememberingEngines, question: Question) -> Any:
    """What is answered, or the kind of failure."""
    try:
        return engines.answer(question, LlmName.TENSORLAKE).data
    except LlmFailed as error:
        return type(error)


def test_a_question_put_twice_has_two_answers_and_both_are_kept(job: Job) -> None:
    question = Question("rules", "text")

    def both(engines: RememberingEngines) -> list[Any]:
        return [engines.answer(question, LlmName.TENSORLAKE).data for _ in range(2)]

    assert both(job.engines(Reply("one"), Reply("two"))) == ["one", "two"]
    assert both(job.engines()) == ["one", "two"]


def test_of_fifty_answers_only_those_are_asked_for_that_a_dead_worker_had_not(job: Job) -> None:
    questions = [Question("rules", f"text {number}") for number in range(50)]
    died = job.engines(*[Reply(number) for number in range(40)])
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda one: died.answer(one, LlmName.TENSORLAKE), questions[:40]))
    heir = job.engines(*[Reply(number) for number in range(10)])
    for question in questions:
        heir.answer(question, LlmName.TENSORLAKE)
    assert heir.calls == ["answer tensorlake"] * 10


def test_failures_are_counted_and_not_kept(job: Job) -> None:
    question = Question("rules", "text")
    engines = job.engines(LlmFailed("away"), ValueError("a bug"), LlmTooLong("long"), Reply("good"))
    for error in (LlmFailed, ValueError, LlmTooLong):
        with pytest.raises(error):
            engines.answer(question, LlmName.TENSORLAKE)
    assert engines.failures == 2
    assert job.told == ["asking", "answered"] * 3
    assert job.engines(Reply("good")).answer(question, LlmName.TENSORLAKE).data == "good"


def test_a_picture_is_transcribed_once_for_each_task(job: Job) -> None:
    picture = np.arange(48, dtype=np.uint8).reshape(4, 4, 3)
    job.engines(transcripts=(Transcript("text", 1, 2),)).transcribe(picture, VisionTask.PAGE)
    assert job.engines().transcribe(picture.copy(), VisionTask.PAGE) == Transcript("text", 1, 2)
    for other, task in (
        (picture, VisionTask.TABLE),
        (picture.reshape(2, 8, 3), VisionTask.PAGE),
        (picture + 1, VisionTask.PAGE),
    ):
        again = job.engines(transcripts=(Transcript("other"),))
        assert again.transcribe(other, task).text == "other"


def test_all_else_is_asked_of_the_engines_themselves(job: Job) -> None:
    engines = job.engines().engines
    assert engines.quarter_turns(np.zeros((2, 2, 3), np.uint8)) == 3
    assert engines.llms == frozenset()


def test_a_fresh_job_is_not_searched(job: Job) -> None:
    job.kept.put("a" * 64, [1])
    assert job.kept.get("a" * 64, list[int]) == [1]
    assert Kept(job.blobs, "jobs/j/steps", fresh=True).get("a" * 64, list[int]) is None


def damaged(data: bytes) -> list[bytes]:
    turned = bytearray(data)
    turned[-1] ^= 1
    return [b"", data[:-1], bytes(turned), b"\xc1" * 50, b"[" * 5000]


def test_damaged_blobs_count_as_missing(job: Job) -> None:
    job.kept.put("a" * 64, {"text": "long"})
    file = job.folder / ("a" * 64)
    whole = file.read_bytes()
    for data in damaged(whole):
        file.write_bytes(data)
        assert job.kept.get("a" * 64, dict[str, str]) is None
    file.write_bytes(whole)
    assert job.kept.get("a" * 64, dict[str, str]) == {"text": "long"}


def test_foreign_blobs_count_as_missing(job: Job) -> None:
    job.kept.put("a" * 64, {"text": "long"})
    (job.folder / ("a" * 64)).rename(job.folder / ("b" * 64))
    assert job.kept.get("b" * 64, dict[str, str]) is None
    job.kept.put("c" * 64, [1])
    assert job.kept.get("c" * 64, Merged) is None


@given(data=st.binary(max_size=200))
def test_any_bytes_count_as_missing(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    job = Job(tmp_path_factory.getbasetemp() / "any")
    job.blobs.put_bytes(f"jobs/j/steps/{'a' * 64}", data)
    assert job.kept.get("a" * 64, Merged) is None


def test_what_cannot_be_kept_is_used_all_the_same(job: Job) -> None:
    question = Question("rules", "text")
    for data in ("\ud800", 1 << 70, object()):
        assert job.engines(Reply(data)).answer(question, LlmName.TENSORLAKE).data is data
    assert not job.folder.exists()


MERGED = MergedTable(
    merged_table_id="t",
    merged_table_html="<table></table>",
    start_page=1,
    end_page=2,
    pages_merged=2,
    merge_actions=MergeActions(pages=[1, 2], target_columns=3),
    merged_at="2026-01-01T00:00:00+00:00",
    cells=[MergedCell(text="a", row=0, column=0, page_number=1, bbox=Box(x1=1, y1=2, x2=3, y2=4))],
)


@pytest.mark.parametrize(
    "made",
    [
        Merged([MERGED], [WARNING], 1, 2, 3, 4),
        Classified(
            [PageClass(page_class="c", page_numbers=[1], classification_reasons={"1": "r"})],
            {1: "r"},
            [WARNING],
        ),
        Extracted(
            [StructuredData(data={"a": [1, None, 2.5]}, page_numbers=[1, 2], schema_name="s")],
            [WARNING],
            5,
            6,
        ),
        Matched([Filling("b", True), Filling("c", "text")], [Unplaced("said", "why")], [WARNING]),
    ],
)
def test_every_step_comes_back_as_it_was_made(job: Job, made: object) -> None:
    steps = job.steps(job.engines())
    assert steps("name", {"asked": 1}, type(made), lambda: made) == made

    def never() -> object:
        raise AssertionError("it was made again")

    assert job.steps(job.engines())("name", {"asked": 1}, type(made), never) == made


def test_a_step_is_made_again_for_anything_else(job: Job) -> None:
    def made(value: int, name: str = "n", asked: object = "asked", **steps: Any) -> int:
        return job.steps(job.engines(), **steps)(name, asked, int, lambda: value)

    assert made(1) == made(2) == 1
    assert made(3, name="other") == 3
    assert made(4, asked="other") == 4
    assert made(5, mark="other") == 5
    assert made(6, windows=("b", "a")) == 6


def test_a_step_that_a_model_left_alone_is_made_again(job: Job) -> None:
    engines = job.engines(LlmFailed("away"), Reply("good"))

    def make() -> str:
        try:
            return str(engines.answer(Question("rules", "text"), LlmName.TENSORLAKE).data)
        except LlmFailed:
            return "without"

    steps = job.steps(engines)
    assert [steps("n", (), str, make) for _ in range(3)] == ["without", "good", "good"]
    assert engines.calls == ["answer tensorlake"] * 2
