"""The documents of a run. Every page says one number that no other page of the run has."""

from __future__ import annotations

import io
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from benchmarks.chaos import poison
from benchmarks.service import pdf, scanned

_NUMBER = re.compile(r"\b1\d{6}\b")
_WORDS = (
    "harbour lantern timber ledger copper meadow window garden bridge signal orchard winter market "
    "kettle saddle velvet anchor barrel candle ferry gravel hammer island jacket ladder mirror needle"
).split()
QUESTION = "consignment_number"
_SCHEMAS = ("sender", "carrier", "receiver")


class Kind(StrEnum):
    """What a document is."""

    PAGE = "page"
    LONG = "long"
    SCAN = "scan"
    TEXT = "text"
    WORD = "word"
    SHEET = "sheet"
    EXTRACTION = "extraction"
    POISON = "poison"
    """Kills every reader that opens it."""
    DEADLY = "deadly"
    """Kills every worker that fetches it."""


_SHARES = {
    Kind.PAGE: 36,
    Kind.TEXT: 18,
    Kind.EXTRACTION: 14,
    Kind.LONG: 10,
    Kind.SCAN: 8,
    Kind.WORD: 6,
    Kind.SHEET: 6,
    Kind.POISON: 2,
}
_IN_DATASET = 0.25
"""The share of documents without options of their own that go through a dataset."""
_CANCELLED = 0.05


@dataclass(frozen=True, slots=True)
class Document:
    """What is submitted, and what must come of it: ``numbers`` are those of its pages, in order.

    ``cancelled``: somebody tries to cancel its job, and may be too late.
    """

    index: int
    kind: Kind
    numbers: tuple[str, ...]
    in_dataset: bool = False
    cancelled: bool = False

    @property
    def name(self) -> str:
        """The name of its file; raw texts have none."""
        return f"{self.kind}-{self.index}{_ENDINGS[self.kind]}"

    @property
    def options(self) -> dict[str, Any]:
        """What its job is asked for besides reading."""
        if self.kind is not Kind.EXTRACTION:
            return {}
        return {"structured_extraction_options": [_schema(name) for name in _SCHEMAS]}

    def text(self) -> str:
        """The whole as text; what a raw text is."""
        return "\n\n".join(self._pages())

    def data(self) -> bytes:
        """The bytes of its file."""
        pages = list(self._pages())
        match self.kind:
            case Kind.SCAN:
                return scanned(pages, dpi=130)
            case Kind.WORD:
                return _word(pages)
            case Kind.SHEET:
                return _sheets(pages)
        data = pdf(pages)
        mark = _MARKS.get(self.kind)
        return data if mark is None else data.replace(b"\n", b"\n" + mark + b"\n", 1)

    def _pages(self) -> Iterator[str]:
        for number in self.numbers:
            rng = random.Random(number)
            before, after = (" ".join(rng.choices(_WORDS, k=rng.randint(12, 40))) for _ in range(2))
            yield f"Said the {before}. The consignment number is {number}. Then the {after}."


def _schema(name: str) -> dict[str, Any]:
    field = {"type": "string", "description": f"As the {name} knows it."}  # each asks something else
    return {"schema_name": name, "json_schema": {"type": "object", "properties": {QUESTION: field}}}


_MARKS = {Kind.POISON: poison.READERS, Kind.DEADLY: poison.WORKERS}
_REASONS = {Kind.POISON: "could not be opened", Kind.DEADLY: "worker died"}
_ENDINGS = dict.fromkeys(Kind, ".pdf") | {Kind.WORD: ".docx", Kind.SHEET: ".xlsx", Kind.TEXT: ""}


def documents(count: int, rng: random.Random, longest: int, deadly: int) -> list[Document]:
    """``count`` documents in a random order: one of each kind at least, the rest by their shares.

    ``longest``: pages of the longest. ``deadly``: how many kill workers.
    """
    kinds = [*[Kind.DEADLY] * deadly, *_SHARES, *rng.choices(list(_SHARES), list(_SHARES.values()), k=count)]
    kinds = kinds[:count]
    rng.shuffle(kinds)
    return [_document(index, kind, rng, longest) for index, kind in enumerate(kinds)]


def _document(index: int, kind: Kind, rng: random.Random, longest: int) -> Document:
    few, many = rng.randint(1, 3), rng.randint((longest + 2) // 3, longest)
    pages = {Kind.LONG: many, Kind.SCAN: few, Kind.WORD: few, Kind.SHEET: few}.get(kind, 1)
    numbers = tuple(f"1{index:03}{page:03}" for page in range(1, pages + 1))
    in_dataset = kind is not Kind.EXTRACTION and rng.random() < _IN_DATASET
    cancelled = rng.random() < _CANCELLED and kind not in _MARKS
    return Document(index, kind, numbers, in_dataset, cancelled)


def numbers_in(value: Any) -> list[str]:
    """The pages' numbers that stand in the texts of a JSON value, in order, each once."""
    return list(dict.fromkeys(number for text in _texts(value) for number in _NUMBER.findall(text)))


def _texts(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for part in value.values():
                yield from _texts(part)
        case list():
            for part in value:
                yield from _texts(part)


def wrong_with(document: Document, result: dict[str, Any]) -> list[str]:
    """What is not as it must be in the result of a job that has ended."""
    if document.cancelled and (result["status"], result["error"]) == ("failure", "cancelled"):
        return []
    if reason := _REASONS.get(document.kind):
        told = result["status"] == "failure" and reason in result["error"]
        return [] if told else [f"{document.kind} ended as {result['status']}: {result['error']}"]
    if result["status"] != "successful":
        return [f"ended as {result['status']}: {result['error']}"]
    wrong = []
    if result["page_errors"]:
        wrong.append(f"pages could not be read: {result['page_errors']}")
    fragments = [page["page_fragments"] for page in result["pages"]]
    found, wanted = [numbers_in(page) for page in fragments], [[number] for number in document.numbers]
    if document.kind in (Kind.WORD, Kind.TEXT):  # how much is on a page is the layout's affair
        found, wanted = [numbers_in(fragments)], [list(document.numbers)]
    if found != wanted:
        wrong.append(f"its pages say {found}, not {wanted}")
    if numbers_in(result["document_markdown"]) != list(document.numbers):
        wrong.append(f"its Markdown says {numbers_in(result['document_markdown'])}")
    if document.kind is Kind.EXTRACTION:
        wrong += _wrong_data(document, result)
    return wrong


def _wrong_data(document: Document, result: dict[str, Any]) -> list[str]:
    filled = {one["schema_name"]: one["data"].get(QUESTION) for one in result["structured_data"] or ()}
    return [] if filled == dict.fromkeys(_SCHEMAS, document.numbers[0]) else [f"the schemas hold {filled}"]


def _word(pages: list[str]) -> bytes:
    import docx

    document: Any = docx.Document()
    for number, text in enumerate(pages):
        if number:
            document.add_page_break()
        document.add_paragraph(text)
    kept = io.BytesIO()
    document.save(kept)
    return kept.getvalue()


def _sheets(pages: list[str]) -> bytes:
    import xlsxwriter

    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept) as book:
        for text in pages:
            sheet = book.add_worksheet()
            for row, sentence in enumerate(text.split(". ")):
                sheet.write(row, 0, sentence)
                sheet.write(row, 1, row)
    return kept.getvalue()
