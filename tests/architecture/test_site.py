"""The documentation's site builds without a warning, shows what the pages say, asks nobody for anything."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import lxml.html
import pytest
from markdown_it import MarkdownIt
from mkdocs.commands.build import build
from mkdocs.config import load_config

ROOT = Path(__file__).parents[2]
DOCS = sorted((ROOT / "docs").glob("*.md"))
ELSEWHERE = re.compile(r"^\s*(?:https?:)?//", re.IGNORECASE)
COUNTED = ("h1", "h2", "h3", "h4", "li", "table", "tr", "pre", "del", "blockquote", "img")
"""What a page has as many of in the site as on a code host."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a warning fails every test of it."""
    folder = tmp_path_factory.mktemp("site")
    build(load_config(str(ROOT / "mkdocs.yml"), strict=True, site_dir=str(folder)))
    return folder


def test_no_page_asks_another_host_for_anything(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > len(DOCS)
    for path in pages:
        page = lxml.html.parse(str(path)).getroot()
        for place in page.xpath("//@src | //@srcset | //@poster | //link/@href | //@data-src"):
            assert not ELSEWHERE.match(place), f"{path.name}: {place}"
        for style in page.xpath("//style/text() | //@style"):
            assert not re.search(r"(?:@import|url\()\s*['\"]?(?:https?:)?//", style), path.name
        assert not page.xpath("//form[@action[starts-with(., 'http')]] | //iframe | //object | //embed"), (
            path.name
        )


def test_no_style_asks_another_host_for_anything(site: Path) -> None:
    styles = list(site.rglob("*.css"))
    assert styles
    for path in styles:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"(?:@import\s*|url\()['\"]?(?:https?:)?//", text), path.name


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.name)
def test_a_page_has_the_same_parts_as_on_a_code_host(site: Path, path: Path) -> None:
    here = lxml.html.parse(str(site / path.with_suffix(".html").name)).getroot()
    there = lxml.html.fromstring(
        MarkdownIt("commonmark").enable(["table", "strikethrough"]).render(path.read_text(encoding="utf-8"))
    )
    (article,) = here.xpath("//article")
    for struck in there.xpath("//s"):
        struck.tag = "del"
    found, wanted = (
        Counter(element.tag for element in part.iter(*COUNTED)) for part in (article, there.getroottree())
    )
    assert found == wanted
    assert found["h1"] == 1


def test_pages_outside_of_docs_are_in_the_site(site: Path) -> None:
    assert "repository/benchmarks/RESULTS.html" in (site / "reading.html").read_text(encoding="utf-8")
    assert (site / "repository" / "benchmarks" / "RESULTS.html").is_file()


def test_the_index_of_the_search_is_a_script_too(site: Path) -> None:
    index = (site / "search" / "search_index.json").read_text(encoding="utf-8")
    assert "barcode_detection" in index
    assert (site / "search" / "search_index.js").read_text(encoding="utf-8") == f"var __index = {index}"


def test_what_npm_leaves_in_the_client_is_no_page() -> None:
    left_out = load_config(str(ROOT / "mkdocs.yml")).exclude_docs
    assert left_out is not None
    assert left_out.match_file("clients/typescript/node_modules/some-package/README.md")
    assert left_out.match_file("clients/typescript/dist/index.js")
    assert not left_out.match_file("clients/typescript/README.md")


def test_every_figure_is_small_and_shown() -> None:
    make = ROOT / "docs" / "make_figures.py"
    shown = "".join(path.read_text(encoding="utf-8") for path in [*DOCS, ROOT / "README.md"])
    figures = re.findall(r'^    "([a-z-]+)": [a-z]+,$', make.read_text(encoding="utf-8"), re.MULTILINE)
    made = {path.stem for path in (ROOT / "docs" / "pictures").glob("*.png")}
    assert len(figures) >= 9
    assert set(figures) <= made
    for name in made:
        assert f"pictures/{name}.png" in shown, name
    for name in figures:
        assert (ROOT / "docs" / "pictures" / f"{name}.png").stat().st_size < 150_000, name
