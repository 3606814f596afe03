"""What a table model does."""

from __future__ import annotations

from typing import Protocol

from models.base import Image
from schemas.reading import TableGrid


class TableModel(Protocol):
    """Reads the structure of one table. Safe to call from any thread."""

    def structure(self, image: Image) -> TableGrid | None:
        """The grid of the table that fills ``image``, in its pixels; None where the model cannot tell."""
        ...
