"""Delimited text: one table, or several where one would be unwieldy."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.flow import OnePage, as_fragments
from pipelines.readers.text import read_text
from pipelines.table_markup import TableModel
from schemas.errors import DocumentEmpty
from schemas.fragments import Content, FragmentType, PageFragment

MOST_ROWS = 50_000
MOST_CELLS = 1_000_000
# After this many quotation marks that are never closed, none is taken for one.
_MOST_MENDED = 1000
_DELIMITERS = ",;\t|"
_SAMPLE_CHARACTERS = 1 << 16
_SAMPLE_ROWS = 100
# Excel writes the delimiter into the file's first line where the locale's own would mislead.
_DECLARED_DELIMITER = re.compile(r"sep=([^\w\s\"]|\t)\n", re.IGNORECASE)
_VALUE = re.compile(r"[-+(]?[^\w\s]{0,2}\d[\d.,:/ -]*\s?[%€$£¥)]?")

Row = list[str]


class CsvReader(OnePage):
    """Fields parted by commas, semicolons, tabs or bars, quoted by ``"``.

    Short rows are padded. The first row is the header when it looks like one: no field empty, none a
    number or a date, no two alike. Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        self._text = read_text(path)
        if not self._text.strip():
            raise DocumentEmpty("The table file holds nothing but white space.")

    def fragments(self) -> list[PageFragment]:
        """One table; a new one after every 50 000 rows or million cells, each under the same header."""
        rows = _rows(self._text)
        first = next(rows, None)
        if first is None:
            return []
        header = [first] if _is_header(first) else []
        body = rows if header else _before(first, rows)
        return as_fragments(_tables(header, body))


def _tables(header: list[Row], body: Iterable[Row]) -> Iterator[tuple[FragmentType, Content]]:
    piece, width = list(header), 0
    for row in body:
        width = max(width, len(row))
        if len(piece) > len(header) and (len(piece) >= MOST_ROWS or (len(piece) + 1) * width > MOST_CELLS):
            yield _table(piece, header)
            piece, width = list(header), len(row)
        piece.append(row)
    yield _table(piece, header)


def _table(rows: list[Row], header: list[Row]) -> tuple[FragmentType, Content]:
    return FragmentType.TABLE, TableModel.of_rows(rows, header=bool(header)).content()


def _rows(text: str) -> Iterator[Row]:
    """The rows that have a field with text, fields stripped."""
    # Fields are no longer than the text, which is in memory: the module's own limit only fails good files.
    csv.field_size_limit(max(csv.field_size_limit(), len(text) + 1))
    declared = _DECLARED_DELIMITER.match(text)
    if declared:
        delimiter, text = declared.group(1), text[declared.end() :]
    else:
        delimiter = _delimiter(text[:_SAMPLE_CHARACTERS])
    for row in _parsed(text, delimiter):
        if any(field.strip() for field in row):
            yield [field.strip() for field in row]


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


def _before(first: Row, rest: Iterable[Row]) -> Iterator[Row]:
    yield first
    yield from rest
