"""The files that the documentation speaks of, as they might lie in a reader's folder."""

from __future__ import annotations

from pathlib import Path

import pymupdf
from docx import Document

ROWS = (("Lamp oil", "2", "20.00"), ("Rope", "1", "10.00"), ("Total", "", "30.00"))


def draw(folder: Path) -> None:
    """Writes invoice.pdf, statement.pdf, form.pdf, scan.png, contract.docx, and a folder ``inbox`` of two."""
    with pymupdf.open() as invoice:
        page = invoice.new_page()
        _rows(page, 75, [("Kestrel Ltd.",), ("Invoice number: INV-20417",), ("Invoice date: 31 March 2026",)])
        _rows(page, 135, [("Description", "Quantity", "Amount"), *ROWS])
        invoice.save(folder / "invoice.pdf")
        page.get_pixmap(dpi=150).save(folder / "scan.png")
        (folder / "inbox").mkdir()
        invoice.save(folder / "inbox" / "march.pdf")
        page.get_pixmap(dpi=150).save(folder / "inbox" / "april.png")
    with pymupdf.open() as statement:
        for number in (1, 2):
            page = statement.new_page()
            page.insert_text((60, 75), f"Statement of account, page {number}", fontsize=16)
            days = [(f"{day} March 2026", f"Harbour fee {day}", f"{day}.00") for day in range(number, 20, 2)]
            _rows(page, 120, [("Date", "Description", "Amount"), *days])
        statement.save(folder / "statement.pdf")
    with pymupdf.open() as form:
        page = form.new_page()
        for row, label in enumerate(["Full name", "Date of birth", "Phone number"]):
            page.insert_text((60, 75 + 40 * row), label)
            field = pymupdf.Widget()
            field.field_name, field.field_type = f"f{row}", pymupdf.PDF_WIDGET_TYPE_TEXT
            field.rect = pymupdf.Rect(160, 60 + 40 * row, 400, 80 + 40 * row)
            field.field_value = "555 0134" if label == "Phone number" else ""
            page.add_widget(field)
        form.save(folder / "form.pdf")
    contract = Document()
    contract.add_heading("Contract of carriage", 1)
    contract.add_paragraph("The carrier takes forty crates from Kestrel to Amber before 1 June 2026.")
    contract.save(str(folder / "contract.docx"))


def _rows(page: pymupdf.Page, top: float, rows: list[tuple[str, ...]]) -> None:
    for line, row in enumerate(rows):
        for column, text in enumerate(row):
            page.insert_text((60 + 160 * column, top + 20 * line), text)
