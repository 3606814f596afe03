# mypy: disable-error-code="no-untyped-call"
"""What widgets show: their appearance streams (ISO 32000-2, 12.7.4.3), drawn anew from their entries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pymupdf
import regex

from pipelines.readers.pdf.field_tree import ancestry, inherited
from pipelines.readers.pdf.filling.acroform_style import style_of
from pipelines.readers.pdf.filling.acroform_text import Layout, SetText, Style, Typeset, list_lines
from pipelines.readers.pdf.objects import PdfObject
from schemas.geometry import BBox

_mupdf = pymupdf.mupdf

MULTILINE, PASSWORD, COMB, COMBO, EDIT, SEVERAL = 1 << 12, 1 << 13, 1 << 24, 1 << 17, 1 << 18, 1 << 21
"""Flags of text and choice fields (``/Ff``)."""

# Between border and text (points).
_PADDING = 2.0
# The bar behind a chosen line of a list.
_CHOSEN = "0.6 0.76 0.85 rg"
# No comb has more cells.
_MOST_CELLS = 1_000


@dataclass(slots=True)
class Look:
    """What a widget is to show: a text, or the lines of a list and which of them are chosen."""

    widget: PdfObject
    text: str
    lines: Sequence[str] = ()
    chosen: Sequence[int] = ()


class Frame:
    """A widget's area upright as its text is read, the origin at the lower left corner (points)."""

    def __init__(self, widget: PdfObject) -> None:
        x1, y1, x2, y2 = widget.get("Rect").box
        width, height = x2 - x1, y2 - y1
        turn = widget.get("MK", "R").number % 360
        turns = {
            90: (0, 1, -1, 0, width, 0),
            180: (-1, 0, 0, -1, width, height),
            270: (0, -1, 1, 0, 0, height),
        }
        self.width, self.height = (height, width) if turn % 180 else (width, height)
        self.matrix = pymupdf.Matrix(*turns.get(turn, (1, 0, 0, 1, 0, 0)))
        style = widget.get("BS")
        self.border = style.get("W").real if not style.get("W").is_null else _old_border(widget)
        self.border = min(max(self.border, 0.0), self.width / 4, self.height / 4)
        self.kind = style.get("S").name
        self.background = _color(_reals(widget.get("MK", "BG")), "g", "rg", "k")
        self.stroke = _color(_reals(widget.get("MK", "BC")), "G", "RG", "K")

    @property
    def inset(self) -> float:
        """From the edge to where letters may begin."""
        return self.border * (2 if self.kind in {"B", "I"} else 1) + min(_PADDING, self.width / 10)

    def drawn(self, cells: int = 0) -> str:
        """The background, the border, and what parts ``cells`` of one width."""
        width, height, line = self.width, self.height, self.border
        content = f"{self.background} 0 0 {width:.3f} {height:.3f} re f\n" if self.background else ""
        if self.stroke and line:
            dash = "[3] 0 d " if self.kind == "D" else ""
            shape = f"{line / 2:.3f} {line / 2:.3f} {width - line:.3f} {height - line:.3f} re"
            if self.kind == "U":
                shape = f"0 {line / 2:.3f} m {width:.3f} {line / 2:.3f} l"
            step = width / max(1, cells)
            parts = "".join(f" {i * step:.3f} 0 m {i * step:.3f} {height:.3f} l" for i in range(1, cells))
            content += f"q {self.stroke} {line:.3f} w {dash}{shape}{parts} S Q\n"
        return content


def draw_looks(document: pymupdf.Document, form: PdfObject, looks: Sequence[Look]) -> list[bool]:
    """Draws what widgets show; tells of each whether its text is too long for its room."""
    rooms = [_texts(look, form) for look in looks]
    typeset = Typeset([text for room in rooms for text, _, _ in room])
    target = _mupdf.pdf_document_from_fz_document(document.this)
    graft = _mupdf.pdf_new_graft_map(target)
    small, number = [], 0
    with typeset.document as sheets:
        for look, room in zip(looks, rooms, strict=True):
            placed = []
            for _, x, y in room:
                page = sheets[number]
                resources = PdfObject.of_page(page).get("Resources")
                own = PdfObject(_mupdf.pdf_graft_mapped_object(graft, resources.raw))
                size = BBox(*page.rect)
                shown = PdfObject.new_look(
                    document, size, pymupdf.Matrix(1, 0, 0, 1, 0, 0), own, page.read_contents()
                )
                matrix = typeset.matrices[number] * pymupdf.Matrix(1, 0, 0, 1, x, y)
                placed.append((shown, matrix))
                number += 1
            _put(document, form, look, placed)
            small.append(any(typeset.small[number - len(placed) : number]))
    return small


def _put(
    document: pymupdf.Document,
    form: PdfObject,
    look: Look,
    placed: Sequence[tuple[PdfObject, pymupdf.Matrix]],
) -> None:
    """Makes a stream of the frame and the texts in it, and that what the widget shows."""
    frame = Frame(look.widget)
    content = frame.drawn(_cells(look.widget)) + "/Tx BMC\nq\n"
    line = frame.border
    content += f"{line:.3f} {line:.3f} {frame.width - 2 * line:.3f} {frame.height - 2 * line:.3f} re W n\n"
    content += _bars(look, frame, form)
    fonts = PdfObject.new_dict(document)
    for i, (shown, m) in enumerate(placed):
        fonts.put(f"T{i}", shown)
        content += f"q {m.a:.5f} {m.b:.5f} {m.c:.5f} {m.d:.5f} {m.e:.4f} {m.f:.4f} cm /T{i} Do Q\n"
    resources = PdfObject.new_dict(document)
    resources.put("XObject", fonts)
    size = BBox(0, 0, frame.width, frame.height)
    content += "Q\nEMC\n"
    stream = PdfObject.new_look(document, size, frame.matrix, resources, content.encode())
    looks = PdfObject.new_dict(document)
    looks.put("N", stream)
    look.widget.put("AP", looks)
    look.widget.drop("AS")


def _texts(look: Look, form: PdfObject) -> list[tuple[SetText, float, float]]:
    """The texts of a widget, with the lower left corners of their rooms."""
    frame, style = Frame(look.widget), style_of(look.widget, form)
    chain = ancestry(look.widget)
    flags = inherited(chain, "Ff").number
    width, height, inset = frame.width - 2 * frame.inset, frame.height - 2 * frame.border, frame.inset
    if not (look.text or look.lines) or width <= 0 or height <= 0:
        return []
    if look.lines:
        first, count, _ = _visible(look, frame, style)
        text = "\n".join(look.lines[first : first + count])
        return [(SetText(text, width, height, style, Layout.LIST), inset, frame.border)]
    is_text = inherited(chain, "FT").name == "Tx"
    if is_text and flags & PASSWORD:
        return [(SetText("*" * len(look.text), width, height, style), inset, frame.border)]
    if is_text and flags & MULTILINE:
        room = height - 2 * min(_PADDING, height / 8)
        return [(SetText(look.text, width, room, style, Layout.BLOCK), inset, (frame.height - room) / 2)]
    if cells := _cells(look.widget):
        step = frame.width / cells
        letters = regex.findall(r"\X", look.text)
        start = {0: 0, 1: (cells - len(letters)) // 2, 2: cells - len(letters)}[style.align]
        middle = replace(style, align=1)
        return [
            (SetText(letter, step, height, middle), (start + i) * step, frame.border)
            for i, letter in enumerate(letters)
            if not letter.isspace()
        ]
    return [(SetText(look.text, width, height, style), inset, frame.border)]


def _cells(widget: PdfObject) -> int:
    """How many cells of a comb a widget has, 0 where it is none."""
    chain = ancestry(widget)
    flags, cells = inherited(chain, "Ff").number, inherited(chain, "MaxLen").number
    is_comb = flags & COMB and not flags & (MULTILINE | PASSWORD) and inherited(chain, "FT").name == "Tx"
    return cells if is_comb and 0 < cells <= _MOST_CELLS else 0


def _visible(look: Look, frame: Frame, style: Style) -> tuple[int, int, float]:
    """Which line of a list is the first to be seen, how many are, and how high each is."""
    count, height = list_lines(frame.height - 2 * frame.border, style.size)
    first = min(look.chosen, default=0)
    return (min(first, max(0, len(look.lines) - count)) if first >= count else 0), count, height


def _bars(look: Look, frame: Frame, form: PdfObject) -> str:
    """The bars behind the chosen lines of a list."""
    if not look.lines:
        return ""
    first, count, height = _visible(look, frame, style_of(look.widget, form))
    look.widget.put_number("TI", first)
    left, top, width = frame.border, frame.height - frame.border, frame.width - 2 * frame.border
    bars = [
        f"{left:.3f} {top - (i - first + 1) * height:.3f} {width:.3f} {height:.3f} re f\n"
        for i in look.chosen
        if first <= i < first + count
    ]
    return f"q {_CHOSEN}\n{''.join(bars)}Q\n" if bars else ""


def _old_border(widget: PdfObject) -> float:
    """The width that ``/Border`` gives, 1 by default."""
    entries = list(widget.get("Border").items())
    return entries[2].real if len(entries) > 2 else 1.0


def _reals(array: PdfObject) -> list[float]:
    return [entry.real for entry in array.items()][:4]


def _color(parts: Sequence[float], gray: str, rgb: str, cmyk: str) -> str:
    """The command that sets a color; nothing where there is none."""
    operator = {1: gray, 3: rgb, 4: cmyk}.get(len(parts))
    return f"{' '.join(f'{part:.4f}' for part in parts)} {operator}" if operator else ""
