"""Pages drawn once and kept, at the size that the network sees, for many epochs of training."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np

from models.signatures.training.pages import page
from models.signatures.training.scan import Gray
from models.signatures.training.sheet import Box, Fonts

HEIGHT, WIDTH = 640, 512
"""The size (pixels) of the pages of a corpus."""


def draw(folder: Path, count: int, seed: int, fonts: Fonts) -> None:
    """Writes ``count`` pages to ``pages-<seed>.npy`` and the boxes of their signatures beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"pages-{seed}.npy"
    images = np.lib.format.open_memmap(target, "w+", np.uint8, (count, HEIGHT, WIDTH))
    boxes: list[list[Box]] = []
    for i in range(count):
        images[i], fitting = fitted(*page((seed, i), fonts))
        boxes.append(fitting)
    boxes_of(target).write_text(json.dumps(boxes), encoding="ascii")


def boxes_of(pages: Path) -> Path:
    """The file of boxes beside a file of pages."""
    return pages.with_name(pages.stem.replace("pages", "boxes") + ".json")


def fitted(gray: Gray, boxes: list[Box]) -> tuple[Gray, list[Box]]:
    """The page scaled into ``HEIGHT`` x ``WIDTH``, white beyond; boxes in the same pixels."""
    h, w = gray.shape
    scale = min(HEIGHT / h, WIDTH / w)
    small = cv2.resize(gray, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA)
    canvas = np.full((HEIGHT, WIDTH), 255, np.uint8)
    canvas[: small.shape[0], : small.shape[1]] = small
    return canvas, [(x1 * scale, y1 * scale, x2 * scale, y2 * scale) for x1, y1, x2, y2 in boxes]
