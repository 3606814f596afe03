"""Makes the guides' figures in docs/pictures: ``python docs/make_figures.py [NAME …]``.

Each document is drawn, given to a service and shown with what came of it. A figure whose result is not
what the document says is not written. Needs the packages of developers and the fonts Carlito, Caladea,
Liberation and DejaVu.
"""

from __future__ import annotations

import html
import io
import json
import sys
import tempfile
from base64 import b64decode
from pathlib import Path
from typing import Any

import httpx
import lxml.html
from figures import cards, papers
from figures.cards import Box, color, kind, page, rendered, save
from PIL import Image

from benchmarks.service import Service, ended, upload

TARGET = Path(__file__).parent / "pictures"
HALF = 400.0
SURE = 0.95
"""Words that are less sure are marked."""

Result = dict[str, Any]


def read(client: httpx.Client, data: bytes, name: str, call: str = "parse", **body: Any) -> Result:
    """The result of a document that must succeed."""
    file = upload(client, data, name)
    answer = client.post(call, json={"file_id": file, **body}).raise_for_status()
    result = ended(client, answer.json()["parse_id"])
    must(result["status"] == "successful" and not result["page_errors"], f"{name}: {result['error']}")
    return result


def fragments(result: Result, *kinds: str) -> list[Result]:
    """The fragments of these types, of all pages."""
    found = [f for p in result["pages"] for f in p["page_fragments"]]
    return [f for f in found if f["fragment_type"] in kinds] if kinds else found


def must(condition: object, what: str) -> None:
    """Stops where a figure would show something wrong."""
    if not condition:
        raise SystemExit(f"not shown: {what}")


def layout(client: httpx.Client) -> str:
    """Types and reading order of a page in two columns."""
    pdf = papers.report()
    result = read(client, pdf, "report.pdf")
    found = sorted(fragments(result), key=lambda f: f["reading_order"])
    texts = [f["content"]["content"] for f in found]
    for first, then in (("Three questions", "What was found"), ("What was found", "What it means")):
        must(_at(texts, first) < _at(texts, then), f"{first} comes before {then}")
    headings = fragments(result, "title", "section_header")
    must(len(headings) == 4, f"four headings: {[h['content']['content'] for h in headings]}")
    must(len(fragments(result, "table")) == len(fragments(result, "figure")) == 1, "a table and a figure")
    must(len(fragments(result, "list_item")) == 3, "three items")
    boxes = [Box(f["bbox"], color(f["fragment_type"]), str(f["reading_order"]), where="left") for f in found]
    rows = [
        [
            str(f["reading_order"]),
            kind(f["fragment_type"]),
            html.escape(_short(_bare(t))),
        ]
        for f, t in zip(found, texts, strict=True)
    ]
    return page(*rendered(pdf), HALF, boxes) + f"<div>{cards.table(('', 'type', 'text'), rows)}</div>"


def tables(client: httpx.Client) -> str:
    """A statement whose table goes on over page ends."""
    pdf = papers.statement()
    result = read(client, pdf, "statement.pdf", parsing_options={"table_merging": True})
    (merged,) = result["merged_tables"]
    rows = _rows(merged["merged_table_html"])
    must([row[:4] for row in rows[1:]] == [list(row) for row in papers.PAID], "each row once")
    left = "".join(
        page(
            *rendered(pdf, p["page_number"]),
            205,
            [
                Box(f["bbox"], color("table"), f"page {p['page_number']}", 0.07)
                for f in p["page_fragments"]
                if f["fragment_type"] == "table"
            ],
        ).replace('class="page', 'style="margin-bottom:9pt" class="page')
        for p in result["pages"]
    )
    shown = [rows[0], *rows[1:9], ["…"] * 5, *rows[-9:]]
    facts = f"{merged['merged_table_id']} · {len(rows) - 1} rows of {merged['pages_merged']} pages"
    right = cards.table(shown[0], [[html.escape(cell) for cell in row] for row in shown[1:]])
    return f'<div class="fixed">{left}</div><div><h3>{facts}</h3>{right}</div>'


def ocr(client: httpx.Client) -> str:
    """A scan that leans: its words, where they stand, and how sure each is."""
    picture = papers.scanned(papers.statement(foot=False))
    options = {"include_words": True, "skew_detection": True}
    result = read(client, picture, "scan.png", parsing_options=options)
    (found,) = fragments(result, "table")
    rows = _rows(found["content"]["html"])
    truth = [list(row) for row in papers.PAID[: len(rows) - 1]]
    must(len(rows) > 5 and [row[:4] for row in rows[1:]] == truth, f"the rows of the scan: {rows}")
    words = [word for f in fragments(result) for word in f.get("words") or ()]
    boxes = [
        Box(word["bbox"], "#1c7a3e" if word["confidence"] >= SURE else cards.MARK, line=0.7) for word in words
    ]
    size = result["pages"][0]["page_dimensions"]
    left = page(_smaller(picture), (size["width"], size["height"]), HALF, boxes)
    mean = sum(word["confidence"] for word in words) / len(words)
    facts = f"{len(words)} words read from pixels, mean confidence {mean:.2f}"
    texts = [
        [html.escape(f["content"]["content"]), f"{f['confidence']:.2f}"]
        for f in fragments(result)
        if f is not found
    ]
    right = cards.table(("text", "confidence"), texts) + _small(cards.table(rows[0], rows[1:]))
    return f"{left}<div><h3>{facts}</h3>{right}</div>"


def marks(client: httpx.Client) -> str:
    """A contract with a bar code, struck words and a signature."""
    pdf = papers.contract()
    options = {"barcode_detection": True, "signature_detection": True, "remove_strikethrough_lines": True}
    result = read(client, pdf, "contract.pdf", parsing_options=options)
    kinds = ("barcode", "signature", "strikethrough")
    found = fragments(result, *kinds)
    contents = sorted(f["content"]["content"] for f in found)
    must(
        contents
        == sorted(
            [
                "CODE128: CONTRACT-2026-0112",
                "Signature detected",
                "forty",
                "Delay by weather counts.",
            ]
        ),
        f"what is on the contract: {contents}",
    )
    must(
        "forty" not in "".join(f["content"]["content"] for f in fragments(result, "text")),
        "struck words leave the text",
    )
    struck = [f for f in found if f["fragment_type"] == "strikethrough"]
    boxes = [
        Box(
            f["bbox"],
            color(f["fragment_type"]),
            f["fragment_type"],
            0.08,
            where="right" if f in struck[1:] else "above",
        )
        for f in found
    ]
    rows = [[kind(f["fragment_type"]), html.escape(f["content"]["content"])] for f in found]
    clause = next(f for f in fragments(result, "text") if "crates" in f["content"]["content"])
    right = cards.table(("fragment_type", "content"), rows)
    right += (
        f"<h3>The clause, without what is struck</h3><pre>{html.escape(clause['content']['content'])}</pre>"
    )
    return page(*rendered(pdf), HALF, boxes) + f"<div>{right}</div>"


def charts(client: httpx.Client) -> str:
    """Two drawn charts, and their numbers."""
    pdf = papers.sales()
    result = read(client, pdf, "sales.pdf", enrichment_options={"chart_extraction": True})
    found = fragments(result, "chart")
    must(len(found) == 2, "two charts")
    right = ""
    for fragment, truth in zip(found, (papers.SOLD, papers.ORDERS), strict=True):
        chart = json.loads(fragment["content"]["content"])
        series = {one["name"]: one["data"] for one in chart["series"]}
        must(set(series) == set(truth), f"{chart['title']}: {set(series)}")
        for name, numbers in truth.items():
            must(
                all(abs(a - b) < 0.6 for a, b in zip(series[name], numbers, strict=True)),
                f"{name}: {series[name]}",
            )
        said = f": {html.escape(chart['title'])}" if chart["title"] else ""
        axis = chart["x_axis"]
        places = axis.get("categories") or axis.get("values")
        rows = [
            [
                f'<span class="chip" style="background:{one["color"]}"></span>{html.escape(one["name"])}',
                *(f"{n:.4g}" for n in one["data"]),
            ]
            for one in chart["series"]
        ]
        head = ["", *(place if isinstance(place, str) else f"{place:g}" for place in places)]
        right += f"<h3>{chart['type']}{said}</h3>{_small(cards.table(head, rows))}"
    left = "".join(
        page(
            *rendered(pdf, p["page_number"]),
            330,
            [
                Box(f["bbox"], color("chart"), "chart")
                for f in p["page_fragments"]
                if f["fragment_type"] == "chart"
            ],
        )
        for p in result["pages"]
    )
    return f'<div class="fixed">{left}</div><div>{right}</div>'


def forms(client: httpx.Client) -> str:
    """A form that was filled in: its fields and their values."""
    pdf = papers.form(filled=True, interactive=True)
    result = read(client, pdf, "form.pdf", enrichment_options={"key_value_extraction": True})
    found = fragments(result, "form", "key_value_region")
    fields = [field for f in found for field in json.loads(f["content"]["content"])]
    values = {field["field_name"]: field["value"] for field in fields}
    truth = {
        "Full name": "name",
        "Date of birth": "born",
        "Town": "town",
        "Name of boat": "boat",
        "Length (m)": "length",
        "Email": "email",
    }
    for label, key in truth.items():
        must(values.get(label) == papers.APPLICANT[key], f"{label}: {values}")
    ticks = {
        "Sailing boat": True,
        "Motor boat": False,
        "Shore power": True,
        "Fresh water": True,
        "Rowing boat": False,
    }
    for label, value in ticks.items():
        must(any(name.endswith(label) and v is value for name, v in values.items()), f"{label}: {values}")
    boxes = [
        Box(cell["bounding_box"], color("form"), line=0.9, tint=0.1)
        for f in found
        for cell in f["content"]["cells"]
    ]
    rows = [
        [html.escape(f["field_name"]), f["type"], html.escape(json.dumps(f["value"], ensure_ascii=False))]
        for f in fields
    ]
    return (
        page(*rendered(pdf), HALF - 20, boxes)
        + f"<div>{cards.table(('field_name', 'type', 'value'), rows)}</div>"
    )


def extraction(client: httpx.Client) -> str:
    """A schema filled from a bill, and the words that say each value."""
    pdf = papers.invoice()
    money, text = {"type": "number"}, {"type": "string"}
    date = {"type": "string", "format": "date"}
    item = {"type": "object", "properties": {"description": text, "quantity": money, "amount": money}}
    properties = {
        "invoice_number": text,
        "invoice_date": date,
        "due_date": date,
        "seller": text,
        "buyer": text,
        "iban": text,
        "tax": money,
        "total": money,
        "items": {"type": "array", "items": item},
    }
    schema = {"type": "object", "properties": properties}
    asked = {"schema_name": "Invoice", "json_schema": schema, "provide_citations": True}
    result = read(client, pdf, "invoice.pdf", "extract", structured_extraction_options=[asked])
    data = result["structured_data"][0]["data"]
    truth = {
        "invoice_number": "KI-20417",
        "invoice_date": "2026-03-31",
        "due_date": "2026-04-30",
        "tax": 1720,
        "total": 10320,
        "seller": "Kestrel Instruments Ltd.",
        "buyer": "Northwind Survey GmbH",
        "iban": "GB29 NWBK 6016 1331 9268 19",
    }
    for name, value in truth.items():
        must(data[name] == value and data[f"{name}_citation"], f"{name}: {data[name]}")
    must([i["amount"] for i in data["items"]] == [6960, 430, 594, 520, 96], f"items: {data['items']}")
    at = {name: str(i) for i, name in enumerate((n for n in properties if n in truth), 1)}
    boxes = [
        Box(place, cards.MARK, at[name], 0.25, where="right")
        for name in truth
        for place in data[f"{name}_citation"][:1]
    ]
    for one in data["items"]:
        boxes += [
            Box(place, cards.MARK, "", 0.18, 0.6)
            for n in ("description", "quantity", "amount")
            for place in one[f"{n}_citation"]
        ]
    lines = [
        f"{cards.number(at[n])} {html.escape(json.dumps(n))}: {html.escape(json.dumps(data[n]))}" for n in at
    ]
    items = [{k: one[k] for k in ("description", "quantity", "amount")} for one in data["items"]]
    lines.append('"items": [\n' + ",\n".join("  " + html.escape(json.dumps(one)) for one in items) + "\n]")
    return page(*rendered(pdf), HALF, boxes) + "<div><h3>data</h3><pre>" + ",\n".join(lines) + "</pre></div>"


def filling(client: httpx.Client) -> str:
    """An empty form, a prompt, and the form filled in."""
    pdf = papers.form(filled=False, interactive=True)
    prompt = "\n".join(
        (
            "Full name: Grace Hopper",
            "Date of birth: 9 December 1906",
            "Street and number: 7 Signal Row",
            "Town: Galway",
            "Email: grace@hopper.example",
            "Name of boat: Cobol",
            "Length: 9.40",
            "Sailing boat: yes",
            "Shore power: yes",
            "Mooring fee: 80 euros",
        )
    )
    result = read(client, pdf, "form.pdf", "edit", form_filling={"fill_prompt": prompt})
    told = result["form_filling_metadata"]
    filled = {f["name"]: f["value"] for f in told["detected_widgets"] if f.get("filled")}
    must(len(filled) == 9, f"nine fields: {filled}, {told['not_placed']}")
    must(
        [left["text"] for left in told["not_placed"]] and "Mooring" in told["not_placed"][0]["text"],
        str(told["not_placed"]),
    )
    boxes = [Box(f["bbox"], color("form"), line=0.9) for f in told["detected_widgets"]]
    after = b64decode(result["filled_pdf_base64"])
    left = told["not_placed"][0]
    refused = html.escape(f"{left['text']}\n{left['reason']}")
    said = f"<h3>What was said</h3><pre>{html.escape(prompt)}</pre>"
    said += f"<h3>Not placed</h3><pre>{refused}</pre>"
    return (
        page(*rendered(pdf), 245, boxes)
        + f'<div style="flex:none;width:200pt">{said}</div>'
        + page(*rendered(after), 245, [])
    )


def classes(client: httpx.Client) -> str:
    """A pile of mixed pages, each with its class and why."""
    pdf = papers.pile()
    asked = {
        "invoice": "a bill with an amount to be paid",
        "bank statement": "transactions and balances of an account",
        "application form": "a form with fields to fill in",
        "contract": "an agreement between two parties, with clauses",
    }
    result = read(
        client,
        pdf,
        "pile.pdf",
        "classify",
        page_classifications=[{"name": n, "description": d} for n, d in asked.items()],
    )
    found = {n: c for c in result["page_classes"] for n in c["page_numbers"]}
    count = len(result["pages"]) if result["pages"] else result["total_pages"]
    must(
        [found[n]["page_class"] for n in (1, 2, count - 1, count)] == list(asked),
        str({n: c["page_class"] for n, c in found.items()}),
    )
    parts = ""
    for number in (1, 2, count - 1, count):
        reason = found[number]["classification_reasons"][str(number)]
        shown = page(*rendered(pdf, number, 100), 165, [], 190 / (165 * _ratio(pdf, number)))
        name = f'<h3 style="margin-top:7pt;color:#2450b8"><b>{found[number]["page_class"]}</b></h3>'
        why = f'<span class="soft">{html.escape(_short(reason, 120))}</span>'
        parts += f'<div style="flex:1">{shown}{name}{why}</div>'
    return parts


FIGURES = {
    "layout": layout,
    "merged-tables": tables,
    "ocr": ocr,
    "marks": marks,
    "charts": charts,
    "forms": forms,
    "extraction": extraction,
    "filling": filling,
    "classes": classes,
}


def _rows(markup: str) -> list[list[str]]:
    """The texts of a table's cells."""
    rows = lxml.html.fragment_fromstring(markup).iter("tr")
    return [[" ".join(cell.text_content().split()) for cell in row] for row in rows]


def _at(texts: list[str], start: str) -> int:
    return next(i for i, text in enumerate(texts) if text.startswith(start))


def _short(text: str, most: int = 44) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rsplit(" ", 1)[0] + " …"


def _smaller(picture: bytes) -> bytes:
    shown = Image.open(io.BytesIO(picture))
    shown.thumbnail((int(1.6 * HALF), 4000))
    buffer = io.BytesIO()
    shown.quantize(12).save(buffer, "PNG")
    return buffer.getvalue()


def _bare(text: str) -> str:
    """A text without its markup."""
    words = lxml.html.fragment_fromstring(text, create_parent=True).itertext()
    return " ".join(words)


def _small(text: str) -> str:
    return f'<div style="font-size:7.6pt">{text.replace("<table>", "<table style=font-size:7.6pt>")}</div>'


def _ratio(pdf: bytes, number: int) -> float:
    _, (width, height) = rendered(pdf, number, 10)
    return height / width


def main() -> None:
    """Makes the figures that are named, or all."""
    wanted = sys.argv[1:] or list(FIGURES)
    service = Service(Path(tempfile.mkdtemp())).start()
    try:
        with service.client() as client:
            for name in wanted:
                save(FIGURES[name](client), TARGET / f"{name}.png")
    finally:
        service.stop()


if __name__ == "__main__":
    main()
