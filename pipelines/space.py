"""Between the pixels of a picture, the upright page and the page as displayed."""

from __future__ import annotations

from dataclasses import replace

from models import images
from schemas.geometry import BBox
from schemas.reading import Move, SourcePage, TextLine


def scaled_line(line: TextLine, factor: float) -> TextLine:
    """The line in another unit."""
    words = [replace(word, size=word.size * factor) for word in line.words]
    return replace(line, words=words).moved(lambda box: box.scaled(factor))


def upright_size(source: SourcePage, turns: int) -> tuple[float, float]:
    """Width and height of the page after ``turns`` quarter turns."""
    return (source.height, source.width) if turns % 2 else (source.width, source.height)


def to_upright(source: SourcePage, turns: int) -> Move:
    """From boxes of the page as displayed to boxes of the page after ``turns`` quarter turns."""
    return lambda box: images.turned_box(box, turns, source.width, source.height)


def to_displayed(source: SourcePage, turns: int) -> Move:
    """From boxes of the upright page to boxes of the page as displayed, cut at its (whole) size."""
    width, height = float(round(source.width)), float(round(source.height))

    def move(box: BBox) -> BBox:
        return images.turned_back(box, turns, source.width, source.height).clipped(width, height)

    return move


def turned_line(line: TextLine, source: SourcePage, turns: int) -> TextLine:
    """A line of the page as displayed on the page after ``turns`` quarter turns."""
    standing = (line.quarter_turns + turns) % 4
    return replace(line.moved(to_upright(source, turns)), quarter_turns=standing)


def displayed_line(line: TextLine, source: SourcePage, turns: int) -> TextLine:
    """A line of the upright page where it is displayed."""
    standing = (line.quarter_turns - turns) % 4
    return replace(line.moved(to_displayed(source, turns)), quarter_turns=standing)
