"""The documents that the figures show: drawn from the HTML beside this, with pictures made here."""

from __future__ import annotations

import io
from base64 import b64encode
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pymupdf
import zxingcpp
from PIL import Image, ImageDraw, ImageFilter
from weasyprint import HTML

from models.signatures.training.ink import signature

mpl.use("svg")
mpl.rcParams["svg.hashsalt"] = "octavo"
import matplotlib.pyplot as plt  # noqa: E402

PAPERS = Path(__file__).parent / "papers"
DOTS_PER_INCH = 150

PAID = (
    ("02 Mar", "Salary, Analytical Engines Ltd.", "", "3,200.00"),
    ("03 Mar", "Rent, Quay Street", "950.00", ""),
    ("04 Mar", "Galway Grocers", "62.18", ""),
    ("05 Mar", "Railway tickets", "31.40", ""),
    ("06 Mar", "Harbour Books", "48.00", ""),
    ("07 Mar", "Telephone", "25.00", ""),
    ("09 Mar", "Galway Grocers", "57.92", ""),
    ("10 Mar", "Refund, Harbour Books", "", "12.00"),
    ("11 Mar", "Electricity", "88.35", ""),
    ("12 Mar", "Lace and ribbons", "23.50", ""),
    ("13 Mar", "Galway Grocers", "71.06", ""),
    ("14 Mar", "Theatre", "44.00", ""),
    ("16 Mar", "Lecture fee, Royal Society", "", "450.00"),
    ("17 Mar", "Water", "29.70", ""),
    ("18 Mar", "Galway Grocers", "66.45", ""),
    ("19 Mar", "Postage", "9.80", ""),
    ("20 Mar", "Insurance", "112.00", ""),
    ("21 Mar", "Paper and ink", "37.25", ""),
    ("23 Mar", "Galway Grocers", "59.31", ""),
    ("24 Mar", "Physician", "85.00", ""),
    ("25 Mar", "Music lessons", "60.00", ""),
    ("26 Mar", "Refund, railway", "", "15.70"),
    ("27 Mar", "Galway Grocers", "73.88", ""),
    ("28 Mar", "Punched cards", "140.00", ""),
    ("30 Mar", "Interest", "", "3.12"),
    ("31 Mar", "Account fee", "4.50", ""),
)
"""What a month brought: day, text, paid out, paid in."""
OPENING = 2140.55

APPLICANT = {
    "name": "Grace Hopper",
    "born": "9 December 1906",
    "street": "7 Signal Row",
    "town": "Galway",
    "email": "grace@hopper.example",
    "phone": "091 555 0134",
    "boat": "Cobol",
    "length": "9.40",
    "draught": "1.65",
    "sail": " checked",
    "motor": "",
    "rowing": "",
    "power": " checked",
    "water": " checked",
}
QUARTERS = ("Q1", "Q2", "Q3", "Q4")
SOLD = {"Theodolites": (42, 48, 55, 63), "Sensors": (30, 28, 36, 58), "Service": (18, 21, 20, 24)}
"""Thousands of euros a quarter."""
MONTHS = tuple(range(1, 13))
ORDERS = {
    "2024": (20, 24, 23, 28, 32, 31, 36, 38, 35, 41, 44, 46),
    "2025": (26, 30, 34, 33, 39, 45, 48, 47, 53, 58, 61, 66),
}


def invoice() -> bytes:
    """A bill of one page, with a code to pay by."""
    return _printed("invoice", {"pay.png": _code("https://pay.kestrel.example/KI-20417", "QRCode")})


def report() -> bytes:
    """A page of a journal in two columns, with a picture and a table."""
    return _printed("report", {"quay.png": _png(_quay())})


_FOOT = ('content: "Amber Savings Bank"', 'content: "Page " counter(page) " of " counter(pages)')


def statement(foot: bool = True) -> bytes:
    """A statement of account whose table goes on over page ends, with or without its foot."""
    balance, rows = OPENING, []
    for day, text, out, paid in PAID:
        balance += _number(paid) - _number(out)
        rows.append(
            f'<tr><td>{day}</td><td>{text}</td><td class="n">{out}</td><td class="n">{paid}</td>'
            f'<td class="n">{balance:,.2f}</td></tr>'
        )
    values = {"ROWS": "".join(rows)} | ({} if foot else dict.fromkeys(_FOOT, "content: none"))
    return _printed("statement", {}, **values)


def form(filled: bool, interactive: bool) -> bytes:
    """An application: empty or filled in, with fields of its own or as print."""
    values = {f"{{{key}}}": text if filled else "" for key, text in APPLICANT.items()}
    return _printed("form", {}, fields=interactive, **values)


def contract() -> bytes:
    """A contract with a bar code, struck words and a signature."""
    pictures = {"number.png": _code("CONTRACT-2026-0112", "Code128"), "signature.png": _signed()}
    return _printed("contract", pictures)


def sales() -> bytes:
    """A page with two drawn charts."""
    return _printed("sales", {"bars.svg": _bars(), "lines.svg": _lines()})


def pile() -> bytes:
    """Pages of four kinds in one file."""
    joined = pymupdf.open()
    for data in (invoice(), statement(), form(filled=True, interactive=False), contract()):
        joined.insert_pdf(pymupdf.open(stream=data))
    return bytes(joined.tobytes())


def scanned(pdf: bytes, lean: float = 1.6) -> bytes:
    """The first page as a scanner gives it: leaning, grey, with noise; a PNG."""
    pixels = pymupdf.open(stream=pdf)[0].get_pixmap(dpi=DOTS_PER_INCH)
    page = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples).convert("L")
    page = page.rotate(lean, Image.Resampling.BICUBIC, fillcolor=255).filter(ImageFilter.GaussianBlur(0.7))
    dice = np.random.default_rng(7)
    light = np.linspace(0.93, 1.0, page.width)[None, :]
    noisy = np.asarray(page, np.float32) * 0.94 * light + dice.normal(0, 2, (page.height, page.width))
    return _png(Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)))


def _printed(name: str, pictures: dict[str, bytes], fields: bool = False, **values: str) -> bytes:
    """The paper of this name as a PDF; ``pictures`` by the names that its HTML calls them."""
    text = (PAPERS / f"{name}.html").read_text(encoding="utf-8")
    for key, value in values.items():
        text = text.replace(key, value)
    for file, data in pictures.items():
        kind = "svg+xml" if file.endswith(".svg") else "png"
        text = text.replace(f'"{file}"', f'"data:image/{kind};base64,{b64encode(data).decode()}"')
    page = HTML(string=text)
    return bytes(page.write_pdf(pdf_forms=fields))


def _number(text: str) -> float:
    return float(text.replace(",", "") or 0)


def _png(picture: Image.Image) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    return buffer.getvalue()


def _code(value: str, kind: str) -> bytes:
    """A bar code, black on white."""
    made = zxingcpp.create_barcode(value, getattr(zxingcpp.BarcodeFormat, kind))
    picture = Image.fromarray(np.asarray(made.to_image(scale=4)))
    return _png(picture.resize((picture.width, 110)) if kind == "Code128" else picture)


def _signed() -> bytes:
    """A signature in blue ink on nothing."""
    mask = signature(np.random.default_rng(SIGNED), [])
    ink = np.zeros((*mask.shape, 4), np.uint8)
    ink[..., :3] = (28, 46, 120)
    ink[..., 3] = np.clip(mask * 255, 0, 255)
    return _png(Image.fromarray(ink))


SIGNED = 7
"""The seed of a signature that looks like one."""


def _quay() -> Image.Image:
    """A drawn photograph: sky, water, a quay with cranes, a ship."""
    wide, high = 900, 520
    rows = np.linspace(0, 1, high)[:, None, None]
    sky = np.array([120, 165, 205]) * (1 - rows) + np.array([250, 225, 190]) * rows
    water = np.array([70, 110, 130]) * (1 - rows) + np.array([25, 50, 75]) * rows
    ground = np.where(rows < 0.58, np.broadcast_to(sky, (high, 1, 3)), np.broadcast_to(water, (high, 1, 3)))
    picture = np.broadcast_to(ground, (high, wide, 3)).copy()
    dice = np.random.default_rng(3)
    picture[int(0.58 * high) :] += dice.normal(0, 9, (high - int(0.58 * high), wide, 1))
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    pen.ellipse((690, 90, 760, 160), fill=(255, 240, 205))
    pen.polygon([(0, 330), (430, 318), (470, 350), (470, 400), (0, 420)], fill=(92, 84, 78))
    for x in (70, 190, 310):
        pen.line([(x, 325), (x + 28, 120)], fill=(160, 60, 45), width=9)
        pen.line([(x + 60, 325), (x + 28, 120)], fill=(160, 60, 45), width=9)
        pen.line([(x - 40, 135), (x + 150, 105)], fill=(180, 75, 55), width=8)
        pen.line([(x + 130, 110), (x + 130, 220)], fill=(60, 60, 60), width=2)
    pen.polygon([(520, 300), (880, 300), (850, 372), (550, 372)], fill=(38, 52, 74))
    pen.rectangle((760, 235, 840, 300), fill=(235, 235, 228))
    for i, colour in enumerate(
        ((176, 64, 48), (60, 110, 90), (200, 150, 60), (70, 90, 140), (150, 150, 150))
    ):
        pen.rectangle((545 + 42 * i, 262, 583 + 42 * i, 300), fill=colour)
        pen.rectangle((545 + 42 * i, 226 + 8 * (i % 2), 583 + 42 * i, 260), fill=colour[::-1])
    return image.filter(ImageFilter.GaussianBlur(1.2))


def _bars() -> bytes:
    """Grouped bars by quarter."""
    figure, axes = plt.subplots(figsize=(7, 3.3))
    places = np.arange(len(QUARTERS))
    for i, (name, numbers) in enumerate(SOLD.items()):
        axes.bar(
            places + 0.26 * (i - 1), numbers, 0.24, label=name, color=("#0f4c5c", "#e36414", "#9a8c98")[i]
        )
    axes.set_xticks(places, QUARTERS)
    axes.set_ylabel("Thousand EUR")
    return _drawn(figure, axes)


def _lines() -> bytes:
    """Two lines over a year."""
    figure, axes = plt.subplots(figsize=(7, 3.0))
    for i, (name, numbers) in enumerate(ORDERS.items()):
        axes.plot(MONTHS, numbers, marker="o", markersize=4, label=name, color=("#9a8c98", "#0f4c5c")[i])
    axes.set_xlabel("Month")
    axes.set_ylabel("Orders")
    axes.set_xticks(MONTHS)
    return _drawn(figure, axes)


def _drawn(figure: plt.Figure, axes: plt.Axes) -> bytes:
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.tight_layout()
    buffer = io.BytesIO()
    with mpl.rc_context({"svg.fonttype": "none", "font.family": "DejaVu Sans"}):
        figure.savefig(buffer, format="svg")
    plt.close(figure)
    return buffer.getvalue()
