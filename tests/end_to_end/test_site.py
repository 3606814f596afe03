"""The documentation's site in a real browser, read from a folder, with no network at all."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt install chromium)"),
]


def test_the_site_is_read_and_searched_without_a_network(tmp_path: Path) -> None:
    build(load_config(str(ROOT / "mkdocs.yml"), site_dir=str(tmp_path)))
    complaints: list[str] = []
    asked: set[str] = set()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(color_scheme="dark")
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: asked.add(request.url.split(":")[0]))
        page.goto((tmp_path / "index.html").as_uri())
        expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
        # Without preloading: it would fetch the styles, which a page in a folder may not.
        found = Axe().run(page, options={"preload": False}).response["violations"]
        grave = [one["id"] for one in found if one["impact"] in {"serious", "critical"}]
        page.get_by_role("textbox", name="Search").fill("barcode_detection")
        first = page.locator(".md-search-result__link").first
        expect(first).to_be_visible(timeout=60_000)
        first.click()
        expect(page.locator("article")).to_contain_text("barcode_detection", timeout=60_000)
        browser.close()
    assert complaints == []
    assert asked <= {"file", "data", "blob"}
    assert grave == []
