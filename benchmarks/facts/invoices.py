"""Invoices and tax forms with labelled fields: invoice2data's examples, Azure's labelled samples.

The first are what templates find: only the fields of a document's template are known, and of its texts only
those that are printed in the document (the others are constants of the template). The second are labelled by
hand with boxes; a field without a label is empty, a box to tick without one is not judged.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pymupdf

from benchmarks.corpus import Document, Truth
from benchmarks.peers import View, schema_of
from benchmarks.scores.alike import Kind, plain
from benchmarks.scores.extraction import FieldTruth
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox

_LABELS = ".labels.json"
_KITS = {
    "1099-training-data": View.F1099,
    "invoice-sample_data_with_labels": View.DELIVERY,
    "w8-training-data": View.W8,
    "w9-training-data": View.W9,
}
_CURRENCY = "currency"


def documents(folder: Path) -> Iterator[Document]:
    """The invoices, then the forms kit by kit: each kit has a schema of its own."""
    for label in sorted((folder / "i2d").glob("*.json")):
        path = next((p for p in map(label.with_suffix, (".pdf", ".txt", ".png")) if p.exists()), None)
        if path:
            yield Document(folder.name, View.INVOICE, path, partial(_invoice, label, path), view=View.INVOICE)
    for kit, view in _KITS.items():
        for label in sorted((folder / "azure" / kit).glob(f"*{_LABELS}")):
            path = label.with_name(label.name.removesuffix(_LABELS))
            if path.exists():
                yield Document(folder.name, view, path, partial(_form, label, view), view=view)


def _invoice(label: Path, path: Path) -> Truth:
    (said,) = json.loads(label.read_text(encoding="utf-8"))
    printed = plain(_text(path))
    fields = []
    for name, schema in schema_of(View.INVOICE)["properties"].items():
        kind = Kind.CURRENCY if name == _CURRENCY else _kind(schema)
        value = str(said.get(name, ""))
        if value and (kind is not Kind.TEXT or not printed or plain(value) in printed):
            fields.append(FieldTruth(name, kind, (value,)))
    return Truth(filled=tuple(fields))


def _text(path: Path) -> str:
    if path.suffix == ".txt":
        return path.read_text(encoding="utf-8")
    with pymupdf.open(path) as opened:  # type: ignore[no-untyped-call]
        return "".join(page.get_text() for page in opened)


def _form(label: Path, view: View) -> Truth:
    rows = json.loads(label.read_text(encoding="utf-8"))["labels"]
    labelled = {row["label"]: row["value"] for row in rows}
    fields = []
    for name, schema in schema_of(view)["properties"].items():
        kind, parts = _kind(schema), labelled.get(name)
        text = " ".join(part["text"] for part in parts or ())
        if parts is None and kind is Kind.BOOLEAN:
            continue
        if parts is not None and not text:  # a place that nobody read
            continue
        places = [_place(part) for part in parts or ()]
        fields.append(FieldTruth(name, kind, (text,) if text else (), tuple(places)))
    return Truth(filled=tuple(fields))


def _kind(schema: dict[str, Any]) -> Kind:
    if schema["type"] in ("number", "boolean"):
        return Kind(schema["type"])
    return Kind.DATE if schema.get("format") == "date" else Kind.TEXT


def _place(part: dict[str, Any]) -> PageRegion:
    corners = [number for box in part["boundingBoxes"] for number in box]
    across, down = corners[::2], corners[1::2]
    return PageRegion(
        "value", BBox(min(across), min(down), max(across), max(down)), part["page"], part["text"]
    )
