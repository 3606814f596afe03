"""How the letters of fields look, and the fonts that forms name for that (``/DA``, ``/DR``)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pymupdf

from pipelines.readers.pdf.field_tree import ancestry, inherited
from pipelines.readers.pdf.filling.acroform_text import Style
from pipelines.readers.pdf.objects import PdfObject

# How text is set that no form says anything of, and fonts that every viewer has: regular, italic, bold, both.
_DEFAULT = "/Helv 0 Tf 0 g"
_STANDARD = {
    "sans-serif": ("Helvetica", "Helvetica-Oblique", "Helvetica-Bold", "Helvetica-BoldOblique"),
    "serif": ("Times-Roman", "Times-Italic", "Times-Bold", "Times-BoldItalic"),
    "monospace": ("Courier", "Courier-Oblique", "Courier-Bold", "Courier-BoldOblique"),
}
_SERIF = re.compile(r"tim|tiro|tibo|tiit|serif|roman|georgia|garamond|minion|palatino|cambria", re.I)
_MONO = re.compile(r"cour|cobo|coob|mono|typewriter|consol", re.I)
_BOLD = re.compile(r"bold|black|heavy|hebo|tibo|cobo", re.I)
_ITALIC = re.compile(r"ital|obli|tiit|heob", re.I)
# A default appearance is a line; of more, no more is searched.
_LONGEST = 1_000
_FONT = re.compile(r"/(\S+)\s+(-?[\d.]+)\s+Tf\b")
_COLOR = re.compile(r"((?:-?[\d.]+\s+){1,4})(g|rg|k)\b")


def style_of(widget: PdfObject, form: PdfObject) -> Style:
    """How a widget's letters look: by its default appearance, or the form's."""
    chain = [*ancestry(widget), form]
    appearance = inherited(chain, "DA").text[:_LONGEST]
    font = next(reversed(_FONT.findall(appearance)), ("", "0"))
    color = next(reversed(_COLOR.findall(appearance)), ("0", "g"))
    resource = inherited(chain, "DR").get("Font", font[0])
    name = f"{font[0]} {resource.get('BaseFont').name}"
    is_serif = _SERIF.search(name) and "sans" not in name.lower()
    return Style(
        size=min(abs(_real(font[1])), 300.0),
        family="monospace" if _MONO.search(name) else "serif" if is_serif else "sans-serif",
        bold=bool(_BOLD.search(name)),
        italic=bool(_ITALIC.search(name)),
        color=_rgb([_real(part) for part in color[0].split()]),
        align=inherited(chain, "Q").number % 3,
    )


def complete_fonts(document: pymupdf.Document, form: PdfObject, widgets: Sequence[PdfObject]) -> None:
    """Gives the form the fonts that it names and lacks: viewers set what is typed there later in them."""
    if inherited([form], "DA").is_null and widgets:
        form.put_text("DA", _DEFAULT)
    for widget in widgets:
        chain = [*ancestry(widget), form]
        name = next(reversed(_FONT.findall(inherited(chain, "DA").text[:_LONGEST])), ("", ""))[0]
        if not name or any(one.get("DR", "Font", name).is_dict for one in chain):
            continue
        style = style_of(widget, form)
        resources = _own_dict(document, form, "DR")
        font = PdfObject.new_dict(document)
        for key, value in (("Type", "Font"), ("Subtype", "Type1"), ("Encoding", "WinAnsiEncoding")):
            font.put_name(key, value)
        font.put_name("BaseFont", _STANDARD[style.family][2 * style.bold + style.italic])
        _own_dict(document, resources, "Font").put(name, font)


def _own_dict(document: pymupdf.Document, owner: PdfObject, key: str) -> PdfObject:
    if not owner.get(key).is_dict:
        owner.put(key, PdfObject.new_dict(document))
    return owner.get(key)


def _rgb(parts: Sequence[float]) -> tuple[float, float, float]:
    parts = [min(max(part, 0.0), 1.0) for part in parts]
    if len(parts) == 4:
        cyan, magenta, yellow, black = parts
        return (1 - cyan) * (1 - black), (1 - magenta) * (1 - black), (1 - yellow) * (1 - black)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 else (parts[0],) * 3


def _real(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
