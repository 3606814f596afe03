"""Tables and forms as evidence for tests."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.extraction.answers import Answer, Node
from pipelines.extraction.evidence import Evidence
from pipelines.table_markup import TableModel
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, FragmentWord, PageFragment, TableCell
from schemas.geometry import BBox, Box
from schemas.reading import FieldKind, FormEntry, Word
from tests.fakes.engines import line
from tests.pipelines.extraction.documents import SIZE, page

ROW = 16.0


def table(
    rows: Sequence[Sequence[str]], y: float, *, widths: Sequence[float] = (), header: bool = True
) -> PageFragment:
    """A table of lines of text from ``y`` down, a word's box for each word."""
    widths = widths or [500 / len(rows[0])] * len(rows[0])
    cells, words = [], []
    for r, row in enumerate(rows):
        x = 50.0
        for text, width in zip(row, widths, strict=True):
            cells.append(
                TableCell(text=text, bounding_box=Box.of(BBox(x, y + r * ROW, x + width, y + (r + 1) * ROW)))
            )
            if text:
                placed = line(text, x + 2, y + r * ROW + 3).words
                words += [FragmentWord(text=word.text, bbox=Box.of(word.bbox)) for word in placed]
            x += width
    return PageFragment(
        fragment_type=FragmentType.TABLE,
        content=TableModel.of_rows(rows, header=header).content(cells),
        bbox=Box.of(BBox(50, y, 50 + sum(widths), y + len(rows) * ROW)),
        words=words,
    )


def evidence(*pages: Sequence[PageFragment], entries: Sequence[FormEntry] = ()) -> Evidence:
    """A document of fragments; the entries are on its first page."""
    made = [page(number, *fragments) for number, fragments in enumerate(pages, 1)]
    records = [PageRecord(one.page_number, SIZE, one.page_fragments, [], []) for one in made]
    if entries:
        records[0].entries = list(entries)
    return Evidence.of(records, made)


def entry(
    name: str,
    value: str | bool,
    y: float,
    *,
    x: float = 200.0,
    kind: FieldKind = FieldKind.TEXT,
    in_file: str = "",
    label_x: float = 50.0,
) -> FormEntry:
    """A field whose name stands at its left."""
    texts = value.split("\n") if isinstance(value, str) else []
    words: list[Word] = [w for i, t in enumerate(texts) if t for w in line(t, x, y + 12 * i).words]
    label = line(name, label_x, y).words if name else []
    box = BBox(x, y, x + 150, y + 12 * max(1, len(texts)))
    return FormEntry(name, kind, value, box, words, label, [], in_file)


def plainly(node: Node) -> object:
    """What was found without how."""
    if isinstance(node, Answer):
        return node.value
    if isinstance(node, dict):
        return {name: plainly(child) for name, child in node.items()}
    return [plainly(child) for child in node] if isinstance(node, list) else node
