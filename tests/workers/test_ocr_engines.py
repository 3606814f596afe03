"""From settings to the OCR engine, and where it runs."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest
from pydantic import ValidationError

from schemas.errors import PageUnreadable
from schemas.ocr import OcrEngineName
from schemas.settings import Settings
from workers.children import EngineChild

PAGE = np.full((50, 80, 3), 255, np.uint8)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        word = {"text": self.headers["authorization"], "bbox": [1, 2, 30, 12]}
        body = json.dumps({"lines": [{"words": [word]}]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body)

    def log_request(self, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ocr"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_remote_engine_is_asked_by_the_worker_itself(url: str) -> None:
    engines = EngineChild(Settings(ocr_engine="remote", ocr_url=url, ocr_api_key="k3y"))
    (line,) = engines.read_text(PAGE, "model03")
    assert line.text == "Bearer k3y"
    assert not any(child.started for child in engines._models)  # no model was started for it
    engines.close()


def test_a_remote_engine_that_is_gone_is_the_pages_fault() -> None:
    engines = EngineChild(Settings(ocr_engine="remote", ocr_url="http://127.0.0.1:1/ocr"))
    with pytest.raises(PageUnreadable, match="OCTAVO_OCR_URL"):
        engines.read_text(PAGE, "model03")
    engines.close()


def test_the_engine_and_what_it_is_told_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "ENGINE": "tesseract",
        "LANGUAGES": "deu, chi_sim",
        "MODELS": "",
        "TIMEOUT": "9",
    }.items():
        monkeypatch.setenv(f"OCTAVO_OCR_{name}", value)
    setup = Settings().ocr_setup
    assert (setup.engine, setup.languages) == (OcrEngineName.TESSERACT, ("deu", "chi_sim"))
    assert (setup.models, setup.timeout) == (None, 9)


@pytest.mark.parametrize(
    "wrong",
    [
        {"ocr_engine": "remote"},
        {"ocr_engine": "remote", "ocr_url": "ftp://host/x"},
        {"ocr_engine": "another"},
        {"ocr_languages": "--psm"},
        {"ocr_languages": ""},
    ],
)
def test_settings_that_cannot_work_are_refused_at_the_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)
