"""An OCR server, played by the tests."""

from __future__ import annotations

import io
import json
from collections.abc import Callable

import httpx
import numpy as np
import pytest
from PIL import Image as Pictures

from models.base import Image
from models.ocr.remote import RemoteOcr
from schemas.errors import PageUnreadable
from schemas.fragments import Source
from schemas.geometry import BBox

PAGE: Image = np.full((100, 200, 3), 255, np.uint8)


def server(answer: Callable[[httpx.Request], httpx.Response], key: str | None = None) -> RemoteOcr:
    return RemoteOcr("http://ocr.test/read", key, transport=httpx.MockTransport(answer))


def says(answer: object, status: int = 200) -> RemoteOcr:
    return server(lambda request: httpx.Response(status, json=answer))


def word(text: str, *box: float, **more: float) -> dict[str, object]:
    return {"text": text, "bbox": list(box), **more}


def test_the_page_is_sent_as_a_png_with_the_key() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"lines": []})

    assert server(answer, "s3cret").read(PAGE) == []
    (request,) = seen
    assert request.headers["authorization"] == "Bearer s3cret"
    assert Pictures.open(io.BytesIO(request.content)).size == (200, 100)


def test_lines_and_words_come_back() -> None:
    words = [word("Total", 10, 10, 60, 30, confidence=0.9), word("due", 70, 12, 100, 28, confidence=0.7)]
    (line,) = says({"lines": [{"words": words}]}).read(PAGE)
    assert line.text == "Total due"
    assert line.confidence == 0.8
    assert line.bbox == BBox(10, 10, 100, 30)
    assert [(w.size, w.confidence, w.source) for w in line.words] == [
        (20, 0.9, Source.OCR),
        (16, 0.7, Source.OCR),
    ]


def test_words_without_text_or_place_are_left_out() -> None:
    words = [word(" ", 10, 10, 60, 30), word("off", 300, 10, 360, 30), word("flat", 10, 10, 60, 10)]
    assert says({"lines": [{"words": words}, {"words": []}]}).read(PAGE) == []
    (line,) = says({"lines": [{"words": [*words, word("kept", 150, 50, 900, 60)]}]}).read(PAGE)
    assert (line.text, line.confidence) == ("kept", None)
    assert line.bbox == BBox(150, 50, 200, 60)
    assert not line.words[0].space_before


def test_a_line_on_its_side_is_as_thick_as_it_is_wide() -> None:
    (line,) = says({"lines": [{"words": [word("up", 10, 10, 25, 80)], "quarter_turns": 3}]}).read(PAGE)
    assert (line.quarter_turns, line.words[0].size) == (3, 15)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {"lines": [{"words": [word("x", 1, 2, 3)]}]},
        {"lines": [{"words": [word("x", 1, 2, 3, 4, confidence=7)]}]},
        {"lines": [{"words": [], "quarter_turns": 9}]},
    ],
)
def test_an_answer_that_makes_no_sense_is_the_pages_fault(answer: object) -> None:
    with pytest.raises(PageUnreadable, match="OCTAVO_OCR_URL"):
        says(answer).read(PAGE)


def test_numbers_that_are_none_are_refused() -> None:
    text = json.dumps({"lines": [{"words": [word("x", 1, 2, 3, float("nan"))]}]})
    with pytest.raises(PageUnreadable):
        server(lambda request: httpx.Response(200, text=text)).read(PAGE)


@pytest.mark.parametrize(
    ("status", "told"), [(401, "OCTAVO_OCR_API_KEY"), (500, "HTTP 500"), (302, "HTTP 302")]
)
def test_a_refusal_is_told(status: int, told: str) -> None:
    with pytest.raises(PageUnreadable, match=told):
        says({}, status).read(PAGE)


def test_a_server_that_is_not_there_is_told() -> None:
    def gone(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    def slow(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("later")

    with pytest.raises(PageUnreadable, match="could not be reached"):
        server(gone).read(PAGE)
    with pytest.raises(PageUnreadable, match="OCTAVO_OCR_TIMEOUT"):
        server(slow).read(PAGE)


def test_an_endless_answer_is_not_read_to_its_end() -> None:
    with pytest.raises(PageUnreadable, match="too long"):
        server(lambda request: httpx.Response(200, content=b" " * (17 << 20))).read(PAGE)
