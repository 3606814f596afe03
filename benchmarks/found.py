"""The regions that engines find, in one form: shares of the page, the classes of ``scores.regions``."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pymupdf

from benchmarks.scores.classes import PAGE_CLASS
from benchmarks.scores.key_values import FIELD
from benchmarks.scores.merges import FoundPiece, FoundTable
from benchmarks.scores.regions import LABELS, PageRegion
from benchmarks.scores.struck import STRUCK_WORD
from benchmarks.scores.teds import tree
from schemas.documents import Page, ParsedDocument
from schemas.fragments import Content, FragmentType, TableContent
from schemas.geometry import BBox

_OCTAVO = {
    FragmentType.TITLE: "heading",
    FragmentType.SECTION_HEADER: "heading",
    FragmentType.TEXT: "text",
    FragmentType.LIST_ITEM: "list_item",
    FragmentType.TABLE: "table",
    FragmentType.FORM: "key_value_region",
    FragmentType.KEY_VALUE_REGION: "key_value_region",
    FragmentType.DOCUMENT_INDEX: "document_index",
    FragmentType.FIGURE: "picture",
    FragmentType.CHART: "picture",
    FragmentType.BARCODE: "picture",
    FragmentType.FORMULA: "formula",
    FragmentType.TABLE_CAPTION: "caption",
    FragmentType.FIGURE_CAPTION: "caption",
    FragmentType.FORMULA_CAPTION: "caption",
    FragmentType.PAGE_HEADER: "page_header",
    FragmentType.PAGE_FOOTER: "page_footer",
}
"""Signatures and struck text lie on other regions and are none of the layout."""

_PYMUPDF4LLM = {"title": "heading", "section_header": "heading"}
_OPENDATALOADER = {
    "heading": "heading",
    "paragraph": "text",
    "list item": "list_item",
    "table": "table",
    "image": "picture",
    "caption": "caption",
    "formula": "formula",
    "header": "page_header",
    "footer": "page_footer",
}


def of_octavo(document: ParsedDocument) -> list[PageRegion]:
    """The fragments that have a box. A page number is of the half of the page it stands in."""
    return [region for page in document.pages for region in _regions(page)]


def _regions(page: Page) -> Iterator[PageRegion]:
    size = page.page_dimensions
    for fragment in page.page_fragments:
        if size is None or fragment.bbox is None:
            continue
        box = _shares(fragment.bbox.bbox(), size.width, size.height)
        label = _OCTAVO.get(fragment.fragment_type)
        if fragment.fragment_type is FragmentType.PAGE_NUMBER:
            label = "page_header" if box.center[1] < 0.5 else "page_footer"
        if label:
            yield PageRegion(label, box, page.page_number, str(fragment.content.content))


_FINDS = frozenset(
    {
        FragmentType.BARCODE,
        FragmentType.SIGNATURE,
        FragmentType.STRIKETHROUGH,
        FragmentType.CHART,
        FragmentType.FORM,
        FragmentType.KEY_VALUE_REGION,
    }
)


def finds_of(document: ParsedDocument) -> list[PageRegion]:
    """What was found besides text: the label is the fragment's type, the text its content.

    A form is followed by its fields, each as its entry (``scores.key_values.FIELD``), a struck passage by its
    words where the document has words. A page in a class is a find (``scores.classes.PAGE_CLASS``), too.
    """
    whole = BBox(0, 0, 1, 1)
    found = [
        PageRegion(PAGE_CLASS, whole, number, one.page_class)
        for one in document.page_classes or ()
        for number in one.page_numbers
    ]
    for page in document.pages:
        for fragment in page.page_fragments:
            if fragment.fragment_type not in _FINDS or not fragment.bbox or not page.page_dimensions:
                continue
            width, height = page.page_dimensions.width, page.page_dimensions.height
            box = _shares(fragment.bbox.bbox(), width, height)
            text = str(fragment.content.content)
            found.append(
                PageRegion(fragment.fragment_type.value, box, page.page_number, text, fragment.confidence)
            )
            if isinstance(fragment.content, TableContent):
                placed = [entry for entry in json.loads(text) if entry["box_id"] is not None]
                for entry, cell in zip(placed, fragment.content.cells, strict=True):
                    cell_box = _shares(cell.bounding_box.bbox(), width, height)
                    found.append(PageRegion(FIELD, cell_box, page.page_number, json.dumps(entry)))
            if fragment.fragment_type is FragmentType.STRIKETHROUGH:
                for word in fragment.words or []:
                    word_box = _shares(word.bbox.bbox(), width, height)
                    found.append(PageRegion(STRUCK_WORD, word_box, page.page_number, word.text))
    return found


def merged_of(document: ParsedDocument) -> list[FoundTable]:
    """The merged tables, each with the text of the fragments that it was made from.

    A row alone on its page may have been read as text.
    """
    pieces = {
        fragment.ref_id: FoundPiece(page.page_number, _plain(fragment.content))
        for page in document.pages
        for fragment in page.page_fragments
        if fragment.ref_id
    }
    return [
        FoundTable(one.merged_table_html, tuple(pieces[name] for name in one.element_ids if name in pieces))
        for one in document.merged_tables
    ]


def _plain(content: Content) -> str:
    if not isinstance(content, TableContent):
        return content.content
    return " ".join(cell.text for row in tree(content.html or "").children for cell in row.children)


def of_pymupdf4llm(path: Path, pages: Sequence[dict[str, Any]]) -> list[PageRegion]:
    """The boxes of ``page_chunks``; of a picture, in points of the page that it is converted to."""
    sizes = page_sizes(path)
    found: list[PageRegion] = []
    for number, page in enumerate(pages, start=1):
        for box in page["page_boxes"]:
            name = box["class"].replace("-", "_")
            label = _PYMUPDF4LLM.get(name, name)
            if label in LABELS:
                start, end = box["pos"]
                shares = _shares(BBox(*box["bbox"]), *sizes[number - 1])
                found.append(PageRegion(label, shares, number, page["text"][start:end]))
    return found


def of_opendataloader(path: Path, record: dict[str, Any]) -> list[PageRegion]:
    """The outermost elements of its JSON, lists by their items; its boxes run from the bottom left."""
    sizes = page_sizes(path)
    found: list[PageRegion] = []
    for element in _elements(record["kids"]):
        label, number = _OPENDATALOADER.get(element["type"]), element["page number"]
        if label:
            width, height = sizes[number - 1]
            left, bottom, right, top = element["bounding box"]
            box = _shares(BBox(left, height - top, right, height - bottom), width, height)
            found.append(PageRegion(label, box, number, element.get("content", "")))
    return found


def _elements(kids: Sequence[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for kid in kids:
        if kid["type"] == "list":
            yield from kid["list items"]
        elif kid["type"] == "text block":
            yield from _elements(kid.get("kids", []))
        else:
            yield kid


def page_sizes(path: Path) -> list[tuple[float, float]]:
    """Width and height of each page as displayed: points of a PDF, and of a picture as MuPDF opens it."""
    with pymupdf.open(path) as opened:  # type: ignore[no-untyped-call]
        return [(page.rect.width, page.rect.height) for page in opened]


def _shares(box: BBox, width: float, height: float) -> BBox:
    return BBox(box.x1 / width, box.y1 / height, box.x2 / width, box.y2 / height)
