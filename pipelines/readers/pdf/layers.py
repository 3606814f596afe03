# mypy: disable-error-code="no-untyped-call"
"""Text on layers (optional content, PDF 32000-1 §8.11) that are switched off when the file is opened."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from pathlib import Path

import pymupdf

from pipelines.readers.hidden import HiddenTally
from pipelines.readers.pdf.hidden import origin
from schemas.geometry import BBox
from schemas.reading import HiddenReason, HiddenText


class Layers:
    """The document as it is and as if it had no layers: what shows in the second alone is on one that is off.

    So it does not matter how a layer is switched off: by the configuration, a condition or its usage, locked
    or not listed.
    """

    def __init__(self, path: Path, document: pymupdf.Document) -> None:
        self._path = path
        self._has_layers = document.xref_get_key(document.pdf_catalog(), "OCProperties")[0] != "null"

    def hidden(self, page: pymupdf.Page) -> list[HiddenText]:
        """What of a page stands on layers that are off."""
        if self._without is None:
            return []
        shown = Counter(origin(char[2]) for span in page.get_texttrace() for char in span["chars"])
        tally = HiddenTally()
        for span in self._without[page.number].get_texttrace():
            lost = []
            for char in span["chars"]:
                place = origin(char[2])
                if shown[place]:
                    shown[place] -= 1
                else:
                    lost.append(chr(char[0]))
            tally.add(HiddenReason.LAYER_OFF, "".join([*lost, " "]), BBox(*span["bbox"]))
        return tally.found()

    @cached_property
    def _without(self) -> pymupdf.Document | None:
        """The document without layers; None where it has none."""
        if not self._has_layers:
            return None
        document = pymupdf.open(self._path, filetype="pdf")
        if document.needs_pass:
            document.authenticate("")
        document.xref_set_key(document.pdf_catalog(), "OCProperties", "null")
        return document

    def close(self) -> None:
        """Gives the second copy back."""
        if self.__dict__.get("_without") is not None:
            self.__dict__["_without"].close()
