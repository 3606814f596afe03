"""What is drawn or placed in a run: pictures, charts, diagrams and boxes of text."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.docx.names import DGM, MC, PIC, UNDERSTOOD, WP, A, C, R, V, W, number

Crop = tuple[float, float, float, float]


class Picture(NamedTuple):
    """A picture: the id of its relationship, and the text that the document has for it.

    ``crop`` are the shares cut off at the left, top, right and bottom.
    """

    relationship: str | None
    alternative: str
    crop: Crop = (0.0, 0.0, 0.0, 0.0)


class Chart(NamedTuple):
    """A chart, by the id of its part's relationship."""

    relationship: str | None


class Diagram(NamedTuple):
    """SmartArt, by the id of its data's relationship."""

    relationship: str | None


class Box(NamedTuple):
    """A box of text: its ``w:txbxContent``."""

    content: _Element


class Lettering(NamedTuple):
    """Text that is no more than drawn: WordArt, shapes of a locked canvas."""

    text: str


Drawn = Picture | Chart | Diagram | Box | Lettering

_RUN_CONTENT = {W + "drawing", W + "pict", W + "object"}


def drawn_in(drawing: _Element) -> Iterator[Drawn]:
    """What a ``w:drawing``, ``w:pict`` or ``w:object`` shows, in the order of the file."""
    said = ""
    waiting = [drawing]
    while waiting:
        element = waiting.pop()
        if element.tag == MC + "AlternateContent":
            waiting.extend(reversed(alternative(element)))
            continue
        if element.tag == WP + "docPr":
            if (element.get("hidden") or "0") in {"1", "true"}:
                return
            said = _description(element)
            continue
        found = _drawn(element, said)
        if found is not None:
            yield found
        elif element.tag in _RUN_CONTENT or not str(element.tag).startswith(W):
            waiting.extend(reversed(element))


def alternative(element: _Element) -> list[_Element]:
    """The content of an ``mc:AlternateContent``: the first choice that is understood, else the fallback."""
    for choice in element.iterchildren(MC + "Choice"):
        needed = (choice.get("Requires") or "").split()
        if all(choice.nsmap.get(prefix) in UNDERSTOOD for prefix in needed):
            return list(choice)
    fallback = element.find(MC + "Fallback")
    return list(fallback) if fallback is not None else []


def _drawn(element: _Element, said: str) -> Drawn | None:
    tag = element.tag
    if tag == W + "txbxContent":
        return Box(element)
    if tag == PIC + "pic":
        return _picture(element, said)
    if tag == C + "chart":
        return Chart(element.get(R + "id"))
    if tag == DGM + "relIds":
        return Diagram(element.get(R + "dm"))
    if tag == V + "imagedata":
        shape = element.getparent()
        return Picture(element.get(R + "id"), _one_line(shape.get("alt") if shape is not None else None))
    if tag == V + "textpath" and element.get("string"):
        return Lettering(_one_line(element.get("string")))
    if tag == A + "txBody":
        return Lettering(_one_line(" ".join(text.text or "" for text in element.iter(A + "t"))))
    return None


def _picture(element: _Element, said: str) -> Picture:
    own = next((_description(p) for p in element.iter(PIC + "cNvPr")), "")
    blip = next(element.iter(A + "blip"), None)
    cut = next(element.iter(A + "srcRect"), None)
    crop = tuple(_share(cut.get(side)) for side in "ltrb") if cut is not None else (0.0,) * 4
    relationship = blip.get(R + "embed") if blip is not None else None
    return Picture(relationship, said or own, (crop[0], crop[1], crop[2], crop[3]))


def _share(text: str | None) -> float:
    """Thousandths of a percent, or a percentage in strict documents, as a share."""
    if text and text.endswith("%"):
        return (number(text.rstrip("%").split(".")[0], 0) or 0) / 100
    return (number(text, 0) or 0) / 100_000


def _description(properties: _Element) -> str:
    return _one_line(properties.get("descr") or properties.get("title"))


def _one_line(text: str | None) -> str:
    return " ".join((text or "").split())
