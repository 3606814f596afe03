"""Marks: what makes a worker read otherwise, and what does not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from schemas.settings import Settings
from workers import marks
from workers.marks import mark, reading_mark

SERVER = {"llm_base_url": "http://localhost:1/v1", "llm_model": "small"}
VISION = {"vision_base_url": "http://localhost:1/v1", "vision_model": "small"}


def of(**settings: Any) -> str:
    return reading_mark(Settings.model_validate(settings))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"ocr_engine": "tesseract"}),
        ({"ocr_engine": "tesseract"}, {"ocr_engine": "tesseract", "ocr_languages": "deu"}),
        ({}, SERVER),
        (SERVER, {**SERVER, "llm_model": "large"}),
        (SERVER, {**SERVER, "llm_vision": True}),
        (SERVER, {**SERVER, "llm_context_tokens": 64_000}),
        ({}, VISION),
        (VISION, {**VISION, "vision_serves": "charts"}),
        (VISION, {**VISION, "vision_page_prompt": "Read."}),
        ({}, {"page_window": 3}),
        ({}, {"shard_pages": 3}),
    ],
)
def test_what_makes_a_worker_read_otherwise(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert of(**one) == of(**one)
    assert of(**one) != of(**other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"ocr_languages": "deu"}),
        ({}, {"workers": 7, "page_timeout": 1.0, "port": 1}),
        (SERVER, {**SERVER, "llm_base_url": "http://localhost:2/v1", "llm_api_key": "secret"}),
        (VISION, {**VISION, "vision_timeout": 1.0}),
    ],
)
def test_what_does_not(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert of(**one) == of(**other)


def test_models_of_ones_own_count_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    empty = of(ocr_models=tmp_path / "a")
    for folder in ("a", "b"):
        (tmp_path / folder / "cyrillic.onnx").touch()
    assert empty != of(ocr_models=tmp_path / "a") == of(ocr_models=tmp_path / "b")


def test_another_version_reads_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    before = of()
    monkeypatch.setattr(marks, "READING_VERSION", "next")
    assert of() != before


def test_parts_are_told_apart() -> None:
    assert mark("a", "bc") != mark("ab", "c")
    assert mark(["a"], "b") != mark("a", "b")
    assert len(mark()) == 64
