"""What is no signature though it stands where one could: dates and words on lines, large print, holes."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.random import Generator

from models.signatures.training import ink
from models.signatures.training.sheet import FIELDS, Box, Sheet, number, words


def clutter(sheet: Sheet, rng: Generator) -> None:
    """Adds some of it where nobody signed; some sheets without a signature become slips in large print."""
    sheet = replace(sheet, rng=rng)
    if not sheet.boxes and rng.random() < 0.4:
        sheet.dark[:] = 0
        _large_print(sheet)
    for _ in range(rng.integers(1, 6)):
        _on_a_line(sheet)
    if rng.random() < 0.1:
        _hole(sheet)


def _on_a_line(sheet: Sheet) -> None:
    """A date, an amount or words, by hand or in print, upon a line, with a label beside or below it."""
    rng, w, h = sheet.rng, sheet.width, sheet.height
    high = h * rng.uniform(0.012, 0.042)
    printed = rng.random() < 0.45
    place = _room(sheet, w * rng.uniform(0.1, 0.35), high * 2.4)
    if place is None:
        return
    x1, y1, x2, _ = place
    bottom = y1 + high * rng.uniform(1.05, 1.25)
    label = str(rng.choice(FIELDS))
    below = rng.random() < 0.5
    size = max(8, int(min(high * 0.7, sheet.size)))
    start = x1
    if below:
        sheet.text(x1, bottom + 2, label, size)
    elif rng.random() < 0.8:
        start += sheet.text(x1, bottom - size, label, size)[0] + 4
    if rng.random() < 0.85:
        sheet.line(start, bottom, x2, bottom, int(rng.integers(1, 3)))
    start += rng.uniform(0, 0.2) * (x2 - start)
    if printed:
        mask = ink.written(_printed(rng), sheet.face, int(high))
        sheet.stamp(mask, int(start), int(bottom - mask.shape[0] - rng.uniform(-0.15, 0.25) * high))
        return
    value = _figure(rng) if rng.random() < 0.75 else words(rng, int(rng.integers(1, 3)))
    sheet.handwriting(value, start, bottom - high * rng.uniform(0.85, 1.1), high * rng.uniform(0.8, 1.1))
    if rng.random() < 0.1:  # a ring around it
        middle = (int(start + high * 1.5), int(bottom - high * 0.5))
        cv2.ellipse(sheet.dark, middle, (int(high * 2), int(high)), 0, 0, 360, 1.0, 2, cv2.LINE_AA)


def _printed(rng: Generator) -> str:
    kind = rng.random()
    if kind < 0.3:
        text = ink.name(rng)
    else:
        text = words(rng, int(rng.integers(1, 3))) if rng.random() < 0.6 else number(rng)
    if rng.random() < 0.3:
        return text.upper()
    return text.title() if rng.random() < 0.4 else text


def _figure(rng: Generator) -> str:
    forms = [
        number(rng),
        f"{rng.integers(1, 999)}",
        f"{rng.integers(1, 99)}%",
        f"{rng.integers(10, 99)}-{rng.integers(10, 999)}",
        f"{rng.integers(1, 999)},{rng.integers(100, 999)}",
    ]
    return str(rng.choice(forms))


def _room(sheet: Sheet, width: float, height: float) -> Box | None:
    """An area that no signature is near: an empty one if there is one, else one that is emptied."""
    rng, box = sheet.rng, None
    for _ in range(8):
        x = rng.uniform(0.03, 0.95) * (sheet.width - width)
        y = rng.uniform(0.03, 0.97) * (sheet.height - height)
        if sheet.hits((x, y, x + width, y + height)):
            continue
        box = (x, y, x + width, y + height)
        if sheet.dark[int(y) : int(y + height), int(x) : int(x + width)].mean() < 0.005:
            return box
    if box is not None:
        x1, y1, x2, y2 = (int(v) for v in box)
        sheet.dark[y1:y2, x1:x2] = 0
    return box


def _large_print(sheet: Sheet) -> None:
    """A slip of paper that fills the picture: its print is larger than that of a sheet."""
    rng, w, h = sheet.rng, sheet.width, sheet.height
    sheet.face = sheet.fonts.print[rng.integers(len(sheet.fonts.print))]
    size = int(rng.integers(18, 42))
    y = h * rng.uniform(0.02, 0.08)
    left, right = w * rng.uniform(0.02, 0.15), w * rng.uniform(0.6, 0.85)
    while y < h * 0.96:
        kind = rng.random()
        if kind < 0.1:
            sheet.line(left, y + size / 2, w - left, y + size / 2, int(rng.integers(1, 4)))
        elif kind < 0.2:
            for x in np.arange(left, w - left, size * 0.6):
                sheet.line(x, y + size / 2, x + size * 0.35, y + size / 2, 2)
        else:
            larger = int(size * rng.choice([1, 1, 1, 1.4]))
            text = words(rng, int(rng.integers(1, 4)))
            sheet.text(left, y, text.upper() if rng.random() < 0.3 else text.title(), larger)
            if rng.random() < 0.5:
                sheet.text(right, y, number(rng), larger)
        y += size * rng.uniform(1.2, 1.8)


def _hole(sheet: Sheet) -> None:
    """As a punch leaves it, seen against a dark lid."""
    rng = sheet.rng
    x, y = int(sheet.width * rng.uniform(0.05, 0.95)), int(sheet.height * rng.uniform(0.03, 0.3))
    r = int(rng.integers(8, 30))
    if not sheet.hits((x - r, y - r, x + r, y + r)):
        cv2.circle(sheet.dark, (x, y), r, 1.0, -1)
