"""What a reader of the result is told of text that does not show: the same words for all formats."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from schemas.documents import DocumentWarning, WarningKind
from schemas.geometry import Box
from schemas.reading import HiddenReason, HiddenText

_WHY = {
    HiddenReason.SWITCHED_OFF: "are switched off by the file",
    HiddenReason.INVISIBLE: "are written invisibly",
    HiddenReason.TINY: "are too small to be seen",
    HiddenReason.NO_CONTRAST: "have the colour of what is behind them",
    HiddenReason.COVERED: "lie under something painted over them",
    HiddenReason.CLIPPED: "are cut off by a clipping path",
    HiddenReason.OFF_PAGE: "lie outside the page",
    HiddenReason.LAYER_OFF: "are on a layer that is switched off",
    HiddenReason.OTHER_TEXT: "stand behind signs that show something else",
    HiddenReason.NO_LOOKS: "have no looks at all (tags, selectors, zero-width signs)",
}


def hidden_warnings(
    found: Iterable[HiddenText], number: int, size: tuple[float, float] | None
) -> Iterator[DocumentWarning]:
    """How much of a page does not show, why and where; and, apart from that, what of it speaks to a model.

    ``size`` is the page's width and height, None where the format has no geometry.
    """
    for one in found:
        why = _WHY[one.reason]
        box = Box.of(one.bbox.clipped(*size)) if one.bbox and size else None
        yield DocumentWarning(
            kind=WarningKind.HIDDEN_TEXT,
            message=f"{one.characters} characters of text {why}: they are in the file, do not show, and were "
            "left out.",
            page_number=number,
            bbox=box,
        )
        if one.orders:
            yield DocumentWarning(
                kind=WarningKind.INSTRUCTION_IN_TEXT,
                message=f"Hidden text speaks to a reader by machine (its characters {why}): it was left out, "
                "and no model was given it.",
                page_number=number,
                bbox=box,
            )
