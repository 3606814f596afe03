"""What a symbol says, as text that can be shown safely."""

from __future__ import annotations

import re
import unicodedata

import zxingcpp

_TEXT = frozenset({zxingcpp.ContentType.Text, zxingcpp.ContentType.GS1, zxingcpp.ContentType.ISO15434})
# More of a text than this share is control characters: it is none.
_MOST_CONTROLS = 0.1
_PICTURES, _DELETE = 0x2400, 0x7F
# Marks that turn the direction of what follows: an address could be made to look like another.
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# Further facts of a symbol: an EAN's add-on, and the eight digits of a UPC-E whose text is its GTIN.
_ADD_ON, _UPC_E = "EanAddOn", "UPCE"
# The digits of an add-on that has a check digit.
_CHECKED = 5


def symbology_of(code: zxingcpp.Barcode) -> str:
    """The symbol's kind in capitals and digits: ``QRCODE``, ``EAN13``, ``DATAMATRIX`` and so on."""
    return re.sub("[^A-Z0-9]", "", str(code.format).upper())


def value_of(code: zxingcpp.Barcode) -> str:
    """A symbol's content: text as it is meant for people to read, bytes that are no text in hexadecimal.

    GS1 element strings have their identifiers in parentheses, an EAN's add-on stands after a space. One of
    two digits is left out: it has no check digit, and mostly was read where there is none.
    """
    if code.content_type not in _TEXT:
        return _of_bytes(bytes(code.bytes))
    add_on = _extra(code, _ADD_ON)
    text = code.text.removesuffix(add_on)
    return shown(f"{text} {add_on}" if len(add_on) == _CHECKED else text)


def printed_of(code: zxingcpp.Barcode) -> str:
    """What is printed beside the symbol, where it is not its value."""
    return _extra(code, _UPC_E)


def _extra(code: zxingcpp.Barcode, name: str) -> str:
    return str(code.extra.get(name, "")) if isinstance(code.extra, dict) else ""


def shown(text: str) -> str:
    """The text without anything that does not show: control characters as their pictures (U+2400…).

    Line breaks stay, as line feeds.
    """
    text = _TURNING.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_picture(char) for char in text)


def _of_bytes(payload: bytes) -> str:
    try:
        text = payload.decode("utf-8")
    except UnicodeDecodeError:
        text = payload.decode("latin-1")
    controls = sum(unicodedata.category(char) == "Cc" for char in text)
    return shown(text) if controls <= _MOST_CONTROLS * len(text) else f"0x{payload.hex()}"


def _picture(char: str) -> str:
    if char in "\n\t" or unicodedata.category(char) not in {"Cc", "Cs"}:
        return char
    if ord(char) < ord(" "):
        return chr(_PICTURES + ord(char))
    return "\u2421" if ord(char) == _DELETE else "\ufffd"
