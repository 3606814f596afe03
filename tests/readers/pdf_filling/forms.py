"""Forms filled in, and read back by another library and as pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

import pymupdf
import pypdf

from pipelines.readers.pdf.reader import PdfReader
from schemas.forms import Blank, FilledForm, Filling, Placed

LOOK = "<< /Type /XObject /Subtype /Form /BBox [0 0 10 10] >> stream 0 0 10 10 re f"
"""What draws a black square: the look of a ticked box."""


@dataclass
class Filled:
    """A form after filling."""

    blanks: list[Blank]
    form: FilledForm
    values: dict[str, Any] = field(default_factory=dict)

    @property
    def placed(self) -> dict[str, Placed]:
        return {one.blank: one for one in self.form.placed}

    @property
    def pdf(self) -> bytes:
        assert self.form.pdf is not None
        return self.form.pdf

    def shown(self, page: int = 0) -> str:
        """The text that viewers show, that of the fields too."""
        with pymupdf.open("pdf", self.pdf) as document:
            document.bake(annots=False, widgets=True)
            return str(document[page].get_text(sort=True)).strip()

    def ink(self, box: Sequence[float], page: int = 0) -> float:
        """The share of a box (as displayed) that is dark."""
        with pymupdf.open("pdf", self.pdf) as document:
            pixels = document[page].get_pixmap(clip=pymupdf.Rect(box), colorspace=pymupdf.csGRAY, dpi=144)
            return sum(value < 128 for value in pixels.samples) / max(1, len(pixels.samples))

    def object(self, name: str) -> Any:
        """The dictionary of a field, or of its only widget, as pypdf reads it."""
        reader = pypdf.PdfReader(BytesIO(self.pdf))
        for page in reader.pages:
            for one in page.get("/Annots") or ():
                if name in {one.get_object().get("/T"), one.get_object().get("/Parent", {}).get("/T")}:
                    return one.get_object()
        return None


def blanks(path: Path) -> list[Blank]:
    """All the blanks of a form."""
    reader = PdfReader(path)
    try:
        return [blank for number in range(1, reader.page_count() + 1) for blank in reader.blanks(number)]
    finally:
        reader.close()


def fill(path: Path, values: dict[str, str | bool], *, interactive: bool = True) -> Filled:
    """The form at ``path`` with values by the blanks' ids, and what pypdf reads of its fields."""
    reader = PdfReader(path)
    try:
        found = [blank for number in range(1, reader.page_count() + 1) for blank in reader.blanks(number)]
        fillings = [Filling(name, value) for name, value in values.items()]
        form = reader.fill(found, fillings, interactive=interactive)
    finally:
        reader.close()
    assert form.pdf is not None
    fields = pypdf.PdfReader(BytesIO(form.pdf)).get_fields() or {}
    return Filled(found, form, {name: one.get("/V") for name, one in fields.items()})
