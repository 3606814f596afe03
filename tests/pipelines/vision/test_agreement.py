"""Which answers pass for a reading of the page: judged by what the local reading is sure of."""

from __future__ import annotations

import json
import re

import pytest

from pipelines.vision.agreement import is_checkable, numbers_objection, objection, repeats_itself
from pipelines.vision.transcript import fragments_of
from pipelines.vision.words import LocalWords, content_tokens, tokens
from schemas.fragments import FragmentWord, Source, TextContent
from schemas.geometry import Box

PAGE = (
    "The harbor of Amber was founded in 1642 by fishermen. In 1871 a pier of 312 metres was built, "
    "which served 4,815 ships a year. Today 23 cranes work day and night, and the tide rises by 3.75 metres."
)
OTHER = (
    "Every spring the orchard keepers prune their apple trees before the sap begins to rise, and they burn "
    "the cuttings in large heaps along the northern fence of each field."
)


def local(text: str, confidence: float | None = None) -> LocalWords:
    source = Source.OCR if confidence is not None else Source.DIGITAL
    box = Box(x1=0, y1=0, x2=1, y2=1)
    words = [FragmentWord(text=w, bbox=box, confidence=confidence, source=source) for w in text.split()]
    return LocalWords.of([words])


def judged(answer: str, page: LocalWords, *, finished: bool = True) -> str | None:
    return objection(answer, [f.content for f in fragments_of(answer)], page, finished=finished)


def inverted(text: str) -> str:
    return re.sub(r"\d", lambda digit: str(9 - int(digit[0])), text)


def test_tokens_keep_numbers_whole_and_nothing_else() -> None:
    assert tokens("The TIDE rose, 4,815.5 ﬁsh — 3rd") == ["the", "tide", "rose", "4,815.5", "fish", "3", "rd"]
    assert tokens("潮汐 3 度") == ["潮", "汐", "3", "度"]
    marked = "**The** H<sub>2</sub>O [rose](http://a.b) by $\\frac{1}{2}$ and cost $5 or $10"
    assert content_tokens(TextContent(content=marked)) == tokens("The H2O rose by and cost $5 or $10")


def test_a_faithful_answer_in_any_mark_up_passes() -> None:
    marked = "# The harbor of Amber\n\nwas **founded** in 1642" + PAGE.partition("1642")[2]
    assert judged(marked, local(PAGE)) is None
    cells = "".join(f"<tr><td>{word}</td></tr>" for word in PAGE.split())
    assert judged(f"<table>{cells}</table>", local(PAGE)) is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("", "lacks much"),
        (OTHER, "lacks much"),
        (PAGE[:90], "lacks much"),
        (inverted(PAGE), "other numbers"),
        (PAGE + "\n\n" + OTHER * 2, "not on the page"),
        ("I'm sorry, I can't help with that.", "lacks much"),
        (json.dumps([{"bbox": [1, 2, 3, 4], "text": PAGE}]), "not in Markdown"),
    ],
)
def test_unfaithful_answers_do_not(answer: str, words: str) -> None:
    assert words in (judged(answer, local(PAGE)) or "")


def test_numbers_inside_formulas_count_as_read() -> None:
    answer = PAGE.replace("4,815", "$x = 4,815$").replace("312", "$d_{1} = 312$")
    assert judged(answer, local(PAGE)) is None
    fractions = (
        PAGE.replace("312", "$\\frac{3}{12}$").replace("1642", "$1^{64} = 2$").replace("23", "$2_{3}$")
    )
    assert judged(fractions, local(PAGE)) is None


def test_few_numbers_are_held_against_what_stands_in_their_places() -> None:
    assert numbers_objection(0, local("Invoice 1042 Total 318.50")) is None
    assert "other numbers" in (numbers_objection(1, local("Invoice 1042 Total 318.50")) or "")
    assert numbers_objection(1, local(PAGE)) is None
    assert numbers_objection(2, local(PAGE)) is not None


def test_an_answer_that_was_cut_passes_only_when_hardly_anything_is_missing() -> None:
    assert "cut at its longest" in (judged(PAGE[:-30], local(PAGE), finished=False) or "")
    assert judged(PAGE, local(PAGE), finished=False) is None


def test_a_reading_that_is_unsure_is_no_evidence() -> None:
    poor = local(PAGE, confidence=0.4)
    assert not is_checkable(poor)
    assert judged(OTHER, poor) is None
    assert judged(OTHER, LocalWords()) is None
    assert "no transcription" in (judged("I'm sorry, I can't read this.", poor) or "")


def test_half_a_sure_page_confirms_half_an_answer() -> None:
    half = len(PAGE.split()) // 2
    box = Box(x1=0, y1=0, x2=1, y2=1)
    words = [
        FragmentWord(
            text=word if i < half else "xxxxx",
            bbox=box,
            confidence=0.99 if i < half else 0.3,
            source=Source.OCR,
        )
        for i, word in enumerate(PAGE.split())
    ]
    assert judged(PAGE, LocalWords.of([words])) is None


LINE = "the same line of words again and again "


@pytest.mark.parametrize(
    "loop",
    [
        LINE * 6,
        "word " * 40,
        "".join(f"row {n} of the table " for n in range(30)),
        (OTHER + " ") * 6,
        PAGE + LINE * 6 + OTHER,
    ],
)
def test_loops_are_seen_wherever_they_are(loop: str) -> None:
    assert repeats_itself(tokens(loop), tokens(PAGE))
    assert judged(loop, LocalWords()) == "it repeats itself"


def test_what_the_page_itself_repeats_is_no_loop() -> None:
    form = "name date signature place " * 12
    numbers = " ".join(str(100 + n) for n in range(80))
    for text in (form, numbers):
        assert not repeats_itself(tokens(text), tokens(text))
    assert not repeats_itself(tokens(PAGE + OTHER), [])
