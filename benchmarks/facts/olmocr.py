"""olmOCR-bench (Poznanski et al. 2025): PDFs of one page with tests of what their text must hold."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.corpus import Document, Truth
from benchmarks.scores.olmocr import (
    PLACES,
    BaselineCheck,
    Check,
    MathCheck,
    OrderCheck,
    TableCheck,
    TextCheck,
)


def documents(folder: Path) -> Iterator[Document]:
    """Every PDF; one without a baseline test has the implied one."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                rows.setdefault(row["pdf"], []).append(row)
    for pdf in sorted(folder.rglob("*.pdf")):
        mine = rows.get(pdf.relative_to(folder).as_posix(), [])
        yield Document(folder.name, "pdf", pdf, partial(_truth, mine))


def _truth(rows: Sequence[dict[str, Any]]) -> Truth:
    checks = [_check(row) for row in rows]
    if not any(check.kind == "baseline" for check in checks):
        checks.append(BaselineCheck())
    return Truth(checks=tuple(checks))


def _check(row: dict[str, Any]) -> Check:
    """A line of the tests' file.

    Raises:
        ValueError: the test is of a type that is not known here.
    """
    edits = int(row.get("max_diffs") or 0)
    match row["type"]:
        case "present" | "absent" as kind:
            return TextCheck(
                row["text"],
                present=kind == "present",
                case_sensitive=row.get("case_sensitive", True),
                max_diffs=edits,
                first_n=int(row.get("first_n") or 0),
                last_n=int(row.get("last_n") or 0),
            )
        case "order":
            return OrderCheck(row["before"], row["after"], edits)
        case "table":
            return TableCheck(row["cell"], {place: row[place] for place in PLACES if row.get(place)}, edits)
        case "math":
            return MathCheck(row["math"])
        case "baseline":
            return BaselineCheck(row.get("max_length"), row.get("check_disallowed_characters", True))
        case unknown:
            raise ValueError(f"test {row.get('id')}: no scorer for tests of type {unknown}")
