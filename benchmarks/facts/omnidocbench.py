"""OmniDocBench pages (Ouyang et al. 2024): pictures with blocks in reading order, tables as HTML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from lxml import html
from PIL import Image

from benchmarks.corpus import Document, Truth
from benchmarks.scores.formulas import latex_text, without_latex
from benchmarks.scores.order import Block
from benchmarks.scores.regions import PageRegion
from schemas.geometry import BBox

_TEXT = frozenset({"text_block", "title", "code_txt", "reference", "list"})
"""The categories whose text and order are scored. Captions, running heads and formulas may be read or not."""

_REGIONS = {
    "text_block": "text",
    "code_txt": "text",
    "reference": "text",
    "title": "heading",
    "list": "list_item",
    "table": "table",
    "figure": "picture",
    "equation_isolated": "formula",
    "table_caption": "caption",
    "figure_caption": "caption",
    "table_footnote": "caption",
    "figure_footnote": "caption",
    "page_footnote": "footnote",
    "header": "page_header",
    "footer": "page_footer",
}
"""The classes of its categories; equation numbers are parts of formulas, and what is abandoned is nothing."""


def documents(folder: Path) -> Iterator[Document]:
    """Every page picture that has a record beside it."""
    for label in sorted(folder.glob("*.json")):
        page = json.loads(label.read_text(encoding="utf-8"))
        kind = page["page_info"].get("page_attribute", {}).get("language", "unknown")
        picture = next((p for s in (".jpg", ".png") if (p := label.with_name(label.stem + s)).exists()), None)
        if picture:
            yield Document(folder.name, kind, picture, partial(_truth, page, picture))


def _truth(page: dict[str, Any], picture: Path) -> Truth:
    markdown = picture.with_suffix(".md")
    regions = [region for region in page["layout_dets"] if not region.get("ignore")]
    regions.sort(key=lambda region: region.get("order") or 0)
    true_tables = [r["html"] for r in regions if r["category_type"] == "table" and r.get("html")]
    return Truth(
        markdown=markdown.read_text(encoding="utf-8") if markdown.exists() else None,
        blocks=tuple(block for region in regions for block in _blocks(region)),
        tables=(tuple(without_latex(table) for table in true_tables),),
        regions=tuple(_regions(page["layout_dets"], picture)),
    )


def _regions(found: list[dict[str, Any]], picture: Path) -> Iterator[PageRegion]:
    """The boxes, all of them: a page number is of the half of the page it stands in.

    Their unit is the picture's pixel; the sizes in the records are sometimes the wrong way round.
    """
    with Image.open(picture) as opened:
        width, height = opened.size
    for region in found:
        xs, ys = region["poly"][0::2], region["poly"][1::2]
        box = BBox(min(xs) / width, min(ys) / height, max(xs) / width, max(ys) / height)
        label = _REGIONS.get(region["category_type"])
        if region["category_type"] == "page_number":
            label = "page_header" if box.center[1] < 0.5 else "page_footer"
        if label:
            yield PageRegion(label, box)


def _blocks(region: dict[str, Any]) -> list[Block]:
    if region["category_type"] == "table":
        table = html.fragment_fromstring(region.get("html") or "<table></table>", create_parent="div")
        return [
            Block(without_latex("".join(c.itertext())), scored=False) for c in table.xpath(".//td | .//th")
        ]
    text = without_latex(region.get("text") or "") or latex_text(region.get("latex") or "")
    return [Block(text, scored=region["category_type"] in _TEXT)]
