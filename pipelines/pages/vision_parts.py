"""Tables, formulas and charts read by the vision model one by one, on pages that are read locally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

from models.base import Engines, Image
from pipelines.readers.base import Reader
from pipelines.vision.agreement import numbers_objection, objection, repeats_itself
from pipelines.vision.asking import Answer, ask
from pipelines.vision.charts import chart_of, is_known, is_none
from pipelines.vision.grounding import conflicts, ground, with_cells
from pipelines.vision.telling import tell_doubts, tell_failure, tell_objection
from pipelines.vision.transcript import formula_of, is_refusal, table_of, unwrapped
from pipelines.vision.words import LocalWords, content_tokens, tokens
from pipelines.work import PageWork
from schemas.charts import charts_json
from schemas.errors import VisionFailed
from schemas.fragments import (
    Content,
    FigureContent,
    FragmentType,
    PageFragment,
    Source,
    TextContent,
)
from schemas.geometry import BBox
from schemas.vision import Transcript, VisionTask

_MARGIN = 0.02
"""What is shown around a part, as a share of its longer side: boxes are often tight."""
_LEAST_CHARACTERS = 0.5
"""The share of a formula's plain letters and digits that its TeX has; Greek and symbols have names there."""
_LEAST_NUMBERS = 2
"""A figure that may be a chart has so many words with digits."""
_TASKS = {
    FragmentType.TABLE: VisionTask.TABLE,
    FragmentType.FORMULA: VisionTask.FORMULA,
    FragmentType.FIGURE: VisionTask.CHART,
}


@dataclass(slots=True)
class _Part:
    page: PageWork
    index: int
    fragment: PageFragment
    picture: Image


class ReadPartsByVision:
    """Replaces the content of fragments of one kind (tables or formulas) by what the vision model reads.

    Figures with numbers in them may be charts that could not be read locally; if so, they become charts.
    Comes after ``Assemble``, which must keep the words; ``include_words``: whether they stay.
    """

    name: ClassVar[str] = "vision parts"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "turns", "fragments"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments", "warnings"})
    batch: ClassVar[int] = 1

    def __init__(
        self,
        reader: Reader,
        engines: Engines,
        kinds: frozenset[FragmentType],
        *,
        include_words: bool,
        check: Callable[[], None],
    ) -> None:
        """``kinds``: any of table, formula and figure."""
        self._reader = reader
        self._engines = engines
        self._kinds = kinds
        self._include_words = include_words
        self._check = check

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for kind in sorted(self._kinds):
            parts = [part for page in pages for part in self._parts(page, kind)]
            pictures = [part.picture for part in parts]
            answers = ask(self._engines, pictures, _TASKS[kind], self._check)
            for part, answer in zip(parts, answers, strict=True):
                _take(part, answer)
        if not self._include_words:
            for page in pages:
                page.fragments = [f.model_copy(update={"words": None}) for f in page.fragments or []]

    def _parts(self, page: PageWork, kind: FragmentType) -> list[_Part]:
        return [
            _Part(page, index, fragment, self._picture(page, fragment.bbox.bbox()))
            for index, fragment in enumerate(page.fragments or [])
            if fragment.fragment_type is kind and fragment.bbox is not None and _is_worth_it(fragment)
        ]

    def _picture(self, page: PageWork, box: BBox) -> Image:
        """The upright picture of a part of the page."""
        assert page.source is not None  # noqa: S101 - its fragments have boxes
        margin = _MARGIN * max(box.width, box.height)
        around = BBox(box.x1 - margin, box.y1 - margin, box.x2 + margin, box.y2 + margin)
        clip = around.clipped(page.source.width, page.source.height)
        return page.pose.upright(self._reader.render(page.number, page.source.ocr_scale, clip))


def _is_worth_it(fragment: PageFragment) -> bool:
    """Whether the model is asked: of figures, where there are numbers to read."""
    numbers = sum(any(map(str.isdigit, word.text)) for word in fragment.words or [])
    return fragment.fragment_type is not FragmentType.FIGURE or numbers >= _LEAST_NUMBERS


def _take(part: _Part, answer: Answer) -> None:
    """Puts an answer in the place of a fragment's content, or says why this stays."""
    page, fragment = part.page, part.fragment
    what = fragment.fragment_type.value
    if isinstance(answer, VisionFailed):
        tell_failure(page, what, answer.message, fragment.bbox)
        return
    page.ocr_input_tokens += answer.input_tokens
    page.ocr_output_tokens += answer.output_tokens
    if fragment.fragment_type is FragmentType.FIGURE and is_none(unwrapped(answer.text)):
        return
    content = _READ[fragment.fragment_type](part, answer)
    if isinstance(content, str):
        tell_objection(page, what, content, fragment.bbox)
    elif page.fragments is not None:
        kind = FragmentType.CHART if fragment.fragment_type is FragmentType.FIGURE else fragment.fragment_type
        changed = {"fragment_type": kind, "content": content, "source": Source.MODEL}
        page.fragments[part.index] = fragment.model_copy(update=changed)


def _table(part: _Part, answer: Transcript) -> Content | str:
    """The table, or why the answer is none."""
    text = unwrapped(answer.text)
    table = table_of(text)
    if table is None:
        return "it has no table"
    words = part.fragment.words or []
    local = LocalWords.of([words])
    said = [content_tokens(table)]
    found = ground(said, local.tokens)
    differing = list(conflicts(said, found, local))
    reason = objection(text, [table], local, finished=answer.finished)
    reason = reason or numbers_objection(len(differing), local)
    if reason:
        return reason
    tell_doubts(part.page, answer, found, differing, local)
    return with_cells(table, words)


def _formula(part: _Part, answer: Transcript) -> Content | str:
    """The formula, or why the answer is none."""
    text = unwrapped(answer.text)
    formula = formula_of(text)
    if formula is None or is_refusal(text) or not answer.finished:
        return "it is no formula"
    if repeats_itself(tokens(formula), []):
        return "it repeats itself"
    plain = Counter(c for word in part.fragment.words or [] for c in word.text if c.isascii() and c.isalnum())
    if (plain & Counter(formula)).total() < _LEAST_CHARACTERS * plain.total():
        return "it is another formula"
    return TextContent(content=formula)


def _chart(part: _Part, answer: Transcript) -> Content | str:
    """The chart, or why the answer is none."""
    text = unwrapped(answer.text)
    chart = chart_of(text) if answer.finished and not is_refusal(text) else None
    if chart is None:
        return "it is no chart"
    if not is_known(chart, [word.text for word in part.fragment.words or []]):
        return "it is another chart"
    picture = getattr(part.fragment.content, "image_base64", None)
    return FigureContent(content=charts_json([chart]), image_base64=picture)


_READ = {FragmentType.TABLE: _table, FragmentType.FORMULA: _formula, FragmentType.FIGURE: _chart}
