# mypy: disable-error-code="no-untyped-call"
"""Pages drawn with seeded words: letters, invoices, reports, forms, pictures, empty pages; poems are none."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pymupdf
from PIL import Image, ImageFilter

from benchmarks import corpus
from benchmarks.corpus import Document, Truth
from benchmarks.facts.page_classes import NONE

_EACH = 4
_PEOPLE = ("Ada Winter", "Ivo Krause", "Mina Okafor", "Luis Prado", "Wen Zhou", "Elsa Lind")
_FIRMS = ("Halden Tools", "Orchid Foods Ltd", "Baltic Rope GmbH", "Prado y Hijos S.A.", "Quill & Sons")
_GOODS = (
    "oak shelf",
    "steel hinge",
    "ink cartridge",
    "site survey",
    "night shift",
    "copper wire",
    "rye flour",
)
_POEM = (
    "The river keeps its silver late|A heron folds the evening in|And nobody is at the gate",
    "Snow on the orchard, snow on the wall|The old dog dreams of running still|A lamp is in the hall",
    "I asked the wind where summer goes|It turned a leaf and would not say|The sea was grey",
)
_PHRASES = {
    "letter": (
        ("Dear {person},", "Sehr geehrte Frau {person},", "Madame {person},", "Estimado señor {person}:"),
        (
            "Thank you for your visit last week. We would be glad to show you our new workshop.",
            "vielen Dank für Ihr Schreiben vom Montag. Wir freuen uns auf Ihren Besuch in unserem Werk.",
            "nous vous remercions de votre lettre et nous réjouissons de vous recevoir bientôt.",
            "le agradecemos su visita de la semana pasada y esperamos verle pronto de nuevo.",
        ),
        ("Yours sincerely,", "Mit freundlichen Grüßen", "Veuillez agréer nos salutations,", "Atentamente,"),
    ),
    "invoice": (
        ("INVOICE", "Rechnung", "FACTURE", "FACTURA"),
        ("Invoice no. {number}", "Rechnungsnummer {number}", "Facture n° {number}", "Factura n.º {number}"),
        ("Amount due: {amount}", "Gesamtbetrag: {amount} EUR", "Total TTC : {amount} €", "Total: {amount} €"),
    ),
}


def documents(_folder: Path) -> Iterator[Document]:
    """So many pages of each kind."""
    for kind, draw in _DRAWN.items():
        for seed in range(_EACH):
            target = corpus.CACHE / "page_classes" / f"{kind}-{seed}.pdf"
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(_drawn(draw, seed))
            true = frozenset() if kind == NONE else frozenset({kind})
            yield Document("page_classes_drawn", kind, target, partial(Truth, classes=true))


def _drawn(draw: Callable[[pymupdf.Page, random.Random, int], None], seed: int) -> bytes:
    with pymupdf.open() as document:
        draw(document.new_page(), random.Random(seed), seed)
        drawn: bytes = document.tobytes()
        return drawn


def _write(
    page: pymupdf.Page, lines: list[str], top: float = 70, size: float = 11, left: float = 60
) -> float:
    """Lines from ``top`` down; where the next would begin."""
    for line in lines:
        page.insert_text((left, top), line, fontsize=size)
        top += 1.5 * size
    return top


def _letter(page: pymupdf.Page, chance: random.Random, seed: int) -> None:
    greeting, body, close = (phrases[seed % 4] for phrases in _PHRASES["letter"])
    person = chance.choice(_PEOPLE)
    top = _write(
        page, [chance.choice(_FIRMS), f"{chance.randint(1, 99)} Mill Street", "", person, "12 Oak Lane"]
    )
    top = _write(page, [f"{chance.randint(1, 28)}.{chance.randint(1, 12)}.2024"], top + 30)
    words = body.split()
    rows = [" ".join(words[at : at + 11]) for at in range(0, len(words), 11)]
    _write(
        page,
        [greeting.format(person=person.split()[-1]), "", *rows, "", close, "", chance.choice(_PEOPLE)],
        top + 30,
    )


def _invoice(page: pymupdf.Page, chance: random.Random, seed: int) -> None:
    title, number, total = (phrases[seed % 4] for phrases in _PHRASES["invoice"])
    top = _write(page, [title], 80, 20)
    top = _write(page, [chance.choice(_FIRMS), number.format(number=chance.randint(1000, 9999))], top)
    amounts = [chance.randint(500, 90000) / 100 for _ in range(chance.randint(2, 6))]
    top = _write(
        page, [f"{chance.randint(1, 9)} x {chance.choice(_GOODS)}    {one:.2f}" for one in amounts], top + 40
    )
    _write(page, [total.format(amount=f"{sum(amounts):.2f}")], top + 20)


def _report(page: pymupdf.Page, chance: random.Random, _seed: int) -> None:
    year = chance.randint(2015, 2024)
    top = _write(
        page, [f"Annual report {year}" if chance.random() < 0.5 else f"Progress report {year}"], 80, 20
    )
    for heading in ("Summary of findings", "Results by region", "Outlook"):
        top = _write(page, [heading], top + 20, 14)
        share, count = chance.randint(2, 40), chance.randint(100, 9000)
        body = [
            f"In {year} the organisation made {count} inspections, {share} per cent more than before.",
            f"Staff grew to {chance.randint(20, 400)}; the group found that costs fell in most regions.",
            f"We recommend that the programme be continued and its results be published in {year + 1}.",
        ]
        top = _write(page, body, top)


def _form(page: pymupdf.Page, chance: random.Random, _seed: int) -> None:
    title = chance.choice(
        ("Application for membership", "Registration form", "Application for a library card")
    )
    top = _write(page, [title, "Please print in block letters."], 80, 16)
    labels = [
        "Last name",
        "First name",
        "Date of birth",
        "Street and number",
        "Postal code, town",
        "Phone",
        "E-mail",
    ]
    for label in labels[: chance.randint(5, 7)]:
        top = _write(page, [label], top + 18, 9)
        page.draw_rect(pymupdf.Rect(200, top - 24, 520, top - 6))
    for label in ("I agree to the rules.", "I am a student."):
        page.draw_rect(pymupdf.Rect(60, top + 10, 70, top + 20))
        top = _write(page, [label], top + 19, 9, 80)
    _write(page, ["Date, signature of applicant: ______________________"], top + 30, 9)


def _photo(page: pymupdf.Page, chance: random.Random, seed: int) -> None:
    """Hills under a sky, and a grain as of a photograph."""
    noise = np.random.default_rng(seed)
    x, y = np.meshgrid(np.linspace(0, 6, 480), np.linspace(0, 1, 360))
    hills = 0.55 + 0.1 * np.sin(x + chance.random() * 6) + 0.05 * np.sin(3 * x)
    sky = np.dstack([90 + 120 * y, 140 + 90 * y, 235 - 20 * y])
    land = np.dstack([60 + 50 * y, 110 - 40 * y, 40 + 20 * y])
    pixels = np.where((y > hills)[..., None], land, sky) + noise.normal(0, 9, (360, 480, 3))
    picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).filter(ImageFilter.GaussianBlur(1))
    stream = io.BytesIO()
    picture.save(stream, "JPEG")
    page.insert_image(pymupdf.Rect(60, 120, 535, 480), stream=stream.getvalue())


def _empty(_page: pymupdf.Page, _chance: random.Random, _seed: int) -> None:
    """Nothing at all."""


def _poem(page: pymupdf.Page, _chance: random.Random, seed: int) -> None:
    _write(page, _POEM[seed % len(_POEM)].split("|"), 120 + 30 * seed, 13, 120)


_DRAWN = {
    "letter": _letter,
    "invoice": _invoice,
    "report": _report,
    "form": _form,
    "photo": _photo,
    "empty": _empty,
    NONE: _poem,
}
