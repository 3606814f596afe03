"""Documents laid out by Typst."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import typst

from benchmarks.facts.structure_drawn import blocks
from benchmarks.facts.structure_drawn.blocks import Block, Grid, Heading, HeadingLook, Look, Paper, Row
from benchmarks.facts.structure_drawn.tongue import word

_FONTS = {
    "sans": "Liberation Sans",
    "serif": "Libertinus Serif",
    "humanist": "Carlito",
    "slab": "New Computer Modern",
    "wide": "DejaVu Sans",
}
"""Typst brings the serifs along; what is missing is set in one of them."""
_STROKES = {
    "grid": "0.5pt + gray",
    "rows": "(bottom: 0.4pt + gray)",
    "head": "(_, y) => if y == 0 { (top: 1pt) } else { none }",
    "zebra": "none",
    "none": "none",
}


def write(paper: Paper, target: Path) -> None:
    """Writes the document as a PDF."""
    target.write_bytes(typst.compile(source_of(paper).encode(), format="pdf"))


def source_of(paper: Paper) -> str:
    """The document in Typst's language."""
    notes = iter(paper.footnotes)
    parts = [_settings(paper), *_headings(paper.look, Random(paper.title))]
    parts += [_block(block, paper.look, notes) for block in paper.blocks]
    return "\n\n".join(parts)


def _text(text: str) -> str:
    """A text as it is, whatever Typst's marks in it would mean."""
    return f"#{json.dumps(text, ensure_ascii=False)}"


def _settings(paper: Paper) -> str:
    look = paper.look
    width, height = look.page
    indent = (
        f"first-line-indent: 14pt, spacing: {look.size * 0.65}pt"
        if look.indented
        else f"spacing: {look.size * 1.2}pt"
    )
    return f"""
#set document(title: {json.dumps(paper.title, ensure_ascii=False)})
#set page(width: {width}pt, height: {height}pt, margin: {look.margin}pt)
#set page(columns: {look.columns}, {_running(paper)})
#set text(font: "{_FONTS[look.family]}", size: {look.size}pt, lang: "{paper.language}")
#set par(justify: {str(look.justified).lower()}, {indent})
#set heading(bookmarked: {str(look.bookmarks).lower()})
#set outline.entry(fill: {"repeat[.]" if look.running else "none"})
#show table: set text(size: {look.table_size}pt)
#show table: set par(justify: false, first-line-indent: 0pt)
#set table(stroke: {_STROKES[look.rules]}, inset: 3.5pt)
"""


def _running(paper: Paper) -> str:
    """The heads and feet of pages; the chapter is the last one that has begun."""
    look = paper.look
    small = f"#set text(size: {look.size - 1.5}pt);"
    title = f"[{small}{_text(paper.title)}]"
    chapter = (
        f"[{small}#{{ let done = query(selector(heading.where(level: 1)).before(here()));"
        " if done.len() > 0 { done.last().body } }]"
    )
    sides = f"if calc.even(here().page()) {{ align(left, {title}) }} else {{ align(right, {chapter}) }}"
    inside = {"title": f"align(center, {title})", "chapter": f"align(center, {chapter})", "sides": sides}.get(
        look.running
    )
    header = f"header: context {{ if here().page() > 1 {{ {inside} }} }}" if inside else "header: none"
    form = look.page_number.replace("{word}", word(paper.language, "page"))
    form = form.replace("{page}", "#counter(page).display()").replace(
        "{pages}", "#counter(page).final().first()"
    )
    return f"{header}, footer: context [{small}#align(center)[{form}]]"


def _headings(look: Look, random: Random) -> Iterator[str]:
    """Rules below chapters are this generator's own."""
    ruled = random.random() < 0.3
    for level in range(1, 6):
        own = look.heading(level)
        rule = " #v(-0.6em) #line(length: 100%, stroke: 0.6pt + gray)" if ruled and level == 1 else ""
        space = f"above: {look.size * (own.above + 0.6)}pt, below: {look.size * 0.9}pt"
        keep = f"sticky: {str(look.keep).lower()}, width: 100%"
        inside = _styled("#it.body", own, look) + rule
        yield f"#show heading.where(level: {level}): it => block({space}, {keep})[{inside}]"


def _styled(content: str, own: HeadingLook, look: Look) -> str:
    setting = (
        f'#set text(size: {look.size * own.size}pt, weight: "{"bold" if own.bold else "regular"}",'
        f' style: "{"italic" if own.italic else "normal"}", fill: rgb("{own.color}"))'
        "\n#set par(justify: false, first-line-indent: 0pt)"
    )
    for is_set, function in (
        (own.capitals, "upper"),
        (own.underlined, "underline"),
        (own.centred, "align(center)"),
    ):
        content = f"#{function}[{content}]" if is_set else content
    return f"{setting}\n{content}"


def _block(block: Block, look: Look, notes: Iterator[str]) -> str:
    match block:
        case Heading():
            return _heading(block, look)
        case blocks.Contents():
            return f"{_heading(block.heading, look)}\n#outline(title: none, indent: 1.2em)"
        case blocks.Text():
            lead = f"*{_text(block.lead)}* " if block.lead else ""
            note = "" if block.bold else next(notes, "")
            footnote = f"#footnote[{_text(note)}]" if note else ""
            return f"*{_text(block.text)}*" if block.bold else f"{lead}{_text(block.text)}{footnote}"
        case blocks.PageBreak():
            return "#pagebreak(weak: true)"
        case Grid():
            return _grid(block, look)
        case _:
            return _aside(block, look)


def _heading(heading: Heading, look: Look) -> str:
    text = (
        f"{_text(heading.label)} #linebreak() {_text(heading.text)}"
        if heading.apart
        else _text(heading.printed)
    )
    if heading.level == 0:
        return f"#block(below: {look.size * 2}pt, width: 100%)[{_styled(text, look.heading(0), look)}]"
    outlined = "false" if heading.optional else "true"
    bookmarked = "bookmarked: false, " if heading.optional else ""
    return f"#heading(level: {heading.level}, {bookmarked}outlined: {outlined})[{text}]"


def _aside(block: Block, look: Look) -> str:
    """What stands between paragraphs."""
    match block:
        case blocks.Items():
            items = (f"[{_text(mark)}], [{_text(text)}]" for mark, text in block.items)
            return f"#pad(left: 8pt, grid(columns: (20pt, 1fr), row-gutter: 6pt, {', '.join(items)}))"
        case blocks.Note():
            inside = f"*{_text(block.title)}* \\ {_text(block.text)}"
            return f"#block(stroke: 0.7pt + gray, fill: luma(243), inset: 6pt, width: 100%)[{inside}]"
        case blocks.Picture():
            bars = ", ".join(
                f"rect(width: 20pt, height: {height * 80}pt, fill: gray)" for height in block.bars
            )
            drawing = f"stack(dir: ltr, spacing: 8pt, {bars})"
            caption = f"#text(size: {look.size - 1}pt)[{_text(block.caption)}]"
            return f"#block(breakable: false)[#align(bottom)[#{drawing}]\n{caption}]"
        case blocks.Lines():
            return " \\\n".join(_text(line) for line in block.lines)
    raise TypeError(type(block).__name__)


def _grid(grid: Grid, look: Look) -> str:
    """The head rows repeat or not: Typst knows no other ones."""
    title = f"#block(sticky: true)[*{_text(grid.title)}*]\n" if grid.title else ""
    widths = ", ".join(f"{share}fr" for share in grid.shares)
    sides = ", ".join("right" if is_number else "left" for is_number in grid.numeric)
    head = ", ".join(cell for line in grid.head for cell in _head(line))
    rule = "table.hline(stroke: 0.6pt), " if look.rules == "head" else ""
    last = "table.hline(stroke: 1pt)" if look.rules == "head" else ""
    rows = ", ".join(cell for row in grid.body for cell in _cells(row, grid.numeric))
    repeat = "true" if grid.again else "false"
    fill = (
        f"fill: (_, y) => if y >= {len(grid.head)} and calc.odd(y) {{ luma(240) }}, "
        if look.rules == "zebra"
        else ""
    )
    foot = f"\n\n#text(size: 8pt)[{_text(grid.foot)}]" if grid.foot else ""
    return (
        f"{title}#table(columns: ({widths}), align: ({sides}), {fill}"
        f"table.header(repeat: {repeat}, {head}), {rule}{rows}, {last}){foot}"
    )


def _head(line: Sequence[str | None]) -> Iterator[str]:
    start = 0
    while start < len(line):
        end = start + 1
        while end < len(line) and line[end] is None:
            end += 1
        span = f"table.cell(colspan: {end - start})" if end > start + 1 else ""
        yield f"{span}[*{_text(line[start] or '')}*]"
        start = end


def _cells(row: Row, numeric: Sequence[bool]) -> Iterator[str]:
    if row.spans:
        yield f"table.cell(colspan: {len(row.cells)}, align: left)[*{_text(row.cells[0])}*]"
        return
    for text, is_number in zip(row.cells, numeric, strict=True):
        shown = f"#box[{_text(text)}]" if is_number else _text(text)  # no break after a sign
        yield f"[*{shown}*]" if row.total and text else f"[{shown}]"
