"""A PP-OCR recognition network: pictures of lines to characters."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray

from models.base import Image
from models.batches import halved
from models.ocr import ctc
from models.ocr.ctc import Columns, Glyph

# The input: line height, the steps of its width (each new width costs a compilation) and the limits. Short
# words are read better with room behind them.
_HEIGHT, _WIDTH_STEP, _LEAST_WIDTH, _MOST_WIDTH = 48, 64, 192, 4096
# Of lines that are wider than this (pixels) fewer go together: the answer has all characters for each column.
_BATCH_WIDTH = 640

Network = Callable[[NDArray[np.float32]], Sequence[Columns]]
"""``(n, 3, 48, width)`` pixels to what is said of each of ``n`` lines."""


_Line = tuple[NDArray[np.float32], float]
"""A line's input and the share of it that is not padding."""


class Recogniser:
    """Reads lines with one network. Not for several threads at once."""

    def __init__(self, network: Network, alphabet: Sequence[str], batch: int = 1) -> None:
        """Class ``i`` of the network is ``alphabet[i]``: blank first, the space last, if it has one.

        ``batch`` lines go through it at once, fewer where they are long or the card is full.
        """
        self._network, self._alphabet, self._batch = network, alphabet, batch

    def read(self, pictures: Sequence[Image]) -> list[list[Glyph]]:
        """The glyphs of each line. Pictures of one width go through one after the other."""
        inputs = [_input(picture) for picture in pictures]
        widths = defaultdict(list)
        for index, (pixels, _) in enumerate(inputs):
            widths[pixels.shape[2]].append(index)
        read: list[list[Glyph]] = [[] for _ in pictures]
        for width, same in widths.items():
            most = max(1, min(self._batch, self._batch * _BATCH_WIDTH // width))
            lines = halved(partial(self._glyphs, inputs), same, most)
            for index, line in zip(same, lines, strict=True):
                read[index] = line
        return read

    def _glyphs(self, inputs: Sequence[_Line], batch: Sequence[int]) -> list[list[Glyph]]:
        """The glyphs of some lines of one width."""
        answers = self._network(np.stack([inputs[index][0] for index in batch]))
        return [
            ctc.glyphs(columns, self._alphabet, inputs[index][1])
            for index, columns in zip(batch, answers, strict=True)
        ]


def surest(recognisers: Sequence[Recogniser], pictures: Sequence[Image]) -> list[list[Glyph]]:
    """Each line as the recogniser reads it that is surest of it; the earlier one where two are."""
    readings = [recogniser.read(pictures) for recogniser in recognisers]
    return [max(line, key=ctc.score) for line in zip(*readings, strict=True)]


def _input(picture: Image) -> _Line:
    """The network's input ``(3, 48, width)``, BGR in -1 to 1, and the share of it that is not padding."""
    height, width = picture.shape[:2]
    wide = min(max(1, math.ceil(_HEIGHT * width / height)), _MOST_WIDTH)
    pixels = cv2.resize(picture[:, :, ::-1], (wide, _HEIGHT)).astype(np.float32).transpose(2, 0, 1)
    room = max(-(-wide // _WIDTH_STEP) * _WIDTH_STEP, _LEAST_WIDTH)
    whole = np.zeros((3, _HEIGHT, room), dtype=np.float32)
    whole[:, :, :wide] = pixels / 127.5 - 1.0
    return whole, wide / room
