# mypy: disable-error-code="no-untyped-call"
"""The fields of an interactive form with all their widgets, to be offered as blanks and written to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pymupdf

from pipelines.readers.pdf.field_tree import (
    MOST_FIELDS,
    READ_ONLY,
    ancestry,
    full_name,
    inherited,
    is_hidden,
    kind_of,
    leaves,
    on_state,
)
from pipelines.readers.pdf.fields import xfa_of
from pipelines.readers.pdf.objects import PdfObject
from pipelines.readers.pdf.widgets import is_widget
from pipelines.readers.pdf.xfa import XfaForm
from schemas.geometry import BBox
from schemas.reading import FieldKind

_mupdf = pymupdf.mupdf

YES = "Yes"
"""The state of a ticked box whose file names none."""


@dataclass(frozen=True, slots=True)
class Widget:
    """Where a field shows. ``bbox`` is in points of the page (1-based) as displayed, None without area."""

    dictionary: PdfObject
    page: int
    bbox: BBox | None

    @property
    def is_shown(self) -> bool:
        """Whether it is to be seen."""
        return self.bbox is not None and not is_hidden(self.dictionary)


@dataclass(slots=True)
class Field:
    """A field: all that has one full name, which is its ``id``; a nameless one is told by its place.

    ``chain`` is its first widget, or itself, with the dictionaries that it inherits from, inside out;
    ``owners`` are the dictionaries that hold its value, by their numbers in the file: several where it says a
    name more than once.
    """

    id: str
    kind: FieldKind
    chain: list[PdfObject]
    owners: dict[int, PdfObject] = field(default_factory=dict)
    widgets: list[Widget] = field(default_factory=list)

    def entry(self, key: str) -> PdfObject:
        """What the field has, or inherits, under a key."""
        return inherited(self.chain, key)

    @property
    def flags(self) -> int:
        """The field's flags."""
        return self.entry("Ff").number

    def options(self) -> list[tuple[str, str]]:
        """The choices of a list: what the file stores for each, and what it shows."""
        found = []
        for option in self.entry("Opt").items():
            pair = [part.text for part in option.items()] if option.is_array else [option.text]
            if pair:
                found.append((pair[0], pair[-1]))
        return found

    def states(self) -> list[tuple[str, Widget]]:
        """The state in which each of its boxes is ticked, as the file names it."""
        several = len(self.widgets) > 1
        return [
            (on_state(widget.dictionary) or (str(i) if several else YES), widget)
            for i, widget in enumerate(self.widgets)
        ]

    @property
    def is_group(self) -> bool:
        """Whether it is one choice among several boxes, and no box alone."""
        several = len({state for state, _ in self.states()}) > 1
        return self.kind is FieldKind.RADIO or (self.kind is FieldKind.CHECKBOX and several)

    @property
    def place(self) -> Widget | None:
        """The first widget that is to be seen, or the first of all."""
        return next((widget for widget in self.widgets if widget.is_shown), next(iter(self.widgets), None))


class Form:
    """The interactive form of an open document, as the file has it: no page may have been turned."""

    def __init__(self, document: pymupdf.Document) -> None:
        self.document = document
        self.dictionary = PdfObject.catalog(document).get("AcroForm")
        self.fields: dict[str, Field] = {}
        shown = set[int]()
        for number in range(1, document.page_count + 1):
            for index, widget in enumerate(_widgets(document, number)):
                shown.add(widget.dictionary.number_in_file)
                self._add(widget.dictionary, f"#{number}/{index}", widget)
        for index, leaf in enumerate(leaves(list(self.dictionary.get("Fields").items()))):
            if leaf.number_in_file not in shown:
                self._add(leaf, f"#0/{index}", None)

    @cached_property
    def xml(self) -> XfaForm | None:
        """The same form in XML, which many forms come with."""
        return xfa_of(self.dictionary)

    def value_in_xml(self, known: Field) -> str:
        """What a field to write in holds that only the form in XML has a value of."""
        if self.xml is None or known.kind not in {FieldKind.TEXT, FieldKind.DROPDOWN}:
            return ""
        return self.xml.value_of(known.id) if known.entry("V").is_null else ""

    @cached_property
    def is_signed(self) -> bool:
        """Whether somebody signed the document."""
        signatures = (one for one in self.fields.values() if one.kind is FieldKind.SIGNATURE)
        return any(one.entry("V").is_dict for one in signatures)

    @cached_property
    def locks(self) -> list[tuple[str, list[str]]]:
        """What signatures that are there lock: everything, some names, or all but some (``/Lock``)."""
        signed = (f for f in self.fields.values() if f.kind is FieldKind.SIGNATURE and f.entry("V").is_dict)
        locks = [field.entry("Lock") for field in signed]
        return [(one.get("Action").name, [n.text for n in one.get("Fields").items()]) for one in locks]

    def is_read_only(self, field: Field) -> bool:
        """Whether a field says that it is not to be filled in, or a signature does."""
        return bool(field.flags & READ_ONLY) or any(_locks(*lock, field.id) for lock in self.locks)

    @cached_property
    def by_page(self) -> dict[int, list[Field]]:
        """The fields by the pages where their places are; those without one come with the first."""
        found = defaultdict[int, list[Field]](list)
        for one in self.fields.values():
            found[one.place.page if one.place else 1].append(one)
        return dict(found)

    def _add(self, dictionary: PdfObject, place: str, widget: Widget | None) -> None:
        """Adds a widget, or a field without one, to the field of its name; ``place`` stands for none."""
        chain = ancestry(dictionary)
        kind = kind_of(chain)
        if kind is None or len(self.fields) >= MOST_FIELDS:
            return
        chain = chain[_first_of_own(chain, kind) :] if widget is None else chain
        owner = chain[_first_of_own(chain, kind)]
        number = owner.number_in_file
        name = full_name(ancestry(owner)) or (f"#{number}" if number else place)
        known = self.fields.setdefault(name, Field(name, kind, chain))
        known.owners.setdefault(number or -len(known.owners) - 1, owner)
        if widget is not None:
            known.widgets.append(widget)


def _first_of_own(chain: Sequence[PdfObject], kind: FieldKind) -> int:
    """Where in a widget's ancestry the field is that holds its value: the first with a name, else the last.

    Some writers name the buttons of a group, too: its value is that of the field around them all.
    """
    named = [i for i, one in enumerate(chain) if not one.get("T").is_null]
    if kind is FieldKind.RADIO:
        named = [i for i in named if not chain[i].get("FT").is_null][-1:] or named
    return named[0] if named else len(chain) - 1


def _locks(action: str, names: Sequence[str], name: str) -> bool:
    among = any(name == one or name.startswith(f"{one}.") for one in names)
    return {"All": True, "Include": among, "Exclude": not among}.get(action, False)


def _widgets(document: pymupdf.Document, number: int) -> Iterator[Widget]:
    """The widgets of a page, which is not loaded: that fails on forms that run in circles."""
    pdf = _mupdf.pdf_document_from_fz_document(document.this)
    try:
        raw = _mupdf.pdf_lookup_page_obj(pdf, number - 1)
        area, matrix = _mupdf.FzRect(), _mupdf.FzMatrix()
        _mupdf.pdf_page_obj_transform(raw, area, matrix)
    except Exception:  # MuPDF raises many kinds, some of them bare; a damaged page has no widgets
        return
    m = pymupdf.Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
    page = pymupdf.Rect(area.x0, area.y0, area.x1, area.y1) * m
    for annotation in PdfObject(raw).get("Annots").items():
        if is_widget(annotation):
            x1, y1, x2, y2 = pymupdf.Rect(annotation.get("Rect").box) * m
            box = BBox(x1 - page.x0, y1 - page.y0, x2 - page.x0, y2 - page.y0)
            box = box.clipped(page.width, page.height)
            yield Widget(annotation, number, box if box.area > 0 else None)
