"""What people leave on pages that is no signature: notes, marks, stamps, numbers on the edge."""

from __future__ import annotations

import cv2
import numpy as np

from models.signatures.training import ink
from models.signatures.training.sheet import Sheet, sized, word


def litter(sheet: Sheet) -> None:
    """Leaves some of it, on no signature."""
    rng, w, h = sheet.rng, sheet.width, sheet.height
    for _ in range(rng.poisson(0.7)):
        x, y = w * rng.uniform(0.02, 0.75), h * rng.choice([rng.uniform(0.01, 0.15), rng.uniform(0.02, 0.95)])
        if not sheet.hits((x, y, x + w * 0.3, y + h * 0.1)):
            mask = ink.note(rng, sheet.fonts.script, ink.FIRST + ink.LAST + [word(rng) for _ in range(20)])
            sheet.handwriting(
                mask, x, y, min(h * rng.uniform(0.015, 0.07), w * 0.35 * mask.shape[0] / mask.shape[1])
            )
    for _ in range(rng.poisson(0.7)):
        x, y = w * rng.uniform(0.02, 0.9), h * rng.uniform(0.03, 0.95)
        if not sheet.hits((x, y, x + 60, y + 60)):
            sheet.handwriting(ink.mark(rng), x, y, h * rng.uniform(0.01, 0.06))
    if rng.random() < 0.15:
        _stamp(sheet)
    if rng.random() < 0.4:
        number = str(rng.integers(10**6, 10**10))
        face = ink.written(number, sheet.face, int(sheet.size * rng.uniform(1, 1.8)))
        if rng.random() < 0.6:
            face = np.ascontiguousarray(np.rot90(face))
        sheet.stamp(face, int(w * rng.uniform(0.85, 0.96)), int(h * rng.uniform(0.7, 0.92)))


def _stamp(sheet: Sheet) -> None:
    """A rubber stamp, slightly turned."""
    rng = sheet.rng
    text = str(rng.choice(["RECEIVED", "PAID", "COPY", "APPROVED", "CONFIDENTIAL", "FILED", "DRAFT"]))
    mask = np.pad(ink.written(text, sheet.face, 40), 14)
    cv2.rectangle(mask, (2, 2), (mask.shape[1] - 3, mask.shape[0] - 3), 1.0, 3)
    room = mask.shape[1] // 4
    canvas = np.pad(mask, ((room, room), (20, 20)))
    turn = cv2.getRotationMatrix2D(
        (canvas.shape[1] / 2, canvas.shape[0] / 2), float(rng.uniform(-18, 18)), 1.0
    )
    canvas = ink.cut(cv2.warpAffine(canvas, turn, (canvas.shape[1], canvas.shape[0])))
    canvas = sized(canvas, sheet.width * rng.uniform(0.12, 0.3) / canvas.shape[1])
    x, y = int(sheet.width * rng.uniform(0.05, 0.7)), int(sheet.height * rng.uniform(0.05, 0.85))
    if not sheet.hits((x, y, x + canvas.shape[1], y + canvas.shape[0])):
        sheet.stamp(canvas * rng.uniform(0.4, 0.9), x, y)
