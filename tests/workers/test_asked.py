"""Models on servers are watched: what they took, never what they were asked."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind

from schemas.errors import LlmFailed, VisionFailed
from schemas.llm import LlmName, Question
from schemas.settings import Settings
from schemas.vision import VisionTask
from tests.fakes.chat_server import ScriptedServer, says
from workers.children import EngineChild
from workers.jobs.metering import COLLECTED

QUESTION = Question(rules="rules", text="the document's words")


@pytest.fixture(autouse=True)
def _nothing_left() -> Iterator[None]:
    COLLECTED.take()
    yield
    COLLECTED.take()


def counted() -> dict[str, float]:
    amounts = COLLECTED.take()
    return {f"{name} {labels}": amount for (name, labels), amount in amounts.items()}


def test_an_answer_is_counted_with_its_tokens_and_is_a_span(spans: InMemorySpanExporter) -> None:
    with ScriptedServer(says("A thing.")).running() as server:
        engines = EngineChild(Settings(llm_base_url=server.url, llm_model="gpt-x"))
        reply = engines.answer(QUESTION, LlmName.SONNET)
        engines.close()
    assert reply.input_tokens > 0
    found = counted()
    assert found['octavo_model_seconds_count {"model": "gpt-x", "task": "llm"}'] == 1
    direction = '"model": "gpt-x", "task": "llm"}'
    assert found[f'octavo_model_tokens_total {{"direction": "input", {direction}'] == reply.input_tokens
    assert found[f'octavo_model_tokens_total {{"direction": "output", {direction}'] == reply.output_tokens
    assert not any("failures" in name for name in found)
    (span,) = spans.get_finished_spans()
    assert (span.name, span.kind) == ("chat gpt-x", SpanKind.CLIENT)
    assert span.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.request.model": "gpt-x",
        "gen_ai.usage.input_tokens": reply.input_tokens,
        "gen_ai.usage.output_tokens": reply.output_tokens,
    }


def test_a_failure_is_counted_and_told_by_its_class(spans: InMemorySpanExporter) -> None:
    engines = EngineChild(Settings(llm_base_url="http://127.0.0.1:1/v1", llm_model="gpt-x"))
    with pytest.raises(LlmFailed):
        engines.answer(QUESTION, LlmName.TENSORLAKE)
    engines.close()
    assert counted()['octavo_model_failures_total {"model": "gpt-x", "task": "llm"}'] == 1
    (span,) = spans.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "LlmFailed"


def test_a_vision_model_is_watched_too() -> None:
    image = np.zeros((8, 8, 3), np.uint8)
    with ScriptedServer(says("A page.")).running() as server:
        engines = EngineChild(Settings(vision_base_url=server.url, vision_model="eyes"))
        engines.transcribe(image, VisionTask.PAGE)
        engines.close()
    engines = EngineChild(Settings(vision_base_url="http://127.0.0.1:1/v1", vision_model="eyes"))
    with pytest.raises(VisionFailed):
        engines.transcribe(image, VisionTask.PAGE)
    engines.close()
    found = counted()
    assert found['octavo_model_seconds_count {"model": "eyes", "task": "vision"}'] == 2
    assert found['octavo_model_failures_total {"model": "eyes", "task": "vision"}'] == 1
