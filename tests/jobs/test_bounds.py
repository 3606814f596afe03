"""How much a request may ask for."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.errors import InvalidConfiguration
from schemas.options import Configuration
from workers.jobs.bounds import judge_amounts, judge_length


def schema(**more: Any) -> dict[str, Any]:
    return {"schema_name": "s", "json_schema": {"type": "object"}, **more}


def asked(**more: Any) -> dict[str, Any]:
    return {"structured_extraction_options": [schema(**more)]}


def classes(*classes: dict[str, str]) -> dict[str, Any]:
    return {"page_classifications": list(classes)}


@pytest.mark.parametrize(
    ("most", "made", "place"),
    [
        (50, lambda n: {"structured_extraction_options": [schema()] * n}, "structured_extraction_options"),
        (200, lambda n: classes(*({"name": str(i)} for i in range(n))), "page_classifications"),
        (255, lambda n: classes({"name": "x" * n}), r"page_classifications\[0\].name"),
        (10_000, lambda n: classes({"name": "x", "description": "x" * n}), "description"),
        (255, lambda n: asked(schema_name="x" * n), "schema_name"),
        (50_000, lambda n: asked(prompt="x" * n), "prompt"),
        (200, lambda n: asked(page_classes=["x"] * n), "page_classes"),
        (100, lambda n: asked(partition_strategy={"patterns": {"start_patterns": ["x"] * n}}), "all start_p"),
        (100, lambda n: asked(partition_strategy={"patterns": {"end_patterns": ["x"] * n}}), "end_patterns"),
        (1_000, lambda n: asked(partition_strategy={"patterns": {"end_patterns": ["x" * n]}}), "a pattern"),
        (50_000, lambda n: {"enrichment_options": {"table_summarization_prompt": "x" * n}}, "table_summ"),
        (50_000, lambda n: {"enrichment_options": {"figure_summarization_prompt": "x" * n}}, "figure_summ"),
    ],
)
def test_as_much_as_may_be_and_no_more(most: int, made: Any, place: str) -> None:
    judge_amounts(Configuration.model_validate(made(most)))
    with pytest.raises(InvalidConfiguration, match=f"{place}.*{most + 1}.*{most} are the most"):
        judge_amounts(Configuration.model_validate(made(most + 1)))


def test_a_length_is_told_with_its_place() -> None:
    judge_length("here", None, 1)
    with pytest.raises(InvalidConfiguration, match="here has 2 characters; 1 are the most"):
        judge_length("here", "xx", 1)
