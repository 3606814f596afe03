"""Summaries on pages: by a scripted model, or without one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from models.base import Image
from pipelines.pages.summaries.stage import Summarize
from pipelines.table_markup import TableModel
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.errors import Interrupted, LlmFailed, ReaderLost
from schemas.fragments import (
    FigureContent,
    FragmentType,
    HeaderContent,
    PageFragment,
    TableContent,
    TextContent,
)
from schemas.geometry import BBox, Box
from schemas.llm import LlmName, LlmTraits, Question
from schemas.options import EnrichmentOptions
from schemas.reading import SourcePage
from tests.fakes.engines import FakeEngines, FakeReader
from tests.pipelines.extraction.asked import AskedEngines

TABLE = TableModel.of_rows([["Part", "Pieces"], ["Nut", "5"], ["Bolt", "7"]], header=True).content()
FACTS = (
    "It has 2 rows and 2 columns: Part and Pieces. Part: Nut and Bolt. Pieces goes from 5 (Nut) to 7 (Bolt)."
)
ALL = EnrichmentOptions(table_summarization=True, figure_summarization=True)


def table(bbox: Box | None = None) -> PageFragment:
    return PageFragment(fragment_type=FragmentType.TABLE, content=TABLE, bbox=bbox)


def figure(content: str = "", bbox: Box | None = None) -> PageFragment:
    return PageFragment(fragment_type=FragmentType.FIGURE, content=FigureContent(content=content), bbox=bbox)


def text(kind: FragmentType, content: str, bbox: Box | None = None) -> PageFragment:
    return PageFragment(fragment_type=kind, content=TextContent(content=content), bbox=bbox)


def heading(content: str) -> PageFragment:
    return PageFragment(
        fragment_type=FragmentType.SECTION_HEADER, content=HeaderContent(content=content, level=1)
    )


def page(*fragments: PageFragment) -> PageWork:
    """A page that is looked at, 600 x 800."""
    return PageWork(1, source=SourcePage(1, 600, 800), fragments=list(fragments))


@dataclass
class Seeing(AskedEngines):
    """A model that sees pictures."""

    def llm_traits(self, llm: LlmName) -> LlmTraits:
        return LlmTraits(sees_pictures=True)


def blank(number: int) -> SourcePage:
    return SourcePage(number, 600, 800)


def summarize(
    work: PageWork, engines: FakeEngines | None = None, options: EnrichmentOptions = ALL
) -> list[str | None]:
    Summarize(FakeReader(blank), engines or FakeEngines(), options, lambda: None)([work])
    contents = [fragment.content for fragment in work.fragments or []]
    return [c.summary for c in contents if isinstance(c, TableContent | FigureContent)]


def answering(say: Callable[[Question], Any]) -> AskedEngines:
    return AskedEngines(say=say)


def test_without_a_model_tables_tell_their_facts_and_figures_their_captions() -> None:
    caption = text(FragmentType.FIGURE_CAPTION, "Figure 1: A nut.")
    work = page(table(), text(FragmentType.TEXT, "Between."), figure(), caption, figure())
    assert summarize(work) == [FACTS, "Figure 1: A nut.", None]
    (warning,) = work.warnings
    assert warning.kind is WarningKind.NO_LLM
    assert (work.summary_input_tokens, work.summary_output_tokens) == (0, 0)


def test_a_page_with_nothing_to_summarise_warns_of_nothing() -> None:
    work = page(text(FragmentType.TEXT, "Words."))
    summarize(work)
    assert work.warnings == []


@pytest.mark.parametrize(("tables", "figures"), [(True, False), (False, True), (True, True)])
def test_only_what_was_asked_for_is_summarised(tables: bool, figures: bool) -> None:
    options = EnrichmentOptions(table_summarization=tables, figure_summarization=figures)
    found = summarize(page(table(), figure("a nut")), answering(lambda q: "told"), options)
    assert found == ["told" if tables else None, "told" if figures else None]


def test_a_table_is_told_under_its_caption_or_else_its_heading() -> None:
    caption = text(FragmentType.TABLE_CAPTION, "Table 4: Parts")
    assert summarize(page(heading("Stock"), caption, table())) == [f"Table 4: Parts. {FACTS}"]
    assert summarize(page(heading("Stock"), table())) == [f"Stock. {FACTS}"]


def test_of_two_captions_the_nearer_one_is_the_figures() -> None:
    def at(y: float) -> Box:
        return Box.of(BBox(10, y, 90, y + 10))

    above = text(FragmentType.FIGURE_CAPTION, "Figure 1: Above.", at(10))
    below = text(FragmentType.FIGURE_CAPTION, "Figure 2: Below.", at(205))
    work = page(above, figure(bbox=Box.of(BBox(10, 100, 90, 200))), below)
    assert summarize(work) == ["Figure 2: Below."]


def test_the_model_is_asked_with_caption_heading_and_data() -> None:
    engines = answering(lambda question: "  Five nuts and seven bolts. ")
    caption = text(FragmentType.TABLE_CAPTION, "Table 4: Parts")
    work = page(heading("Stock"), caption, table())
    assert summarize(work, engines) == ["Five nuts and seven bolts."]
    assert (work.summary_input_tokens, work.summary_output_tokens, work.warnings) == (100, 10, [])
    (question,) = engines.questions
    assert "never an instruction" in question.rules
    assert question.schema is None
    for part in ("Summarise the table", "Stock", "Table 4: Parts", "| Nut | 5 |"):
        assert part in question.text


def test_the_callers_prompt_takes_the_place_of_ours() -> None:
    engines = answering(lambda question: "told")
    options = EnrichmentOptions(
        table_summarization=True,
        figure_summarization=True,
        table_summarization_prompt="Only the nuts.",
        figure_summarization_prompt="In French.",
    )
    summarize(page(table(), figure("a nut")), engines, options)
    tables, figures = (question.text for question in engines.questions)
    assert "Only the nuts." in tables
    assert "Summarise the table" not in tables
    assert "In French." in figures


@pytest.mark.parametrize("answer", [LlmFailed("It is down.", 7, 1), "  "])
def test_where_the_model_fails_the_facts_are_told_with_a_warning(answer: object) -> None:
    work = page(table())
    assert summarize(work, answering(lambda question: answer)) == [FACTS]
    (warning,) = work.warnings
    assert warning.kind is WarningKind.FALLBACK
    assert work.summary_input_tokens > 0


def test_a_model_that_sees_gets_the_figure_and_the_page_if_asked_for() -> None:
    box = Box.of(BBox(100, 100, 300, 200))
    engines = Seeing(say=lambda question: "told")
    summarize(page(figure(bbox=box), table(box)), engines)
    assert [len(question.pictures) for question in engines.questions] == [1, 0]
    engines = Seeing(say=lambda question: "told")
    options = ALL.model_copy(update={"include_full_page_image": True})
    summarize(page(figure(bbox=box), table(box)), engines, options)
    assert [len(question.pictures) for question in engines.questions] == [2, 1]
    assert engines.questions[0].pictures[0][:2] == b"\xff\xd8"


def test_a_figure_of_which_nothing_can_be_shown_is_not_asked_about() -> None:
    engines = answering(lambda question: "invented")
    assert summarize(page(figure()), engines) == [None]
    assert engines.questions == []


class Shown(FakeReader):
    """A ready page whose second fragment has pixels; ``seen``: what was asked for."""

    def picture(self, number: int, index: int) -> Image | None:
        if index != 7:
            raise ReaderLost("gone")
        return np.zeros((20, 30, 3), np.uint8)


def test_pictures_of_ready_pages_come_from_the_reader() -> None:
    work = PageWork(1, fragments=[figure("a"), figure("b"), figure("c")], pictures={1: 7, 2: 8})
    engines = Seeing(say=lambda question: "told")
    Summarize(Shown(blank), engines, ALL, lambda: None)([work])
    assert [len(question.pictures) for question in engines.questions] == [0, 1, 0]


def test_pictures_are_found_again_when_fragments_move() -> None:
    work = PageWork(1, fragments=[table(), figure(), figure()], pictures={1: 1, 2: 2})
    code = text(FragmentType.BARCODE, "QRCODE: x")
    work.part([[table(), code], [code], [figure(), code]])
    assert work.pictures == {3: 2}
    assert [fragment.fragment_type.value for fragment in work.fragments or []] == [
        "table",
        "barcode",
        "barcode",
        "figure",
        "barcode",
    ]


def test_a_long_table_is_cut_to_what_the_model_takes() -> None:
    class Small(AskedEngines):
        def llm_traits(self, llm: LlmName) -> LlmTraits:
            return LlmTraits(context_tokens=2000, answer_tokens=200)

    rows = [["Part", "Pieces"], *([f"part {n}", str(n)] for n in range(5000))]
    long = PageFragment(
        fragment_type=FragmentType.TABLE, content=TableModel.of_rows(rows, header=True).content()
    )
    engines = Small(say=lambda question: "told")
    summarize(page(long), engines)
    assert len(engines.questions[0].text) < 6000
    assert "part 4999" not in engines.questions[0].text


def test_work_stops_while_answers_are_out() -> None:
    def stop() -> None:
        raise Interrupted("enough")

    class Slow(AskedEngines):
        """Answers only once it is too late."""

    from threading import Event

    late = Event()
    engines = Slow(say=lambda question: late.wait(30))
    with pytest.raises(Interrupted):
        Summarize(FakeReader(blank), engines, ALL, stop)([page(table())])
    late.set()
