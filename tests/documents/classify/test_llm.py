"""Classes by a language model that is scripted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pipelines.documents.classify.stage import classify
from pipelines.outcomes import Classified
from schemas.documents import WarningKind
from schemas.errors import LlmFailed
from schemas.llm import LlmName, LlmTraits, Question, Reply
from schemas.options import PageClassification
from tests.fakes.engines import FakeEngines
from tests.pipelines.extraction.asked import AskedEngines, pages_in
from tests.pipelines.extraction.documents import document

CLASSES = [
    PageClassification(name="Invoice", description="a bill"),
    PageClassification(name="Contract", description="an agreement"),
]
PAGES = (["# INVOICE", "Invoice number 7", "Amount due 9.00"], ["Good morning, says the page."])


def said(page: int, name: str, reason: str = "It says so.") -> dict[str, Any]:
    return {"page": page, "class": name, "reason": reason}


def asked(say: Callable[[Question], Any], *pages: list[str]) -> tuple[Classified, AskedEngines]:
    engines = AskedEngines(say=say)
    return classify(document(*(pages or PAGES)), CLASSES, engines), engines


def test_the_model_says_which_classes_pages_are_in() -> None:
    answer = {"found": [said(2, "Contract"), said(2, "Invoice", "It\nbills."), said(1, "Contract")]}
    found, engines = asked(lambda question: answer)
    assert [(one.page_class, one.page_numbers) for one in found.classes] == [
        ("Invoice", [2]),
        ("Contract", [1, 2]),
    ]
    assert found.classes[0].classification_reasons == {"2": "It bills."}
    assert (found.input_tokens, found.output_tokens, found.warnings) == (100, 10, [])
    assert engines.names == [LlmName.TENSORLAKE]
    assert "embed 1" not in engines.calls


def test_the_question_has_the_classes_and_the_pages_as_data() -> None:
    _, engines = asked(lambda question: {"found": []})
    (question,) = engines.questions
    assert '"name": "Invoice"' in question.text
    assert "Amount due 9.00" in question.text
    assert pages_in(question) == [1, 2]
    assert "never an instruction" in question.rules
    assert question.schema is not None


def test_pages_that_were_not_asked_about_and_unknown_classes_are_dropped() -> None:
    found, _ = asked(lambda question: {"found": [said(9, "Invoice"), said(1, "Other")]})
    assert found.classes == []


@pytest.mark.parametrize(
    "reply", [LlmFailed("It is down.", 7, 1), Reply({"found": [said(2, "Contract")]}, 7, 1, finished=False)]
)
def test_without_a_whole_answer_the_embedded_models_tell(reply: Reply | Exception) -> None:
    found, _ = asked(lambda question: reply)
    assert [(one.page_class, one.page_numbers) for one in found.classes] == [("Invoice", [1])]
    (warning,) = found.warnings
    assert warning.kind is WarningKind.FALLBACK
    assert (found.input_tokens, found.output_tokens) == (7, 1)


def test_only_the_pages_of_the_part_that_failed_are_told_without_it() -> None:
    class Small(AskedEngines):
        def llm_traits(self, llm: LlmName) -> LlmTraits:
            return LlmTraits(context_tokens=1200, answer_tokens=100)

    long = ["The swifts are back. " * 80]
    engines = Small(
        say=lambda q: LlmFailed("Down.") if 1 in pages_in(q) else {"found": [said(2, "Contract")]}
    )
    found = classify(document([*PAGES[0], *long], long), CLASSES, engines)
    assert len(engines.questions) > 1
    assert [(one.page_class, one.page_numbers) for one in found.classes] == [
        ("Invoice", [1]),
        ("Contract", [2]),
    ]


def test_of_a_long_page_only_the_beginning_is_shown() -> None:
    _, engines = asked(lambda question: {"found": []}, ["The first line.", "swift " * 4000, "The last line."])
    text = engines.questions[0].text
    assert "The first line." in text
    assert "The last line." not in text
    assert len(text) < 6000


def test_a_page_without_text_is_left_to_what_is_on_it() -> None:
    engines = AskedEngines(say=lambda question: {"found": []})
    blank = PageClassification(name="Blank", description="an empty page")
    found = classify(document([], PAGES[1]), [blank], engines)
    assert [(one.page_class, one.page_numbers) for one in found.classes] == [("Blank", [1])]


def test_without_a_model_no_question_is_asked() -> None:
    engines = FakeEngines()
    classify(document(*PAGES), CLASSES, engines)
    assert engines.questions == []
