"""What steps over a whole document give that are only taken where they were asked for."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.documents import DocumentWarning, PageClass, StructuredData


@dataclass(slots=True)
class Classified:
    """The classes that have pages, in the order asked for, and what it took.

    ``reasons``: for each page in a class, what speaks for it.
    """

    classes: list[PageClass] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    warnings: list[DocumentWarning] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0


@dataclass(slots=True)
class Extracted:
    """All filled schemas in the order asked for, and what it took."""

    data: list[StructuredData] = field(default_factory=list)
    warnings: list[DocumentWarning] = field(default_factory=list)
    input_tokens: int = 0
    output_tokens: int = 0

    def add(self, other: Extracted) -> None:
        """Takes in what comes next."""
        self.data += other.data
        self.warnings += other.warnings
        self.input_tokens += other.input_tokens
        self.output_tokens += other.output_tokens
