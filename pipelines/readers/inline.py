"""Running text with marks (bold, links…) and its spellings: inline Markdown, HTML and plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from html import escape
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
# Written as it is, nothing within it escaped.
_VERBATIM = {"math", "markup"}
_INNERMOST = {"code", *_VERBATIM}
_SIGNS = {"bold": "**", "italic": "*", "del": "~~"}

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*):")
_SAFE_SCHEMES = {"http", "https", "mailto", "tel", "ftp"}
_LONGEST_URL = 2048


class Mark(NamedTuple):
    """A property of text: ``bold``, ``italic``, ``code``, ``del``, ``ins``, ``sub``, ``sup`` or ``link``.

    One with ``attributes`` is written as an HTML element of that kind (a tracked change, a comment's
    ``span``). ``math`` is TeX between dollar signs and ``markup`` HTML that has no text of its own;
    they and ``code`` must come last.
    """

    kind: str
    target: str = ""
    attributes: tuple[tuple[str, str], ...] = ()


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

    def add_verbatim(self, text: str, marks: Sequence[Mark], kind: str) -> None:
        """Appends ``math`` (a formula with its dollar signs) or ``markup`` (an HTML comment)."""
        self._runs.append(_Run(text, (*marks, Mark(kind))))
        self._has_text = True

    def plain(self) -> str:
        """The text alone."""
        shown = (run.text for run in self._runs if not run.marks or run.marks[-1].kind != "markup")
        return _tidy("".join(shown))

    def markdown(self) -> str:
        """The text with its marks; equal ones that touch become one, white space at their edges goes outside.

        A link whose text is its address is written as the address.
        """
        return _SELF_LINK.sub(r"\1", _spelled(self._runs, _markdown_text))

    def html(self) -> str:
        """The text as HTML, with only those of its marks that have attributes."""
        runs = [
            _Run(run.text, tuple(mark for mark in run.marks if mark.attributes or mark.kind == "markup"))
            for run in self._runs
        ]
        return _spelled(runs, _html_text) if any(run.marks for run in runs) else escape(self.plain())


def _spelled(runs: Sequence[_Run], spell: Callable[[str, Sequence[Mark]], str]) -> str:
    parts: list[str] = []
    opened: tuple[Mark, ...] = ()
    gap = ""
    for marks, group in groupby(_nested(runs), key=lambda run: run.marks):
        text = "".join(run.text for run in group)
        core = text.strip(" \n")
        if not core:
            gap += text
            continue
        shared = _shared_prefix(opened, marks)
        parts.extend(_closing(mark) for mark in reversed(opened[shared:]))
        parts.append(gap + text[: len(text) - len(text.lstrip(" \n"))])
        parts.extend(_opening(mark) for mark in marks[shared:])
        parts.append(spell(core, marks))
        opened, gap = marks, text[len(text.rstrip(" \n")) :]
    parts.extend(_closing(mark) for mark in reversed(opened))
    return _tidy("".join(parts))


def _nested(runs: Sequence[_Run]) -> list[_Run]:
    """The runs with what goes on longest outermost, so that as few marks as can be are cut in pieces."""
    ends: list[dict[Mark, int]] = []
    after: dict[Mark, int] = {}
    for place in range(len(runs) - 1, -1, -1):
        if runs[place].text.strip():
            after = {mark: after.get(mark, place) for mark in runs[place].marks}
        ends.append(after)
    ends.reverse()
    nested: list[_Run] = []
    outer: tuple[Mark, ...] = ()
    for run, end in zip(runs, ends, strict=True):
        if len(run.marks) > 1 and run.text.strip():
            going_on = tuple(mark for mark in outer if mark in run.marks)
            new = [mark for mark in run.marks if mark not in going_on]
            new.sort(key=lambda mark: (mark.kind in _INNERMOST, -end[mark]))
            run = run._replace(marks=(*going_on, *new))
        nested.append(run)
        outer = run.marks if run.text.strip() else outer
    return nested


def one_line(text: str) -> str:
    """Text without marks, on one line, as Markdown can hold it."""
    line = Inline()
    line.add(text, ())
    return " ".join(line.markdown().split())


def _shared_prefix(one: Sequence[Mark], other: Sequence[Mark]) -> int:
    pairs: Iterator[tuple[Mark, Mark]] = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _opening(mark: Mark) -> str:
    if mark.kind in _TAGS or mark.attributes:
        said = "".join(f' {name}="{_attribute(text)}"' for name, text in mark.attributes)
        return f"<{mark.kind}{said}>"
    return "[" if mark.kind == "link" else _SIGNS.get(mark.kind, "")


def _closing(mark: Mark) -> str:
    if mark.kind in _TAGS or mark.attributes:
        return f"</{mark.kind}>"
    return f"]({mark.target})" if mark.kind == "link" else _SIGNS.get(mark.kind, "")


def _attribute(text: str) -> str:
    """An attribute's value that neither HTML nor the cell of a pipe table can take for more than that."""
    return escape(" ".join(text.split())).replace("|", "&#124;")


def _markdown_text(text: str, marks: Sequence[Mark]) -> str:
    kind = marks[-1].kind if marks else ""
    if kind == "code":
        return _code(text)
    return text if kind in _VERBATIM else _MARKUP_START.sub(_escape, text)


def _html_text(text: str, marks: Sequence[Mark]) -> str:
    return text if marks and marks[-1].kind == "markup" else escape(text)


def _code(text: str) -> str:
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {text} {ticks}" if text[0] == "`" or text[-1] == "`" else f"{ticks}{text}{ticks}"


def _escape(match: re.Match[str]) -> str:
    return "&lt;" if match.group() == "<" else "&amp;"


def _tidy(text: str) -> str:
    collapsed = _AROUND_BREAK.sub("\n", re.sub(" {2,}", " ", text))
    return _BREAKS.sub("\n\n", collapsed).strip()
