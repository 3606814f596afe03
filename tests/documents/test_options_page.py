from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.formats import FORMATS
from schemas.options import ChunkingStrategy, EnrichmentOptions, OcrModel, ParsingOptions
from schemas.requests import SourceFields

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "options.md").read_text(encoding="utf-8")
FORMATS_PAGE = (DOCS / "formats.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("options", [ParsingOptions, EnrichmentOptions, SourceFields])
def test_the_page_has_every_option(options: type[ParsingOptions | EnrichmentOptions | SourceFields]) -> None:
    assert [name for name in options.model_fields if f"`{name}`" not in PAGE] == []


def test_the_page_has_every_model_and_strategy() -> None:
    assert [word for word in [*OcrModel, *ChunkingStrategy] if f"`{word.value}`" not in PAGE] == []


def test_the_page_of_formats_names_them_all() -> None:
    named = {" ".join(name.split()) for name in re.split(r"[|,();:`]|through LibreOffice", FORMATS_PAGE)}
    assert [known.name for known in FORMATS if known.name not in named] == []
