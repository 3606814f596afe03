"""What the options of docling-serve are here, and which of them are told of because they are not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from api.docling.wire import ChunkingOptions, ConvertOptions, Pipeline, TableMode
from schemas.conversions import Conversion, ImageMode, Target
from schemas.options import ChunkingStrategy, OcrModel, TableOutputMode, TableParsingFormat

_MOST_PAGES = 10_000_000
_SMALLEST_CHUNK = 32
_TOLD = 20

# What changes nothing here, and need not be told: it is done always, or says how, not what.
_AS_IS = {"do_formula_enrichment", "pdf_backend", "from_formats", "table_cell_matching", "artifacts_path"}


def conversion_of(
    options: ConvertOptions,
    target: Target,
    chunking: ChunkingOptions | None = None,
    *,
    vision: bool = False,
    with_documents: bool = False,
) -> Conversion:
    """How the result is to be written; ``vision``: whether there is a model that pages can be shown to."""
    images = options.image_export_mode if options.include_images else ImageMode.PLACEHOLDER
    return Conversion(
        to_formats=options.to_formats,
        images=images,
        page_break=options.md_page_break_placeholder,
        target=target,
        chunked=chunking is not None,
        with_documents=with_documents,
        with_raw_text=chunking is not None and chunking.include_raw_text,
        warnings=_warnings(options, chunking, vision),
    )


def parsing_of(
    options: ConvertOptions, *, strategy: ChunkingStrategy | None, max_tokens: int | None, vision: bool
) -> dict[str, Any]:
    """The options of the job, as the fields of a ``ParseRequest``; ``strategy``: how chunks are cut."""
    wants_images = options.include_images and options.image_export_mode is not ImageMode.PLACEHOLDER
    parsing: dict[str, Any] = {
        "include_images": wants_images,
        "table_output_mode": TableOutputMode.MARKDOWN,
        "chunking_strategy": strategy or ChunkingStrategy.NONE,
    }
    if strategy is not None:  # what stands around each page is in no chunk there
        parsing["ignore_sections"] = ["page_header", "page_footer", "page_number"]
    if strategy is ChunkingStrategy.SECTION and max_tokens is not None:
        parsing["chunk_size"] = max(max_tokens, _SMALLEST_CHUNK)
    if options.table_mode is TableMode.ACCURATE:
        parsing["table_parsing_format"] = TableParsingFormat.VLM
    if options.pipeline is Pipeline.VLM and vision:
        parsing["ocr_model"] = OcrModel.GEMINI3
    enrichment: dict[str, Any] = {
        "figure_summarization": options.do_picture_description,
        "figure_summarization_prompt": _prompt(options),
        "chart_extraction": options.do_picture_classification or options.do_chart_extraction,
    }
    first, last = options.page_range or (1, _MOST_PAGES)
    pages = "" if (first, min(last, _MOST_PAGES)) == (1, _MOST_PAGES) else f"{first}-{last}"
    return {"page_range": pages, "parsing_options": parsing, "enrichment_options": enrichment}


def _prompt(options: ConvertOptions) -> str | None:
    if not options.do_picture_description:
        return None
    given = (options.picture_description_api, options.picture_description_local)
    return next((one.prompt for one in given if one is not None and one.prompt), None)


def _warnings(options: ConvertOptions, chunking: ChunkingOptions | None, vision: bool) -> list[str]:
    told = list(_told(options, vision))
    if chunking is not None:
        told += list(_told_of_chunking(chunking))
    unknown = sorted({name[:60] for one in (options, chunking) if one for name in one.model_extra or ()})
    if names := [name for name in unknown if name not in _AS_IS]:
        told.append(f"These options are not known here and were ignored: {', '.join(names[:_TOLD])}.")
    return told


def _told(options: ConvertOptions, vision: bool) -> Iterator[str]:
    described = any((options.picture_description_api, options.picture_description_local))
    wants_vision = options.pipeline is Pipeline.VLM
    told = (
        (not options.do_ocr, "do_ocr=false is not done: what has no text of its own is read by OCR."),
        (options.force_ocr, "force_ocr is not done: text that the file holds and can be trusted is taken."),
        (options.ocr_engine not in (None, "auto"), "ocr_engine is chosen by the operator, not by a request."),
        (
            bool(options.ocr_lang),
            "ocr_lang is the operator's to set where the engine needs it, no request's.",
        ),
        (not options.do_table_structure, "do_table_structure=false is not done: tables are read as tables."),
        (wants_vision and not vision, "pipeline vlm needs a vision model, and none is set up here."),
        (options.pipeline is Pipeline.ASR, "pipeline asr is not served: sound is not read here."),
        (options.do_code_enrichment, "do_code_enrichment is not done: code is as the file has it."),
        (options.document_timeout is not None, "document_timeout is not kept: the operator sets limits."),
        (
            options.abort_on_error,
            "abort_on_error is not done: pages that fail are told of, others are there.",
        ),
        (options.images_scale != 2.0, "images_scale is not chosen by a request."),
        (
            options.do_picture_description and described,
            "picture_description_api and _local: their prompt is taken, the model is the operator's.",
        ),
    )
    yield from (sentence for holds, sentence in told if holds)


def _told_of_chunking(chunking: ChunkingOptions) -> Iterator[str]:
    if chunking.tokenizer:
        yield "tokenizer is not loaded: tokens are counted by Octavo's own measure."
    if chunking.max_tokens is not None and chunking.max_tokens < _SMALLEST_CHUNK:
        yield f"max_tokens is at least {_SMALLEST_CHUNK} here."
