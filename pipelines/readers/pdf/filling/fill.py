# mypy: disable-error-code="no-untyped-call"
"""A copy of a PDF, filled in: its own form's fields, and what is only drawn on its pages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pymupdf

from pipelines.readers.pdf.filling.acroform import fill_fields
from pipelines.readers.pdf.filling.acroform_fields import Form
from pipelines.readers.pdf.filling.drawn import draw
from schemas.forms import Blank, FilledForm, Filling, Origin

_mupdf = pymupdf.mupdf

_SIGNED = (
    "The document is signed. What was signed stays in the file as an earlier revision, but viewers will say "
    "that the document was changed since."
)
_ONLY_XML = (
    "The form is made in XML alone (XFA), which cannot be filled in here: print it to PDF from Adobe Acrobat "
    "and send that."
)


def open_pdf(path: Path) -> pymupdf.Document:
    """A PDF that wants no password, or an empty one."""
    document = pymupdf.open(path, filetype="pdf")
    if document.needs_pass:
        document.authenticate("")
    return document


def fill_pdf(
    path: Path, blanks: Sequence[Blank], fillings: Sequence[Filling], *, interactive: bool
) -> FilledForm:
    """See ``PagedReader.fill``; where nothing changes, the file as it is.

    A signed file keeps what was signed, as an earlier revision.
    """
    with open_pdf(path) as document:
        form = Form(document)
        drawn = {blank.id for blank in blanks if blank.origin is Origin.DRAWN}
        flattens = not interactive and bool(form.fields)
        to_fields = [one for one in fillings if one.blank not in drawn]
        found = fill_fields(form, to_fields, shows_all=flattens)
        if flattens:
            document.bake(annots=False, widgets=True)
        placed = found.placed + draw(document, blanks, fillings)
        order = {filling.blank: i for i, filling in enumerate(fillings)}
        placed.sort(key=lambda one: order[one.blank])
        warnings = found.warnings + ([_ONLY_XML] if form.xml is not None and not form.fields else [])
        if not flattens and all(one.problem for one in placed):
            return FilledForm(pdf=path.read_bytes(), placed=placed, warnings=warnings)
        warnings += [_SIGNED] if form.is_signed else []
        data = _revised(document, path) if form.is_signed else _rewritten(document)
        return FilledForm(pdf=data, placed=placed, warnings=warnings)


def _rewritten(document: pymupdf.Document) -> bytes:
    keep = pymupdf.PDF_ENCRYPT_KEEP  # type: ignore[attr-defined]
    return bytes(document.tobytes(garbage=1, deflate=True, encryption=keep))


def _revised(document: pymupdf.Document, path: Path) -> bytes:
    """The file as it was, with what changed behind it; written anew where it is too damaged for that."""
    if not document.can_save_incrementally():
        return _rewritten(document)
    options = _mupdf.PdfWriteOptions()
    options.do_incremental = 1
    pdf = _mupdf.pdf_document_from_fz_document(document.this)
    buffer = _mupdf.fz_new_buffer_from_copied_data(path.read_bytes())
    output = _mupdf.FzOutput(buffer)
    _mupdf.pdf_write_document(pdf, output, options)
    output.fz_close_output()
    return bytes(buffer.fz_buffer_extract())
