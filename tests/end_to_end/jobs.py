"""Small steps that the whole-service tests share: make a PDF, submit it, wait for its end."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pymupdf


def pdf(pages: list[str]) -> bytes:
    """A born-digital PDF with one paragraph a page."""
    document = pymupdf.open()
    for text in pages:
        page = document.new_page(width=612, height=792)
        page.insert_textbox((72, 72, 540, 720), text, fontsize=12)
    return bytes(document.tobytes())


def scanned(pages: list[str], dpi: int = 110) -> bytes:
    """The same as pictures without a text layer."""
    source, target = pymupdf.open(stream=pdf(pages)), pymupdf.open()
    for page in source:
        picture = page.get_pixmap(dpi=dpi)
        target.new_page(width=612, height=792).insert_image((0, 0, 612, 792), pixmap=picture)
    return bytes(target.tobytes())


def upload(client: httpx.Client, data: bytes, name: str = "document.pdf") -> str:
    answer = client.put("files", files={"file": (name, data)})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["file_id"])


def submit(client: httpx.Client, **body: Any) -> str:
    answer = client.post("parse", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["parse_id"])


def ended(client: httpx.Client, parse_id: str, patience: float = 120.0) -> dict[str, Any]:
    """The result once the job has ended."""
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        result: dict[str, Any] = client.get(f"parse/{parse_id}").json()
        if result["status"] in ("successful", "failure"):
            return result
        time.sleep(0.1)
    raise AssertionError(f"{parse_id} has not ended after {patience} s: {result}")
