"""The documentation says what the code does."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest

from schemas.fragments import FragmentType
from schemas.options import OcrModel, ParsingOptions

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_settings_page_is_made_from_the_settings() -> None:
    page = runpy.run_path(str(ROOT / "docs" / "make_settings.py"))["settings_page"]()
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == page, (
        "run: python docs/make_settings.py"
    )


def test_the_options_page_names_every_option_and_model() -> None:
    text = (ROOT / "docs" / "options.md").read_text(encoding="utf-8")
    for name in [*ParsingOptions.model_fields, *OcrModel]:
        assert f"`{name}`" in text, name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
        if not target.startswith("http"):
            assert (page.parent / target).exists(), target


def test_there_are_twenty_fragment_types() -> None:
    assert len(FragmentType) == 20
