"""Fills a table from invoices: one row a document, and for every value the place that says it.

    pip install httpx
    python invoices_to_sqlite.py invoices.db bill-1.pdf bill-2.pdf …

It needs ``plain_http.py`` beside it. Values that a person should look at are listed at the end. In pandas::

    invoices = pandas.read_sql("SELECT * FROM invoices", sqlite3.connect("invoices.db"))

``OCTAVO_SERVER`` and ``OCTAVO_API_KEY`` say where the service is.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx
from plain_http import KEY, SERVER, read

# A description says what is meant, and is worth more than a name. Change the fields: the columns follow.
FIELDS: dict[str, dict[str, str]] = {
    "invoice_number": {"type": "string"},
    "invoice_date": {"type": "string", "format": "date"},
    "due_date": {"type": "string", "format": "date"},
    "subtotal": {"type": "number", "description": "the sum before tax"},
    "tax": {"type": "number", "description": "value added tax"},
    "total": {"type": "number", "description": "what is to be paid in all"},
}
INVOICE = {
    "schema_name": "Invoice",
    "json_schema": {"title": "Invoice", "type": "object", "properties": FIELDS},
    "provide_citations": True,
    "provide_confidence": True,
}
SURE = 0.75
"""Values of less confidence are to be looked at, and so are those that stand nowhere."""

TABLES = f"""
CREATE TABLE IF NOT EXISTS invoices (file TEXT PRIMARY KEY, parse_id TEXT, {", ".join(FIELDS)});
CREATE TABLE IF NOT EXISTS citations (file TEXT, field TEXT, confidence REAL, page INTEGER, x1, y1, x2, y2);
CREATE INDEX IF NOT EXISTS citations_of ON citations (file, field);
"""
DOUBTFUL = "SELECT DISTINCT file, field, confidence FROM citations WHERE page IS NULL OR confidence < ?"


def main(database: Path, papers: Sequence[Path]) -> None:
    """Reads the papers into the database and shows what is in it."""
    headers = {"Authorization": f"Bearer {KEY}"}
    with (
        httpx.Client(base_url=f"{SERVER}/documents/v2/", headers=headers, timeout=60) as client,
        sqlite3.connect(database) as connection,
    ):
        connection.executescript(TABLES)
        for path in papers:
            result = read(client, path, structured_extraction_options=[INVOICE])
            store(connection, path.name, result)
        for row in connection.execute("SELECT * FROM invoices ORDER BY file"):
            print(*row, sep="\t")
        for file, field, confidence in connection.execute(DOUBTFUL, [SURE]):
            print(f"look at {file}: {field} ({confidence})")


def store(connection: sqlite3.Connection, file: str, result: dict[str, Any]) -> None:
    """Writes the values of one document and their places, in place of those it had before."""
    (filled,) = result["structured_data"]
    data = filled["data"]
    row = [file, result["parse_id"], *(data[field] for field in FIELDS)]
    connection.execute(f"INSERT OR REPLACE INTO invoices VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608
    connection.execute("DELETE FROM citations WHERE file = ?", [file])
    for field in FIELDS:
        confidence = data.get(f"{field}_confidence")
        # A value on two lines has two boxes; one that stands nowhere has none, and a row without a place.
        for box in data.get(f"{field}_citation") or [{}]:
            place = [box.get(side) for side in ("page_number", "x1", "y1", "x2", "y2")]
            connection.execute(
                "INSERT INTO citations VALUES (?, ?, ?, ?, ?, ?, ?, ?)", [file, field, confidence, *place]
            )


if __name__ == "__main__":
    main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]])
