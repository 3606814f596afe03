# mypy: disable-error-code="no-untyped-call"
"""The fields of a PDF's interactive form (ISO 32000-2, 12.7), as the file has them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import pymupdf
from asn1crypto import cms

from pipelines.readers.pdf.field_tree import (
    OFF,
    READ_ONLY,
    ancestry,
    full_name,
    inherited,
    is_hidden,
    kind_of,
    leaves,
    on_state,
    unescaped,
)
from pipelines.readers.pdf.objects import PdfObject, displayed
from pipelines.readers.pdf.widgets import widgets
from pipelines.readers.pdf.xfa import XfaForm, plain_text
from schemas.geometry import BBox
from schemas.reading import FieldKind, FormField


class PdfForm:
    """The form of an open document, which must stay open; objects are read when asked for."""

    def __init__(self, document: pymupdf.Document) -> None:
        self._form = PdfObject.catalog(document).get("AcroForm")

    def on_page(self, page: pymupdf.Page) -> list[FormField]:
        """The fields that have a widget on the page, in the file's order; push buttons are none.

        Boxes are in points of the page as displayed, None where a widget has no area on it.
        """
        place = displayed(page)
        limits = BBox(0, 0, page.rect.width, page.rect.height)
        found = []
        for widget in widgets(page):
            box = BBox(*pymupdf.Rect(widget.get("Rect").box) * place).clipped(limits.x2, limits.y2)
            if (field := self._field(widget, box if box.area > 0 else None)) is not None:
                found.append(field)
        return found

    def nowhere(self) -> list[FormField]:
        """The filled-in fields that stand on no page, hidden; of a form that is XFA alone all its fields."""
        fields = list(self._form.get("Fields").items())
        if not fields and self._xfa is not None:
            return self._xfa.fields()
        placeless = (field for field in leaves(fields) if not field.get("Rect").is_array)
        found = [self._field(field, None) for field in placeless]
        return [replace(field, hidden=True) for field in found if field is not None and field.is_set]

    @cached_property
    def _xfa(self) -> XfaForm | None:
        return xfa_of(self._form)

    def _field(self, widget: PdfObject, box: BBox | None) -> FormField | None:
        chain = ancestry(widget)
        kind = kind_of(chain)
        if kind is None:
            return None
        name = full_name(chain)
        field = FormField(
            name=name,
            kind=kind,
            bbox=box,
            label=" ".join(inherited(chain, "TU").text.split()),
            read_only=bool(inherited(chain, "Ff").number & READ_ONLY),
            hidden=is_hidden(widget),
        )
        match kind:
            case FieldKind.CHECKBOX | FieldKind.RADIO:
                _read_state(field, widget, chain)
            case FieldKind.SIGNATURE:
                signature = inherited(chain, "V")
                field.is_set = signature.is_dict
                field.value = _signer(signature)
            case FieldKind.DROPDOWN:
                _read_choices(field, chain)
            case FieldKind.TEXT:
                field.value = inherited(chain, "V").text or _rich_text(inherited(chain, "RV").text)
        if not field.value and kind in {FieldKind.TEXT, FieldKind.DROPDOWN} and self._xfa is not None:
            field.value = self._xfa.value_of(name)
        field.is_set = field.is_set or bool(field.value)
        return field


def xfa_of(form: PdfObject) -> XfaForm | None:
    """A form as XFA, which comes in one stream or in named pieces; None where it does not."""
    source = form.get("XFA")
    parts = [source] if source.is_stream else list(source.items())[1::2]
    data = b"".join(part.data for part in parts)
    return XfaForm(data) if data else None


def _read_state(field: FormField, widget: PdfObject, chain: Sequence[PdfObject]) -> None:
    """Whether a box is ticked, and its export value: the name of its other state, or what stands for it."""
    on = on_state(widget)
    state = widget.get("AS").name or inherited(chain, "V").name
    field.is_set = state not in {"", OFF}
    export = unescaped(on or (state if field.is_set else ""))
    choices = [choice.text for choice in inherited(chain, "Opt").items()]
    if on.isdecimal() and int(on) < len(choices):
        export = choices[int(on)]
    field.options = [export] if export else []
    field.value = export if field.is_set else ""


def _read_choices(field: FormField, chain: Sequence[PdfObject]) -> None:
    """The choices as they are shown, one a line; the file keeps the values that they stand for."""
    shown: dict[str, str] = {}
    for option in inherited(chain, "Opt").items():
        pair = [part.text for part in option.items()] if option.is_array else [option.text]
        if pair:
            shown.setdefault(pair[0], pair[-1])
    value = inherited(chain, "V")
    chosen = [one.text for one in value.items()] if value.is_array else [value.text]
    field.options = list(shown.values())
    field.value = "\n".join(shown.get(one, one) for one in chosen if one)


def _rich_text(markup: str) -> str:
    return plain_text(markup.encode()) if markup else ""


def _signer(signature: PdfObject) -> str:
    """Who signed: as the signature says, else the subject of its certificate; nothing is said of validity."""
    if name := signature.get("Name").text:
        return name
    try:
        signed = cms.ContentInfo.load(signature.get("Contents").data)["content"]
        serial = signed["signer_infos"][0]["sid"].native.get("serial_number")
        for certificate in signed["certificates"]:
            if certificate.chosen.serial_number == serial:
                return str(certificate.chosen.subject.native.get("common_name", ""))
    except (ValueError, TypeError, KeyError, IndexError, AttributeError):
        pass  # asn1crypto raises any of these on what is no CMS; there is no name then
    return ""
