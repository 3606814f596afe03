"""The fenced blocks of a page of the documentation, and what is said of each above it.

A block is run unless a comment right above it says why not:

- ``<!-- not run: REASON -->``: what it needs is not here (a cluster, a GPU, somebody's key);
- ``<!-- run by tests/… -->``: a test of its own runs it, and names the page;
- ``<!-- prints -->``: a ``text`` block with what the block before it prints; ``...`` stands for anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from markdown_it import MarkdownIt

ROOT = Path(__file__).parents[2]
_SAID = re.compile(r"<!-- (not run|run by|prints)(?:: ?| )?(.*?) ?-->")


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language (empty: none), its text and the line it begins at; what is said of it."""

    language: str
    code: str
    line: int
    said: str | None = None
    words: str = ""


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page in Markdown, in order."""
    found: list[Block] = []
    said, words = None, ""
    for token in MarkdownIt().parse(page.read_text(encoding="utf-8")):
        if token.type == "html_block" and (match := _SAID.fullmatch(token.content.strip())):
            said, words = match[1], match[2]
        elif token.type == "fence":
            assert token.map is not None
            found.append(Block(token.info.split(" ")[0], token.content, token.map[0] + 1, said, words))
            said, words = None, ""
        elif token.nesting >= 0:
            said, words = None, ""
    return found


def pages() -> list[Path]:
    """The README and every page of the documentation."""
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
