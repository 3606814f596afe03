# mypy: disable-error-code="no-untyped-call"
"""Fillable PDF forms with the fields of their AcroForm trees, as pypdf reads them; and pictures of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import pymupdf

from benchmarks.corpus import Document, Truth
from benchmarks.facts.rasterise import rasterise
from benchmarks.scores.key_values import KeyValue
from models.images import turned_box
from schemas.geometry import BBox

_RECORD = ".fields.json"
_KINDS = {"/Tx": "text", "/Ch": "dropdown", "/Sig": "signature"}
_RADIO = 1 << 15
# So much (points) around a check box its border may be drawn.
_BORDER = 1.0


def documents(folder: Path) -> Iterator[Document]:
    """Every form that can be opened at all."""
    for record, pdf in _forms(folder):
        yield Document(folder.name, record.parent.name, pdf, partial(_truth, record, pdf))


def rasterised(folder: Path) -> Iterator[Document]:
    """The forms on which some value or box shows, as pictures alone: asked for is what can be seen."""
    for record, pdf in _forms(folder):
        if any(field.is_box or field.value for field in visible(record, pdf)):
            yield Document(
                "pdf_forms_rasterised", record.parent.name, _picture(pdf), partial(_seen, record, pdf)
            )


def _forms(folder: Path) -> Iterator[tuple[Path, Path]]:
    for record in sorted(folder.rglob(f"*{_RECORD}")):
        pdf = record.with_name(record.name.removesuffix(_RECORD) + ".pdf")
        if pdf.exists() and _has_pages(pdf):
            yield record, pdf


def _has_pages(pdf: Path) -> bool:
    with pymupdf.open(pdf) as opened:
        return bool(opened.page_count)


def _picture(pdf: Path) -> Path:
    """Files of one name lie in several folders of the set: the twin's name tells them apart."""
    return rasterise(pdf, name=f"{pdf.parent.parent.name}-{pdf.parent.name}-{pdf.name}")


def _truth(record: Path, pdf: Path) -> Truth:
    return Truth(fields=tuple(fields(record, pdf)))


def _seen(record: Path, pdf: Path) -> Truth:
    return Truth(shown_fields=tuple(visible(record, pdf)))


def fields(record: Path, pdf: Path) -> list[KeyValue]:
    """Every field with its place; push buttons, which have no value, are none."""
    with pymupdf.open(pdf) as opened:
        return [_field(row, opened) for row in _rows(record)]


@cache
def visible(record: Path, pdf: Path) -> tuple[KeyValue, ...]:
    """What a picture of the form shows: the boxes that are drawn, and every other field.

    The value is what stands in the field's place, empty if nothing does, None if that is not its value.
    """
    with pymupdf.open(pdf) as opened:
        return tuple(found for row in _rows(record) if (found := _shown(row, opened)) is not None)


def _rows(record: Path) -> list[dict[str, Any]]:
    rows = json.loads(record.read_text(encoding="utf-8"))
    return [row for row in rows if row["type"] != "/Btn" or row["state"] is not None]


def _field(row: dict[str, Any], opened: pymupdf.Document) -> KeyValue:
    page = opened[row["page"] - 1]
    area, width, height = _area(row, page), page.rect.width, page.rect.height
    box = BBox(area.x1 / width, area.y1 / height, area.x2 / width, area.y2 / height)
    if row["type"] == "/Btn":
        kind = "radio button" if row["name"] in _radios(page) else "checkbox"
        return KeyValue(kind, row["state"] != "/Off", row["page"], box, row["name"])
    return KeyValue(_KINDS[row["type"]], _value(row), row["page"], box, row["name"])


def _value(row: dict[str, Any]) -> str:
    """The text; several choices one a line; of a signature the record has no name."""
    value = row["value"]
    if row["type"] == "/Sig":
        return ""
    return "\n".join(value) if isinstance(value, list) else value or ""


def _radios(page: pymupdf.Page) -> set[str]:
    """The names of radio buttons, which the record does not tell from check boxes."""
    return {widget.field_name for widget in page.widgets() if widget.field_flags & _RADIO}


def _shown(row: dict[str, Any], opened: pymupdf.Document) -> KeyValue | None:
    page, field = opened[row["page"] - 1], _field(row, opened)
    area = _area(row, page)
    if field.is_box:
        return field if _is_drawn(area, page) else None
    text = _text_in(area, page)
    return field if text == _joined(str(field.value)) else replace(field, value=None if text else "")


def _area(row: dict[str, Any], page: Any) -> BBox:
    """Where the field lies on the page as displayed, points."""
    x1, y1, x2, y2 = row["rect"]
    crop, top = page.cropbox, page.mediabox.y1 - page.cropbox.y0
    box = BBox(min(x1, x2) - crop.x0, top - max(y1, y2), max(x1, x2) - crop.x0, top - min(y1, y2))
    return turned_box(box, page.rotation // 90, crop.width, crop.height)


def _text_in(area: BBox, page: Any) -> str:
    """The characters that stand in a place, without blanks."""
    blocks = page.get_text("rawdict")["blocks"]
    spans = (span for block in blocks for line in block.get("lines", ()) for span in line["spans"])
    chars = (char for span in spans for char in span["chars"])
    rotated = page.rotation_matrix
    return _joined(
        "".join(c["c"] for c in chars if area.holds(*BBox(*pymupdf.Rect(c["bbox"]) * rotated).center))
    )


def _joined(text: str) -> str:
    return "".join(text.split())


def _is_drawn(area: BBox, page: Any) -> bool:
    clip = (area.x1 - _BORDER, area.y1 - _BORDER, area.x2 + _BORDER, area.y2 + _BORDER)
    return not page.get_pixmap(clip=clip, dpi=72).is_unicolor
