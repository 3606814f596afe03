"""Where the documents are, and what is known of them.

The data is not part of the repository: ``OCTAVO_BENCH_DATA`` names its folder (default: ``shared/data``
beside the repository). A set that is not there is skipped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.peers import View
from benchmarks.scores.barcodes import BarcodeTruth
from benchmarks.scores.charts import ChartTable
from benchmarks.scores.extraction import FieldTruth
from benchmarks.scores.key_values import KeyValue
from benchmarks.scores.merges import TrueTable
from benchmarks.scores.olmocr import Check
from benchmarks.scores.order import Block
from benchmarks.scores.outline import TrueHeading
from benchmarks.scores.pairs import Pairs
from benchmarks.scores.regions import PageRegion
from benchmarks.scores.revisions import Revision
from benchmarks.scores.tokens import Token

READ, EMPTY = "read", "empty"
"""How a reading may end well."""

REPOSITORY = Path(__file__).resolve().parent.parent
CACHE = REPOSITORY / "benchmarks" / "out" / "cache"
"""Where files made from the data are kept; never part of the repository."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What a document should read as; None where the set says nothing of it.

    ``tables`` holds one list of HTML tables for each accepted reading of the document. ``words`` are in
    no order; the first ``ordered`` of the ``regions`` are in reading order; ``tokens`` are words with
    boxes and classes. ``checks`` are yes-or-no questions to the Markdown. ``changed`` is the
    text before and after all tracked changes. ``silver`` marks a truth that another engine made and people
    only looked over. ``outcomes`` are how the reading may end: the names
    of errors, ``READ`` for some text, ``EMPTY`` for none. ``optional`` are lines that are in the document but
    not in the ``markdown`` (running heads, notes): an engine may give them or not. ``charts`` are the data
    of drawn charts. ``fields`` are all of a form, ``shown_fields`` the check boxes and filled-in values that
    a picture of one shows, ``pairs`` what it asks and what is answered. ``signatures`` are where people
    signed. ``barcodes``: what there is to be read of them.
    ``filled`` is what stands in the fields of a schema. ``classes``: those that the page belongs to.
    ``struck`` are words struck out, ``unstruck`` is how many are not.
    ``outline`` are the headings with their levels, ``merged`` the tables with the pieces that pages break
    them into.
    ``angle``: so many degrees clockwise make the page level, or, of a page with a twin, more than make that
    level; ``twin_is_level``: it should not be touched.
    """

    markdown: str | None = None
    blocks: tuple[Block, ...] | None = None
    tables: tuple[tuple[str, ...], ...] | None = None
    words: tuple[str, ...] | None = None
    regions: tuple[PageRegion, ...] | None = None
    ordered: int = 0
    tokens: tuple[Token, ...] | None = None
    checks: tuple[Check, ...] | None = None
    revisions: tuple[Revision, ...] | None = None
    changed: tuple[str, str] | None = None
    outcomes: frozenset[str] | None = None
    silver: bool = False
    optional: tuple[str, ...] = ()
    angle: float | None = None
    twin_is_level: bool = False
    charts: tuple[ChartTable, ...] | None = None
    fields: tuple[KeyValue, ...] | None = None
    shown_fields: tuple[KeyValue, ...] | None = None
    struck: tuple[PageRegion, ...] | None = None
    unstruck: int = 0
    pairs: Pairs | None = None
    signatures: tuple[PageRegion, ...] | None = None
    barcodes: BarcodeTruth | None = None
    filled: tuple[FieldTruth, ...] | None = None
    classes: frozenset[str] | None = None
    outline: tuple[TrueHeading, ...] | None = None
    merged: tuple[TrueTable, ...] | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A file of a set with its truth. ``truth()`` reads it when asked; ``kind`` groups the scores.

    ``twin`` is a document that the same engine should read as it reads this one. ``view``: what engines are
    asked for in place of what they are asked for in the set.
    """

    set_name: str
    kind: str
    path: Path
    truth: Callable[[], Truth]
    twin: Path | None = None
    view: View | None = None

    @property
    def name(self) -> str:
        """The file's name inside its set."""
        return self.path.name


def data_folder() -> Path:
    """The folder of all sets."""
    return Path(os.environ.get("OCTAVO_BENCH_DATA") or REPOSITORY.parent / "shared" / "data")


@dataclass(frozen=True, slots=True)
class DataSet:
    """A set: its folder's name, its truth reader, and what an engine must give to be asked at all.

    ``needs`` is what an engine must not lack: "tables", "merges", "regions", "revisions", "barcodes" or
    "finds" where nothing else is scored, "office" where most are office documents, "reports" for the set that
    other engines' readings come with, else "". ``view`` is what engines are asked for. With ``by_kind``
    scores are shown by the documents' kinds too, each kind weighing the same; of a set of ``anything``
    engines are asked for every file, whatever they claim to read. The documents of a ``fresh`` set are drawn
    by the seed of ``structure_drawn``.
    """

    folder: str
    read: Callable[[Path], Iterator[Document]]
    needs: str = ""
    view: View = View.ALL
    by_kind: bool = False
    anything: bool = False
    fresh: bool = False


def documents(set_name: str, limit: int | None = None) -> list[Document]:
    """The documents of a set, sorted by path; none when the set is absent.

    Raises:
        KeyError: no set has this name.
    """
    data_set = sets()[set_name]
    folder = data_folder() / data_set.folder
    return list(islice(data_set.read(folder), limit)) if folder.is_dir() else []


def sets() -> dict[str, DataSet]:
    """Every set with its reader."""
    from benchmarks.facts import (
        barcodes,
        charts_chartqa,
        charts_drawn,
        cvat,
        docbank,
        docling,
        docx_revisions,
        extraction_drawn,
        funsd,
        funsd_pairs,
        icdar2013,
        invoices,
        kleister,
        office_mixed,
        olmocr,
        omnidocbench,
        page_classes,
        page_classes_drawn,
        pdf_forms,
        signatures,
        skew,
        sroie,
        sroie_fields,
        struck,
        structure_drawn,
        table_images,
        zh_reports,
    )

    return {
        "omnidocbench_demo": DataSet("omnidocbench_demo", omnidocbench.documents),
        "icdar2013_tables": DataSet("icdar2013_tables", icdar2013.documents, "tables"),
        "icdar2013_rasterised": DataSet("icdar2013_tables", icdar2013.rasterised, "tables"),
        "table_images": DataSet("table_images", table_images.documents, "tables"),
        "sroie_receipts": DataSet("sroie_receipts", sroie.documents),
        "funsd_forms": DataSet("funsd_forms", funsd.documents),
        "cvat_layout": DataSet("cvat_layout", cvat.documents, "regions"),
        "docbank_pages": DataSet("docbank_pages", docbank.documents),
        "olmocr_bench_sample": DataSet("olmocr_bench_sample", olmocr.documents),
        "olmocr_bench_body": DataSet("olmocr_bench_sample", olmocr.documents, view=View.BODY),
        "docling_formats": DataSet("docling_formats", docling.documents, by_kind=True),
        "docx_revisions": DataSet("docx_revisions", docx_revisions.marked, "revisions"),
        "docx_rejected": DataSet("docx_revisions", docx_revisions.rejected, "revisions", View.REJECTED),
        "docx_accepted": DataSet("docx_revisions", docx_revisions.accepted, view=View.ACCEPTED),
        "office_mixed": DataSet(
            "office_mixed", office_mixed.documents, "office", by_kind=True, anything=True
        ),
        "charts_chartqa": DataSet(
            "charts_chartqa", charts_chartqa.documents, "finds", View.CHARTS, by_kind=True
        ),
        "charts_drawn": DataSet("", charts_drawn.documents, "finds", View.CHARTS, by_kind=True),
        "skew": DataSet("skew", skew.labelled, "angles", View.STRAIGHT),
        "skewed_pages": DataSet("omnidocbench_demo", skew.turned, view=View.STRAIGHT),
        "pdf_forms": DataSet("pdf_forms", pdf_forms.documents, "finds", View.FORMS),
        "funsd_pairs": DataSet("funsd_forms", funsd_pairs.documents, "finds", View.FORMS),
        "pdf_forms_rasterised": DataSet("pdf_forms", pdf_forms.rasterised, "finds", View.FORMS),
        "barcodes_zxing": DataSet("barcodes_zxing", barcodes.documents, "barcodes", View.BARCODES),
        "barcodes_zxing_cpp": DataSet("barcodes_zxing_cpp", barcodes.documents, "barcodes", View.BARCODES),
        "signatures": DataSet("signatures", signatures.documents, "finds", View.SIGNATURES),
        "signatures_on_forms": DataSet("funsd_forms", signatures.seen, "finds", View.SIGNATURES),
        "signatures_on_receipts": DataSet("sroie_receipts", signatures.seen, "finds", View.SIGNATURES),
        "sroie_fields": DataSet("sroie_receipts", sroie_fields.documents, "finds", View.RECEIPT),
        "kleister_fields": DataSet("kleister_nda", kleister.documents, "finds", View.AGREEMENT),
        "invoices_fields": DataSet("invoices_labelled", invoices.documents, "finds", by_kind=True),
        "extraction_digital": DataSet("", extraction_drawn.digital, "finds", by_kind=True),
        "extraction_scanned": DataSet("", extraction_drawn.scanned, "finds", by_kind=True),
        "page_classes": DataSet(
            "business_docs_images", page_classes.documents, "finds", View.CLASSES, by_kind=True
        ),
        "page_classes_drawn": DataSet(
            "", page_classes_drawn.documents, "finds", View.DRAWN_CLASSES, by_kind=True
        ),
        "zh_annual_reports": DataSet("zh_annual_reports", zh_reports.documents, "reports", View.STRUCTURE),
        "struck_digital": DataSet("", struck.digital, "finds", View.STRIKES),
        "struck_scanned": DataSet("", struck.scanned, "finds", View.STRIKES),
        "structure_headings": DataSet(
            "", structure_drawn.headings, view=View.STRUCTURE, by_kind=True, fresh=True
        ),
        "structure_headings_rasterised": DataSet(
            "", structure_drawn.headings_rasterised, view=View.STRUCTURE, by_kind=True, fresh=True
        ),
        "structure_tables": DataSet(
            "", structure_drawn.tables, "merges", View.STRUCTURE, by_kind=True, fresh=True
        ),
        "struck_none": DataSet("", struck.unstruck, "finds", View.STRIKES),
    }
