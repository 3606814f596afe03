"""Delimited text: a table, or several, and what stands between them."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.flow import OnePage, as_fragments
from pipelines.readers.inline import Inline
from pipelines.readers.text import read_text
from pipelines.table_markup import TableModel
from schemas.errors import DocumentEmpty, TooLarge
from schemas.fragments import Content, FragmentType, PageFragment, TextContent

MOST_ROWS = 50_000
MOST_CELLS = 1_000_000
# Of a file; each takes a hundred bytes.
_MOST_FIELDS = 10_000_000
# After this many quotation marks that are never closed, none is taken for one.
_MOST_MENDED = 1000
_DELIMITERS = ",;\t|"
_SAMPLE_CHARACTERS = 1 << 16
_SAMPLE_ROWS = 100
# Excel writes the delimiter into the file's first line where the locale's own would mislead.
_DECLARED_DELIMITER = re.compile(r"sep=([^\w\s\"]|\t)\n", re.IGNORECASE)
_VALUE = re.compile(r"[-+(]?[^\w\s]{0,2}\d[\d.,:/ -]*\s?[%€$£¥)]?")

# Of two fields one may well be empty: a single one is no line of text.
_LEAST_USUAL = 3
# After this many lines of text between tables, others are rows.
_MOST_LINES = 1000

Row = list[str]
Found = tuple[FragmentType, Content]


class CsvReader(OnePage):
    """Fields parted by commas, semicolons, tabs or bars, quoted by ``"``.

    Short rows are padded. The first row is the header when it looks like one: no field empty, none a
    number or a date, no two alike. Raises ``DocumentEmpty``, ``TooLarge`` and ``DocumentUnreadable``.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        self._text = read_text(path)
        if not self._text.strip():
            raise DocumentEmpty("The table file holds nothing but white space.")
        fields = max(self._text.count(delimiter) for delimiter in _DELIMITERS) + self._text.count("\n")
        if fields > _MOST_FIELDS:
            raise TooLarge(f"The table has more than {_MOST_FIELDS} fields: send it in parts.")

    def fragments(self) -> list[PageFragment]:
        """Its tables and other lines; after 50 000 rows or a million cells another, with the same header.

        A line of a single text, first in the file or after an empty line, is text where most lines have
        several fields. After an empty line a header of another width begins another table.
        """
        text, delimiter = _dialect(self._text)
        sample = Counter(len(row) for row in islice(_parsed(text, delimiter), _SAMPLE_ROWS) if any(row))
        usual = max(sample, key=lambda width: (sample[width], width), default=0)
        return as_fragments(_contents(_rows(text, delimiter), usual, delimiter))


def _contents(rows: Iterable[Row], usual: int, delimiter: str) -> Iterator[Found]:
    table, after_gap, lines = _Table(usual), True, 0
    for row in rows:
        if not row:
            after_gap = True
        elif after_gap and lines < _MOST_LINES and _is_line(row, usual):
            yield from table.end()
            text = Inline()
            text.add(f"{delimiter} ".join(row), ())
            yield FragmentType.TEXT, TextContent(content=text.markdown())
            lines += 1
        else:
            if after_gap and table.is_over(row):
                yield from table.end()
            yield from table.add(row)
            after_gap = False
    yield from table.end()


def _is_line(row: Row, usual: int) -> bool:
    """Whether a row is a line of text, where rows usually have ``usual`` fields."""
    if usual < _LEAST_USUAL or _VALUE.fullmatch(row[0]):
        return False
    return len(row) == 1 or (row[0].startswith("#") and len(row) != usual)


class _Table:
    """The rows of a table, given away in pieces; ``usual`` is how many fields most rows of the file have."""

    def __init__(self, usual: int) -> None:
        self._usual = usual
        self._header: list[Row] = []
        self._piece: list[Row] = []
        self._width = 0

    def is_over(self, row: Row) -> bool:
        """Whether a row after an empty line begins another table."""
        return bool(self._piece) and len(row) != len(self._piece[0]) and _is_header(row)

    def add(self, row: Row) -> Iterator[Found]:
        """Takes the next row; gives the rows before it away when they are many."""
        if not self._piece:
            self._header = [row] if _is_header(row) and len(row) * 2 > self._usual else []
        self._width = max(self._width, len(row))
        count = len(self._piece)
        if count > len(self._header) and (count >= MOST_ROWS or (count + 1) * self._width > MOST_CELLS):
            yield self._table()
            self._piece, self._width = list(self._header), len(row)
        self._piece.append(row)

    def end(self) -> Iterator[Found]:
        """Gives the last rows away."""
        if self._piece:
            yield self._table()
        self._header, self._piece, self._width = [], [], 0

    def _table(self) -> Found:
        return FragmentType.TABLE, TableModel.of_rows(self._piece, header=bool(self._header)).content()


def _dialect(text: str) -> tuple[str, str]:
    """The text without a line that declares the delimiter, and the delimiter."""
    # Fields are no longer than the text, which is in memory: the module's own limit only fails good files.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    declared = _DECLARED_DELIMITER.match(text)
    if declared:
        return text[declared.end() :], declared.group(1)
    return text, _delimiter(text[:_SAMPLE_CHARACTERS])


def _rows(text: str, delimiter: str) -> Iterator[Row]:
    """The rows, fields stripped, up to the last one with text: none for an empty line."""
    for row in _parsed(text, delimiter):
        fields = [field.strip() for field in row]
        while fields and not fields[-1]:
            fields.pop()
        yield fields


def _parsed(text: str, delimiter: str) -> Iterator[Row]:
    """The rows as they are (RFC 4180), but a quotation mark that is never closed counts as a character.

    It would swallow all rows up to the next one; a row of several lines with an odd number of marks
    gives it away.
    """
    lines = text.split("\n")
    start = mended = 0
    while start < len(lines):
        rest = (line + "\n" for line in islice(lines, start, None))
        reader = csv.reader(
            rest,
            delimiter=delimiter,
            skipinitialspace=True,
            quoting=csv.QUOTE_MINIMAL if mended < _MOST_MENDED else csv.QUOTE_NONE,
        )
        read = 0
        for row in reader:
            taken = lines[start + read : start + reader.line_num]
            if len(taken) > 1 and sum(line.count('"') for line in taken) % 2:
                break
            yield row
            read = reader.line_num
        else:
            return
        yield lines[start + read].split(delimiter)
        start += read + 1
        mended += 1


def _delimiter(sample: str) -> str:
    """The delimiter that gives most rows the same number of fields (over one), then the most fields."""

    def score(delimiter: str) -> tuple[float, int]:
        rows = islice(_parsed(sample, delimiter), _SAMPLE_ROWS)
        widths = Counter(len(row) for row in rows if row)
        width, count = widths.most_common(1)[0] if widths else (0, 0)
        return (count / widths.total(), width) if width > 1 else (0.0, 0)

    return max(_DELIMITERS, key=score)


def _is_header(row: Row) -> bool:
    names = [name.casefold() for name in row]
    return all(names) and len(set(names)) == len(names) and not any(_VALUE.fullmatch(name) for name in names)
