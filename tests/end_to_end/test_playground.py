"""The playground in a real browser: a document goes in, and what comes out can be looked at."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from benchmarks.service import Service, ended, pdf, submit, upload

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
PATIENCE = 60_000

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt install chromium)"),
]

INVOICE = ["Invoice No. 4711", "Total: 120.00 EUR"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Whoever runs this as root has no sandbox of Chromium's own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """A tab at the playground; whatever the browser complains of fails the test."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(service.url)
    yield page
    page.close()
    assert complaints == []


def job(service: Service, lines: list[str]) -> str:
    """A job that has ended."""
    with service.client() as client:
        parse_id = submit(client, file_id=upload(client, pdf([" ".join(lines)])))
        assert ended(client, parse_id)["status"] == "successful"
    return parse_id


def test_from_a_file_to_a_value_s_place_on_the_page(page: Page, tmp_path: Path) -> None:
    document = tmp_path / "bill.pdf"
    document.write_bytes(pdf(["Invoice No: 4711", "Total: 120.00"]))
    page.set_input_files("#file", document)
    page.get_by_text("Data by a schema").click()
    page.get_by_role("button", name="Add a schema").click()
    page.get_by_label("json_schema").fill('{"type": "object", "properties": {"total": {"type": "number"}}}')
    expect(page.locator("pre.code").first).to_contain_text('"total"')
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".heading .state")).to_have_text("successful")
    expect(page.locator(".paper img").first).to_be_visible()
    page.get_by_role("tab", name="Data").click()
    page.locator(".cited", has_text="120").click()
    expect(page.locator(".mark")).to_have_count(1)


def test_a_box_and_its_text_lead_to_each_other(page: Page, service: Service) -> None:
    page.goto(f"{service.url}/#/jobs/{job(service, ['The ferry leaves at dawn.'])}")
    page.locator(".box").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fragment:focus")).to_contain_text("ferry")
    expect(page.locator(".mark")).to_have_count(1)
    page.get_by_role("tab", name="Markdown").click()
    expect(page.locator(".rendered")).to_contain_text("The ferry leaves at dawn.")


def test_what_a_document_says_does_nothing(page: Page, service: Service) -> None:
    picture = '<img src="https://example.com/x.png" onerror="document.title=1">'
    hostile = f"<table><tr><td>{picture}cell</td></tr></table>"
    with service.client() as client:
        parse_id = submit(client, raw_text=hostile, mime_type="text/markdown")
        assert ended(client, parse_id)["status"] == "successful"
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{service.url}/#/jobs/{parse_id}")
    page.get_by_role("tab", name="Markdown").click()
    expect(page.locator(".rendered")).to_contain_text("cell")
    assert page.locator(".rendered [onerror], .rendered [src], .rendered script").count() == 0
    assert all(url.startswith(service.url) for url in asked)


def test_two_runs_stand_side_by_side(page: Page, service: Service) -> None:
    first, second = (job(service, ["Alpha beta.", last]) for last in ("Gamma.", "Delta."))
    page.goto(f"{service.url}/#/compare/{first}/{second}")
    expect(page.locator("table.compare tr.gone")).to_contain_text("Gamma")
    expect(page.locator("table.compare tr.new")).to_contain_text("Delta")


def test_lists_search_and_delete(page: Page, service: Service) -> None:
    with service.client() as client:
        client.post("files", files={"file": ("zebra-crossing.txt", b"stripes")}).raise_for_status()
    page.get_by_role("link", name="Files").click()
    page.get_by_label("Name contains").fill("zebra")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing here yet.")).to_be_visible()


def test_a_page_that_cannot_be_shown_says_why(browser: Browser, service: Service) -> None:
    page = browser.new_page()
    page.goto(f"{service.url}/#/jobs/parse_none")
    expect(page.locator(".notice.bad")).to_contain_text("parse_none", timeout=PATIENCE)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("view", ["", "jobs", "files", "datasets", "webhooks", "a job"])
def test_views_are_accessible(browser: Browser, service: Service, view: str, scheme: str) -> None:
    """No violation of WCAG that axe finds."""
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    page.set_default_timeout(PATIENCE)
    page.goto(f"{service.url}/#/{f'jobs/{job(service, INVOICE)}' if view == 'a job' else view}")
    page.wait_for_selector(".result" if view == "a job" else "h1")
    found = Axe().run(page)
    page.close()
    assert found.response["violations"] == [], found.generate_report()


def test_a_service_with_keys_asks_for_one(browser: Browser, tmp_path: Path) -> None:
    service = Service(tmp_path, {"OCTAVO_API_KEYS": "key-of-the-test"}, ("serve", "--no-worker")).start()
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    try:
        page.goto(f"{service.url}/#/jobs")
        page.get_by_label("Key", exact=True).fill("key-of-the-test")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Nothing here yet.")).to_be_visible(timeout=PATIENCE)
        assert page.evaluate("localStorage.length") == 0
    finally:
        page.close()
        service.stop()
