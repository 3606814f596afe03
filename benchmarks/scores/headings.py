"""MHS: how well headings, and the text under each, were found.

The Markdown heading similarity of opendataloader-bench (opendataloader-project, 2025): a tree with one
node a heading (levels do not count) and, below it, one node for the text that follows;
``1 - distance / max(nodes)``.
"""

from __future__ import annotations

import re

from apted import APTED, Config
from rapidfuzz.distance import Levenshtein

from benchmarks.scores.markdown import collapse, with_html_tables
from benchmarks.scores.teds import Node

_HEADING = re.compile(r"#{1,6}\s+(.*)$")


class _Costs(Config):  # type: ignore[misc]
    def rename(self, node1: Node, node2: Node) -> float:
        if node1.tag != node2.tag:
            return 1.0
        return float(Levenshtein.normalized_distance(node1.text, node2.text))


def outline(markdown: str) -> Node:
    """The tree: document → headings and leading text, heading → its text."""
    root = section = Node("document")
    text: list[str] = []

    def close() -> None:
        if content := collapse(" ".join(text)):
            section.children.append(Node("text", text=content))
        text.clear()

    for line in with_html_tables(markdown).splitlines():
        if heading := _HEADING.match(line):
            close()
            section = Node("heading", text=collapse(heading.group(1)))
            root.children.append(section)
        else:
            text.append(line)
    close()
    return root


def mhs(true: str, found: str) -> float | None:
    """Similarity of two Markdown texts' outlines, 0 to 1; None where the truth has no heading."""
    a, b = outline(true), outline(found)
    if not any(node.tag == "heading" for node in a.children):
        return None
    if not any(node.tag == "heading" for node in b.children):
        return 0.0
    distance = APTED(a, b, _Costs()).compute_edit_distance()
    return max(0.0, 1.0 - float(distance) / (1 + max(a.size, b.size)))


def heading_texts(markdown: str) -> list[str]:
    """The headings, without their marks, in order."""
    return [node.text for node in outline(markdown).children if node.tag == "heading"]
