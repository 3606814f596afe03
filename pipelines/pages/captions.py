"""Captions by their labels: ``Table 3:``, ``Fig. 2``, ``Abbildung 4``, beside a table or a picture."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipelines.pages.blocks import Block
from pipelines.pages.paragraphs import rows, text_of
from schemas.geometry import BBox
from schemas.reading import RegionKind

_OF_TABLES = (
    "table|tab|tabelle|tableau|tabla|tabela|tabella|cuadro|quadro|tabel|tablica|taulukko|tabulka|"
    "таблица|табл|πίνακας|جدول|表格|表|표"
)
_OF_FIGURES = (
    "figure|fig|figs|abbildung|abb|bild|figura|gráfico|grafico|gráfica|graphique|ilustración|rysunek|rys|"
    "kuva|obrázek|diagram|chart|scheme|schema|plate|exhibit|photo|picture|image|map|карта|рисунок|рис|"
    "σχήμα|شكل|图|圖|図|그림"
)
_NUMBER = r"(?:[A-Z]{0,2}[.\-]?\d{1,3}(?:[.\-–]\d{1,3}){0,3}[a-z]?|[IVXL]{1,6})"
_LABEL = re.compile(
    rf"^(?:(?P<table>{_OF_TABLES})|(?P<figure>{_OF_FIGURES}))\.?\s*(?:[Nn][oº°]\.?\s*)?{_NUMBER}"
    r"(?![a-zà-öø-ÿ])(?P<rest>.*)$",
    re.IGNORECASE | re.DOTALL,
)
# What follows the number in a caption: nothing, a mark, or words that start a title.
_STARTS_A_TITLE = re.compile(r"^\s*(?:$|[.:：|—–\-)]|\s[A-ZÀ-ÖØ-Þ(“\"«А-Я]|\s?[\u3400-\u9fff])")
_COULD_BE = {RegionKind.TEXT, RegionKind.SECTION_HEADER, RegionKind.LIST_ITEM, RegionKind.CAPTION}
_FLOATS = {RegionKind.TABLE, RegionKind.PICTURE}
# A name under a picture has so few words, stands this close (shares of the picture's width) to its middle
# and (line heights) under it, and has nothing below it for so many line heights.
_FEW_WORDS, _CENTRED, _UNDER, _ALONE = 6, 0.2, 2.0, 1.5
# A caption is this close to what it belongs to, and its own lines to each other (line heights).
_NEAR, _LEADING = 3.0, 1.0


def label_kind(text: str) -> RegionKind | None:
    """What a caption's label says that it belongs to; None for text that does not begin with a label."""
    found = _LABEL.match(text)
    if not found or not _STARTS_A_TITLE.match(found["rest"]):
        return None
    return RegionKind.TABLE if found["table"] else RegionKind.PICTURE


def with_captions(blocks: Sequence[Block]) -> list[Block]:
    """The blocks; text with a label at a table or picture is a caption, and so are names under pictures."""
    floats = [block for block in blocks if block.kind in _FLOATS]
    found = [
        replace(block, kind=RegionKind.CAPTION)
        if floats and (_is_caption(block, floats) or _is_name(block, blocks))
        else block
        for block in blocks
    ]
    for label in [block for block in found if block.kind is RegionKind.CAPTION and _is_bare_label(block)]:
        title = next((block for block in found if _is_title_of(block, label, floats)), None)
        if title is not None:
            whole = replace(label, bbox=label.bbox.union(title.bbox), lines=label.lines + title.lines)
            found = [whole if block is label else block for block in found if block is not title]
    return found


def _is_caption(block: Block, floats: Sequence[Block]) -> bool:
    if block.kind not in _COULD_BE or not block.lines or block.lines[0].quarter_turns:
        return False
    if label_kind(text_of(block.lines)) is None:
        return False
    reach = _NEAR * _height(block)
    return any(_is_beside(block.bbox, other.bbox, reach) for other in floats)


def _is_name(block: Block, blocks: Sequence[Block]) -> bool:
    """Whether a few words stand alone under the middle of a picture and are no wider than it."""
    if block.kind is not RegionKind.TEXT or not block.lines or len(block.words) > _FEW_WORDS:
        return False
    box, height = block.bbox, _height(block)
    over = [
        picture
        for picture in (b.bbox for b in blocks if b.kind is RegionKind.PICTURE)
        if box.width <= picture.width
        and abs(box.center[0] - picture.center[0]) < _CENTRED * picture.width
        and -0.5 * height < box.y1 - picture.y2 < _UNDER * height
        and picture.height > _NEAR * height
    ]
    below = BBox(box.x1, box.y2, box.x2, box.y2 + _ALONE * height)
    return bool(over) and not any(b.bbox.intersection(below) > 0 for b in blocks if b is not block)


def _is_beside(caption: BBox, other: BBox, reach: float) -> bool:
    """Whether a box is above, below or at a side of another, no further than ``reach``, or on it."""
    down = max(caption.y1 - other.y2, other.y1 - caption.y2, 0.0)
    across = max(caption.x1 - other.x2, other.x1 - caption.x2, 0.0)
    return (down < reach and across == 0) or (across < reach and down == 0)


def _is_bare_label(block: Block) -> bool:
    found = _LABEL.match(text_of(block.lines))
    return found is not None and not found["rest"].strip(" .:|—–-")


def _is_title_of(block: Block, label: Block, floats: Sequence[Block]) -> bool:
    """Whether a block is the title under a label that stands alone on its line."""
    if block is label or block.kind not in _COULD_BE or not block.lines or len(rows(block.lines)) > 4:
        return False
    if block.kind is RegionKind.CAPTION and label_kind(text_of(block.lines)) is not None:
        return False
    gap = block.bbox.y1 - label.bbox.y2
    over = min(block.bbox.x2, label.bbox.x2) > max(block.bbox.x1, label.bbox.x1)
    leads = any(_is_beside(block.bbox, other.bbox, _NEAR * _height(block)) for other in floats)
    return over and leads and -0.5 * _height(label) < gap < _LEADING * _height(label)


def _height(block: Block) -> float:
    heights = sorted(line.bbox.height for line in block.lines)
    return heights[len(heights) // 2]
