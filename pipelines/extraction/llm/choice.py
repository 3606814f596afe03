"""Which language model fills a schema, and what a caller is told where there is none."""

from __future__ import annotations

from collections.abc import Iterator

from models.base import Engines
from schemas.documents import DocumentWarning, WarningKind
from schemas.llm import LlmName
from schemas.options import ModelProvider, PartitionStrategy, StructuredExtractionOptions

_NAMES = {
    ModelProvider.TENSORLAKE: LlmName.TENSORLAKE,
    ModelProvider.GEMINI3: LlmName.GEMINI3,
    ModelProvider.GEMINI_3: LlmName.GEMINI3,
    ModelProvider.SONNET: LlmName.SONNET,
    ModelProvider.CLAUDE_SONNET: LlmName.SONNET,
    ModelProvider.GPT_4O_MINI: LlmName.GPT_4O_MINI,
    ModelProvider.GPT4O_MINI: LlmName.GPT_4O_MINI,
    ModelProvider.GPT_4O_MINI_DASHED: LlmName.GPT_4O_MINI,
}


def llm_for(options: StructuredExtractionOptions, engines: Engines) -> LlmName | None:
    """The model that was asked for, if it is set up."""
    name = _NAMES[options.model_provider]
    return name if name in engines.llms else None


def sees_figures(options: StructuredExtractionOptions, engines: Engines) -> bool:
    """Whether pages with figures are to be shown beside their text."""
    return _is_of_pages(options) and _sees(options, engines)


def looks_at_pages(options: StructuredExtractionOptions, engines: Engines) -> bool:
    """Whether pictures of the pages are to be read instead of their text."""
    return options.skip_ocr and sees_figures(options, engines)


def tell_missing(options: StructuredExtractionOptions, engines: Engines) -> Iterator[DocumentWarning]:
    """What was asked for that takes a language model, where there is none that could do it."""
    if llm_for(options, engines) is None:
        provider = options.model_provider
        if provider is not ModelProvider.TENSORLAKE:
            yield _no_llm(options, "no such model is set up", f"model_provider {provider.value}")
        if (options.prompt or "").strip():
            yield _no_llm(options, "no language model is set up that could heed it", "prompt")
    if options.skip_ocr and not _sees(options, engines):
        yield _no_llm(options, "no language model that sees pictures is set up", "skip_ocr")
    elif options.skip_ocr and not _is_of_pages(options):
        yield _no_llm(options, "only whole pages can be looked at, not parts of them", "skip_ocr")


def _sees(options: StructuredExtractionOptions, engines: Engines) -> bool:
    """Whether the model that was asked for is set up and sees pictures."""
    llm = llm_for(options, engines)
    return llm is not None and engines.llm_traits(llm).sees_pictures


def _is_of_pages(options: StructuredExtractionOptions) -> bool:
    """Whether the parts of the document are whole pages: others have no pictures of their own."""
    return options.partition_strategy.strategy in {PartitionStrategy.NONE, PartitionStrategy.PAGE}


def _no_llm(options: StructuredExtractionOptions, reason: str, option: str) -> DocumentWarning:
    message = f"{option}: {reason}; the schema {options.schema_name!r} was filled without it."
    return DocumentWarning(kind=WarningKind.NO_LLM, message=message)
