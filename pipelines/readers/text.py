"""Plain text, and the one place where the bytes of any text format become characters."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from charset_normalizer import from_bytes
from charset_normalizer.utils import iana_name

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.flow import OnePage, as_fragments, fenced
from schemas.errors import DocumentEmpty, DocumentUnreadable, TooLarge
from schemas.fragments import FragmentType, PageFragment, TextContent

LARGEST_TEXT = 64 << 20
_SAMPLE_BYTES = 1 << 16
# Longest first: UTF-32's little-endian mark begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Short texts fit exotic code pages as well as their own: guess only among those in use.
_GUESSED_ENCODINGS = [
    "cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "iso8859_2", "iso8859_5",
    "koi8_r", "cp866", "mac_roman", "cp932", "euc_jp", "gb18030", "big5", "euc_kr",
]  # fmt: skip
# What is declared as one of these may be in its superset (WHATWG Encoding Standard §4.2).
_SUPERSETS = {
    "ascii": "cp1252", "latin_1": "cp1252", "iso8859_9": "cp1254", "iso8859_11": "cp874", "tis_620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs",
}  # fmt: skip
_BINARY_SHARE, _BINARY_SHARE_WITH_NULS = 0.1, 0.03
_EBCDIC = "cp1140"
_CONTROLS = bytes(c for c in range(32) if c not in b"\t\n\f\r\x1b")
# ISO 2022's change to Japanese characters.
_SHIFT = re.compile(rb"\x1b\$[@B]")
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_BLANK_LINES = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+|\f")
_COLUMN_GAP = re.compile(r"\S(?: {3,}|\t+)\S|[\u2500-\u257f]")


def decode(data: bytes, declared: str | None = None) -> str:
    """The characters of a text file, line ends as LF, control characters dropped.

    Tried in this order: a byte order mark, UTF-16 by its NULs, UTF-8, the encoding the document itself
    declares, a guess from the letters. Raises ``DocumentUnreadable`` for bytes that are not text.
    """
    encoding = _marked_encoding(data)
    if encoding is None and not looks_like_text(data[:_SAMPLE_BYTES]):
        raise DocumentUnreadable(
            "The file is said to be text but holds binary data. "
            "Send it with its own MIME type, or save it as text first."
        )
    text = _decoded(data, encoding, declared)
    # The third ends lines on mainframes.
    return without_controls(text.replace("\r\n", "\n").replace("\r", "\n").replace("\x85", "\n"))


def without_controls(text: str) -> str:
    """``text`` without control characters (but tabs, line and page ends) and what no XML may hold."""
    return _UNPRINTABLE.sub("", text)


def read_text(path: Path, declared: str | None = None) -> str:
    """The characters of a file (see ``decode``).

    Raises:
        DocumentEmpty: it has no bytes.
        TooLarge: it has more than are read of a text: what is made of one takes twenty times as much memory.
        DocumentUnreadable: it is no text.
    """
    if path.stat().st_size > LARGEST_TEXT:
        raise TooLarge(f"The text has more than {LARGEST_TEXT >> 20} MB: send it in parts.")
    data = path.read_bytes()
    if not data:
        raise DocumentEmpty("The file is empty: it has no bytes to read.")
    return decode(data, declared)


def looks_like_text(head: bytes) -> bool:
    """Whether the first bytes of a file can be text: marked, UTF-16, or with few control characters."""
    if _marked_encoding(head) is not None:
        return True
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return controls <= len(head) * (_BINARY_SHARE_WITH_NULS if b"\0" in head else _BINARY_SHARE)


class OneText(OnePage):
    """A flow whose file is one text: ``_text``. Raises ``DocumentEmpty`` and ``DocumentUnreadable``."""

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(path, setup)
        self._text = read_text(path)


class TextReader(OneText):
    """Paragraphs parted by blank lines; blocks laid out in columns stay as they are, in a fence."""

    def fragments(self) -> list[PageFragment]:
        """One ``text`` fragment a paragraph, its line breaks kept."""
        return fragments_of_text(self._text)


def fragments_of_text(text: str) -> list[PageFragment]:
    """The paragraphs of a text as fragments."""
    return as_fragments((FragmentType.TEXT, TextContent(content=block)) for block in _blocks(text))


def _blocks(text: str) -> Iterator[str]:
    for block in _BLANK_LINES.split(text):
        lines = [line.rstrip() for line in block.split("\n")]
        while lines and not lines[0]:
            lines.pop(0)
        while lines and not lines[-1]:
            lines.pop()
        if lines:
            yield (
                fenced("\n".join(lines)) if _is_laid_out(lines) else "\n".join(line.strip() for line in lines)
            )


def _is_laid_out(lines: list[str]) -> bool:
    """Whether most of the lines have gaps or frames that only a fixed pitch shows as meant."""
    return len(lines) > 1 and sum(bool(_COLUMN_GAP.search(line)) for line in lines) * 2 > len(lines)


def _marked_encoding(data: bytes) -> str | None:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return encoding
    return _unmarked_utf16(data[:_SAMPLE_BYTES])


def _unmarked_utf16(head: bytes) -> str | None:
    """UTF-16 of a Latin script has a NUL in (nearly) every other byte, and none in between."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if odd * 4 > len(head) and not even:
        return "utf-16-le"
    if even * 4 > len(head) and not odd:
        return "utf-16-be"
    return None


def _decoded(data: bytes, encoding: str | None, declared: str | None) -> str:
    if encoding:
        return data.decode(encoding, errors="replace")
    shifts = _SHIFT.search(data[:_SAMPLE_BYTES])
    known = "iso2022_jp_ext" if shifts else _known_encoding(declared)
    # Written in ASCII bytes: as UTF-8 they would pass for Latin letters.
    in_ascii = known is not None and known.startswith(("iso2022", "hz"))
    for candidate in (known, "utf-8") if in_ascii else ("utf-8", known):
        with suppress(LookupError, UnicodeDecodeError):
            if candidate:
                return data.decode(candidate)
    return data.decode(_guessed_encoding(data), errors="replace")


def _known_encoding(declared: str | None) -> str | None:
    """Python's name of a declared charset, if it is one that a file which shows its declaration can be in."""
    try:
        name = iana_name(declared or "")
    except ValueError:
        return None
    if name in _SUPERSETS:
        return _SUPERSETS[name]
    return None if name.startswith(("utf_16", "utf_32", "utf_7")) else name


def _guessed_encoding(data: bytes) -> str:
    if _looks_like_ebcdic(data[:_SAMPLE_BYTES]):
        return _EBCDIC
    first = next((i for i, byte in enumerate(data) if byte > 127), 0)
    start = max(0, first - _SAMPLE_BYTES // 2)
    sample = data[start : start + _SAMPLE_BYTES]
    signs_only = not any(c.isalpha() and not c.isascii() for c in sample.decode("cp1252", errors="replace"))
    matches = [] if signs_only else list(from_bytes(sample, cp_isolation=_GUESSED_ENCODINGS))
    if not matches:
        return "cp1252"
    best = min((match.chaos, -match.coherence) for match in matches)
    tied = [match for match in matches if (match.chaos, -match.coherence) == best]
    # Short texts are good Czech and good French alike; the most common code page is the safest bet.
    western = any("cp1252" in match.could_be_from_charset for match in tied)
    return "cp1252" if western else tied[0].encoding


def _looks_like_ebcdic(sample: bytes) -> bool:
    """Whether this is text of a mainframe: its blank is ``@`` elsewhere, and read as such it is plain."""
    if sample.count(b"@") * 20 < len(sample):
        return False
    read = sample.decode(_EBCDIC)
    return sum(character.isascii() and character.isprintable() for character in read) > 0.95 * len(read)
