"""The yes-or-no tests of olmOCR-bench (Poznanski et al. 2025, arXiv 2502.18443) on a page's Markdown.

Written after the rules of its ``tests.py``; only the comparison of formulas is our own (``formulas``).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from rapidfuzz import fuzz

from benchmarks.scores.cell_graph import SIDES, CellGraph, cell_graphs
from benchmarks.scores.formulas import has_formula
from benchmarks.scores.stretch import starts
from benchmarks.scores.tally import Tally

_PLAIN = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "“": '"', "”": '"', "„": '"', "＿": "_"}
    | dict.fromkeys("–—‑‒−", "-")
    | {"\u00b5": "\u03bc"}
)
_LOOSEST = 0.5
_MOST_REPEATS = 30
_LONGEST_REPEATED = 5
_FOREIGN = re.compile(
    "[\u4e00-\u9fff\u3040-\u309f\u30a0-\u30ff\U0001f600-\U0001f64f\U0001f300-\U0001f5ff"
    "\U0001f680-\U0001f6ff\U0001f1e0-\U0001f1ff]"
)


def normal(text: str) -> str:
    """Without bold and italic marks, one blank for white space, plain quotes and dashes, NFC."""
    text = re.sub(r"<br/?>", " ", text)
    text = re.sub(r"\*\*(.*?)\*\*", r"\1", text)
    text = re.sub(r"__(.*?)__", r"\1", text)
    text = re.sub(r"</?[bi]>", "", text)
    text = re.sub(r"(\*\*|__)(.*?)\1", r"\2", text)
    text = re.sub(r"(\*|_)(.*?)\1", r"\2", text)
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text)).translate(_PLAIN)


class Check(Protocol):
    """One test of a page."""

    @property
    def kind(self) -> str:
        """The test's type, as the benchmark names it."""

    def passes(self, markdown: str) -> bool:
        """Whether the Markdown of the page passes."""


@dataclass(frozen=True, slots=True)
class TextCheck:
    """A text must (or must not) be there, but for ``max_diffs`` characters: anywhere, at the start or end."""

    text: str
    present: bool = True
    case_sensitive: bool = True
    max_diffs: int = 0
    first_n: int = 0
    last_n: int = 0

    @property
    def kind(self) -> str:
        """``present`` or ``absent``."""
        return "present" if self.present else "absent"

    def passes(self, markdown: str) -> bool:
        """See ``Check``."""
        wanted, text = normal(self.text), normal(markdown)
        if not self.case_sensitive:
            wanted, text = wanted.lower(), text.lower()
        if self.first_n or self.last_n:
            text = text[: self.first_n] + (text[-self.last_n :] if self.last_n else "")
        if len(text) < len(wanted) - self.max_diffs:  # partial_ratio would search the text in what is wanted
            return not self.present
        there = fuzz.partial_ratio(wanted, text) / 100 >= 1 - self.max_diffs / max(1, len(wanted))
        return there == self.present


@dataclass(frozen=True, slots=True)
class OrderCheck:
    """One text must begin before another one does."""

    before: str
    after: str
    max_diffs: int = 0
    kind: str = "order"

    def passes(self, markdown: str) -> bool:
        """See ``Check``."""
        text = normal(markdown)
        first = starts(normal(self.before), text, self.max_diffs)
        last = starts(normal(self.after), text, self.max_diffs)
        return bool(first and last) and first[0] < last[-1]


@dataclass(frozen=True, slots=True)
class TableCheck:
    """A cell must be in a table, with these texts beside it, or as its headings."""

    cell: str
    beside: Mapping[str, str]
    max_diffs: int = 0
    kind: str = "table"

    def passes(self, markdown: str) -> bool:
        """See ``Check``."""
        return any(
            self._alike(self.cell, cell.text) and self._placed(graph, i)
            for graph in cell_graphs(markdown)
            for i, cell in enumerate(graph.cells)
        )

    def _placed(self, graph: CellGraph, cell: int) -> bool:
        return all(
            any(self._alike(text, graph.cells[i].text) for i in _toward(graph, cell, place))
            for place, text in self.beside.items()
        )

    def _alike(self, wanted: str, found: str) -> bool:
        wanted = normal(wanted)
        enough = max(_LOOSEST, 1 - self.max_diffs / max(1, len(wanted)))
        return fuzz.ratio(wanted, normal(found)) / 100 >= enough


PLACES = (*SIDES, "top_heading", "left_heading")


def _toward(graph: CellGraph, cell: int, place: str) -> set[int]:
    if place in SIDES:
        return graph.neighbours(cell, place)
    return graph.headings(cell, "up" if place == "top_heading" else "left")


@dataclass(frozen=True, slots=True)
class MathCheck:
    """A formula must be there as LaTeX."""

    math: str
    kind: str = "math"

    def passes(self, markdown: str) -> bool:
        """See ``Check``."""
        return has_formula(markdown, self.math)


@dataclass(frozen=True, slots=True)
class BaselineCheck:
    """The page is not empty, does not end in endless repetition, and has no foreign scripts or emoji.

    With ``max_length``, instead: it has no more letters and digits than that (a blank page).
    """

    max_length: int | None = None
    check_disallowed_characters: bool = True
    kind: str = "baseline"

    def passes(self, markdown: str) -> bool:
        """See ``Check``."""
        length = sum(character.isalnum() for character in markdown)
        if self.max_length is not None:
            return length <= self.max_length
        foreign = self.check_disallowed_characters and _FOREIGN.search(markdown)
        return length > 0 and not foreign and _repeats(markdown) <= _MOST_REPEATS


def _repeats(markdown: str) -> int:
    """How often the last one to five characters are repeated at the end."""
    text = re.sub(r"\s+", " ", markdown)
    most = 0
    for size in range(1, min(_LONGEST_REPEATED, len(text)) + 1):
        tail, end, count = text[-size:], len(text), 0
        while end >= size and text[end - size : end] == tail:
            end, count = end - size, count + 1
        most = max(most, count)
    return most


def score_checks(checks: Iterable[Check], markdown: str | None) -> dict[str, Tally]:
    """Tests passed of all, by kind; a page that could not be read (None) passes none."""
    outcomes: dict[str, list[bool]] = {}
    for check in checks:
        outcomes.setdefault(check.kind, []).append(markdown is not None and check.passes(markdown))
    return {kind: Tally(sum(passed), len(passed), len(passed)) for kind, passed in outcomes.items()}
