"""Whole pages read by the vision model; the local reading checks the answer and stands in where it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from models import images
from models.base import Engines, Image
from pipelines.readers.base import Reader
from pipelines.vision.agreement import is_checkable, objection
from pipelines.vision.asking import Answer, ask
from pipelines.vision.grounding import conflicts, ground
from pipelines.vision.merge import merged
from pipelines.vision.transcript import fragments_of, unwrapped
from pipelines.vision.words import LocalWords, content_tokens
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.errors import VisionFailed
from schemas.geometry import BBox, Box
from schemas.vision import Transcript, VisionTask


class ReadByVision:
    """Replaces the fragments of each page by what the vision model reads, if that passes for a reading.

    Comes after ``Assemble``, which must keep the words; ``include_words``: whether they stay.
    """

    name: ClassVar[str] = "vision"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "scanned", "image", "turns", "fragments"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments", "warnings"})
    batch: ClassVar[int] = 4

    def __init__(
        self, reader: Reader, engines: Engines, *, include_words: bool, check: Callable[[], None]
    ) -> None:
        self._reader = reader
        self._engines = engines
        self._include_words = include_words
        self._check = check

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        pictures = {page.number: picture for page in pages if (picture := self._picture(page)) is not None}
        answers = ask(self._engines, list(pictures.values()), VisionTask.PAGE, self._check)
        of_page = dict(zip(pictures, answers, strict=True))
        for page in pages:
            if page.number in of_page:
                _take(page, of_page[page.number])
            if not self._include_words:
                page.fragments = [f.model_copy(update={"words": None}) for f in page.fragments or []]

    def _picture(self, page: PageWork) -> Image | None:
        """The upright page; None if it is blank: a model would invent what is on it."""
        if page.source is None or (page.scanned and page.image is None):
            return None
        if page.image is not None:
            return page.image
        return images.turned(self._reader.render(page.number, page.source.ocr_scale), page.turns)


def _take(page: PageWork, answer: Answer) -> None:
    """Puts an answer in the place of the page's fragments, or says why these stay."""
    if isinstance(answer, VisionFailed):
        page.warn(WarningKind.FALLBACK, f"{answer.message} The page was read locally.")
        return
    page.ocr_input_tokens += answer.input_tokens
    page.ocr_output_tokens += answer.output_tokens
    read = page.fragments or []
    local = LocalWords.of([fragment.words or [] for fragment in read])
    text = unwrapped(answer.text)
    said = fragments_of(text)
    reason = objection(text, [fragment.content for fragment in said], local, finished=answer.finished)
    if reason:
        message = f"The vision model's answer was not used: {reason}. The page was read locally."
        page.warn(WarningKind.FALLBACK, message)
        return
    texts = [content_tokens(fragment.content) for fragment in said]
    found = ground(texts, local.tokens)
    page.fragments = merged(said, texts, found, read, local)
    if said:
        _warn_of_doubts(page, answer, local, list(conflicts(texts, found, local)))


def _warn_of_doubts(page: PageWork, answer: Transcript, local: LocalWords, differing: list[BBox]) -> None:
    if not answer.finished:
        message = "The vision model's answer was cut at its longest: the end of the page may be missing."
        page.warn(WarningKind.TRUNCATED, message)
    if not is_checkable(local):
        message = (
            "The page was read by the vision model alone: it has too little other text to check this by."
        )
        page.warn(WarningKind.LOW_CONFIDENCE, message)
    if differing:
        message = (
            f"Numbers that the vision model reads otherwise than they stand on the page: {len(differing)}."
            " The first is in this box."
        )
        page.warn(WarningKind.CONFLICTING_VALUES, message, Box.of(differing[0]))
