"""Agreements of several pages with who agreed, since when, for how long and under whose law: Kleister-NDA.

Graliński et al. 2020, arXiv 2003.02356. The labels are normalised: ISO dates, ``2 years``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path

from benchmarks.corpus import Document, Truth
from benchmarks.scores.alike import Kind
from benchmarks.scores.extraction import FieldTruth

_KINDS = {
    "effective_date": Kind.DATE,
    "jurisdiction": Kind.PLACE,
    "party": Kind.PARTY,
    "term": Kind.TERM,
}


def documents(folder: Path) -> Iterator[Document]:
    """Every agreement that is there, in the order of the file names."""
    rows = map(json.loads, (folder / "labels.jsonl").read_text(encoding="utf-8").splitlines())
    for row in sorted(rows, key=lambda row: str(row["file"])):
        if (folder / row["file"]).exists():
            yield Document(folder.name, "agreement", folder / row["file"], partial(_truth, row["labels"]))


def _truth(labels: Mapping[str, list[str]]) -> Truth:
    return Truth(
        filled=tuple(FieldTruth(name, kind, tuple(labels.get(name, ()))) for name, kind in _KINDS.items())
    )
