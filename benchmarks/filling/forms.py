"""The fields of fillable PDFs as pypdf reads them: what filling in is asked for, and judged by."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pymupdf
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from models.images import turned_box
from schemas.geometry import BBox

_READ_ONLY, _PASSWORD, _PUSH, _RADIO, _COMBO = 1, 1 << 13, 1 << 16, 1 << 15, 1 << 17
_HIDDEN = 2 | 32
# Fields lie this deep in each other at most; deeper trees are loops.
_DEEPEST = 40
Key = tuple[tuple[str, BBox], ...]
"""What is the same for forms with the same fields: their names and places."""
_DATE = re.compile(r"AFDate_(?:Format|Keystroke)Ex\(\s*[\"']([^\"']+)[\"']")
_FIGURES = re.compile(r"AF(?:Number|Percent)_(?:Format|Keystroke)")
_SPECIAL = re.compile(r"AFSpecial_(?:Format|Keystroke)\(\s*(\d)")


@dataclass(frozen=True, slots=True)
class Widget:
    """Where a field stands: page (1-based), ``rect`` in the page's own space, ``area`` as displayed.

    ``on`` is the name of a button's state that means it is set; ``is_set``: that is its state now.
    """

    page: int
    rect: BBox
    area: BBox
    on: str = ""
    is_set: bool = False


@dataclass(slots=True)
class Field:
    """A field by its full name; ``kind`` is "text", "tick" (one box), "group" (of buttons) or "choice".

    ``options`` are what is stored and what shows of each choice; ``script`` what its JavaScript makes of
    values: ``date mm/dd/yyyy``, ``figures``, ``special 0``.
    """

    name: str
    kind: str
    widgets: list[Widget] = field(default_factory=list)
    tooltip: str = ""
    value: str = ""
    options: list[tuple[str, str]] = field(default_factory=list)
    longest: int = 0
    script: str = ""
    is_open: bool = True


def fields_of(data: bytes) -> list[Field]:
    """The fields that show on some page; nothing of a file that pypdf cannot read."""
    try:
        reader = PdfReader(io.BytesIO(data))
        found: dict[str, Field] = {}
        for number, page in enumerate(reader.pages, start=1):
            for annotation in _widgets(page):
                _add(found, annotation, number, page)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return []
    return [_settled(one) for one in found.values()]


def _widgets(page: Any) -> Iterator[Any]:
    for reference in page.get("/Annots") or ():
        annotation = reference.get_object()
        if annotation is not None and annotation.get("/Subtype") == "/Widget":
            yield annotation


def _add(found: dict[str, Field], annotation: Any, number: int, page: Any) -> None:
    chain = _chain(annotation)
    kind, flags = _inherited(chain, "/FT"), int(_inherited(chain, "/Ff") or 0)
    if kind not in {"/Tx", "/Btn", "/Ch"} or (kind == "/Btn" and flags & _PUSH) or "/Rect" not in annotation:
        return
    name = ".".join(str(one["/T"]) for one in reversed(chain) if "/T" in one)
    known = found.get(name)
    if known is None:
        known = found[name] = _field(name, kind, flags, chain)
    x1, y1, x2, y2 = (float(one) for one in annotation["/Rect"])
    rect = BBox(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
    states = _inherited([annotation], "/AP") or {}
    drawn = states.get("/N", {}).get_object() if "/N" in states else {}
    state = next((str(one) for one in drawn if one != "/Off"), "") if kind == "/Btn" else ""
    is_set, on = bool(state) and annotation.get("/AS") == state, _unescaped(state.removeprefix("/"))
    known.widgets.append(Widget(number, rect, _displayed(rect, page), on, is_set))
    known.is_open &= not int(annotation.get("/F") or 0) & _HIDDEN


def _field(name: str, kind: str, flags: int, chain: list[Any]) -> Field:
    made = Field(name, {"/Tx": "text", "/Ch": "choice", "/Btn": "tick"}[kind])
    made.tooltip = " ".join(str(_inherited(chain, "/TU") or "").split())
    made.is_open = not flags & (_READ_ONLY | (_PASSWORD if kind == "/Tx" else 0))
    made.longest = int(_inherited(chain, "/MaxLen") or 0)
    value = _inherited(chain, "/V")
    if kind != "/Btn":
        made.value = "\n".join(map(str, value)) if isinstance(value, list) else _text(value)
    for option in _inherited(chain, "/Opt") or () if kind == "/Ch" else ():
        pair = option.get_object()
        stored, shown = (pair[0], pair[1]) if isinstance(pair, list) else (pair, pair)
        made.options.append((str(stored), str(shown)))
    actions = _inherited(chain, "/AA") or {}
    made.script = _script(actions)
    made.is_open &= "/C" not in actions  # what a script computes
    return made


def _text(value: Any) -> str:
    data = value.get_data() if hasattr(value, "get_data") else value
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data or "")


def _settled(one: Field) -> Field:
    """Buttons with different states are a group; those that share one are one box."""
    if one.kind == "tick" and len({widget.on for widget in one.widgets}) > 1:
        one.kind = "group"
    return one


def _script(actions: Any) -> str:
    texts = []
    for action in actions.values() if isinstance(actions, dict) else ():
        code = action.get_object().get("/JS")
        texts.append(_text(code.get_object() if code is not None else ""))
    said = " ".join(texts)
    if date := _DATE.search(said):
        return f"date {date[1]}"
    if special := _SPECIAL.search(said):
        return f"special {special[1]}"
    return "figures" if _FIGURES.search(said) else ""


def _chain(annotation: Any) -> list[Any]:
    """The widget, its field and the fields above."""
    chain = [annotation]
    while len(chain) < _DEEPEST and "/Parent" in chain[-1]:
        chain.append(chain[-1]["/Parent"].get_object())
    return chain


def _inherited(chain: list[Any], key: str) -> Any:
    for one in chain:
        if key in one:
            return one[key].get_object() if hasattr(one[key], "get_object") else one[key]
    return None


def _unescaped(name: str) -> str:
    """A name as it is meant: pypdf leaves the codes of letters that are not ASCII."""
    return unquote(name.replace("%", "%25").replace("#", "%"), errors="replace")


def _displayed(rect: BBox, page: Any) -> BBox:
    """A rectangle of the page's own space, on the page as displayed; points."""
    media, crop = page.mediabox, page.cropbox
    left, right = max(media.left, crop.left), min(media.right, crop.right)
    bottom, top = max(media.bottom, crop.bottom), min(media.top, crop.top)
    box = BBox(rect.x1 - float(left), float(top) - rect.y2, rect.x2 - float(left), float(top) - rect.y1)
    return turned_box(box, (page.rotation // 90) % 4, float(right - left), float(top - bottom))


def flattened(data: bytes) -> bytes:
    """The form as print, with nothing filled in and no fields."""
    with pymupdf.open(stream=data) as document:  # type: ignore[no-untyped-call]
        for page in document:
            for widget in page.widgets():
                _clear(widget, page)
        document.bake()
        return bytes(document.tobytes(garbage=3))


def _clear(widget: Any, page: Any) -> None:
    """Takes away what a field shows, be it its value or only words that ask for one."""
    is_box = widget.field_type_string in {"CheckBox", "RadioButton"}
    shows = (
        widget.field_value not in {"Off", False, None} if is_box else page.get_textbox(widget.rect).strip()
    )
    if shows and widget.field_type_string != "Button":
        widget.field_value = False if is_box else " "  # of nothing at all no new look would be made
        widget.update()


def forms(folder: Path, seen: set[Key]) -> Iterator[Path]:
    """The forms of a folder that have fields to fill in and keys that were not ``seen``, which are added."""
    for pdf in sorted(folder.rglob("*.pdf")):
        known = fields_of(pdf.read_bytes()) if _is_form(pdf) else []
        key = tuple((one.name, widget.rect) for one in known for widget in one.widgets)
        if any(one.is_open for one in known) and key not in seen:
            seen.add(key)
            yield pdf


def _is_form(pdf: Path) -> bool:
    try:
        with pymupdf.open(pdf) as document:  # type: ignore[no-untyped-call]
            return bool(document.is_form_pdf)
    except (RuntimeError, ValueError):
        return False
