"""Where the figures of a document are on its laid-out pages: by their order among the text around them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping, Sequence

from pipelines.readers.laid_out.document import LaidOutDocument
from schemas.geometry import BBox, union_of

Place = tuple[int, BBox]
"""A page (0-based) and a box on it, in points."""

# A picture of more of the page lies behind the text.
_BACKGROUND = 0.9
# Boxes of text and pictures touch: they may overlap by so much (points), and less is no drawing.
_SLACK, _LEAST = 6.0, 12.0
# Feet begin here (share of the page's height): a drawing at the end of a page ends there.
_FOOT = 0.93
# Of a drawing's lines and areas so many say how large it is.
_MOST_DRAWN = 2000


def figure_boxes(
    figures: Sequence[int], places: Mapping[int, Place], document: LaidOutDocument
) -> dict[int, Place]:
    """The places of ``figures`` (indices among all fragments) that can be told from the other ``places``.

    Each takes the first picture, not yet taken, between what comes before and after it; where there is
    none, the lines and areas drawn there: a chart, a diagram.
    """
    if not figures:
        return {}
    known = sorted(places)
    around = {figure: _around(figure, known, places) for figure in figures}
    pictures = _pictures(document)
    found: dict[int, Place] = {}
    for figure, (before, after) in around.items():
        near = [one for one in pictures if _is_on_pages(one, before, after)]
        fitting = next((one for one in near if _is_between(one, before, after)), near[0] if near else None)
        if fitting:
            found[figure] = fitting
            pictures.remove(fitting)
    used = set(found.values())
    for figure in (one for one in figures if one not in found):
        drawn = _drawn(document, *around[figure])
        if drawn and drawn not in used:
            found[figure] = drawn
            used.add(drawn)
    return found


def _around(
    figure: int, known: Sequence[int], places: Mapping[int, Place]
) -> tuple[Place | None, Place | None]:
    """The places of what comes before and after a figure."""
    at = bisect_left(known, figure)
    return places[known[at - 1]] if at else None, places[known[at]] if at < len(known) else None


def _is_on_pages(place: Place, before: Place | None, after: Place | None) -> bool:
    first = before[0] if before else 0
    last = after[0] if after else place[0]
    return min(first, last) <= place[0] <= max(first, last)


def _is_between(place: Place, before: Place | None, after: Place | None) -> bool:
    """Whether a picture ends below the start of what comes before and starts above the end of the next."""
    page, box = place
    below = before is None or page > before[0] or box.y2 > before[1].y1 + _SLACK
    above = after is None or page < after[0] or box.y1 < after[1].y2 - _SLACK
    return below and above


def _drawn(document: LaidOutDocument, before: Place | None, after: Place | None) -> Place | None:
    """What is drawn between two places: below the first on its page, or above the second on its own."""
    spans: list[tuple[int, float, float]] = []
    if before and after and before[0] == after[0]:
        spans.append((before[0], before[1].y2, after[1].y1))
    else:
        if before:
            spans.append((before[0], before[1].y2, _FOOT * document.size(before[0]).height))
        if after:
            spans.append((after[0], 0.0, after[1].y1))
    for page, top, bottom in spans:
        boxes = [box for box in document.drawings(page) if box.y1 > top - _SLACK and box.y2 < bottom + _SLACK]
        largest = sorted(boxes, key=lambda box: -box.area)[:_MOST_DRAWN]
        parts = [box for box in _clusters(largest) if min(box.width, box.height) > _LEAST]
        if parts:
            return page, max(parts, key=lambda box: box.area)
    return None


def _clusters(boxes: Sequence[BBox]) -> list[BBox]:
    """Boxes that touch as one, from top to bottom; what starts below all of a part begins another."""
    done: list[BBox] = []
    open_parts: list[BBox] = []
    for box in sorted(boxes, key=lambda one: one.y1):
        done += [part for part in open_parts if part.y2 + _SLACK < box.y1]
        open_parts = [part for part in open_parts if part.y2 + _SLACK >= box.y1]
        touching = [p for p in open_parts if p.x1 - _SLACK <= box.x2 and box.x1 <= p.x2 + _SLACK]
        rest = [part for part in open_parts if part not in touching]
        open_parts = [*rest, union_of([box, *touching])]
    return done + open_parts


def _pictures(document: LaidOutDocument) -> list[Place]:
    """The pictures of all pages in reading order, without backgrounds and what comes again on many pages."""
    found = [(page, one) for page in range(document.page_count) for one in document.pictures(page)]
    again = Counter((one.xref, round(one.box.x1), round(one.box.y1)) for _, one in found)
    return sorted(
        (page, one.box)
        for page, one in found
        if again[one.xref, round(one.box.x1), round(one.box.y1)] == 1
        and one.box.area < _BACKGROUND * document.size(page).width * document.size(page).height
    )
