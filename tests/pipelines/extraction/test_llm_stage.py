"""Whom a schema is filled by, and what a caller is told of it."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from models.base import Vectors
from pipelines.extraction.llm.choice import llm_for
from pipelines.extraction.stage import Extract
from pipelines.outcomes import Extracted
from pipelines.work import RunContext
from schemas.documents import WarningKind
from schemas.errors import Interrupted, LlmFailed
from schemas.llm import LlmName, LlmTraits, Question
from schemas.options import ModelProvider, StructuredExtractionOptions
from tests.fakes.engines import FakeEngines
from tests.pipelines.extraction.asked import AskedEngines, pages_in, said
from tests.pipelines.extraction.documents import document

SCHEMA: dict[str, Any] = {"type": "object", "properties": {"invoice_number": {"type": "string"}}}
PAGES = document(*([f"Invoice number: A-{page}"] for page in (1, 2, 3)))


def extract(engines: FakeEngines, **options: Any) -> Extracted:
    asked = StructuredExtractionOptions(schema_name="Invoice", json_schema=SCHEMA, **options)
    return Extract(engines, RunContext())(PAGES, [asked], [], paged=True)


def numbers(extracted: Extracted) -> list[Any]:
    return [one.data["invoice_number"] for one in extracted.data]


def told(extracted: Extracted, kind: WarningKind) -> list[str]:
    return [warning.message for warning in extracted.warnings if warning.kind is kind]


def test_what_the_model_says_goes_before_what_the_embedded_reader_finds() -> None:
    engines = AskedEngines(say=lambda question: {"invoice_number": said("A-2", "2.0")})
    extracted = extract(engines, provide_citations=True)
    assert numbers(extracted) == ["A-2"]
    (citation,) = extracted.data[0].data["invoice_number_citation"]
    assert citation["page_number"] == 2
    assert (extracted.input_tokens, extracted.output_tokens) == (100, 10)
    assert numbers(extract(FakeEngines())) != ["A-2"]


def test_each_part_is_asked_about_by_itself_and_entries_keep_their_order() -> None:
    def say(question: Question) -> Any:
        (page,) = pages_in(question)
        return LlmFailed("No.", 7, 1) if page == 2 else {"invoice_number": said(f"A-{page}", f"{page}.0")}

    extracted = extract(AskedEngines(say=say), partition_strategy="page")
    assert [entry.page_numbers for entry in extracted.data] == [[1], [2], [3]]
    assert numbers(extracted) == ["A-1", "A-2", "A-3"]
    (message,) = told(extracted, WarningKind.FALLBACK)
    assert message == "No. The schema 'Invoice' was filled without it."
    assert (extracted.input_tokens, extracted.output_tokens) == (207, 21)


def test_what_the_model_could_not_read_the_embedded_reader_does() -> None:
    schema = {"type": "object", "properties": {**SCHEMA["properties"], "total": {"type": "number"}}}
    pages = document(["Invoice number: A-17", "x " * 1200], ["Total: 12.50", "x " * 1200])

    def say(question: Question) -> Any:
        if 2 not in pages_in(question):
            return LlmFailed("No.")
        return {"invoice_number": None, "total": said(12.5, "2.0")}

    engines = AskedEngines(say=say, traits=LlmTraits(context_tokens=2700, answer_tokens=256))
    asked = StructuredExtractionOptions(schema_name="Invoice", json_schema=schema)
    extracted = Extract(engines, RunContext())(pages, [asked], [], paged=True)
    assert extracted.data[0].data == {"invoice_number": "A-17", "total": 12.5}
    assert told(extracted, WarningKind.FALLBACK) == ["No. What stands on page 1 was read without it."]


@pytest.mark.parametrize(
    ("provider", "name"),
    [
        ("tensorlake", LlmName.TENSORLAKE),
        ("gemini-3", LlmName.GEMINI3),
        ("claude-3-5-sonnet-latest", LlmName.SONNET),
        ("gpt4o_mini", LlmName.GPT_4O_MINI),
        ("gpt-4o-mini", LlmName.GPT_4O_MINI),
    ],
)
def test_the_model_that_was_asked_for_is_asked(provider: str, name: LlmName) -> None:
    engines = AskedEngines(llms=frozenset(LlmName))
    extract(engines, model_provider=provider)
    assert engines.names == [name]


def test_every_provider_is_a_model() -> None:
    engines = AskedEngines(llms=frozenset(LlmName))
    for provider in ModelProvider:
        asked = StructuredExtractionOptions(schema_name="x", json_schema=SCHEMA, model_provider=provider)
        assert llm_for(asked, engines) is not None


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, []),
        ({"prompt": " "}, []),
        ({"prompt": "Be kind."}, ["prompt: "]),
        ({"model_provider": "sonnet", "prompt": "Be kind."}, ["model_provider sonnet: ", "prompt: "]),
        ({"skip_ocr": True}, ["skip_ocr: "]),
    ],
)
def test_without_a_model_what_takes_one_is_told_once(options: dict[str, Any], words: list[str]) -> None:
    extracted = extract(FakeEngines(), partition_strategy="page", **options)
    messages = told(extracted, WarningKind.NO_LLM)
    assert [message[: len(start)] for message, start in zip(messages, words, strict=True)] == words
    assert numbers(extracted) == ["A-1", "A-2", "A-3"]


@pytest.mark.parametrize("sees", [True, False])
def test_skip_ocr_takes_a_model_that_sees(sees: bool) -> None:
    engines = AskedEngines(traits=LlmTraits(sees_pictures=sees))
    assert len(told(extract(engines, skip_ocr=True, prompt="Be kind."), WarningKind.NO_LLM)) == (not sees)
    (message,) = told(extract(engines, skip_ocr=True, partition_strategy="fragment"), WarningKind.NO_LLM)
    assert ("parts" in message) == sees


def test_a_watcher_hears_which_schema_is_filled() -> None:
    heard: list[tuple[str, int | None, int | None]] = []

    def tell(message: str, done: int | None = None, total: int | None = None) -> None:
        heard.append((message, done, total))

    asked = [
        StructuredExtractionOptions(schema_name=name, json_schema={"type": "object"})
        for name in ("Bill", "Note")
    ]
    Extract(AskedEngines(), RunContext(tell=tell))(PAGES, asked, [], paged=True)
    assert heard == [("filling the schema 'Bill'", 0, 2), ("filling the schema 'Note'", 1, 2)]


def test_work_may_be_stopped_while_a_part_is_read() -> None:
    stop = threading.Event()

    class Slow(FakeEngines):
        def embed(self, texts: list[str]) -> Vectors:
            stop.wait(60)  # a part that takes long
            return super().embed(texts)

    calls: list[None] = []

    def check() -> None:
        calls.append(None)
        if len(calls) > 1:  # the first is before the part
            raise Interrupted("taken away")

    asked = StructuredExtractionOptions(schema_name="Invoice", json_schema=SCHEMA)
    try:
        with pytest.raises(Interrupted):
            Extract(Slow(), RunContext(check=check))(PAGES, [asked], [], paged=True)
    finally:
        stop.set()


def test_more_values_than_can_be_looked_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.extraction.stage._MOST_VALUES", 2)
    assert len(extract(FakeEngines()).data) == 1
    extracted = extract(FakeEngines(), partition_strategy="page")
    assert extracted.data == []
    (message,) = told(extracted, WarningKind.TRUNCATED)
    assert "3 values in 3 parts" in message
    assert "'Invoice'" in message
