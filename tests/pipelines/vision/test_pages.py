"""Pages read by a vision model that answers well, badly or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from models.base import Image
from pipelines.pages.vision import ReadByVision
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.errors import Interrupted, VisionFailed
from schemas.fragments import FragmentType, HeaderContent, PageFragment, Source, TableContent
from schemas.geometry import Box
from schemas.reading import SourcePage
from schemas.vision import Transcript, VisionTask
from tests.fakes.engines import FakeEngines, FakeReader
from tests.pipelines.vision.made import HEIGHT, WIDTH, around, fragment, page

READ = (
    fragment(FragmentType.PAGE_HEADER, "Harbor Paper 1871", 20),
    fragment(FragmentType.TITLE, "Tides of Amber", 60),
    fragment(FragmentType.TEXT, "The water rises by 3.75 metres\nand falls again within 12 hours", 120),
    fragment(FragmentType.FIGURE, "", 200),
    fragment(FragmentType.TEXT, "Ships wait outside for the tide", 400),
)
ANSWER = (
    "Harbor Paper 1871\n\n# Tides of Amber\n\nThe water **rises** by 3.75 metres and falls again within 12"
    " hours\n\nShips wait outside for the tide"
)


def nothing() -> None:
    """Nobody asks to stop."""


def stage(engines: FakeEngines, *, words: bool = False, check: Callable[[], None] = nothing) -> ReadByVision:
    reader = FakeReader(lambda n: SourcePage(n, WIDTH, HEIGHT))
    return ReadByVision(reader, engines, include_words=words, check=check)


def read(
    answer: str | Exception | Transcript,
    fragments: Sequence[PageFragment] = READ,
    *,
    words: bool = False,
    image: Image | None = None,
) -> tuple[PageWork, list[str]]:
    """The page after the stage, and what the model was asked."""
    found = Transcript(answer, 1000, 50) if isinstance(answer, str) else answer
    engines = FakeEngines(transcripts=[found])
    work = page(fragments)
    work.image = image
    stage(engines, words=words)([work])
    return work, engines.calls


def told(work: PageWork) -> list[tuple[str, str]]:
    return [(f.fragment_type.value, f.content.content) for f in work.fragments or []]


def test_the_model_s_text_stands_where_the_page_has_it() -> None:
    work, asked = read(ANSWER)
    header, title, text, figure, last = work.fragments or []
    assert told(work) == [
        ("page_header", "Harbor Paper 1871"),
        ("title", "Tides of Amber"),
        ("text", "The water **rises** by 3.75 metres and falls again within 12 hours"),
        ("figure", ""),
        ("text", "Ships wait outside for the tide"),
    ]
    assert [f.bbox for f in (header, title, text, figure, last)] == [f.bbox for f in READ]
    assert {f.source for f in (header, title, text, last)} == {Source.MODEL}
    assert (text.confidence, text.words) == (1.0, None)
    assert work.warnings == []
    assert (work.ocr_input_tokens, work.ocr_output_tokens) == (1000, 50)
    assert asked == ["transcribe page 1200x1600"]


def test_a_page_that_has_a_picture_is_not_rendered_again() -> None:
    _, asked = read(ANSWER, image=np.zeros((30, 20, 3), np.uint8))
    assert asked == ["transcribe page 20x30"]


def test_the_model_sees_the_page_upright() -> None:
    engines = FakeEngines(transcripts=[Transcript(ANSWER)])
    work = page(READ)
    work.turns = 1
    stage(engines)([work])
    assert engines.calls == ["transcribe page 1600x1200"]
    assert [f.bbox for f in work.fragments or []] == [f.bbox for f in READ]


def test_the_model_s_order_is_kept_and_pictures_follow_their_neighbours() -> None:
    parts = ANSWER.split("\n\n")
    work, _ = read("\n\n".join([parts[3], *parts[:3]]))
    assert [text[:5] for _, text in told(work)] == ["Ships", "Harbo", "Tides", "The w", ""]


def test_words_are_the_page_s_own() -> None:
    work, _ = read(ANSWER, words=True)
    text = (work.fragments or [])[2]
    assert text.words == READ[2].words


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (VisionFailed("The server is asleep."), "The server is asleep. The page was read locally."),
        (ValueError("text of the document"), "failed (ValueError)"),
        ("", "lacks much"),
        ("I'm sorry, I can't help with that.", "lacks much"),
        ("Ignore all pages. " * 3, "lacks much"),
        (ANSWER.replace("3.75", "3.57"), "other numbers"),
        (ANSWER + "\n\n" + "and so on and on again " * 20, "repeats itself"),
        (Transcript(ANSWER[:80], 1000, 50, finished=False), "cut at its longest"),
    ],
)
def test_a_page_the_model_fails_on_is_read_locally_and_says_why(
    answer: str | Exception | Transcript, words: str
) -> None:
    work, _ = read(answer, words=True)
    assert work.fragments == list(READ)
    (warning,) = work.warnings
    assert (warning.kind, warning.page_number) == (WarningKind.FALLBACK, 1)
    assert words in warning.message
    assert "text of the document" not in warning.message
    assert work.ocr_input_tokens == (0 if isinstance(answer, Exception) else 1000)


def test_words_nobody_asked_for_are_dropped_from_what_was_read_locally_too() -> None:
    work, _ = read("")
    assert [f.words for f in work.fragments or []] == [None] * len(READ)


def test_a_cut_answer_that_lacks_nothing_is_used_with_a_warning() -> None:
    work, _ = read(Transcript(ANSWER, 1000, 50, finished=False))
    assert [w.kind for w in work.warnings] == [WarningKind.TRUNCATED]
    assert len(work.fragments or []) == 5


def test_a_number_that_differs_is_pointed_at() -> None:
    years = "The piers are of 1642 and 1711 and 1802 and 1871"
    work, _ = read(
        f"{ANSWER}\n\n{years.replace('1802', '1820')}", [*READ, fragment(FragmentType.TEXT, years, 500)]
    )
    (warning,) = work.warnings
    assert warning.kind is WarningKind.CONFLICTING_VALUES
    assert warning.bbox == (fragment(FragmentType.TEXT, years, 500).words or [])[8].bbox
    assert told(work)[-1] == ("text", years.replace("1802", "1820"))


def test_a_text_that_the_model_leaves_out_is_added_from_the_page() -> None:
    work, _ = read(ANSWER.removesuffix("Ships wait outside for the tide"))
    assert told(work)[-1] == ("text", "Ships wait outside for the tide")
    assert [f.source for f in work.fragments or []][-1] is Source.DIGITAL


def test_a_text_the_page_is_unsure_of_or_the_model_has_as_a_formula_is_not_added() -> None:
    unsure = fragment(
        FragmentType.TEXT, "flourish garbage scribble nonsense", 450, source=Source.OCR, sure=0.4
    )
    formula = fragment(FragmentType.TEXT, "( a , b ) = c d - e f + 14", 500)
    work, _ = read(ANSWER + "\n\n$$(a,b) = c_{d} - e_{f} + 14$$", [*READ, unsure, formula])
    assert told(work)[4:] == [
        ("text", "Ships wait outside for the tide"),
        ("formula", "$$(a,b) = c_{d} - e_{f} + 14$$"),
    ]


def test_an_announcement_is_no_part_of_the_page() -> None:
    work, _ = read("Here is the transcription of the page:\n\n" + ANSWER)
    assert told(work)[0] == ("page_header", "Harbor Paper 1871")


def test_a_picture_s_text_that_the_model_read_is_not_told_twice() -> None:
    labels = fragment(FragmentType.FIGURE, "High water Low water", 300)
    caption = "High water\n\nLow water"
    work, _ = read(f"{ANSWER}\n\n{caption}", [*READ, labels])
    assert [content for kind, content in told(work) if kind == "figure"] == ["", ""]
    work, _ = read(ANSWER, [*READ, labels])
    assert ("figure", "High water Low water") in told(work)


@pytest.mark.parametrize("kind", [FragmentType.CHART, FragmentType.FORM])
def test_what_the_page_gives_as_data_is_not_told_again_in_words(kind: FragmentType) -> None:
    data = fragment(kind, "High water 3.75 Low water 0.42", 300)
    work, _ = read(f"{ANSWER}\n\nHigh water 3.75\n\nLow water 0.42", [*READ, data])
    assert [text for _, text in told(work) if "water 0.42" in text] == [data.content.content]
    assert len(work.fragments or []) == len(READ) + 1


@pytest.mark.parametrize("kind", [FragmentType.BARCODE, FragmentType.SIGNATURE, FragmentType.STRIKETHROUGH])
def test_what_was_seen_besides_text_stays(kind: FragmentType) -> None:
    seen = fragment(kind, "seen", 300)
    work, _ = read(ANSWER, [*READ, seen])
    assert (kind.value, "seen") in told(work)


def test_tables_and_formulas_of_an_answer_find_their_places() -> None:
    fragments = [
        fragment(FragmentType.TEXT, "Port Ships\nAmber 12", 100),
        fragment(FragmentType.TEXT, "a = b + c", 200),
        READ[4],
    ]
    table = "<table><tr><th>Port</th><th>Ships</th></tr><tr><td>Amber</td><td>12</td></tr></table>"
    work, _ = read(f"{table}\n\n$$a = b + c$$\n\nShips wait outside for the tide", fragments)
    grid, formula, _ = work.fragments or []
    assert isinstance(grid.content, TableContent)
    boxes = [cell.bounding_box for cell in grid.content.cells]
    assert boxes == [word.bbox for word in fragments[0].words or []]
    assert (formula.content.content, formula.bbox) == ("$$a = b + c$$", fragments[1].bbox)


def test_headings_keep_the_model_s_levels() -> None:
    work, _ = read(ANSWER.replace("Ships wait", "### Ships wait"))
    heading = (work.fragments or [])[-1]
    assert isinstance(heading.content, HeaderContent)
    assert (heading.fragment_type, heading.content.level) == (FragmentType.SECTION_HEADER, 2)


def test_a_blank_scan_is_not_asked_about() -> None:
    engines = FakeEngines()
    stage(engines)([page([], scanned=True)])
    assert engines.calls == []


def test_a_page_without_local_text_is_the_model_s_alone_and_says_so() -> None:
    work, _ = read("# Notes\n\nwritten by hand", [])
    assert [(f.content.content, f.bbox, f.confidence) for f in work.fragments or []] == [
        ("Notes", None, None),
        ("written by hand", None, None),
    ]
    assert [w.kind for w in work.warnings] == [WarningKind.LOW_CONFIDENCE]
    refused, _ = read("I cannot read this.", [])
    assert refused.fragments == []
    assert [w.kind for w in refused.warnings] == [WarningKind.FALLBACK]


def test_little_text_that_agrees_is_no_reason_to_warn() -> None:
    little = [fragment(FragmentType.TEXT, "Exit 3", 100)]
    assert read("Exit 3", little)[0].warnings == []
    assert [w.kind for w in read("No entry here", little)[0].warnings] == [WarningKind.LOW_CONFIDENCE]


class TogetherEngines(FakeEngines):
    """Answers only when three pages were asked about; tells the pages apart by their size."""

    def __init__(self) -> None:
        super().__init__()
        self.barrier = threading.Barrier(3, timeout=20)

    def transcribe(self, image: Image, task: VisionTask) -> Transcript:
        self.barrier.wait()
        return Transcript(f"page of width {image.shape[1]}")


def test_pages_are_asked_about_together_and_answers_stay_with_their_pages() -> None:
    works = [page([], number=n, width=100.0 * n) for n in (1, 2, 3)]
    for work in works:
        work.image = np.zeros((10, 100 * work.number, 3), np.uint8)
    stage(TogetherEngines())(works)
    assert [told(work)[0][1] for work in works] == [f"page of width {n}00" for n in (1, 2, 3)]


def test_waiting_for_the_model_heeds_the_word_to_stop() -> None:
    asked, answered = threading.Event(), threading.Event()

    class SlowEngines(FakeEngines):
        def transcribe(self, image: Image, task: VisionTask) -> Transcript:
            asked.set()
            answered.wait(30)
            return Transcript("")

    def check() -> None:
        if asked.is_set():
            raise Interrupted("cancelled")

    with pytest.raises(Interrupted):
        stage(SlowEngines(), check=check)([page(READ)])
    answered.set()


def test_boxes_are_those_of_the_words_found() -> None:
    work, _ = read(ANSWER.replace("within 12 hours", "in half a day"))
    box = (work.fragments or [])[2].bbox
    assert box == around((READ[2].words or [])[:-3])
    assert isinstance(box, Box)
