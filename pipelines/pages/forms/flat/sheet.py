"""The pieces of a form and what is drawn around them: who stands beside, below, in a frame, on a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.pages.forms.flat.drawn import Drawn
from pipelines.pages.forms.flat.pieces import Piece
from schemas.geometry import BBox

# Texts share a row when they overlap by this share of the lower one's height.
_LEVEL = 0.35
# A text stands on a line whose middle is at most so far (text heights) above or below its foot.
_ABOVE_FOOT, _BELOW_FOOT = 0.45, 0.9
# What stands below a text follows it closely: within so many text heights.
_CLOSELY = 1.8
# A line to write on begins so many text heights after its label at most.
_AFTER = 2.5
# Frames that begin and end alike (this share of their width) and are at most so many text heights high are
# ruled paper.
_STRIP, _ROWS = 0.03, 2.5
# A caption's line is at most so far (text heights) above it, and no longer than this share of the page.
_CAPTION, _WIDEST = 0.8, 0.6


@dataclass(slots=True)
class Sheet:
    """A form as its reading sees it, all in units of the upright page."""

    pieces: list[Piece]
    drawn: Drawn
    width: float
    _frames: dict[int, BBox] = field(default_factory=dict)
    _rows: dict[int, list[Piece]] = field(default_factory=dict)

    @property
    def left(self) -> float:
        """Where the text begins."""
        return min((piece.bbox.x1 for piece in self.pieces), default=0.0)

    @property
    def right(self) -> float:
        """Where the text ends."""
        return max((piece.bbox.x2 for piece in self.pieces), default=self.width)

    @classmethod
    def of(cls, pieces: Sequence[Piece], drawn: Drawn, width: float) -> Sheet:
        """The sheet with everything looked up once."""
        sheet = cls(list(pieces), drawn, width)
        frames = sorted(drawn.frames, key=lambda frame: frame.area)
        for piece in pieces:
            frame = next((frame for frame in frames if frame.holds(*piece.bbox.center)), None)
            if frame is not None:
                sheet._frames[id(piece)] = frame
        across = sorted(pieces, key=lambda piece: piece.bbox.x1)
        for piece in pieces:
            sheet._rows[id(piece)] = [p for p in across if p is not piece and are_level(piece.bbox, p.bbox)]
        return sheet

    def frame(self, piece: Piece) -> BBox | None:
        """The smallest frame around the piece."""
        return self._frames.get(id(piece))

    def are_stacked(self, one: Piece, other: Piece) -> bool:
        """Whether no frame parts two pieces, one below the other: they are in one, or on ruled paper."""
        first, second = self.frame(one), self.frame(other)
        if first is None or second is None or first == second:
            return first == second
        off = max(abs(first.x1 - second.x1), abs(first.x2 - second.x2))
        return (
            off < _STRIP * min(first.width, second.width)
            and max(first.height, second.height) < _ROWS * one.height
        )

    def row(self, piece: Piece) -> list[Piece]:
        """The other pieces of its row, from the left."""
        return self._rows[id(piece)]

    def right_of(self, piece: Piece) -> list[Piece]:
        """What follows it on its row, no upright rule between, from the left."""
        end = piece.bbox.x2 - 0.5 * piece.height
        return [p for p in self.row(piece) if p.bbox.x1 > end and not self._is_walled(piece, p)]

    def left_of(self, piece: Piece) -> list[Piece]:
        """What comes before it on its row, no upright rule between, nearest first."""
        start = piece.bbox.x1 + 0.5 * piece.height
        return [p for p in reversed(self.row(piece)) if p.bbox.x2 < start and not self._is_walled(p, piece)]

    def under(self, piece: Piece) -> list[Piece]:
        """The texts right below it, row by row, as far as they follow closely."""
        found: list[Piece] = []
        last = piece.bbox
        for other in sorted(self.pieces, key=lambda p: p.bbox.y1):
            shared = min(other.bbox.x2, piece.bbox.x2) - max(other.bbox.x1, piece.bbox.x1)
            if other.bbox.center[1] > last.y2 and shared > 0:
                if other.bbox.y1 - last.y2 > _CLOSELY * piece.height:
                    break
                found.append(other)
                last = other.bbox
        return found

    def inside(self, frame: BBox) -> list[Piece]:
        """The pieces whose smallest frame this is, top to bottom."""
        held = [p for p in self.pieces if self._frames.get(id(p)) == frame]
        return sorted(held, key=lambda p: (p.bbox.y1, p.bbox.x1))

    def line_under(self, piece: Piece) -> BBox | None:
        """The line that the piece stands on: the nearest one under most of it."""
        box = piece.bbox
        under = [
            line
            for line in self.drawn.lines
            if -_ABOVE_FOOT * box.height < line.center[1] - box.y2 < _BELOW_FOOT * box.height
            and min(line.x2, box.x2) - max(line.x1, box.x1) > 0.5 * min(box.width, line.width)
        ]
        return min(under, key=lambda line: abs(line.center[1] - box.y2), default=None)

    def line_after(self, piece: Piece) -> BBox | None:
        """The line to write on that begins where the piece ends, at its foot, and is no other text's."""
        if piece.blank is not None:
            return piece.blank
        box = piece.bbox
        after = [
            line
            for line in self.drawn.lines
            if -_ABOVE_FOOT * box.height < line.center[1] - box.y2 < _BELOW_FOOT * box.height
            and -2 * box.height < line.x1 - box.x2 < _AFTER * box.height
            and line.x2 - box.x2 > 1.5 * box.height
            and line.x1 - box.x1 > 0.6 * box.width
        ]
        return min(after, key=lambda line: line.x1, default=None)

    def line_over(self, piece: Piece) -> BBox | None:
        """The line that the piece stands right below, as a caption: no rule across the page."""
        box = piece.bbox
        over = [
            line
            for line in self.drawn.lines
            if -0.3 * box.height < box.y1 - line.center[1] < _CAPTION * box.height
            and min(line.x2, box.x2) - max(line.x1, box.x1) > 0.7 * box.width
            and 1.2 * box.width < line.width < _WIDEST * self.width
        ]
        return max(over, key=lambda line: line.y1, default=None)

    def _is_walled(self, left: Piece, right: Piece) -> bool:
        top, bottom = min(left.bbox.y1, right.bbox.y1), max(left.bbox.y2, right.bbox.y2)
        middle = (left.bbox.center[1] + right.bbox.center[1]) / 2
        return any(
            left.bbox.center[0] < wall.center[0] < right.bbox.center[0] and wall.y1 < middle < wall.y2
            for wall in self.drawn.walls
            if wall.y1 < bottom and wall.y2 > top
        )


def are_level(one: BBox, other: BBox) -> bool:
    """Whether two boxes share a row."""
    shared = min(one.y2, other.y2) - max(one.y1, other.y1)
    return shared > _LEVEL * min(one.height, other.height)
