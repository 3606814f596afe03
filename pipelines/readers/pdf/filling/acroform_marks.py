# mypy: disable-error-code="no-untyped-call"
"""Boxes and buttons to tick: their states, and how they look where the file does not say."""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, pi, sin

import pymupdf

from pipelines.readers.pdf.field_tree import OFF
from pipelines.readers.pdf.filling.acroform_looks import Frame
from pipelines.readers.pdf.objects import PdfObject
from schemas.geometry import BBox
from schemas.reading import FieldKind

# Of its box's shorter side: how far a mark reaches from the middle, and how thick its strokes are.
_REACH, _STROKE = 0.32, 0.11
# A circle's arc is drawn by control points so far along its tangents (radii).
_ARC = 0.5523

_Points = Sequence[tuple[float, float]]
"""Corners of a mark, in shares of its reach."""


def tick(document: pymupdf.Document, widget: PdfObject, kind: FieldKind, state: str, *, on: bool) -> None:
    """Puts a box into a state, and gives that a look where it has none that draws anything."""
    widget.put_name("AS", state if on else OFF)
    shown = widget.get("AP", "N")
    if shown.is_dict and not shown.is_stream and shown.get(state).is_stream and shown.get(state).data.strip():
        return
    states = PdfObject.new_dict(document)
    frame = Frame(widget)
    for name, mark in ((state, _mark(widget, frame, kind)), (OFF, "")):
        size = BBox(0, 0, frame.width, frame.height)
        content = (frame.drawn() + mark).encode()
        look = PdfObject.new_look(document, size, frame.matrix, PdfObject.new_dict(document), content)
        states.put(name, look)
    looks = PdfObject.new_dict(document)
    looks.put("N", states)
    widget.put("AP", looks)


def _mark(widget: PdfObject, frame: Frame, kind: FieldKind) -> str:
    """The mark of a box's style (``/MK /CA``, a sign of ZapfDingbats), drawn: a font may be missing."""
    style = widget.get("MK", "CA").text or ("l" if kind is FieldKind.RADIO else "4")
    x, y, reach = frame.width / 2, frame.height / 2, _REACH * min(frame.width, frame.height)
    match style:
        case "l":
            return _path(_circle(x, y, reach), "f")
        case "8":
            strokes: list[_Points] = [((-1, -1), (1, 1)), ((-1, 1), (1, -1))]
        case "u":
            return _path(_polygon([(0, 1), (1, 0), (0, -1), (-1, 0)], x, y, reach), "f")
        case "n":
            return _path(_polygon([(-1, -1), (1, -1), (1, 1), (-1, 1)], x, y, reach), "f")
        case "H":
            rays = [pi / 2 + i * pi / 5 for i in range(10)]
            points = [
                (cos(a) * (0.4 if i % 2 else 1), sin(a) * (0.4 if i % 2 else 1)) for i, a in enumerate(rays)
            ]
            return _path(_polygon(points, x, y, reach), "f")
        case _:
            strokes = [((-1, 0), (-0.3, -0.8), (1, 0.9))]
    width = _STROKE * min(frame.width, frame.height)
    return "".join(f"0 G {width:.3f} w 1 J 1 j {_polyline(line, x, y, reach)} S\n" for line in strokes)


def _path(path: str, paint: str) -> str:
    return f"0 g {path} {paint}\n"


def _polyline(points: _Points, x: float, y: float, reach: float) -> str:
    steps = [f"{x + px * reach:.3f} {y + py * reach:.3f}" for px, py in points]
    return f"{steps[0]} m " + " ".join(f"{step} l" for step in steps[1:])


def _polygon(points: _Points, x: float, y: float, reach: float) -> str:
    return _polyline(points, x, y, reach) + " h"


def _circle(x: float, y: float, r: float) -> str:
    k = _ARC * r
    arcs = [
        (x + r, y + k, x + k, y + r, x, y + r),
        (x - k, y + r, x - r, y + k, x - r, y),
        (x - r, y - k, x - k, y - r, x, y - r),
        (x + k, y - r, x + r, y - k, x + r, y),
    ]
    return f"{x + r:.3f} {y:.3f} m " + " ".join(" ".join(f"{v:.3f}" for v in arc) + " c" for arc in arcs)
