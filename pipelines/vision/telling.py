"""What a user is told of a vision model's answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from pipelines.vision.agreement import is_checkable
from pipelines.vision.grounding import Found, share_found
from pipelines.vision.words import LocalWords
from pipelines.work import PageWork
from schemas.documents import WarningKind
from schemas.geometry import BBox, Box
from schemas.vision import Transcript

_MOSTLY = 0.5
"""An answer of which this share stands on the page is checked by it, however little text that is."""


def tell_failure(page: PageWork, what: str, message: str, bbox: Box | None = None) -> None:
    """That the model gave no answer about the page or a part of it: ``message`` is its own."""
    page.warn(WarningKind.FALLBACK, f"{message} The {what} was read locally.", bbox)


def tell_objection(page: PageWork, what: str, reason: str, bbox: Box | None = None) -> None:
    """That an answer is not used, because “it …”."""
    tell_failure(page, what, f"The vision model's answer was not used: {reason}.", bbox)


def tell_doubts(
    page: PageWork,
    answer: Transcript,
    found: Sequence[Found],
    differing: Sequence[BBox],
    local: LocalWords,
) -> None:
    """What may be wrong with an answer that is used.

    ``found`` are its tokens' places among the local ones; at ``differing`` the page has other numbers.
    """
    if not answer.finished:
        message = "The vision model's answer was cut at its longest: its end may be missing."
        page.warn(WarningKind.TRUNCATED, message)
    if not is_checkable(local) and share_found(list(chain.from_iterable(found))) < _MOSTLY:
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
