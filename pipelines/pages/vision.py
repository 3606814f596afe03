"""Whole pages read by the vision model; the local reading checks the answer and stands in where it fails."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from models.base import Engines, Image
from pipelines.pages.parts import upright_page
from pipelines.readers.base import Reader
from pipelines.vision.agreement import numbers_objection, objection
from pipelines.vision.asking import Answer, ask
from pipelines.vision.grounding import conflicts, ground
from pipelines.vision.merge import merged
from pipelines.vision.telling import tell_doubts, tell_failure, tell_objection
from pipelines.vision.transcript import fragments_of, unwrapped
from pipelines.vision.words import LocalWords, content_tokens
from pipelines.work import PageWork
from schemas.errors import VisionFailed
from schemas.vision import VisionTask


class ReadByVision:
    """Replaces the fragments of each page by what the vision model reads, if that passes for a reading.

    Comes after ``Assemble``, which must keep the words; ``include_words``: whether they stay.
    """

    name: ClassVar[str] = "vision"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "scanned", "image", "turns", "fragments"})
    writes: ClassVar[frozenset[str]] = frozenset({"fragments", "warnings"})
    batch: ClassVar[int] = 8  # of a usual window all: a server reads many pages in the time of one

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
        return upright_page(page, self._reader, page.source.ocr_scale)[0]


def _take(page: PageWork, answer: Answer) -> None:
    """Puts an answer in the place of the page's fragments, or says why these stay."""
    if isinstance(answer, VisionFailed):
        tell_failure(page, "page", answer.message)
        return
    page.ocr_input_tokens += answer.input_tokens
    page.ocr_output_tokens += answer.output_tokens
    read = page.fragments or []
    local = LocalWords.of([fragment.words or [] for fragment in read])
    text = unwrapped(answer.text)
    said = fragments_of(text)
    texts = [content_tokens(fragment.content) for fragment in said]
    found = ground(texts, local.tokens)
    differing = list(conflicts(texts, found, local))
    reason = objection(text, [fragment.content for fragment in said], local, finished=answer.finished)
    reason = reason or numbers_objection(len(differing), local)
    if reason:
        tell_objection(page, "page", reason)
        return
    page.fragments = merged(said, texts, found, read, local)
    if said:
        tell_doubts(page, answer, found, differing, local)
