"""What the commands that read can be asked for, as the option objects of the service."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from api.commands.terminal import stop
from schemas.options import (
    ChunkingStrategy,
    Configuration,
    IgnorableSection,
    OcrModel,
    TableOutputMode,
    TableParsingFormat,
)

_READING = "How to read"


class Extra(StrEnum):
    """What a document is searched for besides its text, or what is added; each an option of the service."""

    BARCODES = "barcodes"
    SIGNATURES = "signatures"
    STRIKETHROUGH = "strikethrough"
    SKEW = "skew"
    CHARTS = "charts"
    FORMS = "forms"
    IMAGES = "images"
    WORDS = "words"
    SUMMARIES = "summaries"
    TABLE_SUMMARIES = "table-summaries"
    FIGURE_SUMMARIES = "figure-summaries"
    FULL_PAGES = "full-pages"
    CELLS = "cells"
    HEADINGS = "headings"
    MERGED_TABLES = "merged-tables"
    NO_LAYOUT = "no-layout"


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
    Extra.TABLE_SUMMARIES: {"enrichment_options": {"table_summarization": True}},
    Extra.FIGURE_SUMMARIES: {"enrichment_options": {"figure_summarization": True}},
    Extra.FULL_PAGES: {"enrichment_options": {"include_full_page_image": True}},
    Extra.CELLS: {"enrichment_options": {"table_cell_grounding": True}},
    Extra.NO_LAYOUT: {"parsing_options": {"disable_layout_detection": True}},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How documents are read. What is not given is as in ``options``, and there by default."""

    pages: Annotated[
        str, typer.Option("--pages", "-p", help="Pages to read, like 1-3 or 2,5-7.", rich_help_panel=_READING)
    ] = ""
    extras: Annotated[
        list[Extra] | None,
        typer.Option(
            "--with",
            "-w",
            help=f"What to look for besides text, or to add, again for more: {', '.join(Extra)}.",
            metavar="WHAT",
            rich_help_panel=_READING,
        ),
    ] = None
    ocr_model: Annotated[
        OcrModel | None,
        typer.Option(
            "--ocr-model",
            "-m",
            help="How to read: model03, the best; model01, the quickest; model02, the most careful with "
            "tables; gemini3, a vision model that you set up. Default: model03, or as --options says.",
            rich_help_panel=_READING,
        ),
    ] = None
    chunking: Annotated[
        ChunkingStrategy | None,
        typer.Option(
            "--chunking", help="What a chunk is; none: the whole document.", rich_help_panel=_READING
        ),
    ] = None
    chunk_size: Annotated[
        int | None,
        typer.Option(
            "--chunk-size",
            min=32,
            max=1_000_000,
            help="Tokens that a chunk has at most.",
            rich_help_panel=_READING,
        ),
    ] = None
    tables: Annotated[
        TableOutputMode | None,
        typer.Option("--tables", help="Tables as HTML (the default) or Markdown.", rich_help_panel=_READING),
    ] = None
    table_parsing: Annotated[
        TableParsingFormat | None,
        typer.Option(
            "--table-parsing",
            help="Tables by rulings and words (tsr, the default), or looked at by models, too, which "
            "takes longer (vlm).",
            rich_help_panel=_READING,
        ),
    ] = None
    ignore: Annotated[
        list[IgnorableSection] | None,
        typer.Option(
            "--ignore",
            help="A kind of fragment to leave out, like page_footer; again for more.",
            metavar="KIND",
            rich_help_panel=_READING,
        ),
    ] = None
    table_prompt: Annotated[
        str | None,
        typer.Option("--table-prompt", help="How to sum up tables.", rich_help_panel=_READING),
    ] = None
    figure_prompt: Annotated[
        str | None,
        typer.Option("--figure-prompt", help="How to sum up figures.", rich_help_panel=_READING),
    ] = None
    options: Annotated[
        Path | None,
        typer.Option(
            "--options",
            exists=True,
            dir_okay=False,
            help="JSON with the option objects of POST parse; the other options here come on top of it.",
            rich_help_panel=_READING,
        ),
    ] = None

    def given(self) -> dict[str, Any]:
        """The option objects with what is given, and nothing else."""
        asked = option_objects(self.options)
        for group, options in self._flags().items():
            if options:
                asked[group] = {**(asked.get(group) or {}), **options}
        return asked

    def _flags(self) -> dict[str, dict[str, Any]]:
        parsing = {
            "ocr_model": self.ocr_model,
            "chunking_strategy": self.chunking,
            "chunk_size": self.chunk_size,
            "table_output_mode": self.tables,
            "table_parsing_format": self.table_parsing,
            "ignore_sections": self.ignore,
        }
        enrichment = {
            "table_summarization_prompt": self.table_prompt,
            "figure_summarization_prompt": self.figure_prompt,
        }
        asked = {"parsing_options": _said(parsing), "enrichment_options": _said(enrichment)}
        for extra in self.extras or ():
            for group, options in _EXTRAS[extra].items():
                asked[group] |= options
        return asked


def _said(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None and value != []}


def option_objects(path: Path | None) -> dict[str, Any]:
    """The option objects in a file; what is none ends the command."""
    if path is None:
        return {}
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as error:
        stop(f"{path}: not JSON ({error}).")
    known = Configuration.model_fields.keys()
    if not isinstance(found, dict) or not found.keys() <= known:
        stop(f"{path}: a JSON object with {', '.join(known)} is wanted.")
    return found


def configuration(given: dict[str, Any]) -> Configuration:
    """Option objects as they are kept, judged as far as they can be without knowing who will read.

    What makes no sense ends the command.
    """
    from pydantic import ValidationError

    from schemas.errors import RequestError
    from workers.jobs.bounds import judge_amounts
    from workers.jobs.extraction import judge_classes, judge_schemas

    try:
        asked = Configuration.model_validate(given)
        judge_amounts(asked)
        judge_classes(asked)
        judge_schemas(asked)
    except ValidationError as error:
        first = error.errors()[0]
        stop(f"{'.'.join(map(str, first['loc']))}: {first['msg']}")
    except RequestError as error:
        stop(error.message)
    return asked


def judge_pages(page_range: str) -> None:
    """Ends the command if it is none."""
    from schemas.errors import InvalidPageRange
    from schemas.page_range import parse_page_range

    try:
        parse_page_range(page_range)
    except InvalidPageRange as error:
        stop(f"--pages: {error.message}")


def classes(said: Iterable[str]) -> list[dict[str, str]]:
    """Page classes, each said as ``name: description``."""
    named = (one.partition(":") for one in said)
    return [{"name": name.strip(), "description": what.strip()} for name, _, what in named]


def schema(said: str) -> tuple[str, Any]:
    """A schema's name and itself: a file with a JSON Schema, or ``FILE.py:Model``, a pydantic model.

    The Python file is run, as the user's own. What is neither ends the command.
    """
    file, _, model = said.rpartition(":")
    if file.endswith(".py"):
        return model, _schema_of_model(Path(file), model)
    path = Path(said)
    try:
        return path.stem, json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        stop(f"{said}: {error.strerror or error}.")
    except ValueError as error:
        stop(f"{said}: not JSON ({error}).")


def _schema_of_model(path: Path, name: str) -> Any:
    import runpy

    try:
        found = runpy.run_path(str(path)).get(name)
        return found.model_json_schema()  # type: ignore[union-attr]
    except AttributeError:
        stop(f"{path} has no pydantic model {name!r}.")
    except Exception as error:  # whatever the user's own code raises
        stop(f"{path}: {type(error).__name__}: {error}")
