"""The commands that read documents: ``octavo parse``, ``extract`` and ``classify``."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.commands.bars import Bars
from api.commands.grouped import spread
from api.commands.inputs import Input, finding
from api.commands.many import Inputs, Place, options_for, read, tell_missing
from api.commands.options import Reading, classes, judge_pages, schema
from api.commands.results import Form, Output, Results
from api.commands.showing import classification, extraction
from api.commands.terminal import Ending, notes, stop
from schemas.options import ModelProvider, PartitionStrategy
from schemas.requests import JobType

if TYPE_CHECKING:
    from pathlib import Path

    from api.commands.remote import Watch
    from schemas.documents import ParsedDocument
    from schemas.options import Configuration


class OutputFormat(StrEnum):
    """What ``octavo parse`` writes."""

    MARKDOWN = "markdown"
    JSON = "json"
    CHUNKS = "chunks"


Classes = Annotated[
    list[str] | None,
    typer.Option(
        "--class",
        "-c",
        help="A class of pages as 'name: what such a page is'; again for more.",
        metavar="CLASS",
        rich_help_panel="What to look for",
    ),
]
_SCHEMA = "What to fill"


def _everything(document: ParsedDocument) -> dict[str, Any]:
    return document.model_dump()


def _chunks(one: Input, document: ParsedDocument) -> str:
    """A JSON object a line for each chunk, with its document."""
    chunks = ({"file": one.name, **chunk.model_dump()} for chunk in document.chunks)
    return "".join(json.dumps(chunk, ensure_ascii=False) + "\n" for chunk in chunks)


def _picked(*names: str) -> Any:
    """Of a document the parts of these names; a list where there is nothing of one."""

    def pick(document: ParsedDocument) -> dict[str, Any]:
        found = document.model_dump(include={*names, "page_errors", "warnings"})
        return {name: found[name] or [] for name in (*names, "page_errors", "warnings")}

    return pick


_FORMS = {
    OutputFormat.MARKDOWN: Form(".md", lambda _, document: f"{document.document_markdown}\n", _everything),
    OutputFormat.JSON: Form(".json", None, _everything),
    OutputFormat.CHUNKS: Form(".jsonl", _chunks, _everything),
}
_DATA = Form(".json", extraction, _picked("structured_data"))
_CLASSES = Form(".json", classification, _picked("page_classes"))


@spread
def parse(
    inputs: Inputs,
    reading: Reading,
    output: Output,
    place: Place,
    output_format: Annotated[
        OutputFormat,
        typer.Option(
            "--format",
            "-f",
            help="Markdown; the whole result as JSON; or its chunks as JSON, one a line.",
            rich_help_panel="Results",
        ),
    ] = OutputFormat.MARKDOWN,
) -> None:
    """Read documents into Markdown, or all that is known of them as JSON.

    octavo parse invoice.pdf > invoice.md

    octavo parse inbox/ -o results --with barcodes --with forms

    octavo parse 'in/**/*.pdf' --chunking section --format chunks > chunks.jsonl

    curl -s https://example.org/report.pdf | octavo parse - --json | jq .pages

    octavo parse inbox/ -o results --server http://127.0.0.1:8700
    """
    form = _FORMS[OutputFormat.JSON if output.as_json else output_format]
    _run(inputs, options_for(reading.given()), reading, output, place, form, JobType.PARSE)


@spread
def extract(
    inputs: Inputs,
    reading: Reading,
    output: Output,
    place: Place,
    schemas: Annotated[
        list[str] | None,
        typer.Option(
            "--schema",
            "-s",
            help="A file with a JSON Schema to fill, or FILE.py:Model, a pydantic model (the file is run); "
            "again for more.",
            metavar="SCHEMA",
            rich_help_panel=_SCHEMA,
        ),
    ] = None,
    citations: Annotated[
        bool, typer.Option("--citations", help="With the place of every value.", rich_help_panel=_SCHEMA)
    ] = False,
    confidence: Annotated[
        bool,
        typer.Option("--confidence", help="With how likely every value is right.", rich_help_panel=_SCHEMA),
    ] = False,
    prompt: Annotated[
        str | None, typer.Option(help="What else a language model should know.", rich_help_panel=_SCHEMA)
    ] = None,
    partition: Annotated[
        PartitionStrategy | None,
        typer.Option(help="Fill the schema once for each of these.", rich_help_panel=_SCHEMA),
    ] = None,
    start: Annotated[
        list[str] | None,
        typer.Option(
            "--start",
            help="A pattern of lines that begin a part of its own; again for more.",
            metavar="REGEX",
            rich_help_panel=_SCHEMA,
        ),
    ] = None,
    end: Annotated[
        list[str] | None,
        typer.Option(
            "--end",
            help="A pattern of lines that end a part; again for more.",
            metavar="REGEX",
            rich_help_panel=_SCHEMA,
        ),
    ] = None,
    provider: Annotated[
        ModelProvider | None,
        typer.Option("--model", help="Which of your language models reads.", rich_help_panel=_SCHEMA),
    ] = None,
    skip_ocr: Annotated[
        bool,
        typer.Option(
            "--skip-ocr",
            help="A language model that sees gets pictures of pages, not their text.",
            rich_help_panel=_SCHEMA,
        ),
    ] = False,
    page_classes: Classes = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            help="Fill from pages of this class alone; again for more.",
            metavar="NAME",
            rich_help_panel="What to look for",
        ),
    ] = None,
) -> None:
    """Fill JSON Schemas from documents, each value with the words on the page that say it.

    octavo extract invoice.pdf --schema invoice.json --citations

    octavo extract inbox/ --schema models.py:Invoice --json > invoices.jsonl

    octavo extract orders.pdf --schema order.json --start '^Order No'
    """
    shared: dict[str, Any] = {
        "prompt": prompt,
        "provide_citations": citations,
        "provide_confidence": confidence,
        "skip_ocr": skip_ocr,
        "model_provider": provider,
        "page_classes": only or None,
    }
    if start or end:
        if partition not in (None, PartitionStrategy.PATTERNS):
            stop("--start and --end are a partition of their own: leave --partition out.")
        shared["partition_strategy"] = {"patterns": {"start_patterns": start, "end_patterns": end}}
    elif partition:
        shared["partition_strategy"] = partition
    named = [schema(said) for said in schemas or ()]
    wanted = [{"schema_name": name, "json_schema": one, **shared} for name, one in named]
    given = reading.given()
    if citations and not (output.as_json or output.folder):  # a person is shown the words
        given["parsing_options"] = {**given.get("parsing_options", {}), "include_words": True}
    asked = options_for(
        given, structured_extraction_options=wanted, page_classifications=classes(page_classes or ())
    )
    if not asked.structured_extraction_options:
        stop("What is to be filled? Give a schema with --schema, or in --options.")
    _run(inputs, asked, reading, output, place, _DATA, JobType.EXTRACT)


@spread
def classify(
    inputs: Inputs, reading: Reading, output: Output, place: Place, page_classes: Classes = None
) -> None:
    """Sort the pages of documents into classes, each with what speaks for it.

    octavo classify scan.pdf -c "invoice: a bill to be paid" -c "receipt: proof of payment"
    """
    asked = options_for(reading.given(), page_classifications=classes(page_classes or ()))
    if not asked.page_classifications:
        stop("Into which classes? Give at least one with --class, or in --options.")
    _run(inputs, asked, reading, output, place, _CLASSES, JobType.CLASSIFY)


def _run(
    inputs: list[str],
    asked: Configuration,
    reading: Reading,
    output: Output,
    place: Place,
    form: Form,
    calls: JobType,
) -> None:
    judge_pages(reading.pages)
    with finding(inputs) as found:
        tell_missing(found, quiet=output.quiet)
        with Bars(notes) as bars:
            results = Results(found, output, form, bars)
            if not found.inputs:
                raise typer.Exit(Ending.FAILED)
            with place.parser(calls, asked) as parser:

                def work(source: Path | str, watch: Watch) -> ParsedDocument:
                    return parser.parse(source, asked, reading.pages, watch, mime_type=place.mime_type)

                read(found, parser, work, results, bars, at_a_time=place.in_hand, quiet=output.quiet)
