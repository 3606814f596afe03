"""A value after its label, and what else is said on the same line: more labels, orders, sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

import regex

from pipelines.editing.statements.cues import begins
from pipelines.editing.statements.labels import Labels
from pipelines.editing.statements.orders import Order, leaves_empty, obeyed
from pipelines.editing.statements.pairs import beside, by_sign, by_verb
from pipelines.editing.statements.prose import ABBREVIATED, holds_sentences, of_prose, without_stop
from pipelines.editing.statements.quotes import Masked
from pipelines.editing.statements.statement import Statement

_LINK = regex.compile(r"[;,|][ \t]+(?:and[ \t]+)?|[ \t]{2,}|[ \t]+and[ \t]+|[.!?][ \t]+")
_SHORTENED = regex.compile(rf"\b(?:{ABBREVIATED})$")
_NEW = regex.compile(
    r"(?:I|We|Neither|Both|Nobody|No|None|All|She|He|They|It|You|The|This|That|There|My|Our|Her|His|Their|Please|Also|Wir|Ich|Sie|Er|Der|Die|Das"
    r"|Nous|Je|Elle|Il|Le|La|Les|Mon|Ma|Notre|El|Ella|Los|Mi|Su)\s"
)
_NUMBER = regex.compile(r"(?:^|\D)(\d{1,3})\D*$")
_MOST_PARTS = 200
_SHORT = 12
"""Letters before a point that are looked at for an abbreviation."""
_AHEAD = 400
_LONG_LABEL, _LONG_NAME = 6, 4
"""Words of what is no label any more, after a semicolon; and after a sentence."""


def of_run(label: str, value: Masked, path: tuple[str, ...], labels: Labels) -> Iterator[Statement]:
    """What a label's line says: its value first."""
    begin, pieces = 0, []
    rest = value.part(len(value.text))
    for found in islice(_LINK.finditer(value.plain), _MOST_PARTS):
        after = value.part(found.end(), found.end() + _AHEAD)
        link = found[0]
        if link[0] == "." and _SHORTENED.search(value.plain, max(0, found.start() - _SHORT), found.start()):
            link = " "  # it ends no sentence, though a label may follow
        if _is_prose(after.plain, link, label):
            pieces.append(value.part(begin, found.start()))
            rest = value.part(found.end())
            break
        if _begins(after, link, labels):
            pieces.append(value.part(begin, found.start()))
            begin = found.end()
    else:
        pieces.append(value.part(begin))
    first, *others = pieces
    yield stated(label, _plain(label, first), f"{label}: {first.text}", path)
    for piece in others:
        yield from _of_piece(piece, path, labels)
    if rest.text:
        yield from of_prose(rest, path, labels)


def stated(label: str, text: str, said: str, path: tuple[str, ...]) -> Statement:
    """A label and its value, with the row that a number in the label or a heading tells."""
    own = _NUMBER.search(label) if not path else None
    above = (found for title in reversed(path) if (found := _NUMBER.search(title)))
    number = own or next(above, None)
    value = "" if leaves_empty(text.strip()) else text.strip()
    return replace(Statement(label, value, said, path), row=int(number[1]) if number else 0)


def _of_piece(piece: Masked, path: tuple[str, ...], labels: Labels) -> Iterator[Statement]:
    if order := Order.of(piece):
        yield from (replace(one, path=path) for one in obeyed(order, piece.text, labels))
    elif pair := by_sign(piece) or by_verb(piece, labels) or beside(piece, labels):
        yield stated(pair[0], _plain(pair[0], pair[1]), piece.text, path)


def _is_prose(after: str, link: str, label: str) -> bool:
    """Whether a sentence begins that is no part of the value."""
    return (
        link[0] in ".!?" and not holds_sentences(label) and (_NEW.match(after) is not None or begins(after))
    )


def _begins(rest: Masked, link: str, labels: Labels) -> bool:
    """Whether another label with its value begins here."""
    if Order.of(rest) is not None:
        return link[0] in ";.!" or link.strip() == "and"
    pair = by_sign(rest)
    if pair is None:
        return by_verb(rest, labels) is not None or (link[0] in ";." and beside(rest, labels) is not None)
    words = len(pair[0].split())
    may_be = (link[0] == ";" and words < _LONG_LABEL) or (
        link[0] == "." and words <= _LONG_NAME and pair[0][:1].isupper()
    )
    return bool(pair[1].text) and (labels.knows(pair[0]) or may_be)


def _plain(label: str, value: Masked) -> str:
    """A value without the mark that ends its sentence, where it is none of sentences itself."""
    return value.value.rstrip(";,") if holds_sentences(label) else without_stop(value).value.rstrip(";,")
