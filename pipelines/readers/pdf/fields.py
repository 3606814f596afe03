# mypy: disable-error-code="no-untyped-call"
"""The fields of a PDF's interactive form (ISO 32000-2, 12.7), as the file has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property

import pymupdf
from asn1crypto import cms

from pipelines.readers.pdf.objects import PdfObject, displayed
from pipelines.readers.pdf.widgets import widgets
from pipelines.readers.pdf.xfa import XfaForm, plain_text
from schemas.geometry import BBox
from schemas.reading import FieldKind, FormField

_READ_ONLY, _RADIO, _PUSH = 1 << 0, 1 << 15, 1 << 16
_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
# Fields nest a few levels deep, and forms have some thousands; a hostile file may run in circles.
_DEEPEST, _MOST_FIELDS = 32, 20_000
_OFF = "Off"
_ESCAPED = re.compile(r"(?:#[0-9A-Fa-f]{2})+")


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
        """The filled-in fields that stand on no page; of a form that is XFA alone, the empty ones too."""
        fields = list(self._form.get("Fields").items())
        if not fields and self._xfa is not None:
            return self._xfa.fields()
        found = [self._field(field, None) for field in _placeless(fields)]
        return [field for field in found if field is not None and field.is_set]

    @cached_property
    def _xfa(self) -> XfaForm | None:
        """The form as XFA, which comes in one stream or in named pieces."""
        source = self._form.get("XFA")
        parts = [source] if source.is_stream else list(source.items())[1::2]
        data = b"".join(part.data for part in parts)
        return XfaForm(data) if data else None

    def _field(self, widget: PdfObject, box: BBox | None) -> FormField | None:
        chain = _ancestry(widget)
        flags = _inherited(chain, "Ff").number
        kind = _kind(_inherited(chain, "FT").name, flags)
        if kind is None:
            return None
        name = ".".join(part for one in reversed(chain) if (part := one.get("T").text))
        field = FormField(
            name=name,
            kind=kind,
            bbox=box,
            label=" ".join(_inherited(chain, "TU").text.split()),
            read_only=bool(flags & _READ_ONLY),
            hidden=bool(widget.get("F").number & (_HIDDEN | _NO_VIEW)),
        )
        match kind:
            case FieldKind.CHECKBOX | FieldKind.RADIO:
                _read_state(field, widget, chain)
            case FieldKind.SIGNATURE:
                signature = _inherited(chain, "V")
                field.is_set = signature.is_dict
                field.value = _signer(signature)
            case FieldKind.DROPDOWN:
                _read_choices(field, chain)
            case FieldKind.TEXT:
                field.value = _inherited(chain, "V").text or _rich_text(_inherited(chain, "RV").text)
        if not field.value and kind in {FieldKind.TEXT, FieldKind.DROPDOWN} and self._xfa is not None:
            field.value = self._xfa.value_of(name)
        field.is_set = field.is_set or bool(field.value)
        return field


def _placeless(fields: Sequence[PdfObject]) -> Iterator[PdfObject]:
    """The ends of the tree of fields that are no widgets."""
    waiting = list(reversed(fields))
    for _ in range(_MOST_FIELDS):
        if not waiting:
            return
        field = waiting.pop()
        kids = list(field.get("Kids").items())
        waiting += kids[: _MOST_FIELDS - len(waiting)][::-1]
        if not kids and not field.get("Rect").is_array:
            yield field


def _ancestry(widget: PdfObject) -> list[PdfObject]:
    """The widget and the fields that it belongs to, inside out."""
    chain = [widget]
    while len(chain) < _DEEPEST and (parent := chain[-1].get("Parent")).is_dict:
        chain.append(parent)
    return chain


def _inherited(chain: Sequence[PdfObject], key: str) -> PdfObject:
    """The entry of the innermost that has it."""
    return next((found for one in chain if not (found := one.get(key)).is_null), chain[0].get(key))


def _kind(type_name: str, flags: int) -> FieldKind | None:
    match type_name:
        case "Tx":
            return FieldKind.TEXT
        case "Ch":
            return FieldKind.DROPDOWN
        case "Sig":
            return FieldKind.SIGNATURE
        case "Btn" if not flags & _PUSH:
            return FieldKind.RADIO if flags & _RADIO else FieldKind.CHECKBOX
    return None


def _read_state(field: FormField, widget: PdfObject, chain: Sequence[PdfObject]) -> None:
    """Whether a box is ticked, and its export value: the name of its other state, or what stands for it."""
    on = next((name for name in widget.get("AP", "N").names() if name != _OFF), "")
    state = widget.get("AS").name or _inherited(chain, "V").name
    field.is_set = state not in {"", _OFF}
    export = _unescaped(on or (state if field.is_set else ""))
    choices = [choice.text for choice in _inherited(chain, "Opt").items()]
    if on.isdecimal() and int(on) < len(choices):
        export = choices[int(on)]
    field.options = [export] if export else []
    field.value = export if field.is_set else ""


def _unescaped(name: str) -> str:
    """A name as it is meant: some writers escape letters of other scripts twice."""
    return _ESCAPED.sub(lambda m: bytes.fromhex(m[0].replace("#", "")).decode("utf-8", "replace"), name)


def _read_choices(field: FormField, chain: Sequence[PdfObject]) -> None:
    """The choices as they are shown, one a line; the file keeps the values that they stand for."""
    shown: dict[str, str] = {}
    for option in _inherited(chain, "Opt").items():
        pair = [part.text for part in option.items()] if option.is_array else [option.text]
        if pair:
            shown.setdefault(pair[0], pair[-1])
    value = _inherited(chain, "V")
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
