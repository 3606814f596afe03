"""XML read as a stream, its elements forgotten as it goes."""

from __future__ import annotations

from lxml.etree import _Element


def drop(element: _Element) -> None:
    """Forgets an element that a stream has passed, and what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
