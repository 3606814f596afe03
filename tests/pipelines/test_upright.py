from __future__ import annotations

from dataclasses import replace

import pytest

from pipelines.pages.upright import Upright
from pipelines.work import PageWork
from schemas.reading import SourcePage, TextLine
from tests.fakes.engines import FakeEngines, FakeReader, line


def sure(confidence: float, *, quarter_turns: int = 0) -> TextLine:
    read = line("some words", 10, 10)
    words = [replace(word, confidence=confidence) for word in read.words]
    return replace(read, words=words, quarter_turns=quarter_turns)


@pytest.mark.parametrize("turns", [1, 2, 3])
@pytest.mark.parametrize(
    ("sample", "believed"),
    [
        ([sure(0.97)], False),  # read with certainty as it stands: the page is upright
        ([sure(0.65)], True),  # upside down, letters are guessed
        ([sure(0.97, quarter_turns=1)], True),  # the lines themselves stand on their side
        ([], True),
    ],
)
def test_a_turn_is_believed_unless_the_text_reads_well(
    turns: int, sample: list[TextLine], believed: bool
) -> None:
    engines = FakeEngines(lines=sample, turns=turns)
    page = PageWork(1, source=SourcePage(1, 300, 400), scanned=True)
    Upright(FakeReader(lambda n: SourcePage(n, 300, 400)), engines, "model03")([page])
    assert page.turns == (turns if believed else 0)


def test_a_page_that_is_said_to_be_upright_is_not_read_for_it() -> None:
    engines = FakeEngines(lines=[sure(0.5)])
    page = PageWork(1, source=SourcePage(1, 300, 400), scanned=True)
    Upright(FakeReader(lambda n: SourcePage(n, 300, 400)), engines, "model03")([page])
    assert engines.calls == ["quarter_turns"]
