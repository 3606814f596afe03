from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.formats import FORMATS
from schemas.options import ChunkingStrategy, EnrichmentOptions, OcrModel, ParsingOptions
from schemas.requests import SourceFields

PAGE = (Path(__file__).parents[2] / "docs" / "options.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("options", [ParsingOptions, EnrichmentOptions, SourceFields])
def test_the_page_has_every_option(options: type[ParsingOptions | EnrichmentOptions | SourceFields]) -> None:
    assert [name for name in options.model_fields if f"`{name}`" not in PAGE] == []


def test_the_page_has_every_model_and_strategy() -> None:
    assert [word for word in [*OcrModel, *ChunkingStrategy] if f"`{word.value}`" not in PAGE] == []


def test_the_page_has_every_flow_format() -> None:
    rows = re.findall(r"^\| ([^|]+) \|", PAGE, re.MULTILINE)
    named = {name.strip() for row in rows for name in re.split(r"[,()]", row)}
    assert [known.name for known in FORMATS if known.text and known.name not in named] == []
