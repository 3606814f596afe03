"""Running text as Markdown: bold, italic, struck, scripts, and formulas in the line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.pages.formulas.inline_math import parts
from pipelines.pages.formulas.latex import formula_latex
from pipelines.pages.joins import compounds
from pipelines.pages.paragraphs import Row, Run, flow, is_marker
from pipelines.readers.inline import Inline, Mark
from pipelines.readers.pdf.glyphs import is_math_font
from schemas.geometry import BBox
from schemas.reading import TextLine, Word

# Pairs of these around text would be taken for emphasis.
_EMPHASIS = re.compile(r"(?<![\w*_])([*_]{1,3})(?=\S)([^*_\n]+)(?<=\S)\1(?![\w*_])")
_MATH = (Mark("math"),)
_PUNCTUATION = ".,;:!?)]}\"'”’»。，、；：！？）】」』"


@dataclass(frozen=True, slots=True)
class Spelling:
    """How the text of one page is written: with its level lines, and its words that have hyphens."""

    bars: Sequence[BBox]
    compounds: frozenset[str]

    @classmethod
    def of(cls, lines: Sequence[TextLine], bars: Sequence[BBox]) -> Spelling:
        """``bars``: the level lines of the page, in the units of ``lines``: fractions and roots have one."""
        return cls(bars, compounds(word.text for line in lines for word in line.words))

    def markdown(self, lines: Sequence[TextLine], *, keep_breaks: bool = False, emphasis: bool = True) -> str:
        """The running text of a block (see ``paragraphs.text_of``) with its marks as Markdown.

        ``emphasis`` off leaves bold and italic out (headings); scripts and formulas stay.
        """
        text = Inline()
        runs = flow(
            lines,
            lambda row: _spelt(row, self.bars, emphasis=emphasis),
            keep_breaks=keep_breaks,
            compounds=self.compounds,
        )
        for run in _settled(runs):
            if run.text == "\n":
                text.break_line(run.marks)
            elif run.marks == _MATH:
                text.add(run.text, [])
            else:
                text.add(_escaped(run.text), run.marks)
        return text.markdown()

    def formula(self, lines: Sequence[TextLine]) -> str | None:
        """A displayed formula between double dollars; None where it cannot be trusted."""
        latex = formula_latex(lines, self.bars)
        return f"$${latex}$$" if latex else None


def _spelt(row: Row, bars: Sequence[BBox], *, emphasis: bool) -> list[Run]:
    words = [word for line in row for word in line.words]
    starts = {id(line.words[0]) for line in row[1:]}
    found: list[Run] = []
    for part in parts(words, bars):
        space = " " if found and (part.words[0].space_before or id(part.words[0]) in starts) else ""
        if part.latex is not None:
            found.append(Run(f"{space}${part.latex}${part.tail}", _MATH))
            continue
        for word in part.words:
            space = " " if found and (word.space_before or id(word) in starts) else ""
            marks = () if not found and is_marker(word.text) else _marks(word, emphasis=emphasis)
            if found and found[-1].marks == marks:
                found[-1] = Run(found[-1].text + space + word.text, marks)
            else:
                found.append(Run(space + word.text, marks))
    return found


def _marks(word: Word, *, emphasis: bool) -> tuple[Mark, ...]:
    marks = []
    if emphasis and word.bold:
        marks.append(Mark("bold"))
    if emphasis and word.italic and not is_math_font(word.font):
        marks.append(Mark("italic"))
    if word.struck:
        marks.append(Mark("del"))
    if word.superscript or word.subscript:
        marks.append(Mark("sup" if word.superscript else "sub"))
    return tuple(marks)


def _settled(runs: Sequence[Run]) -> list[Run]:
    """Runs whose marks CommonMark can read: punctuation at an edge that a letter touches is left outside."""
    found: list[Run] = []
    for i, run in enumerate(runs):
        after = runs[i + 1].text[:1] if i + 1 < len(runs) else ""
        core = run.text.rstrip(_PUNCTUATION)
        if run.marks and run.marks != _MATH and after.isalnum() and core != run.text and core.strip():
            found += [Run(core, run.marks), Run(run.text[len(core) :])]
        else:
            found.append(run)
    return found


def _escaped(text: str) -> str:
    return _EMPHASIS.sub(r"\\\1\2\\\1", text) if "*" in text or "_" in text else text
