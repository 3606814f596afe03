"""A sheet in the making: what is put onto it, and where the signatures are."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from models.signatures.training import ink

Box = tuple[float, float, float, float]
"""``x1, y1, x2, y2`` in pixels of the sheet."""

_SYLLABLES = (
    "ba be bi bo bu ca ce con de di dis do en er es fa fi for ga ge in is ka la le li lo ma me men mi "
    "mo na ne no of on or par pe per po pre pro ra re ri ro sa se si so sta su ta te ter ti tion to "
    "tra u un ver vi"
).split()

FIELDS = (
    "Name", "Date", "Address", "Company", "City", "Telephone", "Account no.", "Title", "Department", "Amount",
    "Reference", "Birth date", "Remarks", "Place", "Fax", "To", "From", "Subject", "Number of pages",
)  # fmt: skip
"""What stands beside the lines of forms."""


@dataclass
class Fonts:
    """Faces to write and to print with."""

    script: list[Path]
    print: list[Path]


@dataclass
class Sheet:
    """A page in the making: darkness 0 to 1, and the boxes of its signatures (x1, y1, x2, y2 in pixels)."""

    dark: ink.Mask
    fonts: Fonts
    rng: Generator
    face: Path
    size: int
    boxes: list[Box] = field(default_factory=list)

    @property
    def width(self) -> int:
        """In pixels."""
        return int(self.dark.shape[1])

    @property
    def height(self) -> int:
        """In pixels."""
        return int(self.dark.shape[0])

    def text(
        self, x: float, y: float, text: str, size: int | None = None, tone: float = 1.0
    ) -> tuple[int, int]:
        """Prints a line; gives its width and height."""
        if not text:
            return 0, 0
        face = ink.font(self.face, size or self.size)
        right, bottom = face.getbbox(text)[2:]
        w, h = int(right) + 2, int(bottom) + 2
        x0, y0 = int(x), int(y)
        if x0 >= self.width or y0 >= self.height or x0 < 0 or y0 < 0:
            return w, h
        canvas = Image.new("L", (w, h), 0)
        ImageDraw.Draw(canvas).text((0, 0), text, font=face, fill=255)
        self.stamp(np.asarray(canvas, np.float32) / 255 * tone, x0, y0)
        return w, h

    def stamp(self, mask: ink.Mask, x: int, y: int) -> Box | None:
        """Puts a mask onto the page; gives the box of what lies on it."""
        x1, y1 = max(0, x), max(0, y)
        x2, y2 = min(self.width, x + mask.shape[1]), min(self.height, y + mask.shape[0])
        if x1 >= x2 or y1 >= y2:
            return None
        part = self.dark[y1:y2, x1:x2]
        np.maximum(part, mask[y1 - y : y2 - y, x1 - x : x2 - x], out=part)
        return x1, y1, x2, y2

    def line(self, x1: float, y1: float, x2: float, y2: float, width: int = 1, tone: float = 1.0) -> None:
        """Draws a line."""
        cv2.line(self.dark, (int(x1), int(y1)), (int(x2), int(y2)), tone, width)

    def rectangle(
        self, x1: float, y1: float, x2: float, y2: float, width: int = 1, tone: float = 1.0
    ) -> None:
        """Draws a frame."""
        cv2.rectangle(self.dark, (int(x1), int(y1)), (int(x2), int(y2)), tone, width)

    def sign(self, x: float, y: float, most_wide: float, most_high: float) -> Box | None:
        """A signature whose lower left corner is near (x, y)."""
        rng = self.rng
        mask = ink.signature(rng, self.fonts.script)
        scale = min(most_wide / mask.shape[1], most_high / mask.shape[0])
        mask = sized(mask, scale) * rng.uniform(0.55, 1.0)
        left, top = int(x), int(y - mask.shape[0] * rng.uniform(0.75, 1.05))
        box = self.stamp(mask, left, top)
        if box and box[2] - box[0] > 12 and box[3] - box[1] > 6:
            self.boxes.append(box)
        return box

    def hits(self, box: Box) -> bool:
        """Whether a box lies on a signature, or nearly."""
        return any(
            box[0] < b[2] + 10 and b[0] - 10 < box[2] and box[1] < b[3] + 10 and b[1] - 10 < box[3]
            for b in self.boxes
        )

    def handwriting(self, text_or_mask: str | ink.Mask, x: float, y: float, high: float) -> None:
        """Handwriting that is no signature, its top left corner at (x, y)."""
        rng = self.rng
        if isinstance(text_or_mask, str):
            face = self.fonts.script[rng.integers(len(self.fonts.script))]
            mask = ink.warped(ink.written(text_or_mask, face, 60), rng, 0.3)
        else:
            mask = text_or_mask
        mask = sized(mask, high / mask.shape[0]) * rng.uniform(0.5, 1.0)
        self.stamp(mask, int(x), int(y))


def word(rng: Generator) -> str:
    """Syllables that may be a word of some language."""
    return "".join(rng.choice(_SYLLABLES, rng.integers(1, 5)))


def words(rng: Generator, count: int) -> str:
    """So many words; one may be a number."""
    text = [word(rng) for _ in range(count)]
    if text and rng.random() < 0.5:
        text[0] = text[0].capitalize()
    if rng.random() < 0.2:
        text[rng.integers(len(text))] = str(rng.integers(1, 99999))
    return " ".join(text)


def number(rng: Generator) -> str:
    """A date or an amount."""
    if rng.random() < 0.5:
        return f"{rng.integers(1, 13)}/{rng.integers(1, 29)}/{rng.integers(70, 99)}"
    return f"{rng.integers(1, 99999):,}.{rng.integers(0, 99):02d}"


def sized(mask: ink.Mask, scale: float) -> ink.Mask:
    """The mask with both sides times ``scale``."""
    width, height = max(2, round(mask.shape[1] * scale)), max(2, round(mask.shape[0] * scale))
    return np.asarray(cv2.resize(mask, (width, height), interpolation=cv2.INTER_AREA), np.float32)
