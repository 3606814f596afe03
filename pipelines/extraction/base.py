"""What fills a schema: the embedded reader, a language model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from pipelines.extraction.answers import Node
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.targets import ObjectOf
from schemas.documents import DocumentWarning
from schemas.options import StructuredExtractionOptions


@dataclass(slots=True)
class Reading:
    """What a reader found, in the shape of the target; None where it found nothing at all.

    ``is_whole`` is False where it could not read all of the document.
    """

    found: Node = None
    warnings: list[DocumentWarning] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0
    is_whole: bool = True


class ExtractionReader(Protocol):
    """Finds the values of a schema's fields in a document, or a part of one."""

    def read(self, target: ObjectOf, evidence: Evidence, options: StructuredExtractionOptions) -> Reading:
        """What stands in ``evidence`` for the target; never raises for what is in the document."""
        ...
