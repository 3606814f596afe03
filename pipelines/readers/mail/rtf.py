"""Outlook's texts in the Rich Text Format: as plain text, or the HTML that is hidden in them (MS-OXRTFEX)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape

from compressed_rtf import decompress

_TOKEN = re.compile(
    r"\\(?P<word>[A-Za-z]{1,32})(?P<number>-?\d{1,10})? ?"
    r"|\\'(?P<hex>[0-9A-Fa-f]{2})|\\(?P<sign>[^A-Za-z])|(?P<brace>[{}])|[\r\n]+|(?P<text>[^\\{}\r\n]+)",
    re.DOTALL,
)
_FROM_HTML = re.compile(r"\\fromhtml1\b")
_CODE_PAGE = re.compile(r"\\ansicpg(\d{3,5})")
_FONT = re.compile(r"\\f(\d{1,5})\b[^{}]{0,200}?\\fcharset(\d{1,3})")
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "cp936", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251",
    222: "cp874", 238: "cp1250",
}  # fmt: skip
# Groups whose text is not part of the document.
_SKIPPED = {
    "fonttbl", "colortbl", "stylesheet", "info", "pict", "object", "header", "headerl", "headerr", "headerf",
    "footer", "footerl", "footerr", "footerf", "fldinst", "listtable", "listoverridetable", "revtbl", "xe",
}  # fmt: skip
_WORDS = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "cell": "\t", "tab": "\t",
    "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–",
    "emdash": "—", "enspace": " ", "emspace": " ",
}  # fmt: skip
_SIGNS = {"~": "\u00a0", "_": "\u2011", "\\": "\\", "{": "{", "}": "}", "\n": "\n", "\r": "\n"}


def body_of_rtf(packed: bytes) -> tuple[str, bool]:
    """The text of a compressed RTF body, and whether it is HTML; empty where it is damaged."""
    try:
        rtf = decompress(packed).decode("latin-1")
    except Exception:  # the library raises bare ones
        return "", False
    is_html = bool(_FROM_HTML.search(rtf[:1000]))
    return _Reader(rtf, is_html).text(), is_html


@dataclass(slots=True)
class _State:
    """What holds within a group: ``tag`` in a piece of HTML markup, ``only_rtf`` in what stands for one."""

    skipped: bool = False
    tag: bool = False
    only_rtf: bool = False
    fallback: int = 1
    codec: str = "cp1252"


class _Reader:
    """One pass over the tokens; groups are a stack, so that depth cannot hurt."""

    def __init__(self, rtf: str, is_html: bool) -> None:
        self._rtf, self._is_html = rtf, is_html
        page = _CODE_PAGE.search(rtf[:1000])
        self._default = f"cp{page.group(1)}" if page and page.group(1) != "65001" else "cp1252"
        self._fonts = {
            number: _CHARSETS.get(int(charset), self._default) for number, charset in _FONT.findall(rtf)
        }
        self._stack = [_State(codec=self._default)]
        self._parts: list[str] = []
        self._bytes = bytearray()
        self._skip = 0
        self._starts_group = self._is_optional = False

    def text(self) -> str:
        """The whole text; HTML markup as it is, text between it escaped."""
        for token in _TOKEN.finditer(self._rtf):
            kind = token.lastgroup
            if kind == "hex":
                self._add_bytes(bytes.fromhex(token["hex"]))
            elif kind == "text":
                self._add_bytes(token["text"].encode("latin-1"))
            elif kind == "brace":
                self._brace(token["brace"])
                continue
            elif kind == "sign":
                self._sign(token["sign"])
                continue
            elif kind:
                self._word(token["word"], int(token["number"]) if token["number"] else None)
                continue
            self._starts_group = self._is_optional = False
        self._flush()
        # Characters beyond the first 65536 are written as two UTF-16 units.
        return "".join(self._parts).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")

    @property
    def _state(self) -> _State:
        return self._stack[-1]

    def _brace(self, brace: str) -> None:
        self._flush()
        self._skip = 0
        if brace == "{":
            self._stack.append(replace(self._state))
        elif len(self._stack) > 1:
            self._stack.pop()
        self._starts_group, self._is_optional = brace == "{", False

    def _sign(self, sign: str) -> None:
        if sign == "*":
            self._is_optional = self._starts_group
        elif sign in _SIGNS:
            self._add(_SIGNS[sign])

    def _word(self, word: str, number: int | None) -> None:
        state = self._state
        if self._is_optional and word == "htmltag":
            state.tag = True
        elif self._is_optional or (self._starts_group and word in _SKIPPED):
            self._flush()
            state.skipped = True
        elif word == "htmlrtf":
            self._flush()
            state.only_rtf = number != 0
        elif word == "u" and number is not None:
            self._add(chr(number & 0xFFFF))  # may be written as a signed number
            self._skip = state.fallback
        elif word == "uc":
            state.fallback = min(number or 0, 10)
        elif word == "f" and number is not None:
            self._flush()
            state.codec = self._fonts.get(str(number), self._default)
        elif word == "plain":
            self._flush()
            state.codec = self._default
        elif word == "bin":
            state.skipped = True
        elif word in _WORDS:
            self._add(_WORDS[word])
        self._starts_group = self._is_optional = False

    def _add_bytes(self, data: bytes) -> None:
        """Text in the code page; the first characters after a Unicode one only stand in for it."""
        stand_in = min(self._skip, len(data))
        self._skip -= stand_in
        self._bytes += data[stand_in:]

    def _add(self, text: str) -> None:
        self._flush()
        state = self._state
        if state.skipped or (self._is_html and state.only_rtf and not state.tag):
            return
        self._parts.append(escape(text, quote=False) if self._is_html and not state.tag else text)

    def _flush(self) -> None:
        """Characters of several bytes may be written in several pieces: they are decoded together."""
        if self._bytes:
            data, self._bytes = bytes(self._bytes), bytearray()
            try:
                self._add(data.decode(self._state.codec, errors="replace"))
            except LookupError:
                self._add(data.decode("cp1252", errors="replace"))
