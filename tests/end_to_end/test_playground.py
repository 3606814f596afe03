"""The playground in a real browser: a document goes in, and what comes out can be looked at."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright

from benchmarks.service import Service, ended, pdf, submit, upload
from tests.running import LOOPBACK

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or shutil.which("chromium-browser")
PATIENCE = 60_000

pytestmark = [
    pytest.mark.end_to_end,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (Debian: apt install chromium)"),
]

PAGES = [
    "Invoice No: 4711\nTotal: 120.00",
    "The ferry leaves at dawn.\n\n\nThe harbour sleeps until nine.",
    "An end.",
]
SCHEMA = {"type": "object", "properties": {"total": {"type": "number"}, "invoice_number": {"type": "string"}}}
WANTED = {"schema_name": "Invoice", "json_schema": SCHEMA, "provide_citations": True}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service of its own: its lists are looked at, and other tests' files would stand in them."""
    running = Service(tmp_path_factory.mktemp("service"), LOOPBACK).start()
    yield running
    running.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        # Whoever runs this as root has no sandbox of Chromium's own.
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, service: Service) -> Iterator[Page]:
    """A tab at the playground; what the browser complains of fails the test, and what leaves the service."""
    page = browser.new_page(viewport={"width": 1400, "height": 900})
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(service.url)
    yield page
    page.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith((service.url, f"blob:{service.url}"))] == []


def job(service: Service, pages: list[str], name: str = "document.pdf", **options: Any) -> str:
    """A job that has ended."""
    with service.client() as client:
        parse_id = submit(client, file_id=upload(client, pdf(pages), name), **options)
        assert ended(client, parse_id)["status"] == "successful"
    return parse_id


@pytest.fixture(scope="module")
def bill(service: Service) -> str:
    """A finished job of three pages, with data."""
    return job(service, PAGES, "bill.pdf", structured_extraction_options=[WANTED])


def test_from_a_file_to_a_value_s_place_on_the_page_and_back(page: Page, tmp_path: Path) -> None:
    document = tmp_path / "bill.pdf"
    document.write_bytes(pdf(PAGES[:1]))
    page.set_input_files("#file", document)
    page.get_by_text("Data by a schema").click()
    page.get_by_role("button", name="Empty").click()
    page.get_by_label("Name of field 1").fill("total")
    page.get_by_label("Type of total").select_option("number")
    expect(page.locator(".side pre")).to_contain_text('"total"')
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".heading .state")).to_have_text("successful")
    expect(page.locator(".paper img").first).to_be_visible()
    page.locator(".cited", has_text="120").click()
    expect(page.locator(".mark")).to_have_count(1)
    page.get_by_role("tab", name="Fragments").click()
    expect(page.locator(".value-box")).to_have_count(0)
    page.get_by_role("tab", name="Data").click()
    page.locator(".value-box").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".cited.on:focus")).to_contain_text("120")


def test_names_that_others_gave_are_not_run_by_the_command(page: Page, tmp_path: Path) -> None:
    names = ["a$(touch made)'\ntouch made\n`touch made`/../b", "c\ntouch made #", "d $(touch made)"]
    body = {"structured_extraction_options": [{"schema_name": name, "json_schema": SCHEMA} for name in names]}
    command = page.evaluate(
        "async (body) => (await import('/playground/js/command.js')).octavo('parse', body, 'http://h')", body
    )
    (tmp_path / "octavo").write_text("#!/bin/sh\n")
    (tmp_path / "octavo").chmod(0o700)
    here = {"cwd": tmp_path, "env": {"PATH": f"{tmp_path}:{os.environ['PATH']}"}}
    # zsh obeys what stands behind a # that is typed: so no comment has anything to obey.
    for text in (command, command.replace("\n# ", "\n: ")):
        subprocess.run(["sh", "-eu"], input=text.encode(), check=True, timeout=PATIENCE, **here)
    assert {path.suffix for path in tmp_path.iterdir()} == {"", ".json"}
    assert not (tmp_path / "made").exists()


def test_a_schema_is_made_by_form_or_by_json(page: Page) -> None:
    page.get_by_role("radio", name="extract Fill").check()
    form = page.locator(".schema").first
    expect(form.get_by_label("Name of field 1", exact=True).first).to_have_value("invoice_number")
    form.get_by_role("tab", name="JSON").click()
    text = form.get_by_label("json_schema")
    assert json.loads(text.input_value())["properties"]["items"]["type"] == "array"
    text.fill('{"type": "object", "properties": {"paid": ')
    expect(form.locator(".fault")).to_contain_text("not JSON")
    page.get_by_role("button", name="Start").click()
    expect(page.locator(".start .fault")).to_contain_text("not JSON")
    kinds = {"kind": {"type": "string", "enum": ["a", "b"]}, "odd": {"anyOf": [{"type": "string"}]}}
    text.fill(json.dumps({"type": "object", "properties": kinds}))
    form.get_by_role("tab", name="Fields").click()
    expect(form.get_by_label("Choices of kind")).to_have_value("a, b")
    expect(form.locator(".as-json")).to_have_count(1)
    form.get_by_label("Choices of kind").fill("a, b, c")
    form.get_by_role("button", name="Add a field").click()
    expect(form.locator(".field-fault").last).to_have_text("A field needs a name")
    form.get_by_label("Name of field 3").fill("kind")
    expect(form.locator(".field-fault").last).to_contain_text("of this name")
    form.get_by_label("Name of field 3").fill("rows")
    form.get_by_label("Type of rows").select_option("list of groups")
    expect(form.locator(".fault")).to_contain_text("no fields yet")
    form.get_by_label("Name of field 1", exact=True).last.wait_for()
    form.get_by_role("button", name="Remove rows").click()
    form.get_by_role("tab", name="JSON").click()
    assert json.loads(text.input_value())["properties"] == {
        "kind": {"type": "string", "enum": ["a", "b", "c"]},
        "odd": kinds["odd"],
    }


def test_the_request_is_there_to_be_copied_for_every_way_of_asking(page: Page) -> None:
    page.get_by_role("tab", name="URL", exact=True).click()
    page.get_by_label("file_url").fill("https://example.com/a.pdf")
    page.get_by_label("page_range").fill("1-3")
    page.locator("summary", has_text="parsing_options").click()
    page.get_by_text("barcode_detection").click()
    code, side = page.locator(".side pre"), page.locator(".side")
    expect(code).to_contain_text('"barcode_detection": true')
    side.get_by_role("tab", name="CLI").click()
    expect(code).to_contain_text("--pages 1-3")
    expect(code).to_contain_text("--with barcodes")
    side.get_by_role("tab", name="TypeScript").click()
    expect(code).to_contain_text("await fetch")
    for way in ("Python SDK", "Python"):
        side.get_by_role("tab", name=way, exact=True).click()
        expect(code).to_contain_text("barcode_detection")
        ast.parse(code.inner_text())


def test_the_request_runs_as_it_is_copied(page: Page, service: Service, tmp_path: Path) -> None:
    (tmp_path / "document.pdf").write_bytes(pdf(["The ferry leaves at dawn."]))
    code, side = page.locator(".side pre"), page.locator(".side")
    printed = {}
    for way, command in (("curl", ["bash", "-euc"]), ("Python", [sys.executable, "-c"])):
        side.get_by_role("tab", name=way, exact=True).click()
        expect(code).to_contain_text("document.pdf")
        environment = {**os.environ, "OCTAVO_KEY": "any"}
        done = subprocess.run(
            [*command, code.inner_text()],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        printed[way] = done.stdout
    assert "parse_" in printed["curl"]
    assert "The ferry leaves at dawn." in printed["Python"]
    side.get_by_role("tab", name="Python SDK", exact=True).click()
    expect(code).to_contain_text('file_id=client.upload("document.pdf")')


def test_pages_appear_while_the_rest_is_read(page: Page, service: Service, bill: str) -> None:
    """The answers for a finished job, given as if it still ran: nothing here goes by the clock."""
    with service.client() as client:
        result = client.get(f"parse/{bill}").json()
    running = {
        **{name: result[name] for name in ("parse_id", "created_at", "options")},
        "status": "processing",
        "total_pages": 3,
        "tasks_total_count": 3,
        "warnings": [],
        "page_errors": [],
        "merged_tables": [],
        "chunks": [],
    }
    told = {"stages": {"text": 3}, "in_hand": {"2": "ocr", "3": "text"}, "status": "processing"}
    told |= {"pages_per_second": 0.5, "seconds_left": 4.0, "failed_pages": 0}
    progress = {"current": 1, "total": 3, "message": "page 2: ocr", "attributes": told}
    over, cancelled = threading.Event(), threading.Event()

    def answer(route: Route) -> None:
        path = route.request.url.split(bill)[1]
        if route.request.headers.get("accept") == "text/event-stream":
            name, data = ("parse_done", result) if over.is_set() else ("parse_update", running)
            route.fulfill(
                content_type="text/event-stream", body=f"event: {name}\ndata: {json.dumps(data)}\n\n"
            )
        elif path == "":
            route.fulfill(json=running)
        elif path == "/progress":
            route.fulfill(json=progress)
        elif path.startswith("/pages?"):
            new = path.endswith("after=0")
            route.fulfill(json={"pages": result["pages"][:1] if new else [], "page_errors": [], "next": 7})
        elif path == "/cancel":
            cancelled.set()
            over.set()
            route.fulfill(json=result)
        else:
            route.continue_()

    page.route(re.compile(rf"/parse/{bill}"), answer)
    page.goto(f"{service.url}/#/jobs/{bill}")
    expect(page.locator(".progress-card")).to_contain_text("1 of 3 pages read")
    expect(page.locator(".progress-card")).to_contain_text("about 4.0 s left")
    expect(page.locator("#page-2 .note")).to_have_text("ocr")
    expect(page.locator("#page-1 .box").first).to_be_visible()
    expect(page.locator("#page-1 img")).to_be_visible()
    expect(page.locator("#page-2 img")).to_be_visible()  # its picture is there before it is read
    expect(page.locator("#page-2 .box")).to_have_count(0)
    expect(page.locator(".fragment").first).to_contain_text("4711")
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".heading .state")).to_have_text("successful")
    expect(page.locator("#page-2 .box").first).to_be_attached()
    expect(page.locator(".progress-card")).to_have_count(0)
    assert cancelled.is_set()


def test_pages_are_looked_at_by_keyboard_and_by_address(page: Page, service: Service, bill: str) -> None:
    page.goto(f"{service.url}/#job={bill}&page=2")
    number = page.get_by_label("Page", exact=True)
    expect(number).to_have_value("2")
    page.locator(".scroller").focus()
    page.keyboard.press("ArrowLeft")
    expect(number).to_have_value("1")
    for key, level in (("+", "125 %"), ("0", "100 %")):
        page.keyboard.press(key)
        expect(page.get_by_label("Zoom", exact=True)).to_have_text(level)
    page.keyboard.press("1")
    expect(page.get_by_label("Zoom", exact=True)).not_to_have_text("100 %")
    page.get_by_role("tab", name="Fragments").click()
    page.locator("#page-1 .box").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".fragment:focus")).to_contain_text("4711")
    expect(page.locator(".mark")).to_have_count(1)
    page.locator(".scroller").focus()
    page.keyboard.press("ArrowRight")
    page.get_by_role("button", name="Reading order").click()
    expect(page.locator("#page-2 .order")).not_to_have_count(0)
    page.get_by_role("button", name="text", exact=False).first.click()
    page.get_by_role("tab", name="Markdown").click()
    expect(page.locator(".rendered").first).to_contain_text("The ferry leaves at dawn.")
    expect(page).to_have_url(re.compile(r"page=2&tab=Markdown|tab=Markdown&page=2"))
    page.reload()
    expect(page.get_by_role("tab", name="Markdown")).to_have_attribute("aria-selected", "true")
    expect(number).to_have_value("2")
    page.get_by_role("tab", name="Request").click()
    expect(page.locator(".right pre")).to_contain_text("provide_citations")


def test_a_long_document_takes_no_more_than_what_is_near(page: Page, service: Service, bill: str) -> None:
    with service.client() as client:
        result = client.get(f"parse/{bill}").json()
    first = result["pages"][0]
    result["pages"] = [{**first, "page_number": number} for number in range(1, 301)]
    result["total_pages"] = result["parsed_pages_count"] = 300
    page.route(re.compile(rf"/parse/{bill}$"), lambda route: route.fulfill(json=result))
    page.route(re.compile(r"/pages/\d+/picture"), lambda route: route.fulfill(path=SAMPLE_PICTURE))
    page.goto(f"{service.url}/#/jobs/{bill}?tab=Fragments")
    number = page.get_by_label("Page", exact=True)
    page.locator(".scroller").focus()
    page.keyboard.press("End")
    expect(number).to_have_value("300")
    expect(page.locator("#page-300 img")).to_be_visible()
    expect(page.locator("#page-1 img")).to_have_count(0)
    number.fill("150")
    number.press("Enter")
    expect(page.locator("#page-150 .box").first).to_be_visible()
    expect(page.locator("#page-300 .box")).to_have_count(0)
    assert page.locator(".paper img").count() < 10
    assert page.locator(".fragment").count() < 60


SAMPLE_PICTURE = Path(__file__).parents[2] / "api/playground/static/octavo.svg"


def test_what_went_wrong_is_told_and_leads_to_its_page(page: Page, service: Service, bill: str) -> None:
    with service.client() as client:
        result = client.get(f"parse/{bill}").json()
    box = result["pages"][1]["page_fragments"][0]["bbox"]
    fault = {"page_number": 3, "stage": "ocr", "code": "X", "message": "It is torn.", "retryable": True}
    warning = {"kind": "hidden_text", "message": "Nobody sees it.", "page_number": 2, "bbox": box}
    result |= {"page_errors": [fault], "warnings": [warning], "parsed_pages_count": 2}
    page.route(re.compile(rf"/parse/{bill}$"), lambda route: route.fulfill(json=result))
    page.goto(f"{service.url}/#/jobs/{bill}")
    expect(page.locator(".stand")).to_contain_text("1 page could not be read, 1 warning")
    page.locator(".stand").get_by_role("button", name="Show").click()
    page.locator(".notice", has_text="Nobody sees it.").get_by_role("button", name="Page 2").click()
    expect(page.locator("#page-2 .mark")).to_have_count(1)
    expect(page.locator("#page-3")).to_contain_text("It is torn.")


def test_what_a_document_says_does_nothing(page: Page, service: Service) -> None:
    picture = '<img src="https://example.com/x.png" onerror="document.title=1">'
    hostile = f"<table><tr><td>{picture}cell</td></tr></table>"
    with service.client() as client:
        parse_id = submit(client, raw_text=hostile, mime_type="text/markdown")
        assert ended(client, parse_id)["status"] == "successful"
    page.goto(f"{service.url}/#/jobs/{parse_id}")
    page.get_by_role("tab", name="Markdown").click()
    expect(page.locator(".rendered").first).to_contain_text("cell")
    assert page.locator(".rendered [onerror], .rendered [src], .rendered script").count() == 0


def test_two_runs_stand_side_by_side(page: Page, service: Service, bill: str) -> None:
    other = job(service, [PAGES[0].replace("120.00", "130.00"), *PAGES[1:]], "bill.pdf")
    page.goto(f"{service.url}/#/compare/{bill}")
    page.locator(f"a[href$='{other}']").click()
    expect(page.locator("table.compare tr.changed del").first).to_contain_text("120.00")
    expect(page.locator("table.compare tr.changed ins").first).to_contain_text("130.00")
    expect(page.locator("table.both tr.differs", has_text="schemas")).to_be_visible()
    page.get_by_role("tab", name="Data").click()
    expect(page.locator("table.compare tr.gone").first).to_contain_text("Invoice.")
    page.get_by_role("tab", name="Pages").click()
    expect(page.locator(".value-box")).to_have_count(2)


def test_a_job_is_run_again_with_changes(page: Page, service: Service, bill: str) -> None:
    page.goto(f"{service.url}/#/jobs/{bill}")
    page.get_by_role("button", name="Run again with changes").click()
    expect(page.locator(".file-name")).to_have_text("bill.pdf")
    expect(page.get_by_label("schema_name")).to_have_value("Invoice")
    expect(page.locator(".side pre")).to_contain_text("file_")


def test_jobs_and_files_are_listed_found_and_removed(
    page: Page, service: Service, bill: str, tmp_path: Path
) -> None:
    for name in ("zebra-one.txt", "zebra-two.txt"):
        (tmp_path / name).write_text(name)
    page.get_by_role("link", name="Files").click()
    expect(page.locator("h1")).to_have_text("Files")
    page.set_input_files("input[type=file]", [tmp_path / "zebra-one.txt", tmp_path / "zebra-two.txt"])
    expect(page.locator(".uploads .good")).to_have_count(2)
    page.get_by_label("Name contains").fill("zebra-one")
    expect(page.locator("table.list tbody tr")).to_have_count(1)
    page.get_by_role("button", name="Delete zebra-one.txt").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.get_by_text("Nothing found")).to_be_visible()
    page.get_by_role("link", name="Jobs").click()
    page.get_by_label("Name of the file contains").fill("bill")
    page.get_by_label("State", exact=True).select_option("successful")
    expect(page.locator("table.list tbody tr").first).to_contain_text("bill.pdf")
    page.locator(f"a[href='#/jobs/{bill}']").click()
    expect(page.locator("h1")).to_have_text("bill.pdf")


def test_a_dataset_reads_many_files_alike(page: Page, tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        (tmp_path / name).write_bytes(pdf([name]))
    page.get_by_role("link", name="Datasets").click()
    page.get_by_role("link", name="New dataset").click()
    page.get_by_label("name", exact=True).fill("bills of March")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("input:invalid")).to_have_count(1)
    page.get_by_label("name", exact=True).fill("bills")
    page.get_by_role("button", name="Make it").click()
    expect(page.locator("h1")).to_have_text("bills")
    page.set_input_files("input[type=file]", [tmp_path / "one.pdf", tmp_path / "two.pdf"])
    expect(page.locator("table.list .state.successful")).to_have_count(2)
    expect(page.locator(".count-card", has_text="Done")).to_contain_text("2")
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("h1")).to_have_text("Datasets")


@pytest.fixture
def listener() -> Iterator[str]:
    """An address that takes whatever it is told."""

    class Taken(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taken)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()


def test_a_webhook_is_added_tried_and_disabled(page: Page, listener: str) -> None:
    page.get_by_role("link", name="Webhooks").click()
    page.get_by_role("button", name="Add a webhook").first.click()
    page.get_by_label("url", exact=True).fill(listener)
    page.get_by_label("name", exact=True).fill("ledger")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("pre.secret")).to_contain_text("whsec_")
    page.get_by_role("button", name="I have kept it").click()
    expect(page.locator("pre.secret")).to_have_count(0)
    page.get_by_role("button", name="Send a test event").click()
    expect(page.locator("table.list .state.delivered")).to_have_count(1)
    page.locator(".attempts summary").click()
    expect(page.locator(".attempts li")).to_have_count(1)
    page.get_by_role("button", name="Redeliver").click()
    expect(page.locator(".attempts summary")).to_contain_text("2: 204")
    page.get_by_role("button", name="Disable").click()
    expect(page.locator(".heading .state")).to_have_text("disabled")
    expect(page.get_by_role("button", name="Send a test event")).to_be_disabled()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(page.locator("h1")).to_have_text("Webhooks")


def test_a_page_that_cannot_be_shown_says_why(browser: Browser, service: Service) -> None:
    page = browser.new_page()
    page.goto(f"{service.url}/#/jobs/parse_none")
    expect(page.locator(".notice.bad")).to_contain_text("parse_none", timeout=PATIENCE)
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_views_are_accessible_and_fit_a_telephone(
    browser: Browser, service: Service, bill: str, scheme: str
) -> None:
    """No violation of WCAG that axe finds, and nothing wider than 360 pixels."""
    page = browser.new_page(color_scheme="dark" if scheme == "dark" else "light")
    page.set_default_timeout(PATIENCE)
    page.goto(service.url)
    views = ["", "jobs", "files", "datasets", "datasets/new", "webhooks", f"compare/{bill}/{bill}"]
    views += [f"jobs/{bill}?tab={tab}" for tab in ("Data", "Fragments", "Markdown", "JSON", "Request")]
    for view in views:
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{service.url}/#/{view}")
        page.reload()
        page.wait_for_selector(".submit, .result, .listing, form.narrow, table.compare")
        if view == "":
            page.get_by_role("radio", name="extract Fill").check()
            page.locator("summary", has_text="parsing_options").click()
        found = Axe().run(page)
        assert found.response["violations"] == [], f"{view}: {found.generate_report()}"
        page.set_viewport_size({"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, view
    page.close()


def test_a_service_with_keys_asks_for_one(browser: Browser, tmp_path: Path) -> None:
    service = Service(tmp_path, {"OCTAVO_API_KEYS": "key-of-the-test"}, ("serve", "--no-worker")).start()
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    try:
        page.goto(f"{service.url}/#/jobs")
        page.get_by_label("Key", exact=True).fill("key-of-the-test")
        page.keyboard.press("Enter")
        expect(page.get_by_text("No jobs yet")).to_be_visible(timeout=PATIENCE)
        assert page.evaluate("localStorage.length") == 0
    finally:
        page.close()
        service.stop()
