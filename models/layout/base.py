"""What a layout engine does."""

from __future__ import annotations

from typing import Protocol

from models.base import Image
from schemas.reading import Region, TextLine


class LayoutEngine(Protocol):
    """Finds the regions of an upright page picture. Safe to call from any thread."""

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        """Regions in pixels of ``image``, tables with grids; ``lines`` is the page's text, in pixels too."""
        ...


class RegionDetector(Protocol):
    """Finds the regions of an upright page picture without its text. Safe to call from any thread."""

    def find_regions(self, image: Image) -> list[Region]:
        """Regions in pixels of ``image``, each with a score, without grids."""
        ...
