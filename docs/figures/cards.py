"""Figures put together: pages with boxes on them, and beside them what came out; as small pictures."""

from __future__ import annotations

import html
import io
from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pymupdf
from PIL import Image, ImageChops
from weasyprint import HTML

WIDTH = 760.0
"""Points; a card's width."""
_ZOOM = 2.0
_COLORS = 96
_MOST_BYTES = 150_000

STYLE = f"""
@page {{ size: {WIDTH}pt 1400pt; margin: 0; }}
body {{ font: 10pt/1.45 "Liberation Sans", sans-serif; color: #1b1f27; margin: 0; background: #fff; }}
.card {{ display: flex; gap: 18pt; padding: 14pt; align-items: flex-start; }}
.card > div {{ flex: 1; min-width: 0; }} .card > .fixed {{ flex: none; }}
.page {{ position: relative; border: .7pt solid #c3c9d4; overflow: hidden; }}
.page img {{ display: block; }}
.box {{ position: absolute; border: 1.1pt solid; box-sizing: border-box; }}
.tag {{ position: absolute; color: #fff; font: bold 6.6pt/1 "Liberation Sans"; padding: 1.6pt 3pt;
  white-space: nowrap; }}
h3 {{ font-size: 10.5pt; margin: 0 0 5pt; color: #5a6272; font-weight: normal; }}
pre {{ font: 8.3pt/1.5 "DejaVu Sans Mono"; margin: 0 0 8pt; padding: 8pt 10pt; background: #f3f5fa;
  border-radius: 5pt; white-space: pre-wrap; overflow-wrap: anywhere; }}
table {{ border-collapse: collapse; font-size: 8.8pt; margin: 0 0 8pt; width: 100%; }}
th {{ background: #eef1f7; text-align: left; padding: 3pt 6pt; border: .6pt solid #d5dae4; }}
td {{ padding: 3pt 6pt; border: .6pt solid #d5dae4; vertical-align: top; }} .n {{ text-align: right; }}
.chip {{ display: inline-block; width: 7pt; height: 7pt; margin-right: 4pt; }}
.kind {{ color: #fff; font-size: 7.4pt; padding: .5pt 4pt; border-radius: 2pt; white-space: nowrap; }}
.soft {{ color: #5a6272; }}
"""
KINDS = {
    "title": "#8a2be2",
    "section_header": "#8a2be2",
    "table": "#1c7a3e",
    "figure": "#a8500f",
    "chart": "#a8500f",
    "form": "#0b7285",
    "key_value_region": "#0b7285",
    "barcode": "#a3231f",
    "signature": "#a3231f",
    "strikethrough": "#a3231f",
    "page_header": "#6a7180",
    "page_footer": "#6a7180",
    "page_number": "#6a7180",
    "table_caption": "#6a7180",
    "figure_caption": "#6a7180",
}
"""The colours of the playground; all other types are text."""
TEXT, MARK = "#2450b8", "#d98b00"


@dataclass(frozen=True)
class Box:
    """A box to draw, in the page's units; ``tag`` stands outside: ``above``, ``left`` or ``right``."""

    bbox: dict[str, float]
    color: str
    tag: str = ""
    tint: float = 0.0
    line: float = 1.1
    where: str = "above"


def color(kind: str) -> str:
    """The colour of a fragment type."""
    return KINDS.get(kind, TEXT)


def page(
    picture: bytes, size: tuple[float, float], width: float, boxes: Iterable[Box], until: float = 1.0
) -> str:
    """A page's picture with boxes, ``width`` points wide; ``until`` is the share that is shown."""
    scale = width / size[0]
    drawn = "".join(_box(box, scale) for box in boxes)
    source = f"data:image/png;base64,{b64encode(picture).decode()}"
    return (
        f'<div class="page fixed" style="width:{width}pt;height:{size[1] * scale * until}pt">'
        f'<img src="{source}" style="width:{width}pt">{drawn}</div>'
    )


def _box(box: Box, scale: float) -> str:
    x1, y1, x2, y2 = (box.bbox[side] * scale for side in ("x1", "y1", "x2", "y2"))
    red, green, blue = (int(box.color[i : i + 2], 16) for i in (1, 3, 5))
    place = f"left:{x1 - 1.5}pt;top:{y1 - 1.5}pt;width:{x2 - x1 + 3}pt;height:{y2 - y1 + 3}pt"
    tint = f"background:rgba({red},{green},{blue},{box.tint})"
    drawn = (
        f'<div class="box" style="{place};{tint};border-width:{box.line}pt;border-color:{box.color}"></div>'
    )
    if box.tag:
        tag = html.escape(box.tag)
        wide = 6 + 3.7 * len(box.tag)
        left, top = {
            "above": (x1 - 1.5, y1 - 11),
            "left": (x1 - 2 - wide, y1 - 1.5),
            "right": (x2 + 2.5, (y1 + y2) / 2 - 5),
        }[box.where]
        drawn += f'<div class="tag" style="left:{left}pt;top:{top}pt;background:{box.color}">{tag}</div>'
    return drawn


def kind(name: str) -> str:
    """A fragment type's name in its colour."""
    return f'<span class="kind" style="background:{color(name)}">{name}</span>'


def number(text: str) -> str:
    """What stands in the tag of a box, in a line of text."""
    return f'<span class="kind" style="background:{MARK}">{text}</span>'


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A table; cells are HTML."""
    top = "".join(f"<th>{cell}</th>" for cell in head)
    body = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<table><tr>{top}</tr>{body}</table>"


def rendered(pdf: bytes, number: int = 1, dpi: int = 150) -> tuple[bytes, tuple[float, float]]:
    """A page of a PDF as a PNG, and its size in points."""
    leaf = pymupdf.open(stream=pdf)[number - 1]
    return bytes(leaf.get_pixmap(dpi=dpi).tobytes("png")), (leaf.rect.width, leaf.rect.height)


def save(body: str, target: Path) -> None:
    """Writes the card as a PNG with few colours.

    Raises:
        ValueError: it is too large for a page of the documentation.
    """
    pdf = HTML(string=f'<style>{STYLE}</style><div class="card">{body}</div>').write_pdf()
    pixels = pymupdf.open(stream=pdf)[0].get_pixmap(matrix=pymupdf.Matrix(_ZOOM, _ZOOM))
    picture = Image.frombytes("RGB", (pixels.width, pixels.height), pixels.samples)
    used = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    picture = picture.crop((0, 0, picture.width, used[3] + int(14 * _ZOOM)))
    for colors in (_COLORS, 48, 32):
        buffer = io.BytesIO()
        picture.quantize(colors, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(
            buffer, "PNG", optimize=True
        )
        if buffer.tell() < _MOST_BYTES:
            target.write_bytes(buffer.getvalue())
            return
    raise ValueError(f"{target.name} has {buffer.tell()} bytes")
