"""Pages of ten kinds of business papers, told by their files' names; pages of other sets are of none."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from itertools import islice
from pathlib import Path

from benchmarks.corpus import Document, Truth

NONE = "none"
# What a file's path in the set begins with, or is: its class. Others of the set belong to no class.
_CLASSES = {
    "tax/w2": "Form W-2",
    "tax/tax-1040": "Form 1040",
    "tax/tax-1098-t": "Form 1098-T",
    "tax/tax-1098": "Form 1098",
    "tax/tax-1099": "Form 1099",
    "invoice/": "Invoice",
    "add-on/add-on-barcodes": "Invoice",
    "receipt/": "Receipt",
    "mortgage/": "Closing disclosure",
    "generaldoc/": "Securities filing",
    "layout/layout-finacialreport": "Financial report",
}
_SUFFIXES = frozenset({".png", ".jpg", ".pdf"})
# Papers, textbooks, slides, brochures, charts: so many pages of each of these sets.
_OTHERS = {
    "docbank_pages": "*.pdf",
    "omnidocbench_demo": "*.jpg",
    "cvat_layout": "*.png",
    "charts_chartqa": "*.png",
    "olmocr_bench_sample": "**/*.pdf",
}
_MOST = 10


def documents(folder: Path) -> Iterator[Document]:
    """The pages of the set, then those of other sets, which belong to no class."""
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SUFFIXES:
            name = path.relative_to(folder).as_posix().lower()
            kind = next((of for start, of in _CLASSES.items() if name.startswith(start)), NONE)
            yield Document(folder.name, kind, path, partial(_truth, kind))
    for other, pattern in _OTHERS.items():
        for path in islice(sorted((folder.parent / other).glob(pattern)), _MOST):
            yield Document(folder.name, NONE, path, partial(_truth, NONE))


def _truth(kind: str) -> Truth:
    return Truth(classes=frozenset() if kind == NONE else frozenset({kind}))
