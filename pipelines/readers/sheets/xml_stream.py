"""XML read as a stream, its elements forgotten as it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import IO, Literal, TypeAlias

from lxml import etree
from lxml.etree import _Element

Stream: TypeAlias = "etree.iterparse[tuple[str, _Element]]"


def stream(
    file: IO[bytes], tags: Sequence[str], events: Sequence[Literal["start", "end"]] = ("end",)
) -> Stream:
    """The events of some elements, without entities or network; damaged markup is read as far as it goes."""
    return etree.iterparse(
        file, events=events, tag=tags, recover=True, huge_tree=True,
        resolve_entities=False, no_network=True, load_dtd=False,
    )  # fmt: skip


def is_cut_off(read: Stream) -> bool:
    """Whether a stream that has been read ended too early; raises ``XMLSyntaxError`` if it was no XML."""
    if read.root is None:
        raise etree.XMLSyntaxError("no element found", 0, 0, 0)
    return any(entry.type_name == "ERR_TAG_NOT_FINISHED" for entry in read.error_log)


def drop(element: _Element) -> None:
    """Forgets an element that a stream has passed, and what stands before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
