"""What was found in documents, for people: filled schemas, page classes, the fields of forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api.commands.inputs import Input

if TYPE_CHECKING:
    from schemas.documents import ParsedDocument
    from schemas.fragments import FragmentWord

_LONGEST_QUOTE = 80


@dataclass(frozen=True, slots=True)
class Value:
    """A value of a filled schema; ``places`` are its citations, None where none were asked for."""

    path: str
    value: Any
    confidence: float | None
    places: list[dict[str, Any]] | None


def extraction(one: Input, document: ParsedDocument) -> str:
    """A line for each value: its path, itself, how sure it is, and the words on the page that say it."""
    lines = []
    for filled in document.structured_data or ():
        lines.append(f"{one.name}: {filled.schema_name}{_pages(filled.page_numbers, ', ')}")
        values = list(_values(filled.data))
        widest = max((len(value.path) for value in values), default=0)
        lines += [f"  {value.path:{widest}}  {_told(value, document)}".rstrip() for value in values]
    return "".join(f"{line}\n" for line in lines or [f"{one.name}: nothing was found"])


def classification(one: Input, document: ParsedDocument) -> str:
    """A line for each class, and one for each of its pages with what speaks for it."""
    lines = []
    for found in document.page_classes or ():
        lines.append(f"{one.name}: {found.page_class}{_pages(found.page_numbers, ', ')}")
        reasons = found.classification_reasons.items()
        lines += [f"  page {page}: {' '.join(reason.split())}" for page, reason in reasons]
    return "".join(f"{line}\n" for line in lines or [f"{one.name}: no page is of these classes"])


def fields(told: dict[str, Any]) -> str:
    """A line for each field of a form with its value; an arrow marks those that were filled in."""
    lines = []
    for widget in told["detected_widgets"]:
        value = widget["value"]
        shown = ("[x]" if value else "[ ]") if isinstance(value, bool) else value or ""
        mark = "→" if widget["filled"] else " "
        line = f"{mark} page {widget['page_number']}: {widget['name']} ({widget['type']}): {shown}"
        lines.append(line.rstrip())
    return "".join(f"{line}\n" for line in lines)


def _values(data: dict[str, Any], above: str = "") -> Iterator[Value]:
    """The values of an object, those of objects in it by their paths."""
    for name, value in data.items():
        if any(name == f"{other}{end}" for end in ("_citation", "_confidence") for other in data):
            continue
        path = f"{above}{name}"
        if isinstance(value, dict):
            yield from _values(value, f"{path}.")
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            for number, item in enumerate(value):
                yield from _values(item if isinstance(item, dict) else {"": item}, f"{path}[{number}].")
        else:
            yield Value(path, value, data.get(f"{name}_confidence"), data.get(f"{name}_citation"))


def _told(value: Value, document: ParsedDocument) -> str:
    shown = value.value if isinstance(value.value, str) else json.dumps(value.value, ensure_ascii=False)
    words = [" ".join(shown.split())]
    if value.confidence is not None:
        words.append(f"({value.confidence:.0%})")
    if value.places:
        words.append(f"← {_quoted(value.places, document)}")
    elif value.places is not None and value.value is not None:
        words.append("← stands nowhere as it is")
    return "  ".join(words)


def _quoted(places: Sequence[dict[str, Any]], document: ParsedDocument) -> str:
    """The pages of citations, and the words in their boxes as far as the document has its words."""
    pages = sorted({place["page_number"] for place in places})
    said = " ".join(text for place in places for text in _words(place, document))
    quote = f": “{said[:_LONGEST_QUOTE]}{'…' if len(said) > _LONGEST_QUOTE else ''}”" if said else ""
    return _pages(pages).strip() + quote


def _words(place: dict[str, Any], document: ParsedDocument) -> Iterator[str]:
    for page in document.pages:
        if page.page_number == place["page_number"]:
            for fragment in page.page_fragments:
                yield from (word.text for word in fragment.words or () if _lies_in(word, place))


def _lies_in(word: FragmentWord, place: dict[str, Any]) -> bool:
    box = word.bbox
    x, y = (box.x1 + box.x2) / 2, (box.y1 + box.y2) / 2
    return bool(place["x1"] <= x <= place["x2"] and place["y1"] <= y <= place["y2"])


def _pages(numbers: Sequence[int], before: str = " ") -> str:
    """``, pages 1-3, 5``; nothing for no page."""
    if not numbers:
        return ""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    text = ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in spans)
    return f"{before}page{'s' if len(numbers) > 1 else ''} {text}"
