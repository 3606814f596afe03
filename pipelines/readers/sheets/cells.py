"""What is in a cell as running text: links, marks and comments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipelines.readers.inline import Inline, Mark, safe_link
from pipelines.readers.sheets.model import Cell

Run = tuple[str, tuple[Mark, ...]]
"""A piece of text and its marks."""


def inline(runs: Iterable[Run], comment: str | None = None) -> Inline:
    """Running text of pieces, their line breaks kept, with a comment behind it."""
    text = Inline()
    for piece, marks in runs:
        for number, line in enumerate(piece.split("\n")):
            if number:
                text.break_line(marks)
            text.add(line, marks)
    if comment is not None:
        text.add(" ", ())
        text.add_verbatim(comment_markup(comment), (), "markup")
    return text


def comment_markup(text: str) -> str:
    """A comment that neither HTML nor Markdown shows."""
    quiet = " ".join(text.split())
    while "--" in quiet:
        quiet = quiet.replace("--", "- -")
    return f"<!-- Comment: {quiet} -->"


def marked(runs: Sequence[Run]) -> tuple[str, bool, str | None]:
    """Text of pieces: plain, whether all of it is bold, and as Markdown where only parts have marks."""
    plain = "".join(piece for piece, _ in runs)
    kinds = {marks for piece, marks in runs if piece.strip()}
    if len(kinds) < 2:
        return plain, any(mark.kind == "bold" for marks in kinds for mark in marks), None
    return plain, False, inline(runs).markdown()


def linked(cell: Cell, address: str) -> Cell:
    """The cell with its text as a link, if the address is one that links may have."""
    target = safe_link(address)
    if target is None or not cell.text:
        return cell
    return cell._replace(markdown=inline([(cell.text, (Mark("link", target),))]).markdown())


def pieces(text: str, runs: Sequence[tuple[int, int]], marks: Callable[[int], tuple[Mark, ...]]) -> list[Run]:
    """A text cut where its runs begin; ``marks`` gives those of a run's font."""
    if not runs:
        return [(text, ())]
    ends = [*(start for start, _ in runs[1:]), len(text)]
    found: list[Run] = [(text[: runs[0][0]], ())]
    found += [(text[start:end], marks(font)) for (start, font), end in zip(runs, ends, strict=True)]
    return [run for run in found if run[0]]
