"""A ``DoclingDocument`` (docling-core's JSON) of a result.

Boxes of items have their origin at the bottom left of the page, those of table cells at the top left, as
docling itself writes both for PDFs; the unit is that of Octavo's pages.
"""

from __future__ import annotations

import base64
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from api.docling.blocks import FURNITURE, Block, Kind
from schemas.documents import Page
from schemas.geometry import Box, PageSize

VERSION = "1.3.0"
"""Of the schema: readers refuse what is newer than they are, so it is no newer than what is used of it."""

_LABELS = {
    Kind.TITLE: "title",
    Kind.HEADING: "section_header",
    Kind.TEXT: "text",
    Kind.CODE: "code",
    Kind.FORMULA: "formula",
    Kind.ITEM: "list_item",
    Kind.CAPTION: "caption",
    Kind.PAGE_HEADER: "page_header",
    Kind.PAGE_FOOTER: "page_footer",
}
_LANGUAGES = {
    name.lower(): name
    for name in (
        "Bash C CSS Dockerfile Go Haskell HTML Java JavaScript Kotlin Lua MATLAB Perl PHP Python Ruby Rust"
        " Scala SQL Swift TypeScript XML YAML"
    ).split()
}
_POINTS_AN_INCH = 72
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that was read. ``sha256`` is its checksum in hex, None where it is not known (any more)."""

    filename: str
    mime_type: str | None = None
    sha256: str | None = None


class Document:
    """The document of some blocks: ``data`` is its JSON, ``places`` says where each ``ref_id`` is in it."""

    def __init__(
        self, origin: Origin, pages: Sequence[Page], blocks: Iterable[Block], *, images: bool
    ) -> None:
        """``images``: pictures carry their bytes, where the result has them."""
        self.places: dict[str, str] = {}
        self._images = images
        self._sizes = {page.page_number: page.page_dimensions for page in pages}
        self._body: dict[str, Any] = _group("#/body", None, "_root_", "unspecified")
        self._kinds: dict[str, list[dict[str, Any]]] = {
            name: [] for name in ("groups", "texts", "pictures", "tables", "key_value_items", "form_items")
        }
        self._lists: list[tuple[dict[str, Any], dict[str, Any]]] = []
        for block in blocks:
            self._add(block)
        self.data: dict[str, Any] = {
            "schema_name": "DoclingDocument",
            "version": VERSION,
            "name": _stem(origin.filename),
            "origin": {
                "mimetype": origin.mime_type or "application/octet-stream",
                # The schema takes no more than 64 bits.
                "binary_hash": int((origin.sha256 or "0")[:16], 16),
                "filename": origin.filename,
            },
            "furniture": _group("#/furniture", None, "_root_", "unspecified", layer="furniture"),
            "body": self._body,
            **self._kinds,
            "pages": {
                str(number): {"size": size.model_dump(), "image": None, "page_no": number}
                for number, size in self._sizes.items()
                if size is not None
            },
        }

    def _add(self, block: Block) -> None:
        if block.kind is Kind.ITEM:
            self._add_item(block)
            return
        if block.kind not in FURNITURE:
            self._lists.clear()
        match block.kind:
            case Kind.TABLE:
                self._add_table(block)
            case Kind.PICTURE:
                self._add_picture(block)
            case Kind.FIELDS:
                self._add_fields(block)
            case _:
                self._add_text(block, self._body)

    def _add_text(self, block: Block, parent: dict[str, Any]) -> dict[str, Any]:
        item = self._new("texts", block, parent, _LABELS[block.kind])
        item |= {"orig": block.text, "text": block.text}
        if block.kind in FURNITURE:
            item["content_layer"] = "furniture"
        if block.kind is Kind.HEADING:
            item["level"] = block.level
        if block.kind is Kind.CODE:
            item["code_language"] = _LANGUAGES.get(block.language, "unknown")
            item |= _floating()
        if block.marks:
            item["formatting"] = block.marks
        if block.kind is Kind.FORMULA:
            for caption in block.captions:
                self._add_text(caption, parent)
        return item

    def _add_item(self, block: Block) -> None:
        """An item in the group of its list; the group of a list in a list is a child of the item above it."""
        del self._lists[block.depth + 1 :]
        if len(self._lists) <= block.depth:
            parent = self._lists[-1][1] if self._lists else self._body
            name = f"#/groups/{len(self._kinds['groups'])}"
            group = _group(name, parent, "list", "list")
            self._kinds["groups"].append(group)
        else:
            group = self._lists.pop()[0]
        item = self._add_text(block, group)
        item |= {"enumerated": block.enumerated, "marker": block.marker}
        self._lists.append((group, item))

    def _add_table(self, block: Block) -> None:
        item = self._new("tables", block, self._body, "table") | _floating()
        self._kinds["tables"][-1] = item
        grid, size = block.grid, self._sizes.get(block.page)
        item["data"] = {
            "num_rows": grid.rows,
            "num_cols": grid.columns,
            "table_cells": [
                {
                    "bbox": _top_left(cell.box) if size is not None else None,
                    "row_span": cell.row_span,
                    "col_span": cell.column_span,
                    "start_row_offset_idx": cell.row,
                    "end_row_offset_idx": cell.row + cell.row_span,
                    "start_col_offset_idx": cell.column,
                    "end_col_offset_idx": cell.column + cell.column_span,
                    "text": cell.text,
                    "column_header": cell.header,
                    "row_header": False,
                    "row_section": False,
                }
                for cell in grid.cells
            ],
        }
        item["annotations"] = _described(block)
        self._caption(item, block)

    def _add_picture(self, block: Block) -> None:
        item = self._new("pictures", block, self._body, "picture") | _floating()
        self._kinds["pictures"][-1] = item
        if self._images and block.image:
            item["image"] = _image(block.image, block.box)
        item["annotations"] = _described(block)
        self._caption(item, block)
        if block.text:
            inside = Block(Kind.TEXT, block.page, block.box, None, block.text, block.markdown)
            self._add_text(inside, item)

    def _add_fields(self, block: Block) -> None:
        item = self._new("form_items", block, self._body, "form") | _floating()
        self._kinds["form_items"][-1] = item
        cells: list[dict[str, Any]] = []
        links: list[dict[str, Any]] = []
        for number, one in enumerate(block.fields):
            key, value = 2 * number, 2 * number + 1
            where = self._prov(block.page, one.box, one.value)
            cells.append({"label": "key", "cell_id": key, "text": one.name, "orig": one.name})
            cells.append(
                {
                    "label": "checkbox" if one.checkbox else "value",
                    "cell_id": value,
                    "text": one.value,
                    "orig": one.value,
                    "prov": where[0] if where else None,
                }
            )
            links.append({"label": "to_value", "source_cell_id": key, "target_cell_id": value})
        item["graph"] = {"cells": cells, "links": links}

    def _caption(self, item: dict[str, Any], block: Block) -> None:
        for caption in block.captions:
            item["captions"].append({"$ref": self._add_text(caption, item)["self_ref"]})

    def _new(self, kind: str, block: Block, parent: dict[str, Any], label: str) -> dict[str, Any]:
        name = f"#/{kind}/{len(self._kinds[kind])}"
        item: dict[str, Any] = {
            "self_ref": name,
            "parent": {"$ref": parent["self_ref"]},
            "children": [],
            "content_layer": "body",
            "label": label,
            "prov": self._prov(block.page, block.box, block.text),
        }
        parent["children"].append({"$ref": name})
        self._kinds[kind].append(item)
        if block.ref_id:
            self.places[block.ref_id] = name
        return item

    def _prov(self, page: int, box: Box | None, text: str) -> list[dict[str, Any]]:
        size = self._sizes.get(page)
        if box is None or size is None:
            return []
        return [{"page_no": page, "bbox": _bottom_left(box, size), "charspan": [0, len(text)]}]


def _group(
    name: str, parent: dict[str, Any] | None, title: str, label: str, layer: str = "body"
) -> dict[str, Any]:
    group: dict[str, Any] = {
        "self_ref": name,
        "children": [],
        "content_layer": layer,
        "name": title,
        "label": label,
    }
    if parent is not None:
        group["parent"] = {"$ref": parent["self_ref"]}
        parent["children"].append({"$ref": name})
    return group


def _floating() -> dict[str, Any]:
    return {"captions": [], "references": [], "footnotes": []}


def _described(block: Block) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if block.picture:
        classes = [{"class_name": block.picture, "confidence": 1.0}]
        found.append({"kind": "classification", "provenance": "octavo", "predicted_classes": classes})
    if block.summary:
        found.append({"kind": "description", "provenance": "octavo", "text": block.summary})
    if block.data is not None:
        found.append({"kind": "misc", "content": {"chart": block.data}})
    return found


def _image(png: str, box: Box | None) -> dict[str, Any]:
    width, height = _png_size(png)
    inches = (box.x2 - box.x1) / _POINTS_AN_INCH if box is not None else 0
    return {
        "mimetype": "image/png",
        "dpi": max(round(width / inches), 1) if inches > 0 else _POINTS_AN_INCH,
        "size": {"width": width, "height": height},
        "uri": f"data:image/png;base64,{png}",
    }


def _png_size(png: str) -> tuple[int, int]:
    """Width and height from the first chunk (PNG, section 11.2.2)."""
    head = base64.b64decode(png[:32])
    if len(head) < 24 or not head.startswith(_PNG):
        return (0, 0)
    width, height = struct.unpack(">II", head[16:24])
    return (width, height)


def _bottom_left(box: Box, size: PageSize) -> dict[str, Any]:
    bottom, top = round(size.height - box.y2, 1), round(size.height - box.y1, 1)
    return {"l": box.x1, "t": top, "r": box.x2, "b": bottom, "coord_origin": "BOTTOMLEFT"}


def _top_left(box: Box | None) -> dict[str, Any] | None:
    if box is None:
        return None
    return {"l": box.x1, "t": box.y1, "r": box.x2, "b": box.y2, "coord_origin": "TOPLEFT"}


def _stem(name: str) -> str:
    stem, dot, _ = name.rpartition(".")
    return stem if dot and stem else name
