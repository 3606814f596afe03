"""The engines that are measured: Octavo and its peers, each behind ``load(view) -> read(path)``.

Everything is imported inside ``load``, in the engine's own process: a broken peer costs only itself. Peers
run with their defaults, but for what gives their best tables.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.extracted import filled_of
from benchmarks.found import finds_of, merged_of, of_octavo, of_opendataloader, of_pymupdf4llm
from benchmarks.scores.extraction import Filled
from benchmarks.scores.merges import FoundTable
from benchmarks.scores.regions import PageRegion
from schemas.formats import FORMATS
from schemas.options import Configuration

PDF = frozenset({".pdf"})
IMAGES = frozenset({".png", ".jpg", ".jpeg", ".tif", ".tiff"})
PHOTOS = IMAGES | {".webp"}
WEB = frozenset({".html", ".htm", ".md", ".csv", ".tsv", ".json", ".xml", ".txt"})
OFFICE = frozenset({".docx", ".pptx", ".xlsx", ".xlsm", ".xls"})
OLD_OFFICE = frozenset({".doc", ".ppt", ".rtf", ".odt", ".ods", ".odp"})
MAIL = frozenset({".eml", ".msg", ".epub"})
_CLASS_FOLDER = Path(__file__).parent / "classes"
_SCHEMA_FOLDER = Path(__file__).parent / "schemas"
MARKUP = frozenset({".asciidoc", ".adoc", ".tex", ".vtt"})


class View(StrEnum):
    """What an engine is asked for, where it has the choice."""

    ALL = "all"
    BODY = "body"
    """Without running heads and page numbers."""
    ACCEPTED = "accepted"
    """As if tracked changes were accepted, without comments."""
    REJECTED = "rejected"
    """As if tracked changes were rejected, without comments: what Word documents were before."""
    STRAIGHT = "straight"
    """With fine angles undone."""
    BARCODES = "barcodes"
    SIGNATURES = "signatures"
    STRIKES = "strikes"
    """With struck words taken out of the text."""
    STRUCTURE = "structure"
    """With headings and tables understood across pages."""
    CHARTS = "charts"
    FORMS = "forms"
    CLASSES = "classes"
    """Pages in the classes of ``classes/business.json``; in the next, of ``classes/drawn.json``."""
    DRAWN_CLASSES = "drawn_classes"
    RECEIPT = "receipt"
    """The schema ``schemas/receipt.json`` filled, with citations; so are those of the views that follow."""
    AGREEMENT = "agreement"
    INVOICE = "invoice"
    DELIVERY = "delivery"
    W8 = "w8"
    W9 = "w9"
    F1099 = "f1099"
    STATEMENT = "statement"
    W2 = "w2"
    CERTIFICATE = "certificate"


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine makes of a document.

    ``regions`` are in reading order, None from an engine that gives none. ``stages`` are seconds by stage
    where the engine tells them. ``finds`` are what it saw besides text (barcodes, signatures, struck words,
    charts, forms), None from an engine that does not look for it. ``angle``: so many degrees clockwise the
    first page was turned to be level, None where that was not asked for. ``filled`` are the fields of the
    schema that was asked for, None without one. ``merged`` are the tables put together over pages, None from
    an engine that puts none together.
    """

    markdown: str
    stages: dict[str, float] = field(default_factory=dict)
    regions: list[PageRegion] | None = None
    finds: list[PageRegion] | None = None
    angle: float | None = None
    filled: list[Filled] | None = None
    merged: list[FoundTable] | None = None


Read = Callable[[Path], Reading]


@dataclass(frozen=True, slots=True)
class Engine:
    """An engine: its distribution's name, the file suffixes it is asked to read, and how to load it.

    What it ``lacks`` ("tables", "merges", "regions", "revisions", "errors", "office", "finds") it is not
    asked for; one that does ``only`` one thing is asked for nothing else.
    One that is ``timed_only`` is another's faster setting, and takes no part in quality. One that is
    ``shipped`` is not run: its readings come with the set.
    """

    name: str
    distribution: str
    suffixes: frozenset[str]
    load: Callable[[View], Read]
    lacks: frozenset[str] = frozenset()
    timed_only: bool = False
    only: str = ""
    shipped: bool = False

    def gives(self, needs: str) -> bool:
        """Whether the engine is asked for a set that ``needs`` something of it ("": text)."""
        return needs == self.only if self.only else needs not in self.lacks

    def reads(self, path: Path) -> bool:
        """Whether the engine claims to read a file of this name."""
        return path.suffix.lower() in self.suffixes

    def version(self) -> str | None:
        """The installed version, None when the engine is not installed (Octavo may run from its source)."""
        if self.shipped:
            return "as shipped with the set"
        try:
            return metadata.version(self.distribution)
        except metadata.PackageNotFoundError:
            return "source" if self.name == "octavo" else None


_ASKED: dict[View, dict[str, dict[str, object]]] = {
    View.BODY: {"parsing_options": {"ignore_sections": ["page_header", "page_footer", "page_number"]}},
    View.ACCEPTED: {"parsing_options": {"ignore_sections": ["tracked_changes", "comments"]}},
    View.STRAIGHT: {"parsing_options": {"skew_detection": True}},
    View.BARCODES: {"parsing_options": {"barcode_detection": True}},
    View.SIGNATURES: {"parsing_options": {"signature_detection": True}},
    View.STRIKES: {"parsing_options": {"remove_strikethrough_lines": True, "include_words": True}},
    View.CHARTS: {"enrichment_options": {"chart_extraction": True}},
    View.STRUCTURE: {"parsing_options": {"cross_page_header_detection": True, "table_merging": True}},
    View.FORMS: {"enrichment_options": {"key_value_extraction": True}},
}
_CLASSES = {View.CLASSES: "business.json", View.DRAWN_CLASSES: "drawn.json"}


_SCHEMAS = frozenset(view for view in View if (_SCHEMA_FOLDER / f"{view}.json").exists())


def asked(view: View) -> Configuration:
    """What Octavo is asked for."""
    if view in _CLASSES:
        classes = json.loads((_CLASS_FOLDER / _CLASSES[view]).read_text(encoding="utf-8"))
        return Configuration(page_classifications=classes)
    return Configuration.model_validate(_filling(view) if view in _SCHEMAS else _ASKED.get(view, {}))


def _filling(view: View) -> dict[str, object]:
    """Citations are judged by the words that stand in them."""
    schema = {"schema_name": view.value, "json_schema": schema_of(view), "provide_citations": True}
    return {"structured_extraction_options": [schema], "parsing_options": {"include_words": True}}


def schema_of(view: View) -> dict[str, Any]:
    """The JSON Schema that a view names."""
    schema: dict[str, Any] = json.loads((_SCHEMA_FOLDER / f"{view}.json").read_text(encoding="utf-8"))
    return schema


def _octavo(view: View, *, layout: bool = True) -> Read:
    if view is View.REJECTED:
        return _octavo_rejected
    from benchmarks.leaning import first_angle
    from models.local import LocalEngines
    from schemas.settings import Settings
    from workers.local import LocalParser

    engines = LocalEngines()
    configuration = asked(view)
    configuration.parsing_options.disable_layout_detection = not layout
    parser = LocalParser(Settings(workers=1))  # as its peers: one page after another
    parser.__enter__()  # left with the process

    def read(path: Path) -> Reading:
        before = dict(parser.seconds)
        document = parser.parse(path, configuration, page_range="")
        stages = {stage: seconds - before.get(stage, 0.0) for stage, seconds in parser.seconds.items()}
        angle = first_angle(path, engines) if view is View.STRAIGHT else None
        filled = filled_of(document) if view in _SCHEMAS else None
        finds = finds_of(document)
        merged = merged_of(document) if view is View.STRUCTURE else None
        return Reading(document.document_markdown, stages, of_octavo(document), finds, angle, filled, merged)

    return read


def _octavo_rejected(path: Path) -> Reading:
    """By the reader alone: this view is no option of the service."""
    from pipelines.documents.markdown import joined
    from pipelines.readers.docx.changes import Revisions
    from pipelines.readers.docx.reader import DocxReader
    from schemas.options import TableOutputMode
    from schemas.reading import FlowView

    page = DocxReader(path).read(Revisions.REJECTED, FlowView(comments=False))
    return Reading(joined(page.fragments, TableOutputMode.HTML))


def _pymupdf_text(_view: View) -> Read:
    """The bare text, in the file's order."""
    import pymupdf

    def read(path: Path) -> Reading:
        with pymupdf.open(path) as document:  # type: ignore[no-untyped-call]
            return Reading("\n".join(page.get_text() for page in document))

    return read


def _pymupdf4llm(view: View, **options: bool) -> Read:
    """With RapidOCR beside it, it reads pages by OCR where it thinks best, some born-digital ones too."""
    import pymupdf4llm

    options |= {"header": view is not View.BODY, "footer": view is not View.BODY}

    def read(path: Path) -> Reading:
        # HTML tables keep characters and spans that its default pipe tables lose.
        pages = pymupdf4llm.to_markdown(str(path), page_chunks=True, table_output="html", **options)
        markdown = "".join(page["text"] for page in pages)
        return Reading(markdown, regions=of_pymupdf4llm(path, pages))

    return read


def _markitdown(_view: View) -> Read:
    from markitdown import MarkItDown

    converter = MarkItDown(enable_plugins=False)
    return lambda path: Reading(converter.convert_local(path).markdown)


def _kreuzberg(_view: View) -> Read:
    from kreuzberg import ExtractionConfig, extract_file_sync

    config = ExtractionConfig(output_format="markdown", use_cache=False)
    return lambda path: Reading(extract_file_sync(path, config=config).content)


def _opendataloader(_view: View) -> Read:
    import opendataloader_pdf

    def read(path: Path) -> Reading:
        with tempfile.TemporaryDirectory() as folder:
            opendataloader_pdf.convert(
                input_path=str(path), output_dir=folder, format=["markdown", "json"], quiet=True
            )
            written = sorted(Path(folder).rglob("*.md"))
            if not written:
                raise RuntimeError("the engine wrote no Markdown")
            record = json.loads(written[0].with_suffix(".json").read_text(encoding="utf-8"))
            return Reading(written[0].read_text(encoding="utf-8"), regions=of_opendataloader(path, record))

    return read


def _docling_rs(_view: View) -> Read:
    from docling_rs import DocumentConverter

    converter = DocumentConverter()
    return lambda path: Reading(converter.convert(str(path)).document.export_to_markdown())


def _rapidocr(_view: View) -> Read:
    """The bare engine: its own models, thresholds and threads, on ONNX Runtime; its lines are the text."""
    from rapidocr import RapidOCR

    engine: Callable[[str], Any] = RapidOCR()
    return lambda path: Reading("\n".join(engine(str(path)).txts or ()))


def _zxing_cpp(_view: View) -> Read:
    from benchmarks.scanners import zxing_cpp

    scan = zxing_cpp()
    return lambda path: Reading("", finds=scan(path))


def _pyzbar(_view: View) -> Read:
    from benchmarks.scanners import pyzbar

    scan = pyzbar()
    return lambda path: Reading("", finds=scan(path))


def _shipped(_view: View, *, name: str) -> Read:
    return lambda path: Reading(path.with_suffix(f".{name}.md").read_text(encoding="utf-8"))


def _with_tesseract() -> frozenset[str]:
    """Kreuzberg brings Tesseract but no language data: without some, it is not asked to read pictures."""
    return IMAGES if os.environ.get("TESSDATA_PREFIX") else frozenset()


_NO_BOXES = frozenset({"regions", "revisions", "errors", "finds", "angles", "barcodes", "merges"})
_PAGES_ONLY = frozenset({"revisions", "errors", "office", "finds", "angles", "barcodes", "merges"})

ENGINES: dict[str, Engine] = {
    engine.name: engine
    for engine in (
        Engine("octavo", "octavo", frozenset(e for known in FORMATS for e in known.extensions), _octavo),
        Engine("octavo-no-layout", "octavo", PDF, partial(_octavo, layout=False), timed_only=True),
        Engine("pymupdf-text", "pymupdf", PDF, _pymupdf_text, _NO_BOXES | {"tables"}, timed_only=True),
        Engine("pymupdf4llm", "pymupdf4llm", PDF | IMAGES, _pymupdf4llm, _PAGES_ONLY),
        Engine(
            "pymupdf4llm-no-ocr",
            "pymupdf4llm",
            PDF,
            partial(_pymupdf4llm, use_ocr=False),
            timed_only=True,
        ),
        Engine("opendataloader", "opendataloader-pdf", PDF, _opendataloader, _PAGES_ONLY),
        Engine(
            "docling-rs",
            "docling-rs",
            WEB | OFFICE | OLD_OFFICE | MAIL | MARKUP | {".boxnote", ".ebc", ".pages"},
            _docling_rs,
            _NO_BOXES,
        ),
        Engine(
            "markitdown",
            "markitdown",
            PDF | WEB | OFFICE | {".msg", ".epub", ".ipynb"},
            _markitdown,
            _NO_BOXES,
        ),
        Engine(
            "kreuzberg",
            "kreuzberg",
            PDF | WEB | OFFICE | OLD_OFFICE | MAIL | {".tex", ".ipynb", ".xlsb"} | _with_tesseract(),
            _kreuzberg,
            _NO_BOXES,
        ),
        Engine("rapidocr", "rapidocr", IMAGES, _rapidocr, _NO_BOXES | {"tables", "office"}),
        Engine("zxing-cpp", "zxing-cpp", PHOTOS, _zxing_cpp, only="barcodes"),
        Engine("pyzbar", "pyzbar", PHOTOS, _pyzbar, only="barcodes"),
        *(
            Engine(name, name, PDF, partial(_shipped, name=name), only="reports", shipped=True)
            for name in ("mineru", "paddlevl")
        ),
    )
}
