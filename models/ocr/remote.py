"""An OCR engine of one's own behind HTTP.

It is sent ``POST <url>`` with a page as ``image/png`` and answers JSON, boxes in pixels of that picture::

    {"lines": [{"words": [{"text": "Total", "bbox": [x1, y1, x2, y2], "confidence": 0.98}]}]}

``confidence`` (0 to 1) may be missing; words stand in writing order, lines from top to bottom. A line that
runs down or up the page says ``"quarter_turns": 1`` or ``3``.
"""

from __future__ import annotations

import math
from typing import Annotated

import httpx
from pydantic import BaseModel, Field, ValidationError

from models import images
from models.base import Image
from schemas.errors import PageUnreadable
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

_MOST_BYTES = 16 << 20
"""The longest answer that is read."""

Number = Annotated[float, Field(allow_inf_nan=False)]


class _Word(BaseModel):
    text: str
    bbox: tuple[Number, Number, Number, Number]
    confidence: Annotated[float, Field(ge=0, le=1)] | None = None


class _Line(BaseModel):
    words: list[_Word]
    quarter_turns: Annotated[int, Field(ge=0, le=3)] = 0


class _Answer(BaseModel):
    lines: list[_Line]


class RemoteOcr:
    """Asks a server to read pictures. Safe to call from any thread.

    It needs the network and may need a key: it belongs to the worker, not to the processes of the models.
    """

    def __init__(
        self,
        url: str,
        api_key: str | None = None,
        *,
        timeout: float = 60.0,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """``timeout`` is in seconds, for each part of an exchange; the key is sent as a bearer token."""
        headers = {"Content-Type": "image/png", "Accept": "application/json"}
        if api_key:
            headers["Authorization"] = f"Bearer {api_key}"
        self._url = url
        self._client = httpx.Client(headers=headers, timeout=timeout, transport=transport)

    def read(self, image: Image) -> list[TextLine]:
        """See ``OcrEngine``.

        Raises:
            PageUnreadable: the server could not be reached, refused, or its answer makes no sense.
        """
        try:
            answer = _Answer.model_validate_json(self._ask(images.png(image)))
        except ValidationError as error:
            raise PageUnreadable("the OCR server's answer is not what OCTAVO_OCR_URL should give") from error
        height, width = image.shape[:2]
        lines = (_line(line, width, height) for line in answer.lines)
        return [line for line in lines if line is not None]

    def close(self) -> None:
        """Gives the connections back."""
        self._client.close()

    def _ask(self, picture: bytes) -> bytes:
        try:
            with self._client.stream("POST", self._url, content=picture) as response:
                if response.status_code in {401, 403}:
                    raise PageUnreadable("the OCR server refused the key (OCTAVO_OCR_API_KEY)")
                if response.status_code != httpx.codes.OK:
                    raise PageUnreadable(f"the OCR server failed (HTTP {response.status_code})")
                body = bytearray()
                for part in response.iter_bytes():
                    body += part
                    if len(body) > _MOST_BYTES:
                        raise PageUnreadable("the OCR server's answer is too long")
                return bytes(body)
        except httpx.TimeoutException as error:
            raise PageUnreadable("the OCR server took too long (OCTAVO_OCR_TIMEOUT)") from error
        except httpx.HTTPError as error:
            raise PageUnreadable("the OCR server could not be reached (OCTAVO_OCR_URL)") from error


def _line(line: _Line, width: int, height: int) -> TextLine | None:
    """The line with those of its words that have text and a place on the picture."""
    words: list[Word] = []
    for word in line.words:
        box = BBox(*word.bbox).clipped(width, height)
        if word.text.strip() and box.area > 0:
            thick = box.width if line.quarter_turns % 2 else box.height
            words.append(
                Word(
                    text=word.text.strip(),
                    bbox=box,
                    confidence=word.confidence,
                    size=thick,
                    space_before=bool(words),
                    source=Source.OCR,
                )
            )
    if not words:
        return None
    known = [word.confidence for word in words if word.confidence is not None]
    sure = round(math.fsum(known) / len(known), 4) if known else None
    return TextLine(words, union_of([w.bbox for w in words]), sure, quarter_turns=line.quarter_turns)
