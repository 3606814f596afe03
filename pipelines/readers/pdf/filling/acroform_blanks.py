"""The fields of an interactive form as blanks."""

from __future__ import annotations

import re

from pipelines.readers.pdf.field_tree import OFF, inherited, unescaped
from pipelines.readers.pdf.filling.acroform_fields import Field, Form
from pipelines.readers.pdf.filling.acroform_looks import COMB, COMBO, EDIT, MULTILINE, SEVERAL
from pipelines.readers.pdf.filling.acroform_style import style_of
from pipelines.readers.pdf.objects import PdfObject
from pipelines.readers.pdf.xfa import plain_text
from schemas.forms import Blank, Choice, Origin
from schemas.reading import FieldKind

_REQUIRED = 1 << 1
# Of a longer tooltip or script, no more is read.
_LONGEST = 4_000
_INDEX = re.compile(r"\[\d+\]$")
# How Acrobat's own scripts say what a value looks like.
_DATE_AS = re.compile(r"AFDate_(?:Format|Keystroke)Ex\(\s*[\"']([^\"']{1,40})[\"']")
_DATE_NUMBER = re.compile(r"AFDate_(?:Format|Keystroke)\(\s*(\d{1,2})\s*\)")
_DATES = (
    "m/d", "m/d/yy", "mm/dd/yy", "mm/yy", "d-mmm", "d-mmm-yy", "dd-mmm-yy", "yy-mm-dd", "mmm-yy", "mmmm-yy",
    "mmm d, yyyy", "mmmm d, yyyy", "m/d/yy h:MM tt", "m/d/yy HH:MM",
)  # fmt: skip
_SPECIAL = re.compile(r"AFSpecial_(?:Format|Keystroke)\(\s*([0-3])\s*\)")
_SPECIALS = ("99999", "99999-9999", "(999) 999-9999", "999-99-9999")


def blank_of(form: Form, field: Field) -> Blank:
    """What a field offers to be filled in, at the place where it shows first."""
    place = field.place
    is_text, flags = field.kind is FieldKind.TEXT, field.flags
    tooltip = _tooltip(next(iter(field.owners.values()))) if field.is_group else _tooltip(*field.chain)
    blank = Blank(
        id=field.id,
        kind=FieldKind.RADIO if field.is_group else field.kind,
        origin=Origin.ACROFORM,
        page=place.page if place else 1,
        bbox=place.bbox if place else None,
        names=list(dict.fromkeys(name for name in (tooltip, _own_name(field), field.id) if name)),
        multiline=is_text and bool(flags & MULTILINE),
        read_only=form.is_read_only(field),
        required=bool(flags & _REQUIRED),
        hidden=bool(field.widgets) and not any(widget.is_shown for widget in field.widgets),
    )
    match blank.kind:
        case FieldKind.TEXT:
            blank.value = field.entry("V").text or _rich_text(field) or form.value_in_xml(field) or None
            blank.longest = max(0, field.entry("MaxLen").number)
            blank.comb = bool(flags & COMB) and blank.longest > 0 and not blank.multiline
            blank.format = format_of(field)
        case FieldKind.DROPDOWN:
            _read_list(field, blank)
            blank.value = blank.value or form.value_in_xml(field) or None
        case FieldKind.CHECKBOX:
            blank.value = any(_state(field, i) not in {"", OFF} for i in range(len(field.widgets)))
        case FieldKind.RADIO:
            _read_group(field, blank)
        case FieldKind.SIGNATURE:
            blank.value = field.entry("V").is_dict or None
    if place and blank.kind in {FieldKind.TEXT, FieldKind.DROPDOWN}:
        blank.size = style_of(place.dictionary, form.dictionary).size
    return blank


def format_of(field: Field) -> str:
    """How a date, a telephone number or a postal code should be written, where the field's script says so."""
    for key in ("F", "K"):
        script = field.entry("AA").get(key, "JS").text[:_LONGEST]
        if found := _DATE_AS.search(script):
            return found[1]
        if (found := _DATE_NUMBER.search(script)) and int(found[1]) < len(_DATES):
            return _DATES[int(found[1])]
        if found := _SPECIAL.search(script):
            return _SPECIALS[int(found[1])]
    return ""


def _tooltip(*chain: PdfObject) -> str:
    """What a field, or the innermost that says so of those it is in, is called for a person."""
    return " ".join(inherited(chain, "TU").text[:_LONGEST].split())


def _own_name(field: Field) -> str:
    """The last part of a field's name, without the number that tells it from its like."""
    return _INDEX.sub("", field.id.rpartition(".")[2]).strip()


def _rich_text(field: Field) -> str:
    markup = field.entry("RV").text
    return plain_text(markup.encode()) if markup else ""


def _read_list(field: Field, blank: Blank) -> None:
    blank.choices = [Choice(stored, shown) for stored, shown in field.options()]
    blank.several = bool(field.flags & SEVERAL) and not field.flags & COMBO
    blank.editable = field.flags & (COMBO | EDIT) == COMBO | EDIT
    value = field.entry("V")
    chosen = [one.text for one in value.items()] if value.is_array else [value.text]
    blank.value = "\n".join(one for one in chosen if one) or None


def _read_group(field: Field, blank: Blank) -> None:
    """The buttons as choices: those that stand for the same value are one."""
    known: dict[str, Choice] = {}
    exports = [one.text for one in field.entry("Opt").items()]
    for i, (state, widget) in enumerate(field.states()):
        number = int(state) if state.isdecimal() else i
        export = exports[number] if number < len(exports) else ""
        value = unescaped(state)
        label = _tooltip(widget.dictionary) if len(field.widgets) > 1 else ""
        known.setdefault(value, Choice(value, label or export or value, widget.page, widget.bbox))
        if _state(field, i) == state:
            blank.value = value
    blank.choices = list(known.values())


def _state(field: Field, index: int) -> str:
    """The state that a box is in: its own, else its field's."""
    return field.widgets[index].dictionary.get("AS").name or field.entry("V").name
