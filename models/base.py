"""What pipelines ask of the models, wherever they run: in this process, in a child, on a GPU."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from schemas.charts import AnyChart
from schemas.geometry import BBox
from schemas.llm import LlmName, LlmTraits, Question, Reply
from schemas.reading import Barcode, CheckBox, Region, Sighting, TableGrid, TextLine
from schemas.vision import Transcript, VisionTask, VisionUse

Image = NDArray[np.uint8]
"""Pixels, ``(height, width, 3)``, RGB."""

Vectors = NDArray[np.float32]
"""Sentence embeddings, ``(texts, dimensions)``, each of length 1: their products are their likeness."""


class Engines(Protocol):
    """All engines behind one door. Calls may come from any thread."""

    def quarter_turns(self, image: Image) -> int:
        """How many clockwise quarter turns (0 to 3) make the page's text upright."""
        ...

    def read_text(self, image: Image, ocr_model: str) -> list[TextLine]:
        """The text lines of an upright page picture, with words and confidences, in pixels of ``image``."""
        ...

    def lay_out(self, image: Image, lines: list[TextLine]) -> list[Region]:
        """The regions of an upright page picture whose text is known, in pixels; tables with grids."""
        ...

    def find_regions(self, image: Image) -> list[Region]:
        """The regions of an upright page picture by its looks alone, in pixels, each with a score."""
        ...

    def table_structures(self, image: Image) -> list[TableGrid]:
        """What each table model makes of a picture that shows one table and nothing else, in its pixels."""
        ...

    def skew(self, image: Image) -> float:
        """The angle by which the text of a picture leans: so many degrees clockwise make it level."""
        ...

    def read_barcodes(self, image: Image) -> list[Barcode]:
        """The barcodes of a picture, in its pixels, however they stand on it."""
        ...

    def find_signatures(self, image: Image) -> list[Sighting]:
        """The handwritten signatures on an upright page picture, in its pixels."""
        ...

    def find_struck(self, image: Image, words: list[BBox]) -> list[bool]:
        """Of each word of an upright page picture (boxes in its pixels), whether a line goes through it."""
        ...

    def find_checkboxes(self, image: Image) -> list[CheckBox]:
        """The boxes and circles to be marked on an upright page picture, in its pixels."""
        ...

    def read_chart(self, image: Image, lines: list[TextLine]) -> AnyChart | None:
        """The data of the chart that fills a picture, whose text is known (pixels); None if it can't tell."""
        ...

    def embed(self, texts: list[str]) -> Vectors:
        """The meaning of each text as a vector; long texts are cut."""
        ...

    @property
    def llms(self) -> frozenset[LlmName]:
        """The language models that may be asked; empty when none is configured."""
        ...

    def llm_traits(self, llm: LlmName) -> LlmTraits:
        """What a language model can take; only asked of those in ``llms``.

        Raises:
            LlmFailed: there is no such model.
        """
        ...

    def answer(self, question: Question, llm: LlmName) -> Reply:
        """What a language model answers; only asked of those in ``llms``.

        Raises:
            LlmFailed: there is no such model, it cannot be reached, or it gave no answer of use.
        """
        ...

    @property
    def vision_uses(self) -> frozenset[VisionUse]:
        """What the vision model may be asked for; empty when none is configured."""
        ...

    def transcribe(self, image: Image, task: VisionTask) -> Transcript:
        """What the vision model reads in a picture; only asked for when a caller chose it.

        Raises:
            VisionFailed: there is no such model, it cannot be reached, or it gave no answer.
        """
        ...


class Models(Engines, Protocol):
    """What a process with models answers: ``Engines``, and for several callers at once what goes in batches.

    Each answer is the one that the method for a single picture gives.
    """

    def quarter_turns_of(self, images: list[Image]) -> list[int]:
        """See ``Engines.quarter_turns``."""
        ...

    def read_texts(self, images: list[Image], ocr_model: str) -> list[list[TextLine]]:
        """See ``Engines.read_text``."""
        ...

    def find_regions_of(self, images: list[Image]) -> list[list[Region]]:
        """See ``Engines.find_regions``."""
        ...

    def table_structures_of(self, images: list[Image]) -> list[list[TableGrid]]:
        """See ``Engines.table_structures``."""
        ...

    def find_signatures_of(self, images: list[Image]) -> list[list[Sighting]]:
        """See ``Engines.find_signatures``."""
        ...

    def embed_all(self, texts: list[list[str]]) -> list[Vectors]:
        """See ``Engines.embed``."""
        ...
