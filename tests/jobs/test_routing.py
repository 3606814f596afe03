"""Which queue pages and assemblies wait on."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from schemas.options import Configuration, FormFilling
from schemas.queues import Queue
from schemas.requests import JobRequest, JobType, SourceFields
from schemas.settings import Settings
from workers.jobs.routing import assembly_queue, pages_queue

LOCAL = {"vision_local_model": "some/model"}
LLM = {"llm_base_url": "http://llm:8000/v1", "llm_model": "m"}
SCHEMA = {"structured_extraction_options": [{"schema_name": "a", "json_schema": {"type": "object"}}]}
CLASSES = {"page_classifications": [{"name": "invoice"}]}


def request(form_filling: FormFilling | None = None, **options: Any) -> JobRequest:
    return JobRequest(
        job_type=JobType.PARSE,
        source=SourceFields(file_url="https://example.org/a.pdf"),
        configuration=Configuration.model_validate(options),
        form_filling=form_filling,
    )


@pytest.mark.parametrize(
    ("settings", "options", "queue"),
    [
        ({}, {}, Queue.CPU),
        ({"device": "cuda"}, {}, Queue.GPU),
        ({"device": "cpu"}, {}, Queue.CPU),
        (LOCAL, {}, Queue.CPU),
        (LOCAL, {"parsing_options": {"ocr_model": "gemini3"}}, Queue.GPU),
        (LOCAL, {"parsing_options": {"table_parsing_format": "vlm"}}, Queue.GPU),
        (
            LOCAL | {"vision_serves": "gemini3"},
            {"parsing_options": {"table_parsing_format": "vlm"}},
            Queue.CPU,
        ),
        (LOCAL | {"vision_serves": "model03"}, {}, Queue.GPU),
        (LOCAL | {"vision_serves": "formulas"}, {"parsing_options": {"ocr_model": "model01"}}, Queue.GPU),
        (LOCAL | {"vision_serves": "charts"}, {"enrichment_options": {"chart_extraction": True}}, Queue.GPU),
        (LOCAL | {"vision_serves": "charts"}, {}, Queue.CPU),
        (
            {"vision_base_url": "http://gpu:8000/v1", "vision_model": "m"},
            {"parsing_options": {"ocr_model": "gemini3"}},
            Queue.CPU,  # the server has the card; here it is waited for
        ),
    ],
)
def test_pages_are_read_where_their_models_run(
    settings: dict[str, Any], options: dict[str, Any], queue: Queue
) -> None:
    assert pages_queue(request(**options), Settings(**settings)) is queue


@pytest.mark.parametrize("pages", ["cpu", "gpu"])
@pytest.mark.parametrize(
    ("settings", "asked", "queue"),
    [
        (LLM, request(**SCHEMA), "llm"),
        (LLM, request(**CLASSES), "llm"),
        (LLM, request(FormFilling(fill_prompt="the name is Ada")), "llm"),
        (LLM, request(FormFilling()), None),
        (LLM, request(), None),
        ({}, request(**SCHEMA), None),
        ({"llm_sonnet_base_url": "http://llm/v1", "llm_sonnet_model": "m"}, request(**SCHEMA), "llm"),
    ],
)
def test_what_asks_a_language_model_is_put_together_on_its_queue(
    settings: dict[str, Any], asked: JobRequest, queue: str | None, pages: str
) -> None:
    assert assembly_queue(asked, Settings(**settings), pages) == (queue or pages)


def test_a_worker_serves_everything_unless_it_is_told() -> None:
    settings = Settings(workers=3)
    assert settings.slots == {Queue.CPU: 3, Queue.GPU: 3, Queue.LLM: 8, Queue.NOTIFY: 16}
    told = Settings(workers=3, queues="llm=20, cpu,notify")
    assert told.slots == {Queue.LLM: 20, Queue.CPU: 3, Queue.NOTIFY: 16}
    assert Settings(queues="").slots == Settings().slots


@pytest.mark.parametrize("words", ["tpu", "cpu=0", "cpu=", "cpu=-1", "cpu=1.5", "notify=2", "=3"])
def test_queues_that_are_not_understood_are_refused(words: str) -> None:
    with pytest.raises(ValidationError):
        Settings(queues=words)
