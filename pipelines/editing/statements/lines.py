"""A prompt as its lines say it: headings, labels with values, tables, and paragraphs of prose."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from pipelines.editing.statements.labels import Labels
from pipelines.editing.statements.orders import cut
from pipelines.editing.statements.pairs import beside, by_sign, by_verb, is_introduction
from pipelines.editing.statements.prose import SENTENCE, of_prose
from pipelines.editing.statements.quotes import Masked
from pipelines.editing.statements.runs import of_run, stated
from pipelines.editing.statements.statement import Statement
from pipelines.editing.statements.tables import is_markdown_row, markdown_rows, of_rows, separated_rows

_BULLET = regex.compile(r"[ \t]*(?:(?:[-*•‣◦·–+]|(?P<number>\d{1,3})[.)])[ \t]+)")
_TICK = regex.compile(
    r"[ \t]*(?:[-*•][ \t]+)?(?:\[(?P<mark>[ xX✓✔]?)\]|(?P<sign>[☐☑☒✓✔✗✘]))[ \t]*(?P<label>\S.*)"
)
_HEADING = regex.compile(
    r"[ \t]*(?:#{1,6}[ \t]+(?P<title>.+?)[ \t#]*|\*\*(?P<title>[^*:]{1,100}):?\*\*:?"
    r"|\[(?P<title>[^\[\]]{2,60})\])"
)
_SENTENCES = 2
"""A value under an unknown label that has more sentences is prose."""
_FENCE = regex.compile(r"[ \t]*(?:```|~~~).*")
_MOST_ROWS = 1000
_TRIES = 10
"""A table begins at one of so many lines of its paragraph that look like rows: all below are read."""


@dataclass
class _Outline:
    """The headings that a line stands under, with their indents; and whether lines followed the last one."""

    headings: list[tuple[int, str]] = field(default_factory=list)
    has_lines: bool = False
    is_marked: bool = False
    items: int = 0
    tries: int = 0
    """Lines of this paragraph that might have begun a table."""

    @property
    def path(self) -> tuple[str, ...]:
        """The headings' titles."""
        return tuple(title for _, title in self.headings)

    def open(self, indent: int, title: str, *, marked: bool) -> None:
        """A heading; it ends those that are not less indented."""
        self.headings = [one for one in self.headings if one[0] < indent]
        self.headings.append((indent, title))
        self.has_lines, self.is_marked, self.items = False, marked, 0

    def item(self, line: str, text: Masked) -> Statement:
        """An item of a list below the last heading: what stands in a row of what the heading names."""
        self.items += 1
        return Statement(self.path[-1], text.value, line.strip(), self.path[:-1], self.items)

    def blank_line(self) -> None:
        """After lines a blank one ends what stands under words with a colon."""
        self.tries = 0
        if self.has_lines and not self.is_marked:
            self.headings = []


def of_lines(text: str, labels: Labels) -> Iterator[Statement]:
    """What a text says, line by line; lines in a row that say nothing by themselves are read as prose."""
    outline = _Outline()
    lines = text.splitlines()
    prose: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        size, found = _read(lines, at, outline, labels)
        if size:
            yield from _flush(prose, outline, labels)
            yield from found
        elif not line.strip() or _FENCE.fullmatch(line):
            yield from _flush(prose, outline, labels)
            outline.blank_line()
        else:
            prose.append(line)
        at += size or 1
    yield from _flush(prose, outline, labels)


def _flush(prose: list[str], outline: _Outline, labels: Labels) -> Iterator[Statement]:
    path = outline.path
    if prose:
        found = list(of_prose(Masked.of("\n".join(prose)), path, labels))
        prose.clear()
        yield from found


def _read(lines: Sequence[str], at: int, outline: _Outline, labels: Labels) -> tuple[int, list[Statement]]:
    """How many lines from here say something in their own way, and what; 0 where it is prose, or nothing."""
    line = lines[at]
    if not line.strip():
        return 0, []
    if is_markdown_row(line):
        table = _run(lines, at, is_markdown_row)
        return len(table), list(of_rows(markdown_rows(table)[0], outline.path, labels))
    if _may_be_row(line) and outline.tries < _TRIES:
        table = _run(lines[at : at + _MOST_ROWS], 0, lambda one: bool(one.strip()))
        if rows := separated_rows(table, labels):
            return len(table), list(of_rows(rows, outline.path, labels))
        outline.tries += 1
    if heading := _HEADING.fullmatch(line):
        outline.open(0, heading["title"].strip(), marked=True)
        return 1, []
    if tick := _TICK.fullmatch(line):
        is_set = (tick["mark"] or tick["sign"] or "").strip() not in ("", "☐")
        return 1, [Statement(tick["label"].strip(), is_set, line.strip(), outline.path)]
    return _pair_lines(lines, at, outline, labels)


def _may_be_row(line: str) -> bool:
    return any(mark in line for mark in "\t;,") and ": " not in line and " = " not in line


def _pair_lines(
    lines: Sequence[str], at: int, outline: _Outline, labels: Labels
) -> tuple[int, list[Statement]]:
    """A line with a label and a value, and those that go on with the value; or a heading with a colon."""
    line = lines[at]
    bullet = _BULLET.match(line)
    masked = Masked.of(line[bullet.end() if bullet else 0 :])
    masked = masked.part(0)
    pair = by_sign(masked)
    if pair is None or (not labels.knows(pair[0]) and _is_sentence(masked, pair[0])):
        if bullet and outline.headings and labels.heads(outline.headings[-1][1]):
            return 1, [outline.item(line, masked)]
        if bullet and (found := by_verb(masked, labels) or beside(masked, labels)):
            return 1, [Statement(found[0], found[1].value, line.strip(), outline.path)]
        return 0, []
    label, value = pair
    indent = len(line) - len(line.lstrip())
    if value.text:
        outline.has_lines = True
        outline.headings = [
            one for one in outline.headings if one[0] < indent or not indent or outline.is_marked
        ]
        more = _continued(lines, at, indent, labels)
        if more:
            text = "\n".join([value.value, *(one.strip() for one in more)])
            return 1 + len(more), [stated(label, text, "\n".join([line, *more]).strip(), outline.path)]
        return 1, list(of_run(label, value, outline.path, labels))
    following = next((one for one in lines[at + 1 :] if one.strip()), "")
    if _is_pair(following, labels) or is_markdown_row(following) or is_introduction(label):
        if not is_introduction(label):
            outline.open(indent, label, marked=False)
        return 1, []
    more = _run(lines, at + 1, lambda one: bool(one.strip()) and not _is_pair(one, labels))
    texts = [_without_bullet(one) for one in more]
    if not texts:
        return 1, []
    outline.has_lines = True
    return 1 + len(more), [Statement(label, "\n".join(texts), "\n".join([line, *more]).strip(), outline.path)]


def _continued(lines: Sequence[str], at: int, indent: int, labels: Labels) -> list[str]:
    """The lines after one that go on with its value: indented more, and without a label."""
    return _run(
        lines,
        at + 1,
        lambda one: (
            bool(one.strip())
            and len(one) - len(one.lstrip()) > indent
            and not _is_pair(one, labels)
            and not _BULLET.match(one)
        ),
    )


def _is_pair(line: str, labels: Labels) -> bool:
    if not line.strip():
        return False
    if _HEADING.fullmatch(line) or _TICK.fullmatch(line):
        return True
    pair = by_sign(Masked.of(_without_bullet(line)[:400]))
    return pair is not None and not _is_sentence(Masked.of(line), pair[0])


def _is_sentence(text: Masked, label: str) -> bool:
    """Whether what stands before a colon is rather prose than a label: it only leads up to what follows."""
    follows = len(text.text) > len(label) + 2
    return follows and (is_introduction(label) or len(list(cut(text, SENTENCE))) > _SENTENCES)


def _without_bullet(line: str) -> str:
    bullet = _BULLET.match(line)
    return line[bullet.end() if bullet else 0 :].strip()


def _run(lines: Sequence[str], at: int, holds: Callable[[str], bool]) -> list[str]:
    end = at
    while end < len(lines) and holds(lines[end]):
        end += 1
    return list(lines[at:end])
