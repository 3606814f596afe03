"""PyMuPDF's table grid model: where the lines between rows and between columns stand.

The model is the one that ``pymupdf.layout`` runs on its own table regions; here any picture of a table may
be asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.batches import by_shape
from models.runtime import Runtime
from schemas.geometry import BBox
from schemas.reading import GridCell, TableGrid

_WIDTH, _HEIGHT = 300, 360
"""The model's input."""
_BATCH = 16
# How sure it must be of a line, and how near (share of the side) two lines may stand: as in the package.
_ROW_LINE, _COLUMN_LINE, _APART = 0.2, 0.25, 0.01


class PyMuPdfGrid:
    """Lines between rows and columns. Safe to call from any thread."""

    def __init__(self, runtime: Runtime) -> None:
        weights = files("pymupdf") / "layout" / "resources" / "onnx" / "table_grid_model_v4_ep.onnx"
        self._session = runtime.session(weights.read_bytes())
        self._input = self._session.get_inputs()[0].name

    def structure(self, image: Image) -> TableGrid | None:
        """The grid over ``image``, in its pixels: single cells that tile it."""
        return self.structures([image])[0]

    def structures(self, images: Sequence[Image]) -> list[TableGrid | None]:
        """The same of several pictures."""
        inputs = [
            (cv2.resize(image, (_WIDTH, _HEIGHT)).astype(np.float32) / 255.0).transpose(2, 0, 1)
            for image in images
        ]
        found = by_shape(self._found, inputs, _BATCH)
        return [_grid(image, *one) for image, one in zip(images, found, strict=True)]

    def _found(self, values: NDArray[np.float32]) -> list[tuple[NDArray[np.float32], ...]]:
        """Logits and offsets of the rows' lines, then of the columns', of each picture."""
        return list(zip(*self._session.run(None, {self._input: values})[:4], strict=True))


def _grid(
    image: Image,
    rows: NDArray[np.float32],
    row_offsets: NDArray[np.float32],
    columns: NDArray[np.float32],
    column_offsets: NDArray[np.float32],
) -> TableGrid:
    height, width = image.shape[:2]
    ys = [0.0, *_lines(rows, row_offsets, _ROW_LINE, height), float(height)]
    xs = [0.0, *_lines(columns, column_offsets, _COLUMN_LINE, width), float(width)]
    cells = [
        GridCell(row, row + 1, column, column + 1, BBox(x1, y1, x2, y2))
        for row, (y1, y2) in enumerate(pairwise(ys))
        for column, (x1, x2) in enumerate(pairwise(xs))
    ]
    return TableGrid(len(ys) - 1, len(xs) - 1, cells)


def _lines(
    logits: NDArray[np.float32], offsets: NDArray[np.float32], least: float, length: int
) -> list[float]:
    """Positions of the lines: anchors that are sure enough, the surest of those that stand too near."""
    sure = 1.0 / (1.0 + np.exp(-logits.astype(np.float64)))
    places = np.linspace(0.0, 1.0, len(logits)) + offsets / (len(logits) - 1)
    kept: list[float] = []
    for index in np.argsort(-sure):
        place = float(places[index])
        if sure[index] < least:
            break
        if 0 < place < 1 and all(abs(place - other) >= _APART for other in kept):
            kept.append(place)
    return [place * length for place in sorted(kept)]
