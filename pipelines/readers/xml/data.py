"""XML that holds data rather than prose, as HTML: records as tables, everything else as an outline."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from itertools import groupby

from lxml.etree import _Element

# A table with more columns than this is harder to read than an outline.
_MOST_COLUMNS = 60
# What lies deeper is read as mere text.
_DEEPEST = 100
# Attributes in these namespaces say how a file is checked or spaced, not what is in it.
_TECHNICAL = (
    "{http://www.w3.org/2001/XMLSchema-instance}",
    "{http://www.w3.org/XML/1998/namespace}",
)

# A file in the file, a signature, a certificate: long, without words, of capitals, small letters and digits.
_BASE64 = re.compile(
    r"(?=[^a-z]*[a-z])(?=[^A-Z]*[A-Z])(?=\D*\d)(?:[A-Za-z0-9+/]{40,}\s+)*[A-Za-z0-9+/]+={0,2}"
)
_LONGEST_CODE = 200


def outline(root: _Element) -> str:
    """The tree as HTML lists in lists, a leaf as ``name: value``; flat neighbours of a kind as a table."""
    out = [f"<h1>{escape(local_name(root.tag))}</h1>", f"<ul>{_items(_attributes(root))}"]
    levels = [_groups(root)]
    while levels:
        group = next(levels[-1], None)
        if group is None:
            out.append("</ul></li>" if levels[1:] else "</ul>")
            levels.pop()
        elif isinstance(group, str):
            out.append(group)
        elif len(levels) >= _DEEPEST:
            out.append(_leaf(group))
        else:
            out.append(f"<li>{_label(group)}<ul>")
            levels.append(_groups(group))
    return "\n".join(out)


def local_name(name: object) -> str:
    """A name without its namespace."""
    return str(name).rpartition("}")[2].rpartition(":")[2]


def _groups(element: _Element) -> Iterator[str | _Element]:
    """What is in an element: finished HTML, and children that hold more, to be opened next."""
    own = _told((element.text or "").strip())
    if own:
        yield f"<li>{escape(own)}</li>"
    for _, run in groupby(element, key=lambda child: str(child.tag)):
        children = list(run)
        table = _table(children)
        if table:
            yield table
        for child in children:
            if not table:
                yield _leaf(child) if _is_leaf(child) else child
            tail = (child.tail or "").strip()
            if tail:
                yield f"<li>{escape(tail)}</li>"


def _is_leaf(element: _Element) -> bool:
    """Whether an element holds text alone, or text in which others only mark words."""
    if not len(element):
        return True
    texts = [element.text, *(child.tail for child in element)]
    return any(text and text.strip() for text in texts) and all(not len(child) for child in element)


def _leaf(element: _Element) -> str:
    text = _text(element)
    return f"<li>{_label(element)}{':' if text else ''} {escape(text)}</li>"


def _label(element: _Element) -> str:
    said = ", ".join(f"{name}: {value}" for name, value in _attributes(element))
    return f"<b>{escape(local_name(element.tag))}</b>{f' ({escape(said)})' if said else ''}"


def _items(pairs: list[tuple[str, str]]) -> str:
    return "".join(f"<li><b>{escape(name)}</b>: {escape(value)}</li>" for name, value in pairs)


def _attributes(element: _Element) -> list[tuple[str, str]]:
    return [
        (local_name(name), _told(value))
        for name, value in element.attrib.items()
        if value.strip() and not str(name).startswith(_TECHNICAL)
    ]


def _text(element: _Element) -> str:
    return _told(" ".join("".join(element.itertext()).split()))


def _told(text: str) -> str:
    """The text; in place of data in base64, how much of it there is."""
    if len(text) <= _LONGEST_CODE or not _BASE64.fullmatch(text):
        return text
    digits = "".join(text.split()).rstrip("=")
    return f"({len(digits) * 3 // 4:,} bytes of data)"


def _table(elements: list[_Element]) -> str:
    """Elements as the rows of a table; nothing if they are not flat, not alike, or have a single column."""
    if len(elements) < 2:
        return ""
    records = []
    for element in elements:
        record = _record(element)
        if record is None:
            return ""
        records.append(record)
    columns = list(dict.fromkeys(name for record in records for name in record))
    filled = sum(map(len, records))
    if not 1 < len(columns) <= _MOST_COLUMNS or filled * 3 < len(columns) * len(records):
        return ""
    head = "".join(f"<th>{escape(name)}</th>" for name in columns)
    rows = (
        "<tr>" + "".join(f"<td>{escape(record.get(name, ''))}</td>" for name in columns) + "</tr>"
        for record in records
    )
    caption = escape(local_name(elements[0].tag))
    return "\n".join(
        [f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead>", *rows, "</table>"]
    )


def _record(element: _Element) -> dict[str, str] | None:
    """The values of an element by name, those one level down as ``child.name``; None if there are more."""
    record: dict[str, str] = {}

    def put(name: str, value: str) -> None:
        if value:
            record[name] = f"{record[name]}; {value}" if name in record else value

    for name, value in _attributes(element):
        put(name, value)
    texts = [element.text, *(child.tail for child in element)]
    own = " ".join(" ".join(text.split()) for text in texts if text and text.strip())
    put(local_name(element.tag), _told(own))
    for child in element:
        name = local_name(child.tag)
        nested = [local_name(inner.tag) for inner in child]
        if any(len(inner) for inner in child) or len(set(nested)) < len(nested):
            return None
        for key, value in _attributes(child):
            put(f"{name}.{key}", value)
        put(name, _text(child) if not nested else _told(" ".join((child.text or "").split())))
        for inner in child:
            put(f"{name}.{local_name(inner.tag)}", _text(inner))
    return record
