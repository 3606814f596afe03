"""Forms in Adobe's XML (XFA 3.3): the fields of the template and the values in the data."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from lxml import etree

from schemas.reading import FieldKind, FormField

_DATASETS = "http://www.xfa.org/schema/xfa-data/1.0/"
_INDEX = re.compile(r"\[\d*\]")
_CONTAINERS = {"subform", "exclGroup", "area", "subformSet"}
_HIDDEN = {"hidden", "invisible"}
_KINDS = {
    "textEdit": FieldKind.TEXT,
    "numericEdit": FieldKind.TEXT,
    "dateTimeEdit": FieldKind.TEXT,
    "passwordEdit": FieldKind.TEXT,
    "checkButton": FieldKind.CHECKBOX,
    "choiceList": FieldKind.DROPDOWN,
    "signature": FieldKind.SIGNATURE,
}
# A form repeats a part some hundred times at most; a hostile one may do so without end.
_MOST_FIELDS, _MOST_OF_ONE_NAME = 20_000, 1_000
Path = tuple[str, ...]


class XfaForm:
    """A form's packets in one piece; damaged XML is read as far as it goes."""

    def __init__(self, data: bytes) -> None:
        self._root = _parsed(data)
        self._values = _leaves(self._root)

    def value_of(self, name: str) -> str:
        """The data of a field by its full name (``form1[0].page1[0].city[1]``); empty where there is none.

        Data is bound by name: containers that no data is named after are left out of its path.
        """
        steps = name.split(".")
        found = self._bound(tuple(_INDEX.sub("", step) for step in steps))
        digits = re.search(r"\[(\d{1,6})\]$", steps[-1])
        index = int(digits[1]) if digits else 0
        return found[index] if index < len(found) else ""

    def fields(self) -> list[FormField]:
        """The fields of the template with the data's values, those of repeated parts one after another.

        They have no place: a dynamic form is laid out when it is shown.
        """
        found: list[FormField] = []
        for element in self._root.iter("{*}template"):
            for field in element.iter("{*}field"):
                found += _fields(field, self._bound(_path(field)))
                if len(found) >= _MOST_FIELDS:
                    return found[:_MOST_FIELDS]
        return found

    def _bound(self, path: Path) -> list[str]:
        return [text for where, text in self._values.get(path[-1], ()) if _is_among(where, path)]


def plain_text(markup: bytes) -> str:
    """The text of XHTML, a line a paragraph."""
    root = _parsed(markup)
    paragraphs = [" ".join("".join(one.itertext()).split()) for one in root.iter("{*}p")]
    return "\n".join(paragraphs) if paragraphs else " ".join("".join(root.itertext()).split())


def _parsed(data: bytes) -> etree._Element:
    # libxml2's own limits of depth and size stay.
    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, remove_comments=True)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    return etree.Element("nothing") if root is None else root


def _leaves(root: etree._Element) -> dict[str, list[tuple[Path, str]]]:
    """The values of the data by their last name, each with the names that lead to it."""
    found = defaultdict[str, list[tuple[Path, str]]](list)
    for data in root.iter(f"{{{_DATASETS}}}data"):
        for element in data.iter("*"):
            children = [child for child in element if isinstance(child.tag, str)]
            rich = children and all(etree.QName(child).localname in {"body", "html"} for child in children)
            name = etree.QName(element).localname
            if element is data or (children and not rich) or len(found[name]) >= _MOST_OF_ONE_NAME:
                continue
            text = plain_text(etree.tostring(children[0])) if rich else "".join(element.itertext())
            names = [element, *element.iterancestors()]
            path = tuple(etree.QName(one).localname for one in names[: names.index(data)])[::-1]
            found[name].append((path, text))
    return found


def _is_among(path: Path, names: Path) -> bool:
    """Whether all of ``path`` comes in ``names``, in order."""
    rest = iter(names)
    return all(name in rest for name in path)


def _path(field: etree._Element) -> Path:
    """The names that bind a field to its data: its own reference, or where it stands."""
    bind = field.find("{*}bind")
    if bind is not None and bind.get("match") == "dataRef" and bind.get("ref"):
        steps = _INDEX.sub("", bind.get("ref", "")).replace("$record", "$").split(".")
        named = tuple(step for step in steps if step and not step.startswith("$"))
        if named:
            return (*_containers(field), *named)
    return (*_containers(field), field.get("name") or "")


def _containers(field: etree._Element) -> Path:
    names = [
        one.get("name") or "" for one in field.iterancestors() if etree.QName(one).localname in _CONTAINERS
    ]
    return tuple(reversed(names))


def _fields(field: etree._Element, values: list[str]) -> Iterator[FormField]:
    """One field for each of its values, or an unfilled one; none of a button."""
    kind = _kind(field)
    if kind is None:
        return
    shown, kept = _items(field)
    group = field.getparent()
    in_group = group is not None and etree.QName(group).localname == "exclGroup"
    name = ".".join((*_containers(field), field.get("name") or "")).strip(".")
    label = _text(field.find("{*}caption/{*}value")) or _text(field.find("{*}assist/{*}toolTip"))
    default = _text(field.find("{*}value"))
    for value in values or [default]:
        is_box = kind is FieldKind.CHECKBOX
        on = (kept or shown or ["1"])[0]
        text = dict(zip(kept, shown, strict=False)).get(value, value)
        yield FormField(
            name=name,
            kind=FieldKind.RADIO if in_group and is_box else kind,
            bbox=None,
            value=(on if value == on else "") if is_box else text,
            label=label,
            is_set=value == on if is_box else bool(value),
            options=[on] if is_box else shown,
            read_only=field.get("access") in {"readOnly", "protected"},
            hidden=field.get("presence") in _HIDDEN,
        )


def _kind(field: etree._Element) -> FieldKind | None:
    edit = field.find("{*}ui/*")
    if edit is None:
        return FieldKind.TEXT
    return _KINDS.get(etree.QName(edit).localname)


def _items(field: etree._Element) -> tuple[list[str], list[str]]:
    """The choices as they are shown, and as they are kept."""
    lists = field.findall("{*}items")
    kept = [items for items in lists if items.get("save") == "1"]
    shown = [items for items in lists if items.get("save") != "1"] or kept
    first, second = ([_text(one) for one in items[0]] if items else [] for items in (shown, kept))
    return first, second or first


def _text(element: etree._Element | None) -> str:
    return "" if element is None else " ".join("".join(element.itertext()).split())
