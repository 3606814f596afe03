"""SmartArt: the nodes of its data model as an outline (ECMA-376 part 1 §21.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from lxml.etree import _Element

_DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_NODES = {"node", "asst"}


def outline(data: _Element) -> Iterator[tuple[int, str]]:
    """The nodes of a ``dgm:dataModel`` with text, in order: how deep each stands, from 0, and its text."""
    points = {point.get("modelId") or "": point for point in data.iterfind(f"{_DGM}ptLst/{_DGM}pt")}
    children: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for link in data.iterfind(f"{_DGM}cxnLst/{_DGM}cxn"):
        if (link.get("type") or "parOf") == "parOf":
            order = link.get("srcOrd") or ""
            children[link.get("srcId") or ""].append(
                (int(order) if order.isdecimal() else 0, link.get("destId") or "")
            )
    roots = [name for name, point in points.items() if point.get("type") == "doc"]
    waiting = [(name, 0) for name in reversed(roots or list(points))]
    seen: set[str] = set()
    while waiting:
        name, depth = waiting.pop()
        point = points.get(name)
        if point is None or name in seen:
            continue
        seen.add(name)
        text = _text(point) if (point.get("type") or "node") in _NODES else ""
        if text:
            yield depth, text
        waiting += [(child, depth + bool(text)) for _, child in sorted(children[name], reverse=True)]


def _text(point: _Element) -> str:
    paragraphs = ("".join(t.text or "" for t in p.iter(_A + "t")) for p in point.iter(_A + "p"))
    return " ".join(" ".join(paragraphs).split())
