# mypy: disable-error-code="no-untyped-call"
"""The objects a PDF file is made of, read as what they should be: a wrong type reads as nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pymupdf

from schemas.geometry import BBox

_mupdf = pymupdf.mupdf
# No array or dictionary is followed further: a hostile file may claim any length.
_MOST_ENTRIES = 50_000


@dataclass(frozen=True, slots=True)
class PdfObject:
    """An object; references to others are followed by whatever asks. Every property has an empty default."""

    raw: Any

    @classmethod
    def of_page(cls, page: pymupdf.Page) -> PdfObject:
        """The dictionary of a page."""
        return cls(_mupdf.pdf_page_from_fz_page(page.this).obj())

    @classmethod
    def catalog(cls, document: pymupdf.Document) -> PdfObject:
        """The root of a document's objects."""
        pdf = _mupdf.pdf_document_from_fz_document(document.this)
        return cls(_mupdf.pdf_trailer(pdf)).get("Root")

    @classmethod
    def of_number(cls, document: pymupdf.Document, number: int) -> PdfObject:
        """A reference to the object of a number."""
        pdf = _mupdf.pdf_document_from_fz_document(document.this)
        return cls(_mupdf.pdf_new_indirect(pdf, number, 0))

    @classmethod
    def new_dict(cls, document: pymupdf.Document) -> PdfObject:
        """An empty dictionary that stands by itself until it is put somewhere."""
        return cls(_mupdf.pdf_new_dict(_mupdf.pdf_document_from_fz_document(document.this), 4))

    @classmethod
    def new_array(cls, document: pymupdf.Document, entries: Iterable[str | int | PdfObject]) -> PdfObject:
        """An array of texts, whole numbers and other objects."""
        new = _mupdf.pdf_new_array(_mupdf.pdf_document_from_fz_document(document.this), 4)
        for entry in entries:
            match entry:
                case str():
                    _mupdf.pdf_array_push_text_string(new, entry)
                case int():
                    _mupdf.pdf_array_push_int(new, entry)
                case _:
                    _mupdf.pdf_array_push(new, entry.raw)
        return cls(new)

    @classmethod
    def new_look(
        cls,
        document: pymupdf.Document,
        size: BBox,
        matrix: pymupdf.Matrix,
        resources: PdfObject,
        content: bytes,
    ) -> PdfObject:
        """What can be drawn at a place (a form XObject): a new stream of the file, and a reference to it."""
        pdf = _mupdf.pdf_document_from_fz_document(document.this)
        m = _mupdf.FzMatrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
        buffer = _mupdf.fz_new_buffer_from_copied_data(content)
        return cls(_mupdf.pdf_new_xobject(pdf, _mupdf.FzRect(*size), m, resources.raw, buffer))

    def get(self, *path: str) -> PdfObject:
        """What the dictionary has under a key, and under a key of that."""
        found = self.raw
        for key in path:
            found = _mupdf.pdf_dict_gets(found, key)
        return PdfObject(found)

    def put(self, key: str, value: PdfObject) -> None:
        """Sets an entry of a dictionary, in memory only."""
        _mupdf.pdf_dict_puts(self.raw, key, value.raw)

    def put_name(self, key: str, name: str) -> None:
        """Sets an entry of a dictionary to a name."""
        _mupdf.pdf_dict_puts(self.raw, key, _mupdf.pdf_new_name(name))

    def put_text(self, key: str, text: str) -> None:
        """Sets an entry of a dictionary to a text."""
        _mupdf.pdf_dict_puts(self.raw, key, _mupdf.pdf_new_text_string(text))

    def put_number(self, key: str, number: int) -> None:
        """Sets an entry of a dictionary to a whole number."""
        _mupdf.pdf_dict_puts(self.raw, key, _mupdf.pdf_new_int(number))

    def drop(self, key: str) -> None:
        """Removes an entry of a dictionary."""
        _mupdf.pdf_dict_dels(self.raw, key)

    def put_box(self, key: str, box: BBox) -> None:
        """Sets an entry of a dictionary to a rectangle."""
        _mupdf.pdf_dict_put_rect(self.raw, _mupdf.pdf_new_name(key), _mupdf.FzRect(*box))

    def put_matrix(self, key: str, matrix: pymupdf.Matrix) -> None:
        """Sets an entry of a dictionary to a transformation."""
        a, b, c, d, e, f = matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f
        _mupdf.pdf_dict_put_matrix(self.raw, _mupdf.pdf_new_name(key), _mupdf.FzMatrix(a, b, c, d, e, f))

    def copy(self) -> PdfObject:
        """A new dictionary with the same entries."""
        return PdfObject(_mupdf.pdf_copy_dict(self.raw))

    def kept(self, keep: Callable[[PdfObject], bool]) -> PdfObject:
        """A new array of those elements that are to be kept."""
        new = _mupdf.pdf_copy_array(self.raw)
        for i in reversed(range(_mupdf.pdf_array_len(new))):
            if not keep(PdfObject(_mupdf.pdf_array_get(new, i))):
                _mupdf.pdf_array_delete(new, i)
        return PdfObject(new)

    def names(self) -> list[str]:
        """The keys of a dictionary, in order."""
        count = min(_mupdf.pdf_dict_len(self.raw), _MOST_ENTRIES)
        return [PdfObject(_mupdf.pdf_dict_get_key(self.raw, i)).name for i in range(count)]

    def items(self) -> Iterator[PdfObject]:
        """The elements of an array."""
        for i in range(min(_mupdf.pdf_array_len(self.raw), _MOST_ENTRIES)):
            yield PdfObject(_mupdf.pdf_array_get(self.raw, i))

    @property
    def is_null(self) -> bool:
        """Whether there is nothing."""
        return bool(_mupdf.pdf_is_null(self.raw))

    @property
    def is_dict(self) -> bool:
        """Whether it is a dictionary (a stream has one, too)."""
        return bool(_mupdf.pdf_is_dict(self.raw))

    @property
    def is_array(self) -> bool:
        """Whether it is an array."""
        return bool(_mupdf.pdf_is_array(self.raw))

    @property
    def is_stream(self) -> bool:
        """Whether it is a stream."""
        return bool(_mupdf.pdf_is_stream(self.raw))

    @property
    def name(self) -> str:
        """A name without its slash."""
        return str(_mupdf.pdf_to_name(self.raw) or "")

    @property
    def number(self) -> int:
        """A whole number."""
        return int(_mupdf.pdf_to_int(self.raw))

    @property
    def is_number(self) -> bool:
        """Whether it is a number, whole or not."""
        return bool(_mupdf.pdf_is_number(self.raw))

    @property
    def real(self) -> float:
        """A number."""
        return float(_mupdf.pdf_to_real(self.raw))

    @property
    def text(self) -> str:
        """A text, be it a string or a stream; its lines end in a line feed."""
        if _mupdf.pdf_is_string(self.raw):
            text = str(_mupdf.pdf_to_text_string(self.raw))
        elif self.is_stream:
            text = str(_mupdf.pdf_load_stream_or_string_as_utf8(self.raw))
        else:
            return ""
        return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").removeprefix("\ufeff")

    @property
    def data(self) -> bytes:
        """The bytes of a stream, uncompressed, or of a string of binary data."""
        if self.is_stream:
            return bytes(_mupdf.pdf_load_stream(self.raw).fz_buffer_extract())
        if not _mupdf.pdf_is_string(self.raw):
            return b""
        buffer = _mupdf.fz_new_buffer(1)  # the direct way ends a string at its first zero byte
        output = _mupdf.FzOutput(buffer)
        _mupdf.pdf_print_obj(output, self.raw, 1, 1)
        output.fz_close_output()
        printed = bytes(buffer.fz_buffer_extract())
        return bytes.fromhex(printed[1:-1].decode("ascii")) if printed[:1] == b"<" else printed[1:-1]

    @property
    def box(self) -> BBox:
        """A rectangle, its corners in order, in the file's own space."""
        rect = _mupdf.pdf_to_rect(self.raw)
        return BBox(rect.x0, rect.y0, rect.x1, rect.y1)

    @property
    def matrix(self) -> pymupdf.Matrix:
        """A transformation, the identity by default."""
        m = _mupdf.pdf_to_matrix(self.raw)
        return pymupdf.Matrix(m.a, m.b, m.c, m.d, m.e, m.f)

    @property
    def number_in_file(self) -> int:
        """The object's number, 0 of one that stands inside another."""
        return int(_mupdf.pdf_to_num(self.raw))


def displayed(page: pymupdf.Page) -> pymupdf.Matrix:
    """From the file's space to the page as displayed, its crop box's corner at the origin."""
    box, matrix = _mupdf.FzRect(), _mupdf.FzMatrix()
    _mupdf.pdf_page_transform(_mupdf.pdf_page_from_fz_page(page.this), box, matrix)
    return pymupdf.Matrix(matrix.a, matrix.b, matrix.c, matrix.d, matrix.e, matrix.f)
