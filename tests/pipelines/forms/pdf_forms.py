"""PDF forms made object by object: what no library would write can be written here."""

from collections.abc import Sequence
from pathlib import Path

import pymupdf

from pipelines.readers.pdf.reader import PdfReader
from schemas.reading import FormField


def form(
    path: Path,
    widgets: Sequence[str] = (),
    *,
    others: Sequence[str] = (),
    extra: str = "",
    turn: int = 0,
    print_: str = "",
) -> Path:
    """A page of 200 x 100 points with widgets, from what stands in their dictionaries, and some print.

    ``{0}``, ``{1}``… stand for the ``others``, which are objects of their own. ``extra`` goes into the form's
    dictionary; a field there is listed only if it is a widget, or if ``extra`` lists ``/Fields`` itself.
    """
    document = pymupdf.open()
    page = document.new_page(width=200, height=100)
    if print_:
        page.insert_text((10, 90), print_, fontsize=8)
    numbers = [document.get_new_xref() for _ in range(len(others) + len(widgets))]
    references = [f"{number} 0 R" for number in numbers]
    for number, other in zip(numbers, others, strict=False):
        body, _, stream = _placed(other, references).partition(" stream ")
        document.update_object(number, body)
        if stream:
            document.update_stream(number, stream.encode("latin-1"), compress=False)
    for number, widget in zip(numbers[len(others) :], widgets, strict=True):
        entries = f"/Type /Annot /Subtype /Widget {_placed(widget, references)}"
        document.update_object(number, f"<< {entries} >>")
    listed = " ".join(references[len(others) :])
    document.xref_set_key(page.xref, "Annots", f"[{listed}]")
    fields = "" if "/Fields" in extra else f"/Fields [{listed}]"
    document.xref_set_key(document.pdf_catalog(), "AcroForm", f"<< {fields} {_placed(extra, references)} >>")
    document.xref_set_key(page.xref, "Rotate", str(turn))
    document.save(path)
    document.close()
    return path


def _placed(text: str, references: Sequence[str]) -> str:
    for index, reference in enumerate(references):
        text = text.replace(f"{{{index}}}", reference)
    return text


def read(path: Path, number: int = 1) -> list[FormField]:
    """The fields of a page."""
    reader = PdfReader(path)
    try:
        return reader.fields(number)
    finally:
        reader.close()
