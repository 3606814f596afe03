"""Documents made for these tests, and a parser that reads nothing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from schemas.documents import DocumentWarning, Page, ParsedDocument, StructuredData, WarningKind
from schemas.errors import DocumentUnreadable
from schemas.fragments import (
    FragmentType,
    FragmentWord,
    HeaderContent,
    PageFragment,
    TableCell,
    TableContent,
    TextContent,
)
from schemas.geometry import Box, PageSize
from schemas.progress import Report

SIZE = PageSize(width=612, height=792)


def box(row: int) -> Box:
    return Box(x1=72, y1=100 * row, x2=540, y2=100 * row + 20)


def text(content: str, order: int, page: int = 1, kind: FragmentType = FragmentType.TEXT) -> PageFragment:
    words = [
        FragmentWord(
            text=word, bbox=Box(x1=72 + 40 * at, y1=100 * order, x2=108 + 40 * at, y2=100 * order + 12)
        )
        for at, word in enumerate(content.split()[:10])
    ]
    return PageFragment(
        fragment_type=kind,
        content=TextContent(content=content),
        reading_order=order,
        bbox=box(order),
        ref_id=f"{page}.{order}",
        words=words,
    )


def heading(content: str, order: int, page: int = 1, level: int = 1) -> PageFragment:
    return PageFragment(
        fragment_type=FragmentType.SECTION_HEADER,
        content=HeaderContent(content=content, level=level),
        reading_order=order,
        bbox=box(order),
        ref_id=f"{page}.{order}",
    )


def table(rows: list[list[str]], order: int, page: int = 1) -> PageFragment:
    lines = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    cells = [
        TableCell(text=cell, bounding_box=Box(x1=10 * c, y1=10 * r, x2=10 * c + 9, y2=10 * r + 9))
        for r, row in enumerate(rows)
        for c, cell in enumerate(row)
    ]
    markup = f"<table>{lines}</table>"
    return PageFragment(
        fragment_type=FragmentType.TABLE,
        content=TableContent(content=markup, html=markup, cells=cells),
        reading_order=order,
        bbox=box(order),
        ref_id=f"{page}.{order}",
    )


def document(*pages: list[PageFragment], **more: Any) -> ParsedDocument:
    made = [Page.of(number, SIZE, fragments) for number, fragments in enumerate(pages, 1)]
    return ParsedDocument(
        total_pages=len(made),
        parsed_pages_count=len(made),
        pages=made,
        chunks=[],
        document_markdown="\n\n".join(f.content.content for page in made for f in page.page_fragments),
        **more,
    )


def lease() -> ParsedDocument:
    """Three pages: a contract with headings, a table of rents, and text that speaks to a model."""
    return document(
        [heading("Lease", 0, level=0), text("Between Ada Marsh and Basil Orr.", 1)],
        [
            heading("Rent", 0, 2),
            text("The tenant pays on the first of the month.", 1, 2),
            table([["Year", "Rent"], ["2031", "1,250.00"], ["2032", "1,300.00"]], 2, 2),
        ],
        [heading("Termination", 0, 3), text("Either side may end it within ninety days.", 1, 3)],
        warnings=[
            DocumentWarning(kind=WarningKind.LOW_CONFIDENCE, message="faint", page_number=1),
            DocumentWarning(kind=WarningKind.INSTRUCTION_IN_TEXT, message="orders", page_number=3),
        ],
        structured_data=[
            StructuredData(
                schema_name="Lease",
                page_numbers=[1, 2, 3],
                data={
                    "tenant": "Ada Marsh",
                    "tenant_citation": [{"page_number": 1, "x1": 110, "y1": 99, "x2": 190, "y2": 113}],
                    "tenant_confidence": 0.9,
                    "landlord": None,
                    "landlord_citation": [],
                    "landlord_confidence": None,
                    "rents": [{"year": 2031, "year_citation": [], "year_confidence": 0.5}],
                },
            )
        ],
    )


class MadeUpParser:
    """Gives ``lease`` for every file but those named ``bad``; ``held`` keeps it in the middle."""

    def __init__(self) -> None:
        self.read: list[Path] = []
        self.asked: list[Any] = []
        self.held: threading.Event | None = None
        self.closed = False

    def parse(
        self,
        path: Path,
        configuration: Any = None,
        page_range: str = "",
        watch: Callable[[Report, int], None] = lambda report, pages: None,
    ) -> ParsedDocument:
        self.read.append(path)
        self.asked.append(configuration)
        watch(Report(stage="read", page=1), 3)
        while self.held is not None and not self.held.wait(0.01):
            watch(Report(stage="read", page=2, pages_done=1), 3)
        if path.stem == "bad":
            raise DocumentUnreadable("It is no document.")
        watch(Report(stage="read", page=3, pages_done=3), 3)
        return lease()

    def edit(self, path: Path, filling: Any, watch: Callable[[Report, int], None]) -> ParsedDocument:
        told = {
            "detected_widgets": [
                {"name": "Name", "type": "text", "page_number": 1, "value": "Ada", "filled": True}
            ],
            "not_placed": [{"text": "hat size", "reason": "no field"}],
        }
        return document([text("Name", 0)]).model_copy(
            update={"form_filling_metadata": told, "filled_pdf_base64": "UERG"}
        )

    def __enter__(self) -> MadeUpParser:
        return self

    def __exit__(self, *_: object) -> None:
        self.closed = True
