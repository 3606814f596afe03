"""What a slide holds, by role: the blocks of its shapes."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipelines.readers.pptx.contents import Piece
from pipelines.readers.pptx.names import A
from pipelines.readers.pptx.shapes import Shape
from schemas.geometry import BBox


@dataclass(slots=True)
class Block:
    """A shape that holds something."""

    shape: Shape
    pieces: list[Piece]

    @property
    def box(self) -> BBox | None:
        """Where it is, as far as it is on the slide."""
        return self.pieces[0].box

    @property
    def right_to_left(self) -> bool:
        """Whether any of its text is written so."""
        return any(properties.get("rtl") == "1" for properties in self.shape.element.iter(f"{A}pPr"))

    @property
    def size(self) -> float:
        """The size of its largest letters, in hundredths of a point; 0 if it holds no text."""
        return max(piece.size for piece in self.pieces)


@dataclass(slots=True)
class SlideBlocks:
    """The blocks of a slide by role."""

    headers: list[Block] = field(default_factory=list)
    titles: list[Block] = field(default_factory=list)
    body: list[Block] = field(default_factory=list)
    footers: list[Block] = field(default_factory=list)
