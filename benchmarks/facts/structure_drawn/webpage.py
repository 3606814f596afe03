"""Documents laid out by WeasyPrint from HTML and CSS for paged media."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from PIL import ImageFile
from weasyprint import HTML

from benchmarks.facts.structure_drawn import blocks, fonts
from benchmarks.facts.structure_drawn.blocks import Block, Grid, Heading, Look, Paper, Row
from benchmarks.facts.structure_drawn.tongue import word

# WeasyPrint lets Pillow take cut-off pictures for whole ones, in all of the process.
ImageFile.LOAD_TRUNCATED_IMAGES = False

# The fonts' own dates are of no interest.
logging.getLogger("fontTools").setLevel(logging.ERROR)
_LINES = {
    "grid": "td, th { border: 0.5pt solid #999 } th { background: #eef1f5 }",
    "rows": "td, th { border-bottom: 0.4pt solid #999 }",
    "head": "table { border: solid #333; border-width: 1pt 0 } th { border-bottom: 0.6pt solid #333 }",
    "zebra": "tbody tr:nth-child(even) td { background: #eef1f5 }",
    "none": "",
}


def write(paper: Paper, target: Path) -> None:
    """Writes the document as a PDF."""
    HTML(string=page_of(paper)).write_pdf(target)


def page_of(paper: Paper) -> str:
    """The document as one page of HTML with its style sheet."""
    notes = iter(paper.footnotes)
    body = "".join(part for block in paper.blocks for part in _block(block, paper, notes))
    style = f"<style>{_sheet(paper.look)}{_running(paper)}{''.join(_headings(paper.look))}</style>"
    return (
        f'<html lang="{paper.language}"><head><title>{escape(paper.title)}</title>{style}</head>'
        f"<body><main>{body}</main></body></html>"
    )


def _sheet(look: Look) -> str:
    indent = "text-indent: 14pt; margin: 0" if look.indented else f"margin: 0 0 {look.size * 0.6}pt"
    columns = f"columns: {look.columns}; column-gap: 20pt" if look.columns > 1 else ""
    leader = "." if look.running else " "
    return f"""
        body {{ font: {look.size}pt/1.3 '{fonts.NAMES[look.family]}' }}
        main {{ {columns} }}
        p {{ {indent}; text-align: {"justify" if look.justified else "left"}; orphans: 2; widows: 2 }}
        ul {{ list-style: none; padding: 0 }}
        li {{ padding-left: 18pt; text-indent: -14pt }}
        li span {{ display: inline-block; min-width: 14pt; text-indent: 0 }}
        .note {{ border: 0.7pt solid #777; background: #f2f2f2; padding: 6pt; margin: 6pt 0 }}
        .note p {{ margin: 0; text-indent: 0 }}
        .lines {{ margin: 4pt 0 12pt }}
        .note, .picture {{ break-inside: avoid }}
        .bars {{ height: 90pt; width: 240pt; position: relative; margin-top: 8pt }}
        .bars i {{ position: absolute; bottom: 0; background: #999; width: 24pt }}
        figcaption, .title {{ font-size: {look.size - 1}pt; margin: 4pt 0; break-after: avoid }}
        .title {{ font-weight: bold; margin-top: 10pt }}
        .break {{ break-after: page }}
        .contents a {{ color: inherit; text-decoration: none; display: block }}
        .contents a::after {{ content: leader('{leader}') target-counter(attr(href), page) }}
        .foot {{ font-size: 8pt }}
        .footnote {{ float: footnote; font-size: 7.5pt; text-align: left }}
        table {{ border-collapse: collapse; width: 100%; font-size: {look.table_size}pt; line-height: 1.2 }}
        table {{ margin-bottom: 10pt }}
        td, th {{ padding: 2pt 4pt 3pt; text-align: left; vertical-align: top }}
        tr {{ break-inside: {"auto" if look.justified else "avoid"} }}
        td.number, th.number {{ text-align: right; white-space: nowrap }}
        .total td {{ font-weight: bold; border-top: 0.8pt solid #333 }}
        .subhead td {{ font-weight: bold }}
        {_LINES[look.rules]}
    """


def _running(paper: Paper) -> str:
    look, size = paper.look, f"font-size: {paper.look.size - 1.5}pt"
    name = word(paper.language, "page")
    page = "".join(
        {"{page}": " counter(page) ", "{pages}": " counter(pages) "}.get(part, f"'{part}'")
        for part in look.page_number.replace("{word}", name)
        .replace("{", "\0{")
        .replace("}", "}\0")
        .split("\0")
        if part
    )
    page = page or "''"
    chapter, title = "string(chapter)", f"'{paper.title}'"
    left, right = {
        "title": (("center", title), ("center", title)),
        "chapter": (("center", chapter), ("center", chapter)),
        "sides": (("left", title), ("right", chapter)),
    }.get(look.running, (("center", "''"), ("center", "''")))
    return (
        f"@page {{ size: {look.page[0]}pt {look.page[1]}pt; margin: {look.margin}pt;"
        f" @bottom-center {{ {size}; content: {page} }} }}"
        f"@page :left {{ @top-{left[0]} {{ {size}; content: {left[1]} }} }}"
        f"@page :right {{ @top-{right[0]} {{ {size}; content: {right[1]} }} }}"
        "@page :first { @top-left { content: '' } @top-center { content: '' } @top-right { content: '' } }"
    )


def _headings(look: Look) -> Iterator[str]:
    for level in range(6):
        own = look.heading(level)
        yield f"""
            h{level + 1} {{
                font-size: {look.size * own.size}pt; color: {own.color}; line-height: 1.2;
                font-weight: {"bold" if own.bold else "normal"};
                font-style: {"italic" if own.italic else "normal"};
                text-transform: {"uppercase" if own.capitals else "none"};
                text-align: {"center" if own.centred else "left"};
                text-decoration: {"underline" if own.underlined else "none"};
                margin: {look.size * own.above}pt 0 {look.size * 0.5}pt;
                break-after: {"avoid" if look.keep else "auto"};
                bookmark-level: {level + 1 if look.bookmarks else "none"};
            }}
        """
    yield "h2 { string-set: chapter attr(data-text) } .skip { bookmark-level: none !important }"


def _block(block: Block, paper: Paper, notes: Iterator[str]) -> Iterator[str]:
    match block:
        case Heading():
            yield _heading(block, paper.blocks.index(block))
        case blocks.Contents():
            yield _heading(block.heading, 0)
            yield f'<nav class="contents">{"".join(_entries(paper))}</nav>'
        case blocks.Text():
            yield _text(block, "" if block.bold else next(notes, ""))
        case Grid():
            yield from _grid(block)
        case blocks.PageBreak():
            yield '<div class="break"></div>'
        case _:
            yield _aside(block)


def _text(block: blocks.Text, note: str) -> str:
    lead = f"<b>{escape(block.lead)}</b> " if block.lead else ""
    text = f"<b>{escape(block.text)}</b>" if block.bold else escape(block.text)
    footnote = f'<span class="footnote">{escape(note)}</span>' if note else ""
    return f"<p>{lead}{text}{footnote}</p>"


def _aside(block: Block) -> str:
    """What stands between paragraphs."""
    match block:
        case blocks.Items():
            items = (f"<li><span>{mark}</span> {escape(text)}</li>" for mark, text in block.items)
            return f"<ul>{''.join(items)}</ul>"
        case blocks.Note():
            return f'<div class="note"><p><b>{escape(block.title)}</b></p><p>{escape(block.text)}</p></div>'
        case blocks.Picture():
            places = ((i * 32, height * 90) for i, height in enumerate(block.bars))
            bars = "".join(f'<i style="left: {left}pt; height: {height}pt"></i>' for left, height in places)
            caption = f"<figcaption>{escape(block.caption)}</figcaption>"
            return f'<div class="picture"><div class="bars">{bars}</div>{caption}</div>'
        case blocks.Lines():
            lines = "".join(f"<div>{escape(line)}</div>" for line in block.lines)
            return f'<div class="lines">{lines}</div>'
    raise TypeError(type(block).__name__)


def _heading(heading: Heading, number: int) -> str:
    tag = f"h{heading.level + 1}"
    text = escape(heading.printed)
    if heading.apart:
        text = f"{escape(heading.label)}<br>{escape(heading.text)}"
    skip = ' class="skip"' if heading.optional else ""
    return f'<{tag} id="h{number}" data-text="{escape(heading.text)}"{skip}>{text}</{tag}>'


def _entries(paper: Paper) -> Iterator[str]:
    for number, block in enumerate(paper.blocks):
        if isinstance(block, Heading) and block.level > 0 and not block.optional:
            indent = f"padding-left: {14 * (block.level - 1)}pt"
            yield f'<a style="{indent}" href="#h{number}">{escape(block.printed)}</a>'


def _grid(grid: Grid) -> Iterator[str]:
    """The head rows repeat, or stand only over the beginning: CSS knows no other ones."""
    if grid.title:
        yield f'<div class="title">{escape(grid.title)}</div>'
    total = sum(grid.shares)
    widths = "".join(f'<col style="width:{100 * share / total:.1f}%">' for share in grid.shares)
    head = "".join(_head(line, grid.numeric) for line in grid.head)
    rows = "".join(_row(row, grid.numeric) for row in grid.body)
    group = "thead" if grid.again else "tbody"
    yield f"<table><colgroup>{widths}</colgroup><{group}>{head}</{group}><tbody>{rows}</tbody></table>"
    if grid.foot:
        yield f'<p class="foot">{escape(grid.foot)}</p>'


def _head(line: Sequence[str | None], numeric: Sequence[bool]) -> str:
    cells = []
    for c, text in enumerate(line):
        if text is not None:
            span = 1 + next(
                (i for i, other in enumerate(line[c + 1 :]) if other is not None), len(line) - c - 1
            )
            number = ' class="number"' if numeric[c] and span == 1 else ""
            cells.append(f'<th colspan="{span}"{number}>{escape(text)}</th>')
    return f"<tr>{''.join(cells)}</tr>"


def _row(row: Row, numeric: Sequence[bool]) -> str:
    if row.spans:
        return f'<tr class="subhead"><td colspan="{len(row.cells)}">{escape(row.cells[0])}</td></tr>'
    cells = (
        f'<td class="number">{escape(text)}</td>' if numeric[c] else f"<td>{escape(text)}</td>"
        for c, text in enumerate(row.cells)
    )
    return f"<tr{' class=total' if row.total else ''}>{''.join(cells)}</tr>"
