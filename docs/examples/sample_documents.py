"""The documents that the examples read: a lease, a heat pump's manual, a bank statement, a scan, and bills.

Start it alone to have a look at them: ``python sample_documents.py FOLDER``. It needs
PyMuPDF and Pillow, which come with Octavo.
"""

from __future__ import annotations

import io
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pymupdf
from PIL import Image

SOURCES = Path(__file__).parent / "documents"
PAPER: Any = pymupdf.paper_rect("a4")
STYLE = """
* { font-family: sans-serif; font-size: 11pt; line-height: 1.4; }
h1 { font-size: 20pt; color: #17365d; margin-bottom: 10pt; }
h2 { font-size: 13.5pt; color: #17365d; margin: 12pt 0 4pt 0; }
h3 { font-size: 11.5pt; margin: 8pt 0 2pt 0; }
p { margin: 0 0 6pt 0; }
table { width: 100%; border-collapse: collapse; margin: 6pt 0; }
th { text-align: left; padding: 3pt 5pt; border: 0.5pt solid #8899aa; color: #17365d; }
td { padding: 3pt 5pt; border: 0.5pt solid #8899aa; }
.sum { text-align: right; }
.new { page-break-before: always; }
"""

# What happened on the account: a day of the quarter, what for, how much (negative: out).
PAYMENTS = [
    (1, "Standing order · Northgate Properties · service charge", "-480.00"),
    (2, "Card · Potclays · stoneware clay, 40 bags", "-612.40"),
    (6, "Transfer from Museum shop, Dundee", "1830.00"),
    (8, "Direct debit · Forth Energy · electricity, March", "-914.22"),
    (13, "Transfer from Harbour Books · mugs with print", "2205.50"),
    (16, "Card · Kiln spares · thermocouple type S", "-189.95"),
    (21, "Card terminal · takings of the showroom", "3118.70"),
    (24, "Salaries, April", "-5240.00"),
    (29, "HM Revenue and Customs · value added tax", "-1987.31"),
    (34, "Transfer from Hotel Firth · breakfast service, first half", "4150.00"),
    (38, "Direct debit · Forth Energy · electricity, April", "-967.80"),
    (41, "Card · Postage and packing supplies", "-243.18"),
    (47, "Card terminal · takings of the showroom", "3390.25"),
    (51, "Course fees, spring", "1680.00"),
    (54, "Salaries, May", "-5240.00"),
    (58, "Transfer abroad · Limoges Porcelaine · glaze", "-705.60"),
    (59, "Fee for a payment abroad", "-4.00"),
    (61, "Rent, third quarter · Northgate Properties", "-6300.00"),
    (65, "Transfer from Hotel Firth · breakfast service, second half", "4150.00"),
    (69, "Direct debit · Forth Energy · electricity, May", "-902.14"),
    (73, "Card terminal · takings of the showroom", "4012.85"),
    (76, "Insurance · Meridian Mutual, yearly premium", "-1342.00"),
    (80, "Transfer from Museum shop, Dundee", "2040.00"),
    (84, "Salaries, June", "-5240.00"),
    (88, "Refund · Potclays · damaged bags", "61.24"),
    (90, "Account fees, second quarter", "-25.50"),
]

# Seller, its address, number, date, and what was sold: description, quantity, price of one.
BILLS = [
    (
        "Potclays of Etruria Ltd",
        "Brick Kiln Lane, Stoke-on-Trent ST4 7BP",
        "PC-88120",
        date(2026, 4, 1),
        [("Stoneware clay, 12.5 kg", 40, "11.50"), ("Carriage", 1, "50.33")],
    ),
    (
        "Kiln Spares Direct",
        "Unit 6, Dock Road, Hull HU9 1TU",
        "2026/0417",
        date(2026, 4, 15),
        [("Thermocouple type S, 300 mm", 1, "139.00"), ("Ceramic terminal block", 3, "6.43")],
    ),
    (
        "Forth Energy plc",
        "90 Shore Terrace, Edinburgh EH6 6QW",
        "FE-5530981",
        date(2026, 5, 6),
        [("Electricity, April, kWh", 2880, "0.27"), ("Standing charge, days", 30, "0.96")],
    ),
]


def draw_documents(folder: Path) -> list[Path]:
    """Writes the lease, the manual, the statement and the scanned certificate; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = {
        "lease.pdf": paged(source("lease"), "Lease · 27 Harbour Street, Leith"),
        "heat-pump-manual.pdf": paged(source("manual"), "Borea 8 · manual for users · edition 3"),
        "bank-statement.pdf": paged(statement(), "Caledonia Trade Bank · 30 41 77 · 2260 1845"),
        "insurance-certificate.pdf": scanned(paged(source("certificate"), "")),
    }
    for name, content in drawn.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in drawn]


def draw_invoices(folder: Path) -> list[Path]:
    """Writes three bills, the second of them as a scan; their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for place, (seller, address, number, day, items) in enumerate(BILLS):
        amounts = [quantity * Decimal(price) for _, quantity, price in items]
        net = sum(amounts, Decimal())
        vat = (net / 5).quantize(Decimal("0.01"))
        page = source("invoice").format(
            seller=seller,
            seller_address=address,
            number=number,
            date=f"{day:%d %B %Y}",
            due=f"{day + timedelta(30):%d %B %Y}",
            rows="".join(
                row(what, str(quantity), price, f"{amount:,.2f}")
                for (what, quantity, price), amount in zip(items, amounts, strict=True)
            ),
            subtotal=f"£{net:,.2f}",
            vat=f"£{vat:,.2f}",
            total=f"£{net + vat:,.2f}",
        )
        content = paged(page, "")
        path = folder / f"bill-{place + 1}.pdf"
        path.write_bytes(scanned(content) if place == 1 else content)
        paths.append(path)
    return paths


def source(name: str) -> str:
    """The HTML of a document."""
    return (SOURCES / f"{name}.html").read_text(encoding="utf-8")


def statement() -> str:
    """The bank statement, its balances reckoned."""
    opening = balance = Decimal("7412.36")
    rows = []
    for day, what, sum_text in PAYMENTS:
        amount = Decimal(sum_text)
        balance += amount
        out, into = ("", f"{amount:,.2f}") if amount > 0 else (f"{-amount:,.2f}", "")
        when = f"{date(2026, 3, 31) + timedelta(day):%d&nbsp;%b}"
        rows.append(row(when, what, out, into, f"{balance:,.2f}"))
    amounts = [Decimal(amount) for _, _, amount in PAYMENTS]
    return source("statement").format(
        opening=f"£{opening:,.2f}",
        money_in=f"£{sum(a for a in amounts if a > 0):,.2f}",
        money_out=f"£{-sum(a for a in amounts if a < 0):,.2f}",
        closing=f"£{balance:,.2f}",
        rows="\n".join(rows),
    )


def row(*cells: str) -> str:
    """A table's row; what looks like a number stands to the right."""
    return "<tr>" + "".join(f"<td{right(cell)}>{cell}</td>" for cell in cells) + "</tr>"


def right(cell: str) -> str:
    """The class of a cell with a number."""
    return ' class="sum"' if cell.replace(",", "").replace(".", "").isdecimal() else ""


def paged(html: str, foot: str) -> bytes:
    """A PDF of A4 pages; ``foot`` stands at the foot of each, with the page's number."""
    story: Any = pymupdf.Story(html, user_css=STYLE)
    flow = pymupdf.Rect(PAPER.x0 + 62, PAPER.y0 + 56, PAPER.x1 - 62, PAPER.y1 - 70)
    document: Any = story.write_with_links(lambda *_: (PAPER, flow, pymupdf.Identity))
    for page in document if foot else ():
        text = f"{foot} · page {page.number + 1} of {len(document)}"
        page.insert_text((flow.x0, PAPER.y1 - 40), text, fontsize=8, fontname="helv", color=(0.4, 0.4, 0.4))
    return bytes(document.tobytes(garbage=3, deflate=True))


def scanned(content: bytes, dpi: int = 150, lean: float = 0.6) -> bytes:
    """The same pages as grey pictures that lean by some tenths of a degree, as a scanner gives them."""
    pages: Any = pymupdf.open(stream=content)
    target: Any = pymupdf.open()
    for page in pages:
        pixels = page.get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
        picture = Image.frombytes("L", (pixels.width, pixels.height), pixels.samples)
        buffer = io.BytesIO()
        picture.rotate(lean, Image.Resampling.BICUBIC, fillcolor=255).save(buffer, "JPEG", quality=70)
        sheet = target.new_page(width=page.rect.width, height=page.rect.height)
        sheet.insert_image(sheet.rect, stream=buffer.getvalue())
    return bytes(target.tobytes())


if __name__ == "__main__":
    wanted = Path(sys.argv[1] if len(sys.argv) > 1 else "documents")
    for drawn in [*draw_documents(wanted), *draw_invoices(wanted)]:
        print(drawn)
