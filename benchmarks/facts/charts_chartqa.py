"""Pictures of charts with the tables they were drawn from: ChartQA (Masry et al. 2022, arXiv 2203.10244).

Only some of the charts have a table; those that have a question and its answer alone are not scored.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpus import Document, Truth
from benchmarks.scores.charts import Entry
from models.charts.axes import number_of


def documents(folder: Path) -> Iterator[Document]:
    """Every chart that has a table, by whether it has one series or several."""
    for table in sorted((folder / "tables").glob("*.csv")):
        picture = folder / f"{table.stem}.png"
        if picture.exists():
            kind = "several series" if table.stem.startswith("multi") else "one series"
            yield Document(folder.name, kind, picture, partial(_truth, table))


def _truth(table: Path) -> Truth:
    with table.open(encoding="utf-8-sig", newline="") as file:
        header, *rows = csv.reader(file)
    entries = [
        Entry(row[0], name, number)
        for row in rows
        for name, text in zip(header[1:], row[1:], strict=False)
        if (number := number_of(text)) is not None
    ]
    return Truth(charts=(tuple(entries),))
