"""Tables and formulas read by the model one by one, on pages that are read locally."""

from __future__ import annotations

import pytest

from pipelines.pages.vision_parts import ReadPartsByVision
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.errors import VisionFailed
from schemas.fragments import FragmentType, Source, TableContent
from schemas.reading import SourcePage
from schemas.vision import Transcript
from tests.fakes.engines import FakeEngines, FakeReader
from tests.pipelines.vision.made import HEIGHT, WIDTH, fragment, page

TABLE = fragment(FragmentType.TABLE, "Port 1871 1872\nAmber 4,815 312\nFar 623 642", 110)
FORMULA = fragment(FragmentType.FORMULA, "E = m c2", 300)
READ = (
    fragment(FragmentType.TEXT, "Ships that called at the port in these years", 50),
    TABLE,
    FORMULA,
)
ANSWER = (
    "<table><thead><tr><th>Port</th><th>1871</th><th>1872</th></tr></thead><tbody>"
    "<tr><td>Amber</td><td>4,815</td><td>312</td></tr><tr><td>Far</td><td>623</td><td>642</td></tr>"
    "</tbody></table>"
)


def nothing() -> None:
    """Nobody asks to stop."""


def read(
    kind: FragmentType, *given: str | Exception | Transcript, words: bool = False, turns: int = 0
) -> tuple[PageWork, list[str]]:
    """The page after the stage, and what the model was asked."""
    engines = FakeEngines(
        transcripts=[Transcript(answer, 100, 20) if isinstance(answer, str) else answer for answer in given]
    )
    reader = FakeReader(lambda n: SourcePage(n, WIDTH, HEIGHT))
    work = page(READ)
    work.turns = turns
    stage = ReadPartsByVision(reader, engines, frozenset({kind}), include_words=words, check=nothing)
    stage([work])
    return work, engines.calls


def test_a_table_is_shown_alone_and_its_answer_used() -> None:
    work, asked = read(FragmentType.TABLE, ANSWER, words=True)
    text, table, formula = work.fragments or []
    assert (text, formula) == (READ[0], FORMULA)
    assert isinstance(table.content, TableContent)
    assert (table.content.html or "").count("<th>") == 3
    boxes = [(cell.text, cell.bounding_box) for cell in table.content.cells]
    assert boxes == [(word.text, word.bbox) for word in TABLE.words or []]
    assert (table.source, table.bbox, table.words) == (Source.MODEL, TABLE.bbox, TABLE.words)
    assert work.warnings == []
    assert (work.ocr_input_tokens, work.ocr_output_tokens) == (100, 20)
    (call,) = asked
    task, size = call.split()[1:]
    width, height = map(int, size.split("x"))
    assert task == "table"
    assert TABLE.bbox is not None
    box = TABLE.bbox.bbox()
    assert 2 * box.width < width < 2.2 * box.width
    assert 2 * box.height < height < 3 * box.height
    turned = read(FragmentType.TABLE, ANSWER, turns=1)[1]
    assert turned == [f"transcribe table {height}x{width}"]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("I see no table.", "it has no table"),
        (ANSWER.replace("4,815", "4,185").replace("312", "321").replace("623", "632"), "lacks much"),
        ("<table><tr><td>one</td><td>two</td></tr></table>", "lacks much"),
        (Transcript(ANSWER[: len(ANSWER) // 2], 100, 20, finished=False), "cut at its longest"),
        (VisionFailed("The server is asleep."), "asleep"),
    ],
)
def test_a_table_the_model_fails_on_stays_as_it_was(answer: str | Exception | Transcript, words: str) -> None:
    work, _ = read(FragmentType.TABLE, answer, words=True)
    assert work.fragments == list(READ)
    (warning,) = work.warnings
    assert (warning.kind, warning.bbox) == (WarningKind.FALLBACK, TABLE.bbox)
    assert words in warning.message
    assert "The table was read locally" in warning.message


def test_a_number_of_the_table_that_differs_is_pointed_at() -> None:
    work, _ = read(FragmentType.TABLE, ANSWER.replace("4,815", "4,851"))
    (warning,) = work.warnings
    assert warning.kind is WarningKind.CONFLICTING_VALUES
    assert warning.bbox == (TABLE.words or [])[4].bbox


def test_a_formula_is_kept_as_tex() -> None:
    work, asked = read(FragmentType.FORMULA, "$$E = m c^{2}$$")
    formula = (work.fragments or [])[2]
    assert (formula.content.content, formula.source) == ("$$E = m c^{2}$$", Source.MODEL)
    assert (formula.bbox, formula.words) == (FORMULA.bbox, None)
    assert [call.split()[1] for call in asked] == ["formula"]


@pytest.mark.parametrize(
    "answer",
    ["", "I'm sorry, no.", "\\int_0^1 f(x) dx", "E = m c^2 " + "x + y + " * 40],
)
def test_a_formula_the_model_fails_on_stays_as_it_was(answer: str) -> None:
    work, _ = read(FragmentType.FORMULA, answer, words=True)
    assert work.fragments == list(READ)
    assert [w.kind for w in work.warnings] == [WarningKind.FALLBACK]


def test_words_nobody_asked_for_are_dropped() -> None:
    work, _ = read(FragmentType.TABLE, ANSWER)
    assert [f.words for f in work.fragments or []] == [None] * 3
