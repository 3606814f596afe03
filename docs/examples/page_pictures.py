"""Shows where a passage stands: the page that Octavo drew, cut to the passage, with a frame around it."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

import httpx
from PIL import Image, ImageDraw

WIDTH = 760
"""Of the pictures, in pixels."""
AROUND = 70
"""How much of the page is shown above and below the frames, in pixels."""
FRAME = "#d9480f"


def marked(
    client: httpx.Client, parse_id: str, page: int, page_width: float, boxes: Sequence[dict[str, float]]
) -> Image.Image:
    """A part of a page with its boxes marked.

    Args:
        client: one whose base is ``…/documents/v2/``.
        parse_id: the job that read the document, which the service has still.
        page: its number, from 1.
        page_width: in the unit of the boxes: the ``width`` of the page's ``page_dimensions``.
        boxes: ``{x1, y1, x2, y2}`` each, all of this page.

    Raises:
        httpx.HTTPStatusError: the service has no such picture: the job or its document was deleted.
    """
    answer = client.get(f"parse/{parse_id}/pages/{page}/picture", params={"width": WIDTH})
    picture = Image.open(io.BytesIO(answer.raise_for_status().content)).convert("RGB")
    scale = picture.width / page_width
    frames = [[box[side] * scale for side in ("x1", "y1", "x2", "y2")] for box in boxes]
    draw = ImageDraw.Draw(picture)
    for x1, y1, x2, y2 in frames:
        draw.rectangle((x1 - 4, y1 - 4, x2 + 4, y2 + 4), outline=FRAME, width=3)
    top = max(min(frame[1] for frame in frames) - AROUND, 0)
    bottom = min(max(frame[3] for frame in frames) + AROUND, picture.height)
    part: Image.Image = picture.crop((0, int(top), picture.width, int(bottom)))
    return part.quantize(32)  # a few colours are enough, and make it small


def page_width(result: dict[str, Any], page: int) -> float | None:
    """The width of a page of a result in the unit of its boxes; None where the format has no geometry."""
    (size,) = [each["page_dimensions"] for each in result["pages"] if each["page_number"] == page]
    return float(size["width"]) if size else None
