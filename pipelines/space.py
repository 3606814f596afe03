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

    The displayed page is turned about its middle by ``angle`` degrees clockwise (its text leaned to the left
    by so much), which makes it larger, then by ``turns`` clockwise quarter turns. Boxes stay level: a box
    that is turned becomes the bounds of where it then lies.
    """

    width: float
    height: float
    turns: int = 0
    angle: float = 0.0

    @classmethod
    def of(cls, source: SourcePage, turns: int, angle: float = 0.0) -> Pose:
        """The pose of a page that ``angle`` and then ``turns`` make upright."""
        return cls(source.width, source.height, turns, angle)

    @property
    def _level_size(self) -> tuple[float, float]:
        """Width and height before the quarter turns."""
        return images.leaned_size(self.width, self.height, self.angle)

    @property
    def upright_size(self) -> tuple[float, float]:
        """Width and height of the upright page."""
        width, height = self._level_size
        return (height, width) if self.turns % 2 else (width, height)

    def to_upright(self, box: BBox) -> BBox:
        """A box of the page as displayed on the upright page."""
        if self.angle:
            box = images.leaned_box(box, self.angle, self.width, self.height)
        return images.turned_box(box, self.turns, *self._level_size)

    def to_displayed(self, box: BBox) -> BBox:
        """A box of the upright page on the page as displayed, cut at its (whole) size."""
        back = images.turned_back(box, self.turns, *self._level_size)
        if self.angle:
            back = images.leaned_back(back, self.angle, self.width, self.height)
        return back.clipped(float(round(self.width)), float(round(self.height)))

    def upright(self, picture: Image) -> Image:
        """The picture of the page as displayed, or of a part of it, made upright."""
        level = images.leaned(picture, self.angle) if self.angle else picture
        return images.turned(level, self.turns)

    def upright_line(self, line: TextLine) -> TextLine:
        """A line of the page as displayed on the upright page."""
        standing = (line.quarter_turns + self.turns) % 4
        return replace(line.moved(self.to_upright), quarter_turns=standing)

    def displayed_line(self, line: TextLine) -> TextLine:
        """A line of the upright page where it is displayed."""
        standing = (line.quarter_turns - self.turns) % 4
        return replace(line.moved(self.to_displayed), quarter_turns=standing)
