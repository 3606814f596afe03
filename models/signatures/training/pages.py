"""Pages made by rule, some of them signed: letters, forms, contracts, reports, receipts."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from models.signatures.training import ink
from models.signatures.training.clutter import clutter
from models.signatures.training.litter import litter
from models.signatures.training.matter import head, paragraphs, picture, table
from models.signatures.training.scan import Gray, scanned
from models.signatures.training.sheet import FIELDS, Box, Fonts, Sheet, number, words

_CLOSINGS = (
    "Sincerely,", "Sincerely yours,", "Yours truly,", "Very truly yours,", "Best regards,", "Regards,",
    "Respectfully,", "Cordially,", "With kind regards,", "Yours faithfully,", "Atenciosamente,",
    "Cordialement,", "Mit freundlichen Grüßen", "Saludos,", "Thank you,", "",
)  # fmt: skip
_SIGN_LABELS = (
    "Signature", "Signature:", "Signed", "Signed by", "Authorized signature", "By:", "X", "Approved by:",
    "Sign here", "Assinatura", "Unterschrift", "Firma", "Signature of applicant", "Employee signature",
    "Witness", "Agreed and accepted:",
)  # fmt: skip


# Parts of the names of fonts whose letters are all as wide.
_TYPEWRITERS = ("courier", "elite", "mono", "cousine", "cutive")


def page(seed: tuple[int, int], fonts: Fonts) -> tuple[Gray, list[Box]]:
    """The page of a ``seed`` and the boxes of its signatures, in its pixels."""
    rng = np.random.default_rng(seed)
    sheet = _blank(rng, fonts)
    kind = rng.random()
    if kind < 0.46:
        _letter(sheet)
    elif kind < 0.70:
        _form(sheet)
    elif kind < 0.82:
        _contract(sheet)
    elif kind < 0.94:
        _report(sheet)
    else:
        _receipt(sheet)
    litter(sheet)
    clutter(sheet, np.random.default_rng((*seed, 1)))
    return scanned(sheet)


def _blank(rng: Generator, fonts: Fonts) -> Sheet:
    width = int(rng.integers(700, 900))
    height = int(
        width * rng.choice([1.29, 1.414, 1.29, 1.2, 1.5, 0.75], p=[0.4, 0.35, 0.1, 0.05, 0.05, 0.05])
    )
    face = fonts.print[rng.integers(len(fonts.print))]
    if rng.random() < 0.45:  # many scans are of typewritten pages
        mono = [path for path in fonts.print if any(part in path.name for part in _TYPEWRITERS)]
        face = mono[rng.integers(len(mono))]
    size = int(rng.integers(11, 18))
    return Sheet(np.zeros((height, width), np.float32), fonts, rng, face, size)


def _letter(sheet: Sheet) -> None:
    rng, w, h = sheet.rng, sheet.width, sheet.height
    left = w * rng.uniform(0.08, 0.16)
    y = head(sheet)
    y = paragraphs(sheet, left, w * rng.uniform(0.82, 0.92), y, h * rng.uniform(0.3, 0.78))
    x = left if rng.random() < 0.5 else w * rng.uniform(0.42, 0.6)
    signers = 1 if rng.random() < 0.85 else 2
    for signer in range(signers):
        sx = x if signer == 0 else (w * rng.uniform(0.55, 0.7) if x < w * 0.3 else left)
        _signed_block(sheet, sx, y, signed=rng.random() < 0.85)
    y += sheet.size * rng.uniform(7, 10)
    for _ in range(rng.integers(0, 6)):
        sheet.text(left, y, words(rng, int(rng.integers(1, 5))))
        y += sheet.size * 1.5


def _signed_block(sheet: Sheet, x: float, y: float, *, signed: bool) -> None:
    """A closing, room for a signature with or without one, and a typed name."""
    rng, size = sheet.rng, sheet.size
    closing = str(rng.choice(_CLOSINGS))
    sheet.text(x, y, closing)
    room = size * rng.uniform(2.2, 5)
    bottom = y + size * 1.2 + room
    if signed:
        sheet.sign(
            x + rng.uniform(-0.03, 0.1) * sheet.width,
            bottom + rng.uniform(-0.3, 0.5) * size,
            sheet.width * rng.uniform(0.1, 0.4),
            room * rng.uniform(0.7, 1.7),
        )
    if rng.random() < 0.3:
        sheet.line(x, bottom, x + sheet.width * rng.uniform(0.2, 0.4), bottom)
    if rng.random() < 0.9:
        sheet.text(x, bottom + size * 0.2, ink.name(rng))
        if rng.random() < 0.6:
            sheet.text(x, bottom + size * 1.6, words(rng, 2).title())


def _form(sheet: Sheet) -> None:
    """Labelled fields, filled by hand, by type or not at all; a signature's line among them."""
    rng, w, h = sheet.rng, sheet.width, sheet.height
    y = head(sheet)
    boxed = rng.random() < 0.4
    by_hand = rng.random()
    row = sheet.size * rng.uniform(2.2, 3.6)
    end = h * rng.uniform(0.6, 0.95)
    while y < end:
        kind = rng.random()
        if kind < 0.14:
            y = paragraphs(sheet, w * 0.08, w * 0.92, y, min(end, y + row * 3)) + sheet.size
            continue
        if kind < 0.2:
            table(sheet, w * 0.08, y, w * 0.92, min(end, y + row * rng.uniform(2, 6)), by_hand)
            y += row * 6
            continue
        columns = int(rng.integers(1, 4))
        for column in range(columns):
            x1, x2 = (w * (0.07 + 0.86 * (column + i) / columns) for i in range(2))
            _field(sheet, x1, x2 - 10, y, row, boxed=boxed, by_hand=by_hand)
        y += row * 1.1
    if rng.random() < 0.35 and y < h * 0.93:
        _sign_line(sheet, w * rng.uniform(0.08, 0.5), y + row, signed=rng.random() < 0.7)


def _field(sheet: Sheet, x1: float, x2: float, y: float, row: float, *, boxed: bool, by_hand: float) -> None:
    """A label and a line or a box from ``x1`` to ``x2``, filled in or not."""
    rng = sheet.rng
    signature = rng.random() < 0.09
    label = str(rng.choice(_SIGN_LABELS if signature else FIELDS))
    below = rng.random() < 0.25
    tw, _ = sheet.text(x1, y + row * (0.75 if below else 0.2), label, int(sheet.size * 0.85))
    if boxed:
        sheet.rectangle(x1 - 4, y, x2, y + row)
    else:
        sheet.line(x1 if below else x1 + tw + 4, y + row * 0.72, x2, y + row * 0.72)
    room = x2 - x1 if below else x2 - x1 - tw - 8
    start = x1 if below else x1 + tw + 6
    if room < 30:
        return
    if signature and rng.random() < 0.6:
        sheet.sign(
            start + rng.uniform(0, 0.2) * room,
            y + row * rng.uniform(0.7, 0.95),
            room * rng.uniform(0.4, 0.95),
            row * rng.uniform(0.7, 1.5),
        )
    elif not signature and rng.random() < 0.6:
        if rng.random() < by_hand:
            value = words(rng, int(rng.integers(1, 3))) if rng.random() < 0.6 else number(rng)
            sheet.handwriting(value, start, y + row * 0.15, row * rng.uniform(0.35, 0.6))
        else:
            sheet.text(start, y + row * 0.2, words(rng, int(rng.integers(1, 4))))


def _sign_line(sheet: Sheet, x: float, y: float, *, signed: bool) -> None:
    rng, size = sheet.rng, sheet.size
    length = sheet.width * rng.uniform(0.22, 0.42)
    sheet.line(x, y, x + length, y)
    sheet.text(x, y + 3, str(rng.choice(_SIGN_LABELS)), int(size * 0.8))
    if signed:
        sheet.sign(
            x + rng.uniform(0, 0.25) * length,
            y + rng.uniform(-0.2, 0.6) * size,
            length * rng.uniform(0.4, 1.05),
            size * rng.uniform(2, 5),
        )
    if rng.random() < 0.4 and x + length * 1.6 < sheet.width:
        sheet.line(x + length * 1.15, y, x + length * 1.6, y)
        sheet.text(x + length * 1.15, y + 3, "Date", int(size * 0.8))
        if signed and rng.random() < 0.7:
            sheet.handwriting(number(rng), x + length * 1.18, y - size * 1.8, size * 1.6)


def _contract(sheet: Sheet) -> None:
    """Text and the signatures of several parties below it, in columns."""
    rng, w, h = sheet.rng, sheet.width, sheet.height
    y = paragraphs(sheet, w * 0.1, w * 0.9, h * 0.06, h * rng.uniform(0.2, 0.7))
    columns = int(rng.integers(1, 3))
    signed = rng.random() < 0.75
    for _ in range(rng.integers(1, 4)):
        y += sheet.size * rng.uniform(4, 7)
        if y > h * 0.92:
            break
        for column in range(columns):
            _sign_line(sheet, w * (0.1 + 0.44 * column), y, signed=signed and rng.random() < 0.85)


def _report(sheet: Sheet) -> None:
    """Headings, text, tables and pictures: nobody signs here."""
    rng, w, h = sheet.rng, sheet.width, sheet.height
    y = head(sheet)
    while y < h * 0.9:
        kind = rng.random()
        if kind < 0.55:
            y = paragraphs(sheet, w * 0.1, w * 0.9, y, min(h * 0.93, y + h * 0.25)) + sheet.size
        elif kind < 0.75:
            end = min(h * 0.93, y + h * rng.uniform(0.1, 0.3))
            table(sheet, w * 0.1, y, w * 0.9, end, rng.random() * 0.5)
            y = end + sheet.size * 2
        elif kind < 0.9:
            end = min(h * 0.93, y + h * rng.uniform(0.1, 0.25))
            picture(sheet, w * rng.uniform(0.1, 0.4), y, w * rng.uniform(0.6, 0.9), end)
            y = end + sheet.size * 2
        else:
            sheet.text(w * 0.1, y, words(rng, 4).title(), int(sheet.size * 1.5))
            y += sheet.size * 3


def _receipt(sheet: Sheet) -> None:
    rng, w, h = sheet.rng, sheet.width, sheet.height
    left, right = w * rng.uniform(0.1, 0.25), w * rng.uniform(0.65, 0.9)
    y = head(sheet)
    while y < h * rng.uniform(0.6, 0.85):
        sheet.text(left, y, words(rng, int(rng.integers(1, 4))))
        sheet.text(right, y, number(rng))
        y += sheet.size * 1.6
    if rng.random() < 0.3:
        _sign_line(sheet, left, min(h * 0.93, y + sheet.size * 5), signed=rng.random() < 0.6)
