"""Pictures that are one table each, with the table as HTML: PubTabNet (Zhong et al. 2020) and alike."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpus import Document, Truth


def documents(folder: Path) -> Iterator[Document]:
    """Every picture with an HTML file beside it; what has PubTabNet's names is of that kind."""
    for label in sorted(folder.glob("*.html")):
        picture = label.with_suffix(".png")
        if picture.exists():
            kind = "scientific" if label.stem.startswith("PMC") else "business"
            yield Document(folder.name, kind, picture, partial(_truth, label))


def _truth(label: Path) -> Truth:
    return Truth(tables=((label.read_text(encoding="utf-8"),),))
