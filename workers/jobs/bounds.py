"""How much a request may ask for: counts and lengths of what is kept with a job and put to models."""

from __future__ import annotations

from collections.abc import Iterator

from schemas.errors import InvalidConfiguration
from schemas.options import Configuration

MOST_SCHEMAS = 50
MOST_CLASSES = 200
MOST_PATTERNS = 100
LONGEST_NAME = 255
LONGEST_PATTERN = 1_000
LONGEST_DESCRIPTION = 10_000
LONGEST_PROMPT = 50_000
"""Letters; a prompt goes with every question that is asked."""


def judge_amounts(configuration: Configuration) -> None:
    """Judges how many and how long the parts of a configuration are.

    Raises:
        InvalidConfiguration: the message names the field, what it has and the limit.
    """
    for place, found, most in _counts(configuration):
        if found > most:
            raise InvalidConfiguration(f"{place} has {found} entries; {most} are the most that is taken.")
    for place, text, most in _texts(configuration):
        judge_length(place, text, most)


def judge_length(place: str, text: str | None, most: int) -> None:
    """Judges the length of one text.

    Raises:
        InvalidConfiguration: as above.
    """
    if text is not None and len(text) > most:
        raise InvalidConfiguration(f"{place} has {len(text)} characters; {most} are the most that is taken.")


def _counts(configuration: Configuration) -> Iterator[tuple[str, int, int]]:
    yield "page_classifications", len(configuration.page_classifications), MOST_CLASSES
    asked = configuration.structured_extraction_options
    yield "structured_extraction_options", len(asked), MOST_SCHEMAS
    for number, option in enumerate(asked):
        place = f"structured_extraction_options[{number}]"
        yield f"{place}.page_classes", len(option.page_classes or ()), MOST_CLASSES
    cut = [option.partition_strategy for option in asked]
    patterns = sum(len(one.start_patterns) + len(one.end_patterns) for one in cut)
    yield "partition_strategy: all start_patterns and end_patterns", patterns, MOST_PATTERNS


def _texts(configuration: Configuration) -> Iterator[tuple[str, str | None, int]]:
    enrichment = configuration.enrichment_options
    for name in ("table_summarization_prompt", "figure_summarization_prompt"):
        yield f"enrichment_options.{name}", getattr(enrichment, name), LONGEST_PROMPT
    for number, one in enumerate(configuration.page_classifications):
        yield f"page_classifications[{number}].name", one.name, LONGEST_NAME
        yield f"page_classifications[{number}].description", one.description, LONGEST_DESCRIPTION
    for number, option in enumerate(configuration.structured_extraction_options):
        place = f"structured_extraction_options[{number}]"
        yield f"{place}.schema_name", option.schema_name, LONGEST_NAME
        yield f"{place}.prompt", option.prompt, LONGEST_PROMPT
        partition = option.partition_strategy
        for pattern in (*partition.start_patterns, *partition.end_patterns):
            yield f"{place}.partition_strategy: a pattern", pattern, LONGEST_PATTERN
