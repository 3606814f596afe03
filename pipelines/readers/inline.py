"""Running text with marks (bold, links…) and its two spellings: inline Markdown and plain text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

_SPACES = re.compile(r"[ \t\r\n\f\v\xa0]+")
_AROUND_BREAK = re.compile(r" *\n *")
_BREAKS = re.compile(r"\n{3,}")
# Only there for line breaking: soft hyphen, zero-width space and its namesake.
_INVISIBLE = str.maketrans("", "", "\xad\u200b\ufeff")
_SELF_LINK = re.compile(r"\[([^\[\]\s]+)\]\(\1\)")
# What Markdown would take for a tag or a character reference.
_MARKUP_START = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)")
_TAGS = {"sub", "sup", "ins"}
_SIGNS = {"bold": "**", "italic": "*", "del": "~~"}

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_SAFE_SCHEMES = {"http", "https", "mailto", "tel", "ftp"}
_LONGEST_URL = 2048


class Mark(NamedTuple):
    """A property of text: ``bold``, ``italic``, ``code``, ``del``, ``ins``, ``sub``, ``sup`` or ``link``."""

    kind: str
    target: str = ""


class _Run(NamedTuple):
    text: str
    marks: tuple[Mark, ...]


def safe_link(href: str | None) -> str | None:
    """The target of a link as Markdown can hold it; None for anything but a web, mail or relative address."""
    bare = re.sub(r"[\x00-\x20\x7f]+", "", href or "")
    scheme = _SCHEME.match(bare)
    if not bare or bare == "#" or len(bare) > _LONGEST_URL:
        return None
    if scheme and scheme.group(1).lower() not in _SAFE_SCHEMES:
        return None
    return re.sub(r"[()<>\\]", lambda m: f"%{ord(m.group()):02X}", bare)


class Inline:
    """The text of one block while it is gathered; white space collapses as CSS Text 3 §4.1.1 has it."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []
        self._has_text = False

    def __bool__(self) -> bool:
        return self._has_text

    def add(self, text: str, marks: Sequence[Mark]) -> None:
        """Appends text under ``marks``, outermost first."""
        text = _SPACES.sub(" ", text.translate(_INVISIBLE))
        if text:
            self._runs.append(_Run(text, tuple(marks)))
            self._has_text |= text != " "

    def break_line(self, marks: Sequence[Mark]) -> None:
        """Appends a forced line break."""
        self._runs.append(_Run("\n", tuple(marks)))

    def plain(self) -> str:
        """The text alone."""
        return _tidy("".join(run.text for run in self._runs))

    def markdown(self) -> str:
        """The text with its marks; equal ones that touch become one, white space at their edges goes outside.

        A link whose text is its address is written as the address.
        """
        parts: list[str] = []
        opened: tuple[Mark, ...] = ()
        gap = ""
        for marks, runs in groupby(self._runs, key=lambda run: run.marks):
            text = "".join(run.text for run in runs)
            core = text.strip(" \n")
            if not core:
                gap += text
                continue
            shared = _shared_prefix(opened, marks)
            parts.extend(_closing(mark) for mark in reversed(opened[shared:]))
            parts.append(gap + text[: len(text) - len(text.lstrip(" \n"))])
            parts.extend(_opening(mark) for mark in marks[shared:])
            parts.append(
                _code(core) if marks and marks[-1].kind == "code" else _MARKUP_START.sub(_escape, core)
            )
            opened, gap = marks, text[len(text.rstrip(" \n")) :]
        parts.extend(_closing(mark) for mark in reversed(opened))
        return _SELF_LINK.sub(r"\1", _tidy("".join(parts)))


def _shared_prefix(one: Sequence[Mark], other: Sequence[Mark]) -> int:
    pairs: Iterator[tuple[Mark, Mark]] = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _opening(mark: Mark) -> str:
    if mark.kind in _TAGS:
        return f"<{mark.kind}>"
    return "[" if mark.kind == "link" else _SIGNS.get(mark.kind, "")


def _closing(mark: Mark) -> str:
    if mark.kind in _TAGS:
        return f"</{mark.kind}>"
    return f"]({mark.target})" if mark.kind == "link" else _SIGNS.get(mark.kind, "")


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}" if text[0] == "`" or text[-1] == "`" else f"{ticks}{text}{ticks}"


def _escape(match: re.Match[str]) -> str:
    return "&lt;" if match.group() == "<" else "&amp;"


def _tidy(text: str) -> str:
    collapsed = _AROUND_BREAK.sub("\n", re.sub(" {2,}", " ", text))
    return _BREAKS.sub("\n\n", collapsed).strip()
