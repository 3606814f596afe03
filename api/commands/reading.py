"""The commands that read files here and now: ``octavo parse``, ``extract`` and ``classify``."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape

from api.commands.bars import Bars
from api.commands.terminal import notes, settings_or_exit, stop
from schemas.errors import OctavoError, RequestError
from schemas.options import Configuration, OcrModel

if TYPE_CHECKING:
    from schemas.documents import ParsedDocument
    from schemas.progress import Report


class OutputFormat(StrEnum):
    """What ``octavo parse`` writes."""

    MARKDOWN = "markdown"
    JSON = "json"

    @property
    def suffix(self) -> str:
        """The file name extension of a result."""
        return ".md" if self is OutputFormat.MARKDOWN else ".json"

    def render(self, document: ParsedDocument) -> str:
        """The document in this form."""
        if self is OutputFormat.MARKDOWN:
            return document.document_markdown
        return document.model_dump_json(indent=2)


class Extra(StrEnum):
    """What ``octavo parse`` looks for besides the text of each page, each an option of the service."""

    BARCODES = "barcodes"
    SIGNATURES = "signatures"
    STRIKETHROUGH = "strikethrough"
    SKEW = "skew"
    CHARTS = "charts"
    FORMS = "forms"
    IMAGES = "images"
    WORDS = "words"
    SUMMARIES = "summaries"
    HEADINGS = "headings"
    MERGED_TABLES = "merged-tables"


_EXTRAS: dict[Extra, dict[str, dict[str, bool]]] = {
    Extra.BARCODES: {"parsing_options": {"barcode_detection": True}},
    Extra.SIGNATURES: {"parsing_options": {"signature_detection": True}},
    Extra.STRIKETHROUGH: {"parsing_options": {"remove_strikethrough_lines": True}},
    Extra.SKEW: {"parsing_options": {"skew_detection": True}},
    Extra.CHARTS: {"enrichment_options": {"chart_extraction": True}},
    Extra.FORMS: {"enrichment_options": {"key_value_extraction": True}},
    Extra.IMAGES: {"parsing_options": {"include_images": True}},
    Extra.WORDS: {"parsing_options": {"include_words": True}},
    Extra.HEADINGS: {"parsing_options": {"cross_page_header_detection": True}},
    Extra.MERGED_TABLES: {"parsing_options": {"table_merging": True}},
    Extra.SUMMARIES: {"enrichment_options": {"table_summarization": True, "figure_summarization": True}},
}

Files = Annotated[list[Path], typer.Argument(help="Files to read.", exists=True, dir_okay=False)]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", file_okay=False, help="Folder for the results; else they are printed."),
]
Pages = Annotated[str, typer.Option("--pages", "-p", help="Pages to read, like 1-3 or 2,5-7.")]
Model = Annotated[
    OcrModel,
    typer.Option("--ocr-model", "-m", help="How to read; gemini3: by a vision model you set up."),
]


def parse(
    files: Files,
    output: Output = None,
    output_format: Annotated[
        OutputFormat, typer.Option("--format", "-f", help="Markdown, or the whole result as JSON.")
    ] = OutputFormat.MARKDOWN,
    pages: Pages = "",
    ocr_model: Model = OcrModel.MODEL03,
    extras: Annotated[
        list[Extra] | None,
        typer.Option("--with", "-w", help="What to look for besides text, or to add; again for more."),
    ] = None,
) -> None:
    """Read documents without any service."""
    asked = configuration(ocr_model, extras or [])
    _read(files, asked, pages, output, output_format.suffix, output_format.render)


def extract(
    files: Files,
    schemas: Annotated[
        list[Path],
        typer.Option(
            "--schema", "-s", exists=True, dir_okay=False, help="A JSON Schema to fill; again for more."
        ),
    ],
    output: Output = None,
    pages: Pages = "",
    ocr_model: Model = OcrModel.MODEL03,
    prompt: Annotated[str | None, typer.Option(help="What else a language model should know.")] = None,
    citations: Annotated[bool, typer.Option(help="With the place of every value.")] = False,
    confidence: Annotated[bool, typer.Option(help="With how likely every value is right.")] = False,
) -> None:
    """Fill JSON Schemas from documents without any service; prints the data as JSON."""
    options = [
        {
            "schema_name": path.stem,
            "json_schema": path.read_text(encoding="utf-8"),
            "prompt": prompt,
            "provide_citations": citations,
            "provide_confidence": confidence,
        }
        for path in schemas
    ]
    asked = configuration(ocr_model, [], structured_extraction_options=options)
    _read(files, asked, pages, output, ".json", lambda document: _json(document, "structured_data"))


def classify(
    files: Files,
    classes: Annotated[
        list[str],
        typer.Option("--class", "-c", help="A class of pages as 'name: description'; again for more."),
    ],
    output: Output = None,
    pages: Pages = "",
    ocr_model: Model = OcrModel.MODEL03,
) -> None:
    """Sort the pages of documents into classes without any service; prints the classes as JSON."""
    named = (one.partition(":") for one in classes)
    options = [{"name": name.strip(), "description": what.strip()} for name, _, what in named]
    asked = configuration(ocr_model, [], page_classifications=options)
    _read(files, asked, pages, output, ".json", lambda document: _json(document, "page_classes"))


def configuration(ocr_model: OcrModel, extras: Sequence[Extra], **more: Any) -> Configuration:
    """What the service would be asked for."""
    asked: dict[str, Any] = {
        "parsing_options": {"ocr_model": ocr_model},
        "enrichment_options": {},
        **more,
    }
    for extra in extras:
        for group, options in _EXTRAS[extra].items():
            asked[group] |= options
    return Configuration.model_validate(asked)


def _read(
    files: list[Path],
    asked: Configuration,
    pages: str,
    output: Path | None,
    suffix: str,
    render: Callable[[ParsedDocument], str],
) -> None:
    """Reads the files one after another; one that cannot be read costs only itself."""
    from workers.jobs.intake import judge_configuration
    from workers.local import LocalParser

    settings = settings_or_exit()
    try:
        judge_configuration(settings, asked)
    except RequestError as error:
        stop(error.message)
    targets = _targets(files, output, suffix) if output else {}
    failed = 0
    with Bars(notes) as bars, LocalParser(settings) as parser:
        for path in files:
            try:
                document = read_with_bar(bars, path, partial(parser.parse, path, asked, pages))
            except OctavoError as error:
                notes.print(f"[red]{escape(str(path))}[/red]: {escape(error.message)}", soft_wrap=True)
                failed += 1
                continue
            text = render(document) + "\n"
            if path in targets:
                targets[path].write_text(text, encoding="utf-8")
                notes.print(escape(f"{path} → {targets[path]}"), soft_wrap=True)
            else:
                sys.stdout.write(text)
    if failed:
        notes.print(f"{failed} of {len(files)} could not be read.")
        raise typer.Exit(1)


def read_with_bar(
    bars: Bars, path: Path, work: Callable[[Callable[[Report, int], None]], ParsedDocument]
) -> ParsedDocument:
    """What ``work(watch)`` makes of a file, with a bar of its own; then what there is to be told of it."""
    with bars.bar(path.name) as bar:

        def watch(report: Report, pages: int) -> None:
            bar.show(report.pages_done, pages, report.where, ", ".join(report.counts()))

        document = work(watch)
    for fault in document.page_errors:
        left_out = escape(f"page {fault.page_number} was left out: {fault.message}")
        notes.print(f"[yellow]{escape(str(path))}[/yellow]: {left_out}", soft_wrap=True)
    for warning in document.warnings:
        where = f", page {warning.page_number}" if warning.page_number else ""
        notes.print(f"[yellow]{escape(str(path))}[/yellow]{where}: {escape(warning.message)}", soft_wrap=True)
    return document


def _json(document: ParsedDocument, part: str) -> str:
    """One part of the result; an empty list where there is nothing of it."""
    found = document.model_dump(mode="json", include={part})[part] or []
    return json.dumps(found, indent=2, ensure_ascii=False)


def _targets(files: list[Path], folder: Path, suffix: str) -> dict[Path, Path]:
    """A result file for each source, named like it; no two are the same, and none is a source."""
    folder.mkdir(parents=True, exist_ok=True)
    targets: dict[Path, Path] = {}
    taken = {path.resolve() for path in files}
    for path in files:
        names = [path.stem, path.name, *(f"{path.name}-{n}" for n in range(2, len(files) + 3))]
        candidates = (folder / f"{name}{suffix}" for name in names)
        targets[path] = next(target for target in candidates if target.resolve() not in taken)
        taken.add(targets[path].resolve())
    return targets
