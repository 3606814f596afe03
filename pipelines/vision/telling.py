"""What a user is told of a vision model's answer."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.vision.agreement import is_checkable
from pipelines.vision.words import LocalWords
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.geometry import BBox, Box
from schemas.vision import Transcript


def tell_failure(page: PageWork, what: str, message: str, bbox: Box | None = None) -> None:
    """That the model gave no answer about the page or a part of it: ``message`` is its own."""
    page.warn(WarningKind.FALLBACK, f"{message} The {what} was read locally.", bbox)


def tell_objection(page: PageWork, what: str, reason: str, bbox: Box | None = None) -> None:
    """That an answer is not used, because “it …”."""
    tell_failure(page, what, f"The vision model's answer was not used: {reason}.", bbox)


def tell_doubts(page: PageWork, answer: Transcript, local: LocalWords, differing: Sequence[BBox]) -> None:
    """What may be wrong with an answer that is used; ``differing`` are numbers that it has otherwise."""
    if not answer.finished:
        message = "The vision model's answer was cut at its longest: its end may be missing."
        page.warn(WarningKind.TRUNCATED, message)
    if not is_checkable(local):
        message = (
            "What the vision model read is unchecked: there is too little other text to hold it against."
        )
        page.warn(WarningKind.LOW_CONFIDENCE, message)
    if differing:
        message = (
            f"Numbers that the vision model reads otherwise than they stand on the page: {len(differing)}."
            " The first is in this box."
        )
        page.warn(WarningKind.CONFLICTING_VALUES, message, Box.of(differing[0]))
