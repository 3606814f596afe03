"""Handwriting made by rule: signatures, notes and marks, as masks.

A mask says how much ink lies on each pixel, 0 to 1; it is cut to what has ink.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from cv2.typing import MatLike
from numpy.random import Generator
from PIL import Image, ImageDraw, ImageFont

Mask = MatLike
"""Ink, ``(rows, columns)``, 0 to 1."""

FIRST = (
    "Anna Ben Carl Diane Edgar Flora Greg Helen Ivan Julia Karl Laura Martin Nora Oscar Paula Quentin "
    "Rosa Simon Tessa Ulrich Vera Walter Xenia Yves Zoe Chen Priya Ahmed Fatima Jose Maria Luca Sofia "
    "Jan Eva Olaf Ingrid"
).split()
LAST = (
    "Abbott Baker Carver Dixon Ellis Fisher Grant Hughes Irving Jensen Keller Lambert Mason Norris "
    "Osborne Parker Quincy Reynolds Schmidt Turner Underwood Vargas Weber Xu Young Zimmer Rossi "
    "Moreau Novak Silva Kowalski Singh Tanaka Okafor Petersen McAllister OBrien Delacroix Fitzgerald"
).split()


_INITIALS, _MIDDLES = "ABCDEFGHJKLMNPRSTW", "ABCDEFGHJKLMPRSTW"


@lru_cache(maxsize=512)
def font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    """A face in a size (pixels), kept."""
    return ImageFont.truetype(str(path), size)


def fonts(folder: Path) -> list[Path]:
    """The faces in a folder, in the order of their names."""
    return sorted(folder.glob("*.ttf"))


def written(text: str, path: Path, size: int) -> Mask:
    """A text in a font, cut to its ink."""
    face = font(path, size)
    left, top, right, bottom = face.getbbox(text)
    pad = size
    canvas = Image.new("L", (int(right - left) + 2 * pad, int(bottom - top) + 2 * pad), 0)
    ImageDraw.Draw(canvas).text((pad - left, pad - top), text, font=face, fill=255)
    return cut(np.asarray(canvas, np.float32) / 255)


def cut(mask: Mask, least: float = 0.25) -> Mask:
    """The part of the mask that has ink, where there is more of it than ``least``."""
    rows, columns = np.where(mask.max(1) > least)[0], np.where(mask.max(0) > least)[0]
    if not len(rows) or not len(columns):
        return np.zeros((1, 1), np.float32)
    return mask[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def name(rng: Generator) -> str:
    """A person's name as people sign: in full, with initials, the last or the first alone."""
    first, last = str(rng.choice(FIRST)), str(rng.choice(LAST))
    initial = f"{rng.choice(list(_MIDDLES))}. " if rng.random() < 0.4 else ""
    form = rng.random()
    if form < 0.5:
        return f"{first} {initial}{last}"
    if form < 0.75:
        return f"{first[0]}. {initial}{last}"
    return last if form < 0.88 else first


def signature(rng: Generator, faces: list[Path]) -> Mask:
    """A signature about 120 pixels high: written in a hand, drawn in strokes, or both."""
    form = rng.random()
    if form < 0.45:
        mask = _hand(rng, faces)
    elif form < 0.75:
        mask = _strokes(rng)
    else:
        initial = str(rng.choice(list(_INITIALS)))
        mask = _beside(written(initial, faces[rng.integers(len(faces))], 120), _strokes(rng), rng)
    if rng.random() < 0.35:
        mask = _with_flourish(mask, rng)
    return warped(mask, rng, strength=1.0)


def note(rng: Generator, faces: list[Path], words: list[str]) -> Mask:
    """A handwritten note of some words, on one to three lines."""
    face = faces[rng.integers(len(faces))]
    lines = [" ".join(rng.choice(words, rng.integers(1, 5))) for _ in range(rng.integers(1, 4))]
    masks = [written(line, face, 70) for line in lines]
    height, width = sum(m.shape[0] for m in masks) + 20 * len(masks), max(m.shape[1] for m in masks) + 40
    canvas = np.zeros((height, width), np.float32)
    y = 0
    for m in masks:
        x = int(rng.integers(0, 40))
        canvas[y : y + m.shape[0], x : x + m.shape[1]] = m[:, : canvas.shape[1] - x]
        y += m.shape[0] + 20
    return warped(cut(canvas), rng, strength=0.5)


def mark(rng: Generator) -> Mask:
    """A tick, a cross, a ring, an arrow, a bracket or a crossing-out."""
    canvas = np.zeros((140, 200), np.float32)
    width = int(rng.integers(3, 8))
    form = rng.integers(6)
    if form == 0:
        points = [(20, 80), (60, 120), (170, 20)]
        cv2.polylines(canvas, [np.array(points, np.int32)], False, 1.0, width, cv2.LINE_AA)
    elif form == 1:
        cv2.line(canvas, (30, 20), (170, 120), 1.0, width, cv2.LINE_AA)
        cv2.line(canvas, (170, 20), (30, 120), 1.0, width, cv2.LINE_AA)
    elif form == 2:
        cv2.ellipse(
            canvas, (100, 70), (80, 50), float(rng.uniform(-20, 20)), 15, 370, 1.0, width, cv2.LINE_AA
        )
    elif form == 3:
        cv2.arrowedLine(canvas, (20, 110), (180, 30), 1.0, width, cv2.LINE_AA, tipLength=0.2)
    elif form == 4:
        points = [(120, 10), (90, 20), (95, 60), (70, 70), (95, 80), (90, 120), (120, 130)]
        cv2.polylines(canvas, [np.array(points, np.int32)], False, 1.0, width, cv2.LINE_AA)
    else:
        xs = np.linspace(10, 190, 14)
        points = [(int(x), 40 if i % 2 else 100) for i, x in enumerate(xs)]
        cv2.polylines(canvas, [np.array(points, np.int32)], False, 1.0, width, cv2.LINE_AA)
    return warped(cut(canvas), rng, strength=1.0)


def _hand(rng: Generator, faces: list[Path]) -> Mask:
    face = faces[rng.integers(len(faces))]
    mask = written(name(rng), face, 110)
    if rng.random() < 0.35:  # the rest of a name runs out into a line
        keep = int(mask.shape[1] * rng.uniform(0.35, 0.8))
        mask = _beside(mask[:, :keep], _strokes(rng, loops=int(rng.integers(1, 4)), height=50), rng)
    return mask


def _strokes(rng: Generator, loops: int | None = None, height: int = 110) -> Mask:
    """A pen that goes to and fro: a spline through points that rise and fall, in one to three strokes."""
    canvas = np.zeros((3 * height, 6 * height + 200), np.float32)
    x, middle = 60.0, 1.5 * height
    for _ in range(rng.integers(1, 4) if loops is None else 1):
        turns = int(rng.integers(3, 12)) if loops is None else loops * 2
        points = []
        amplitude = height * rng.uniform(0.3, 0.6)
        for turn in range(turns):
            decay = 1 - 0.6 * turn / max(1, turns) * rng.random()
            up = -1 if turn % 2 else 1
            points.append((x, middle + up * amplitude * decay * rng.uniform(0.3, 1.1)))
            x += height * rng.uniform(-0.12, 0.45)
        if rng.random() < 0.3:
            points.append((x + height * rng.uniform(0.5, 1.5), middle + rng.uniform(-0.2, 0.2) * height))
        _pen(canvas, points, rng)
        x = max(60.0, x - height * rng.uniform(-0.3, 0.8))
    return cut(canvas)


def _pen(canvas: Mask, points: list[tuple[float, float]], rng: Generator) -> None:
    """A Catmull-Rom spline through ``points`` with a width that changes along the way."""
    if len(points) < 3:
        return
    p = np.array([points[0], *points, points[-1]])
    t = np.linspace(0, 1, 14)[:, None]
    path = [
        0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3)
        for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False)
    ]
    line = np.concatenate(path)
    width = rng.uniform(2.0, 6.0)
    wobble = rng.uniform(0, 0.4)
    for i in range(len(line) - 1):
        w = max(1, round(width * (1 + wobble * np.sin(i / 9.0))))
        cv2.line(canvas, tuple(line[i].astype(int)), tuple(line[i + 1].astype(int)), 1.0, w, cv2.LINE_AA)


def _beside(left: Mask, right: Mask, rng: Generator) -> Mask:
    overlap = int(rng.uniform(0, 0.25) * left.shape[1])
    height = max(left.shape[0], right.shape[0]) + 40
    canvas = np.zeros((height, left.shape[1] + right.shape[1]), np.float32)
    y = (height - left.shape[0]) // 2
    canvas[y : y + left.shape[0], : left.shape[1]] = left
    y = int(np.clip((height - right.shape[0]) // 2 + rng.integers(-15, 20), 0, height - right.shape[0]))
    x = left.shape[1] - overlap
    part = canvas[y : y + right.shape[0], x : x + right.shape[1]]
    np.maximum(part, right[:, : part.shape[1]], out=part)
    return cut(canvas)


def _with_flourish(mask: Mask, rng: Generator) -> Mask:
    height, width = mask.shape
    canvas = np.zeros((height + 80, width + 120), np.float32)
    canvas[40 : 40 + height, 60 : 60 + width] = mask
    y = 40 + height * rng.uniform(0.6, 1.1)
    points = [
        (60 + width * rng.uniform(-0.1, 0.3), y + rng.uniform(-15, 15)),
        (60 + width * rng.uniform(0.3, 0.6), y + rng.uniform(-20, 20)),
        (60 + width * rng.uniform(0.6, 0.9), y + rng.uniform(-20, 20)),
        (60 + width * rng.uniform(0.9, 1.15), y + rng.uniform(-30, 15)),
    ]
    _pen(canvas, points, rng)
    return cut(canvas)


def warped(mask: Mask, rng: Generator, strength: float) -> Mask:
    """The mask sheared, turned, bent and its strokes made thicker or thinner."""
    canvas = np.pad(mask, 40)
    h, w = canvas.shape
    shear, angle = rng.normal(0, 0.15 * strength), np.radians(rng.normal(2, 5 * strength))
    matrix = np.array(
        [[np.cos(angle), np.sin(angle) + shear, 0], [-np.sin(angle), np.cos(angle), 0]], np.float32
    )
    corners = matrix[:, :2] @ np.array([[0, w, 0, w], [0, 0, h, h]], np.float32)
    matrix[:, 2] = -corners.min(1)
    size = np.ceil(corners.max(1) - corners.min(1)).astype(int)
    canvas = cv2.warpAffine(canvas, matrix, (int(size[0]), int(size[1])))
    h, w = canvas.shape
    dx, dy = (
        cv2.resize(
            rng.normal(0, 6 * strength, (4, 4)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC
        )
        for _ in range(2)
    )
    xs, ys = np.meshgrid(np.arange(w, dtype=np.float32), np.arange(h, dtype=np.float32))
    canvas = cv2.remap(canvas, xs + dx, ys + dy, cv2.INTER_LINEAR)
    weight = rng.random()
    if weight < 0.3:
        canvas = cv2.dilate(canvas, np.ones((2, 2), np.uint8))
    elif weight < 0.45:
        canvas = cv2.dilate(canvas, np.ones((3, 3), np.uint8))
    return cut(np.clip(canvas, 0, 1))
