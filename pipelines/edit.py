"""The story of filling in a form: its pages are read, the prompt is understood, a copy is filled in."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import partial

from models.base import Engines
from pipelines.editing.matching import Matched, match
from pipelines.editing.metadata import metadata
from pipelines.execute import run
from pipelines.parse import assemble, of_parts
from pipelines.plan import form_stages
from pipelines.readers.base import Reader
from pipelines.work import PageRecord, RunContext
from schemas.documents import DocumentWarning, ParsedDocument, WarningKind
from schemas.forms import Blank, Filling, Origin
from schemas.options import Configuration, FormFilling
from schemas.reading import DocumentInfo, FieldKind


def read_form(
    reader: Reader,
    engines: Engines,
    info: DocumentInfo,
    numbers: Sequence[int],
    filling: FormFilling,
    context: RunContext,
) -> list[PageRecord]:
    """One window of a form's pages, with their blanks; see ``pipelines.parse.read_pages``."""

    def read(paged: bool, pages: list[int]) -> list[PageRecord]:
        return run(form_stages(filling, reader, engines, context.check, paged=paged), pages, context)

    return of_parts(info, numbers, read)


def edit(
    records: Sequence[PageRecord],
    total_pages: int,
    filling: FormFilling,
    reader: Reader,
    engines: Engines,
    context: RunContext,
    *,
    max_bad_page_share: float = 0.5,
) -> ParsedDocument:
    """The form filled in, with its pages as they were read before; ``reader`` has the document open.

    Raises:
        Interrupted: the context asked to stop.
        NotFillable: the document is of a kind that cannot be filled in.
        TooManyBadPages: see ``pipelines.parse.assemble``.
    """
    read = assemble(
        records, total_pages, Configuration(), engines, context, max_bad_page_share=max_bad_page_share
    )
    blanks = _blanks(records)
    context.tell("understanding the prompt")
    prompt = filling.fill_prompt or ""
    place = partial(match, prompt, blanks, engines, context.check)
    matched = context.step("place", prompt, Matched, place)
    fillings = matched.fillings
    if filling.ignore_source_values:
        said = {one.blank for one in fillings}
        fillings = [
            Filling(b.id, _nothing(b.value)) for b in blanks if b.value and b.id not in said
        ] + fillings
    context.tell("filling in the form")
    filled = reader.fill(blanks, fillings, not filling.no_acroform)
    pdf = b64encode(filled.pdf).decode() if filled.pdf is not None else None
    docx = b64encode(filled.docx).decode() if filled.docx is not None else None
    told = [DocumentWarning(kind=WarningKind.FALLBACK, message=message) for message in filled.warnings]
    usage = read.usage.model_copy(
        update={
            "extraction_input_tokens_used": matched.input_tokens,
            "extraction_output_tokens_used": matched.output_tokens,
        }
    )
    return read.model_copy(
        update={
            "filled_pdf_base64": pdf,
            "pdf_base64": pdf,
            "filled_docx_base64": docx,
            "form_filling_metadata": metadata(blanks, fillings, matched.unplaced, filled),
            "warnings": [*read.warnings, *matched.warnings, *told],
            "usage": usage,
        }
    )


def _blanks(records: Sequence[PageRecord]) -> list[Blank]:
    """What can be filled in: where the file has a form of its own, what is only drawn on other pages is none.

    A place to sign alone may be put on any form.
    """
    found = [blank for record in records for blank in record.blanks]
    if any(one.origin is Origin.ACROFORM and one.kind is not FieldKind.SIGNATURE for one in found):
        found = [one for one in found if one.origin is not Origin.DRAWN]
    return found


def _nothing(value: str | bool | None) -> str | bool:
    """What a blank that held ``value`` holds when it is cleared."""
    return False if isinstance(value, bool) else ""
