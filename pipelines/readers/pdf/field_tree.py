"""The tree that the fields of an interactive form make (ISO 32000-2, 12.7.4), climbed and walked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipelines.readers.pdf.objects import PdfObject
from schemas.reading import FieldKind

READ_ONLY, RADIO, PUSH = 1 << 0, 1 << 15, 1 << 16
"""Flags of a field (``/Ff``)."""
OFF = "Off"
"""The state of a box that is not ticked."""
MOST_FIELDS = 20_000
"""No more fields of a form are looked at."""

_HIDDEN, _NO_VIEW = 1 << 1, 1 << 5
# Fields nest a few levels deep; a hostile file may run in circles.
_DEEPEST = 32
_ESCAPED = re.compile(r"(?:#[0-9A-Fa-f]{2})+")


def ancestry(widget: PdfObject) -> list[PdfObject]:
    """The widget and the fields that it belongs to, inside out."""
    chain = [widget]
    while len(chain) < _DEEPEST and (parent := chain[-1].get("Parent")).is_dict:
        chain.append(parent)
    return chain


def inherited(chain: Sequence[PdfObject], key: str) -> PdfObject:
    """The entry of the innermost that has it."""
    return next((found for one in chain if not (found := one.get(key)).is_null), chain[0].get(key))


def full_name(chain: Sequence[PdfObject]) -> str:
    """The name of a field with those of the fields around it."""
    return ".".join(part for one in reversed(chain) if (part := one.get("T").text))


def kind_of(chain: Sequence[PdfObject]) -> FieldKind | None:
    """What a field takes; None of a push button, and of what is no field."""
    match inherited(chain, "FT").name:
        case "Tx":
            return FieldKind.TEXT
        case "Ch":
            return FieldKind.DROPDOWN
        case "Sig":
            return FieldKind.SIGNATURE
        case "Btn" if not (flags := inherited(chain, "Ff").number) & PUSH:
            return FieldKind.RADIO if flags & RADIO else FieldKind.CHECKBOX
    return None


def is_hidden(widget: PdfObject) -> bool:
    """Whether a widget is not to be seen on the screen."""
    return bool(widget.get("F").number & (_HIDDEN | _NO_VIEW))


def leaves(fields: Sequence[PdfObject]) -> Iterator[PdfObject]:
    """The ends of the tree of fields."""
    waiting = list(reversed(fields))
    for _ in range(MOST_FIELDS):
        if not waiting:
            return
        field = waiting.pop()
        kids = list(field.get("Kids").items())
        waiting += kids[: MOST_FIELDS - len(waiting)][::-1]
        if not kids:
            yield field


def on_state(widget: PdfObject) -> str:
    """The name of the state in which a box shows its tick; empty where it has none."""
    looks = widget.get("AP")
    shown = [look for key in ("N", "D") if not (look := looks.get(key)).is_stream]
    return next((name for look in shown for name in look.names() if name != OFF), "")


def unescaped(name: str) -> str:
    """A name as it is meant: some writers escape letters of other scripts twice, or write Latin-1."""
    name = _ESCAPED.sub(lambda m: bytes.fromhex(m[0].replace("#", "")).decode("utf-8", "replace"), name)
    raw = name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")
