"""Blocks as a page of HTML. Nothing of the document is taken for markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from itertools import groupby

from api.docling.blocks import FURNITURE, Block, Field, Kind
from api.docling.tables import Grid, GridCell

_DEEPEST_HEADING = 6


def html_of(name: str, blocks: Iterable[Block], images: dict[int, str]) -> str:
    """The document; ``images`` as in ``markdown_of``."""
    lines = [
        "<!DOCTYPE html>",
        '<html lang="und">',
        f'<head><meta charset="utf-8"><title>{escape(name)}</title></head>',
        "<body>",
    ]
    shown = (block for block in blocks if block.kind not in FURNITURE)
    for is_list, run in groupby(shown, key=lambda block: block.kind is Kind.ITEM):
        if is_list:
            lines.extend(_list(list(run)))
        else:
            lines.extend(_block(block, images.get(id(block))) for block in run)
    return "\n".join([*lines, "</body>", "</html>", ""])


def _block(block: Block, image: str | None) -> str:
    text = escape(block.text)
    match block.kind:
        case Kind.TITLE:
            return f"<h1>{text}</h1>"
        case Kind.HEADING:
            level = min(block.level + 1, _DEEPEST_HEADING)
            return f"<h{level}>{text}</h{level}>"
        case Kind.CODE:
            return f"<pre><code>{text}</code></pre>"
        case Kind.FORMULA:
            captions = "".join(f"<p>{escape(caption.text)}</p>" for caption in block.captions)
            return f"{captions}<pre>{text}</pre>"
        case Kind.TABLE:
            return f"<table>{_caption(block, 'caption')}{''.join(_rows(block.grid))}</table>"
        case Kind.PICTURE:
            shown = f'<img src="{escape(image)}" alt="">' if image else "<!-- image -->"
            inside = f"<p>{text}</p>" if text else ""
            summary = f"<p>{escape(block.summary)}</p>" if block.summary else ""
            return f"<figure>{shown}{_caption(block, 'figcaption')}{inside}{summary}</figure>"
        case Kind.FIELDS:
            return f"<dl>{''.join(map(_field, block.fields))}</dl>"
        case _:
            return f"<p>{text}</p>"


def _caption(block: Block, tag: str) -> str:
    text = " ".join(escape(caption.text) for caption in block.captions)
    return f"<{tag}>{text}</{tag}>" if text else ""


def _field(field: Field) -> str:
    return f"<dt>{escape(field.name)}</dt><dd>{escape(field.value)}</dd>"


def _rows(grid: Grid) -> Iterator[str]:
    by_row: dict[int, list[GridCell]] = {}
    for cell in grid.cells:
        by_row.setdefault(cell.row, []).append(cell)
    for row in range(grid.rows):
        yield f"<tr>{''.join(map(_cell, by_row.get(row, ())))}</tr>"


def _cell(cell: GridCell) -> str:
    tag = "th" if cell.header else "td"
    rows = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    columns = f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    return f"<{tag}{rows}{columns}>{escape(cell.text)}</{tag}>"


def _list(items: list[Block]) -> Iterator[str]:
    """Lists in lists: one that is deeper opens in the item before it."""
    open_tags: list[str] = []
    for item in items:
        while len(open_tags) > item.depth + 1:
            yield f"</li></{open_tags.pop()}>"
        if len(open_tags) == item.depth + 1:
            yield "</li>"
        else:
            open_tags.append("ol" if item.enumerated else "ul")
            yield f"<{open_tags[-1]}>"
        yield f"<li>{escape(item.text)}"
    while open_tags:
        yield f"</li></{open_tags.pop()}>"
