"""The shapes of a sheet as they are displayed, groups taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.hidden import HiddenTally
from pipelines.readers.pptx.geometry import Frame, Placement, frame_of, group_placement, transform_of
from pipelines.readers.pptx.names import MC, A, P, chosen, flag
from pipelines.readers.pptx.sheets import Placeholder, Sheet, placeholder_of
from schemas.geometry import BBox
from schemas.reading import HiddenReason

_KINDS = {f"{P}sp", f"{P}pic", f"{P}graphicFrame"}
_DEEPEST_GROUP = 8
_FILE_NAME = re.compile(r".*\.(?:bmp|emf|gif|jpe?g|png|svg|tiff?|webp|wmf)", re.IGNORECASE)


class Shape(NamedTuple):
    """A shape, picture or graphic frame.

    ``box`` is in points of the slide, None where nothing says where the shape is. ``inside`` maps what
    lies in its ``frame`` onto the slide. ``groups`` are the groups around it, outermost first, by number.
    """

    element: _Element
    placeholder: Placeholder | None = None
    box: BBox | None = None
    frame: Frame | None = None
    inside: Placement = Placement()
    groups: tuple[int, ...] = ()

    @property
    def properties(self) -> _Element | None:
        """The ``cNvPr`` with its name, alternative text and link."""
        return self.element.find(f"*/{P}cNvPr")

    def described(self) -> str:
        """The alternative text, unless it is only the name of the file that was inserted."""
        properties = self.properties
        text = " ".join((properties.get("descr") or "").split()) if properties is not None else ""
        return "" if _FILE_NAME.fullmatch(text) else text


def shapes_of(sheet: Sheet, hidden: HiddenTally | None = None) -> Iterator[Shape]:
    """The shapes of a sheet from back to front; those that are switched off are left out, and counted."""
    pending: list[tuple[_Element, Placement, tuple[int, ...]]] = [
        (element, Placement(), ()) for element in reversed(sheet.shapes())
    ]
    groups = 0
    while pending:
        element, placement, around = pending.pop()
        if element.tag == f"{MC}AlternateContent":
            pending += [(child, placement, around) for child in reversed(chosen(element))]
        elif flag(element.find(f"*/{P}cNvPr"), "hidden"):
            if hidden is not None:
                text = " ".join(one.text or "" for one in element.iter(f"{A}t"))
                hidden.add(HiddenReason.SWITCHED_OFF, text)
        elif element.tag == f"{P}grpSp":
            groups += 1
            inner = placement.after(group_placement(transform_of(element)))
            within = (*around, groups)[:_DEEPEST_GROUP]
            pending += [(child, inner, within) for child in reversed(element)]
        elif element.tag in _KINDS:
            yield _placed(sheet, element, placement, around)


def _placed(sheet: Sheet, element: _Element, placement: Placement, groups: tuple[int, ...]) -> Shape:
    placeholder = placeholder_of(element)
    frame = frame_of(sheet.transform(element))
    if frame is None:
        return Shape(element, placeholder, groups=groups)
    inside = placement.after(frame.placement())
    return Shape(element, placeholder, inside.box(*frame[:4]), frame, inside, groups)
