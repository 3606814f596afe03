"""Takes ``docs/pictures/playground.png``; needs Chromium and the packages of developers."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import pymupdf
from playwright.sync_api import Page, sync_playwright

from benchmarks.service import Service, ended, submit, upload

TARGET = Path(__file__).parent / "pictures" / "playground.png"
BILL = """
<style>
  body { font-family: sans-serif; font-size: 11px; } h1 { font-size: 20px; color: #1b3f7d; }
  table { width: 100%; border-collapse: collapse; }
  td, th { border-bottom: 1px solid #888; padding: 5px; text-align: left; }
</style>
<h1>Invoice</h1>
<p><b>Harbour Books Ltd.</b><br>12 Quay Street, Galway</p>
<p>Invoice number: HB-2041<br>Invoice date: 3 March 2026<br>Bill to: Ada Lovelace</p>
<table>
  <tr><th>Description</th><th>Quantity</th><th>Price</th><th>Amount</th></tr>
  <tr><td>Atlas of the northern seas</td><td>2</td><td>48.00</td><td>96.00</td></tr>
  <tr><td>Pocket tide tables</td><td>10</td><td>4.50</td><td>45.00</td></tr>
  <tr><td>Binding, half leather</td><td>1</td><td>120.00</td><td>120.00</td></tr>
</table>
<p><b>Total: EUR 261.00</b></p>
<p>Payable within 30 days. Thank you for reading.</p>
"""
FIELDS = {
    "invoice_number": "string",
    "invoice_date": "string",
    "vendor": "string",
    "total": "number",
}


def bill() -> bytes:
    """A bill on one page; the playground's sample is this file."""
    document = pymupdf.open()
    page = document.new_page(width=420, height=420)
    page.insert_htmlbox(pymupdf.Rect(36, 30, 384, 390), BILL)
    document.subset_fonts()
    return bytes(document.tobytes(garbage=4, deflate=True))


def show(page: Page, url: str) -> None:
    """Opens the result at ``url``, with the place of a value shown."""
    page.goto(url)
    page.wait_for_selector(".paper img", timeout=60_000)
    page.locator(".cited", has_text="261").click()
    page.evaluate("document.activeElement.blur()")


def main() -> None:
    """Starts a service, reads the bill and takes the picture."""
    service = Service(Path(tempfile.mkdtemp())).start()
    try:
        with service.client() as client:
            properties = {name: {"type": kind} for name, kind in FIELDS.items()}
            schema = {"type": "object", "properties": properties}
            wanted = {
                "schema_name": "Invoice",
                "json_schema": schema,
                "provide_citations": True,
                "provide_confidence": True,
            }
            file = upload(client, bill(), "invoice.pdf")
            job = submit(client, file_id=file, structured_extraction_options=[wanted])
            ended(client, job)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 760}, device_scale_factor=1.25)
            show(page, f"{service.url}/#/jobs/{job}")
            TARGET.parent.mkdir(exist_ok=True)
            page.screenshot(path=TARGET)
            browser.close()
    finally:
        service.stop()


if __name__ == "__main__":
    main()
