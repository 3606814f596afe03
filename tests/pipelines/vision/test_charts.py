"""Charts that the local readers cannot read, read by the model."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.pages.vision_parts import ReadPartsByVision
from pipelines.vision.charts import chart_of, is_known
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.errors import VisionFailed
from schemas.fragments import FragmentType, Source
from schemas.reading import SourcePage
from schemas.vision import Transcript
from tests.fakes.engines import FakeEngines, FakeReader
from tests.pipelines.vision.made import HEIGHT, WIDTH, fragment, page

FIGURE = fragment(FragmentType.FIGURE, "Ships\n1871 1872\n40 60", 110)
CHART = {
    "type": "bar_chart",
    "title": "Ships",
    "x_axis": {"label": None, "categories": ["1871", "1872"]},
    "series": [{"name": "Ships", "data": [40, 60.5]}],
}


def changed(**keys: object) -> str:
    return json.dumps(CHART | keys)


def read(*given: str | Exception | Transcript, figure=FIGURE) -> tuple[PageWork, list[str]]:
    engines = FakeEngines(
        transcripts=[Transcript(answer, 100, 20) if isinstance(answer, str) else answer for answer in given]
    )
    work = page((figure,))
    reader = FakeReader(lambda n: SourcePage(n, WIDTH, HEIGHT))
    stage = ReadPartsByVision(
        reader, engines, frozenset({FragmentType.FIGURE}), include_words=False, check=lambda: None
    )
    stage([work])
    return work, engines.calls


@pytest.mark.parametrize("wrap", ["{}", "```json\n{}\n```", "Here it is:\n```\n{}\n```"])
def test_a_figure_that_is_a_chart_becomes_one(wrap: str) -> None:
    work, asked = read(wrap.replace("{}", json.dumps(CHART)))
    (chart,) = work.fragments or []
    assert (chart.fragment_type, chart.source, chart.bbox) == (FragmentType.CHART, Source.MODEL, FIGURE.bbox)
    data = json.loads(chart.content.content)
    assert data["series"][0]["data"] == [40, 60.5]
    assert (data["y_axis"], data["grid"]) == ({"label": None, "min": None, "max": None, "format": None}, None)
    assert asked[0].startswith("transcribe chart ")
    assert (work.warnings, work.ocr_output_tokens) == ([], 20)


@pytest.mark.parametrize("answer", ["null", "```json\nnull\n```", "None"])
def test_a_figure_that_shows_no_chart_stays_one_without_ado(answer: str) -> None:
    work, _ = read(answer)
    assert [f.content for f in work.fragments or []] == [FIGURE.content]
    assert work.warnings == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ("I cannot see the picture.", "no chart"),
        (changed(type="radar"), "no chart"),
        (changed(series=[{"name": "Ships", "data": ["40", 60]}]), "no chart"),
        (changed(series=[{"name": "Ships", "data": [float("nan"), 60]}]), "no chart"),
        (changed(series=[{"name": "Ships", "data": [40]}]), "no chart"),
        (changed(series=[]), "no chart"),
        (
            changed(x_axis={"categories": ["coal", "gas"]}, series=[{"name": "power", "data": [1, 2]}]),
            "another",
        ),
        ("[" * 100_000, "no chart"),
        (Transcript(json.dumps(CHART), finished=False), "no chart"),
        (VisionFailed("The server is asleep."), "asleep"),
    ],
)
def test_what_is_no_chart_of_the_figure_is_told_and_not_used(answer, words: str) -> None:
    work, _ = read(answer)
    assert [f.content for f in work.fragments or []] == [FIGURE.content]
    (warning,) = work.warnings
    assert warning.kind is WarningKind.FALLBACK
    assert words in warning.message
    assert warning.bbox == FIGURE.bbox


def test_figures_without_numbers_are_not_sent() -> None:
    assert read(figure=fragment(FragmentType.FIGURE, "a view of the sea", 110))[1] == []


@given(
    st.text(max_size=80)
    | st.recursive(st.none() | st.floats() | st.text(max_size=5), st.lists).map(json.dumps)
)
def test_any_answer_is_a_chart_or_none(text: str) -> None:
    chart = chart_of(text)
    assert chart is None or is_known(chart, []) in {True, False}
