"""Between the pixels of a picture, the upright page and the page as displayed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from models import images
from models.base import Image
from schemas.geometry import BBox
from schemas.reading import SourcePage, TextLine


def scaled_line(line: TextLine, factor: float) -> TextLine:
    """The line in another unit."""
    words = [replace(word, size=word.size * factor) for word in line.words]
    return replace(line, words=words).moved(lambda box: box.scaled(factor))


@dataclass(frozen=True, slots=True)
class Pose:
    """How the upright page lies to the page as displayed, which is ``width`` x ``height`` page units.

    ``turns`` clockwise quarter turns make the displayed page upright.
    """

    width: float
    height: float
    turns: int = 0

    @classmethod
    def of(cls, source: SourcePage, turns: int) -> Pose:
        """The pose of a page that ``turns`` clockwise quarter turns make upright."""
        return cls(source.width, source.height, turns)

    @property
    def upright_size(self) -> tuple[float, float]:
        """Width and height of the upright page."""
        return (self.height, self.width) if self.turns % 2 else (self.width, self.height)

    def to_upright(self, box: BBox) -> BBox:
        """A box of the page as displayed on the upright page."""
        return images.turned_box(box, self.turns, self.width, self.height)

    def to_displayed(self, box: BBox) -> BBox:
        """A box of the upright page on the page as displayed, cut at its (whole) size."""
        back = images.turned_back(box, self.turns, self.width, self.height)
        return back.clipped(float(round(self.width)), float(round(self.height)))

    def upright(self, picture: Image) -> Image:
        """The picture of the page as displayed, or of a part of it, made upright."""
        return images.turned(picture, self.turns)

    def upright_line(self, line: TextLine) -> TextLine:
        """A line of the page as displayed on the upright page."""
        standing = (line.quarter_turns + self.turns) % 4
        return replace(line.moved(self.to_upright), quarter_turns=standing)

    def displayed_line(self, line: TextLine) -> TextLine:
        """A line of the upright page where it is displayed."""
        standing = (line.quarter_turns - self.turns) % 4
        return replace(line.moved(self.to_displayed), quarter_turns=standing)
