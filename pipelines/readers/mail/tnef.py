"""Outlook's own wrapping of messages (TNEF, MS-OXTNEF), ``winmail.dat``: an item with its attachments."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from pipelines.readers.mail.mapi import (
    ANSI,
    BINARY,
    UNICODE,
    Attachment,
    Item,
    Value,
    codec_of,
    moment,
    value_of,
)
from schemas.errors import DocumentUnreadable

_SIGNATURE = b"\x78\x9f\x3e\x22"
_SUBJECT, _BODY, _PROPERTIES, _RECIPIENTS, _CODE_PAGE = 0x18004, 0x2800C, 0x69003, 0x69004, 0x69007
_NEW_ATTACHMENT, _TITLE, _DATA, _OF_ATTACHMENT = 0x69002, 0x18010, 0x6800F, 0x69005
_OBJECT, _TIME = 0x000D, 0x0040
_VARIABLE = {_OBJECT, ANSI, UNICODE, BINARY}
_SIZES = {0x0002: 4, 0x0003: 4, 0x0004: 4, 0x000A: 4, 0x000B: 4, 0x0048: 16}
_MANY = 0x1000
_FIRST_NAMED = 0x8000
_SUBJECT_ID, _BODY_ID, _NAME_ID, _CONTENT_ID = 0x0037, 0x1000, 0x3707, 0x3701
_MESSAGE_INTERFACE = bytes.fromhex("0703020000000000c000000000000046")
_DEEPEST = 20


def item_of(data: bytes, depth: int = 0) -> Item:
    """The item that is wrapped; one that is cut off as far as it goes.

    Raises:
        DocumentUnreadable: the bytes are not TNEF, or damaged.
    """
    if not data.startswith(_SIGNATURE) or depth > _DEEPEST:
        raise DocumentUnreadable("The winmail.dat is damaged, or none: ask its sender for plain attachments.")
    item = Item({})
    page: str | None = None
    for name, value in _attributes(data):
        try:
            if name == _CODE_PAGE:
                page = codec_of(int.from_bytes(value[:4], "little"))
            else:
                _take(item, name, value, page, depth)
        except (struct.error, IndexError):
            continue  # a damaged attribute costs only itself
    return item


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6
    while at + 9 <= len(data):
        name, size = struct.unpack_from("<II", data, at + 1)
        yield name, data[at + 9 : at + 9 + size]
        at += 9 + size + 2


def _take(item: Item, name: int, value: bytes, page: str | None, depth: int) -> None:
    """Adds what an attribute says."""
    if name == _SUBJECT:
        item.properties.setdefault(_SUBJECT_ID, value_of(ANSI, value, page))
    elif name == _BODY:
        item.properties.setdefault(_BODY_ID, value_of(ANSI, value, page))
    elif name == _PROPERTIES:
        item.properties.update(_Properties(value, page).all())
    elif name == _RECIPIENTS:
        rows = _Properties(value, page)
        item.recipients.extend(rows.all() for _ in range(rows.count()))
    elif name == _NEW_ATTACHMENT:
        item.attachments.append(Attachment({}))
    elif item.attachments:
        _take_attached(item.attachments[-1], name, value, page, depth)


def _take_attached(attachment: Attachment, name: int, value: bytes, page: str | None, depth: int) -> None:
    if name == _TITLE:
        attachment.properties.setdefault(_NAME_ID, value_of(ANSI, value, page))
    elif name == _DATA:
        attachment.data = value
    elif name == _OF_ATTACHMENT:
        attachment.properties.update(_Properties(value, page).all())
        content = attachment.properties.pop(_CONTENT_ID, b"")
        if isinstance(content, bytes) and content.startswith(_MESSAGE_INTERFACE):
            attachment.item = item_of(content[len(_MESSAGE_INTERFACE) :], depth + 1)


class _Properties:
    """A list of MAPI properties, read from its beginning on."""

    def __init__(self, data: bytes, page: str | None) -> None:
        self._data, self._at, self._page = data, 0, page

    def count(self) -> int:
        """The next number."""
        (number,) = struct.unpack_from("<I", self._data, self._at)
        self._at += 4
        return int(number)

    def all(self) -> dict[int, Value]:
        """The properties of the next list, by their ids or the numbers that are their names."""
        found: dict[int, Value] = {}
        for _ in range(self.count()):
            kind, id_ = struct.unpack_from("<HH", self._data, self._at)
            self._at += 4
            if id_ >= _FIRST_NAMED:
                id_ = self._name() or id_
            values = self._values(kind)
            if values and not kind & _MANY:
                found[id_] = values[0]
        return found

    def _name(self) -> int:
        """The number that is a property's name, 0 if its name is a text."""
        self._at += 16
        if self.count() == 0:
            return self.count()
        self._skip(self.count())
        return 0

    def _values(self, kind: int) -> list[Value]:
        base = kind & ~_MANY
        many = base in _VARIABLE or kind & _MANY
        values: list[Value] = []
        for _ in range(self.count() if many else 1):
            size = self.count() if base in _VARIABLE else _SIZES.get(base, 8)
            raw = self._skip(size)
            if base in _VARIABLE:
                values.append(value_of(BINARY if base == _OBJECT else base, raw, self._page))
            elif base == _TIME:
                values.extend(filter(None, [moment(int.from_bytes(raw, "little"))]))
            else:
                values.append(int.from_bytes(raw, "little"))
        return values

    def _skip(self, size: int) -> bytes:
        """The next bytes; the ones after them begin at a multiple of four."""
        if self._at + size > len(self._data):
            raise struct.error("cut off")
        raw = self._data[self._at : self._at + size]
        self._at += -(-size // 4) * 4
        return raw
