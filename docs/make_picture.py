"""Takes ``docs/pictures/playground.png``; needs Chromium and the packages of developers.

Start it as ``python -m docs.make_picture``.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from benchmarks.service import Service, ended, submit, upload
from docs.figures.papers import invoice

TARGET = Path(__file__).parent / "pictures" / "playground.png"
LINE = {"description": {"type": "string"}, "quantity": {"type": "number"}, "amount": {"type": "number"}}
FIELDS = {
    **{name: {"type": "string"} for name in ("invoice_number", "invoice_date", "due_date", "seller")},
    "total": {"type": "number"},
    "items": {"type": "array", "items": {"type": "object", "properties": LINE}},
}


def show(page: Page, url: str) -> None:
    """Opens the result at ``url``, with the place of a value shown."""
    page.goto(url)
    page.wait_for_selector(".paper img", timeout=60_000)
    page.get_by_role("button", name="Fit the page").click()
    page.locator(".cited", has_text="10320").click()
    page.evaluate("document.activeElement.blur()")


def main() -> None:
    """Starts a service, reads the bill and takes the picture."""
    service = Service(Path(tempfile.mkdtemp())).start()
    try:
        with service.client() as client:
            schema = {"type": "object", "properties": FIELDS}
            wanted = {
                "schema_name": "Invoice",
                "json_schema": schema,
                "provide_citations": True,
                "provide_confidence": True,
            }
            file = upload(client, invoice(), "invoice.pdf")
            job = submit(client, file_id=file, structured_extraction_options=[wanted])
            ended(client, job)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 800}, device_scale_factor=1.25)
            show(page, f"{service.url}/#/jobs/{job}")
            TARGET.parent.mkdir(exist_ok=True)
            taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            browser.close()
        taken.quantize(128, dither=Image.Dither.NONE).save(TARGET, optimize=True)
    finally:
        service.stop()


if __name__ == "__main__":
    main()
