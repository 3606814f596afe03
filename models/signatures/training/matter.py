"""What pages are made of besides signatures: letterheads, text, tables, pictures."""

from __future__ import annotations

import cv2
import numpy as np

from models.signatures.training.sheet import Sheet, number, words


def paragraphs(sheet: Sheet, x1: float, x2: float, y: float, stop: float) -> float:
    """Body text from ``y`` down to ``stop`` at most; gives where it ends."""
    rng, pitch = sheet.rng, sheet.size * sheet.rng.uniform(1.15, 1.7)
    per_line = max(2, int((x2 - x1) / (sheet.size * 3.4)))
    while y < stop - 3 * pitch:
        for _ in range(rng.integers(2, 8)):
            if y > stop - pitch:
                break
            sheet.text(x1, y, words(rng, int(per_line * rng.uniform(0.8, 1.1))))
            y += pitch
        y += pitch * rng.uniform(0.3, 1.2)
    return y


def head(sheet: Sheet) -> float:
    """A letterhead or none; gives where the page goes on."""
    rng, w = sheet.rng, sheet.width
    y = sheet.height * rng.uniform(0.03, 0.07)
    if rng.random() < 0.5:
        _logo(sheet, w * rng.choice([0.1, 0.42, 0.75]), y, w * rng.uniform(0.05, 0.12))
        y += w * 0.12
    if rng.random() < 0.6:
        size = int(sheet.size * rng.uniform(1.1, 2.4))
        sheet.text(w * rng.choice([0.1, 0.3, 0.4]), y, words(rng, 3).upper(), size)
        y += size * 1.5
    if rng.random() < 0.2:  # a company whose name is set in a script
        face, sheet.face = sheet.face, sheet.fonts.script[rng.integers(len(sheet.fonts.script))]
        sheet.text(
            w * rng.uniform(0.08, 0.5), y, words(rng, 1).capitalize(), int(sheet.size * rng.uniform(2, 3.5))
        )
        sheet.face = face
        y += sheet.size * 4
    for _ in range(rng.integers(0, 4)):
        sheet.text(w * 0.1, y, words(rng, 3))
        y += sheet.size * 1.4
    return y + sheet.size * rng.uniform(1, 4)


def _logo(sheet: Sheet, x: float, y: float, size: float) -> None:
    rng = sheet.rng
    for _ in range(rng.integers(1, 5)):
        center = (int(x + rng.uniform(0, size)), int(y + rng.uniform(0, size)))
        filled = -1 if rng.random() < 0.4 else int(rng.integers(1, 4))
        tone = float(rng.uniform(0.4, 1.0))
        if rng.random() < 0.5:
            cv2.ellipse(
                sheet.dark,
                center,
                (int(size * rng.uniform(0.2, 0.5)), int(size * rng.uniform(0.2, 0.5))),
                0,
                0,
                360,
                tone,
                filled,
            )
        else:
            points = np.array(
                [(x + rng.uniform(0, size), y + rng.uniform(0, size)) for _ in range(rng.integers(3, 7))],
                np.int32,
            )
            if filled < 0:
                cv2.fillPoly(sheet.dark, [points], tone)
            else:
                cv2.polylines(sheet.dark, [points], True, tone, filled)


def table(sheet: Sheet, x1: float, y1: float, x2: float, y2: float, by_hand: float) -> None:
    """A table, ruled or not; some of its cells are filled by hand."""
    rng = sheet.rng
    columns, row = int(rng.integers(2, 8)), sheet.size * rng.uniform(1.4, 2.4)
    ruled = rng.random() < 0.6
    y = y1
    while y + row <= y2:
        for column in range(columns):
            x = x1 + (x2 - x1) * column / columns
            if ruled:
                sheet.rectangle(x, y, x + (x2 - x1) / columns, y + row)
            value = number(rng) if column else words(rng, 1)
            if rng.random() < 0.4 * by_hand:
                sheet.handwriting(value, x + 3, y + row * 0.1, row * 0.7)
            elif rng.random() < 0.85:
                sheet.text(x + 3, y + 2, value[: max(1, int((x2 - x1) / columns / sheet.size * 1.6))])
        y += row


def picture(sheet: Sheet, x1: float, y1: float, x2: float, y2: float) -> None:
    """A photograph's tones, or a chart's lines."""
    rng = sheet.rng
    w, h = int(x2 - x1), int(y2 - y1)
    if w < 20 or h < 20:
        return
    if rng.random() < 0.5:
        tones = cv2.resize(rng.random((6, 8)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
        sheet.stamp(np.clip(tones, 0, 1), int(x1), int(y1))
        return
    sheet.rectangle(x1, y1, x2, y2)
    for _ in range(rng.integers(1, 4)):
        xs = np.linspace(x1, x2, int(rng.integers(4, 20)))
        ys = np.clip(y1 + h * (0.5 + 0.25 * np.cumsum(rng.normal(0, 0.3, len(xs)))), y1, y2)
        points = np.stack([xs, ys], 1).astype(np.int32)
        cv2.polylines(sheet.dark, [points], False, 1.0, int(rng.integers(1, 4)), cv2.LINE_AA)
