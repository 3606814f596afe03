"""Between the pixels of a picture, the upright page and the page as displayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from models import images
from schemas.geometry import BBox
from schemas.reading import Region, SourcePage, TextLine


def scaled_line(line: TextLine, factor: float) -> TextLine:
    """The line in another unit."""
    words = [replace(word, bbox=word.bbox.scaled(factor), size=word.size * factor) for word in line.words]
    return replace(line, words=words, bbox=line.bbox.scaled(factor))


def scaled_region(region: Region, factor: float) -> Region:
    """The region, with its grid, in another unit."""
    grid = region.grid
    if grid is not None:
        cells = [replace(cell, bbox=cell.bbox.scaled(factor)) for cell in grid.cells]
        grid = replace(grid, cells=cells)
    return replace(region, bbox=region.bbox.scaled(factor), grid=grid)


def upright_size(source: SourcePage, turns: int) -> tuple[float, float]:
    """Width and height of the page after ``turns`` quarter turns."""
    return (source.height, source.width) if turns % 2 else (source.width, source.height)


def to_displayed(source: SourcePage, turns: int) -> Callable[[BBox], BBox]:
    """From boxes of the upright page to boxes of the page as displayed, cut at its (whole) size."""
    width, height = float(round(source.width)), float(round(source.height))

    def mapped(box: BBox) -> BBox:
        return images.turned_back(box, turns, source.width, source.height).clipped(width, height)

    return mapped


def displayed_line(line: TextLine, source: SourcePage, turns: int) -> TextLine:
    """A line of the upright page where it is displayed."""
    mapped = to_displayed(source, turns)
    words = [replace(word, bbox=mapped(word.bbox)) for word in line.words]
    standing = (line.quarter_turns - turns) % 4
    return replace(line, words=words, bbox=mapped(line.bbox), quarter_turns=standing)
