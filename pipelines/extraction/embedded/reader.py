"""The reader that needs nothing but the document: labels, fields, tables and typed values."""

from __future__ import annotations

from models.base import Engines
from pipelines.extraction.base import Reading
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.targets import ObjectOf
from schemas.options import StructuredExtractionOptions


class EmbeddedReader:
    """See ``ExtractionReader``. The same document gives the same values."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    def read(self, target: ObjectOf, evidence: Evidence, options: StructuredExtractionOptions) -> Reading:
        """See ``ExtractionReader``."""
        return Reading({})
