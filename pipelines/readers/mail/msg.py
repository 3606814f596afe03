"""Outlook items: in OLE2 files of their own (MSG, MS-OXMSG), and wrapped for mail (TNEF)."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import olefile

from pipelines.readers.base import DEFAULT_SETUP, ReaderSetup
from pipelines.readers.mail.eml import MailReader
from pipelines.readers.mail.mapi import (
    ANSI,
    BINARY,
    UNICODE,
    Attachment,
    Item,
    Value,
    as_mail,
    codec_of,
    moment,
    value_of,
)
from pipelines.readers.mail.tnef import item_of
from schemas.errors import DocumentError, DocumentUnreadable

_PROPERTIES, _STREAM = "__properties_version1.0", "__substg1.0_"
_RECIPIENT, _ATTACHMENT = "__recip_version1.0_", "__attach_version1.0_"
_NAMES, _NAME_ENTRIES = "__nameid_version1.0", "__substg1.0_00030102"
_DATA_STREAM, _ITEM_STORAGE = "__substg1.0_37010102", "__substg1.0_3701000d"
# Bytes before the entries of a property stream: of the file's item, of an item inside, of anything else.
_ROOT_HEAD, _ITEM_HEAD, _OTHER_HEAD = 32, 24, 8
_INTEGER, _BOOLEAN, _TIME = 0x0003, 0x000B, 0x0040
_MESSAGE_CODE_PAGE, _CODE_PAGE = 0x3FFD, 0x3FDE
_FIRST_NAMED = 0x8000

_Place = tuple[str, ...]


class MsgReader(MailReader):
    """An Outlook message, appointment, task, contact or note, with what is attached to it.

    Raises:
        DocumentUnreadable: it is no Outlook item, or damaged.
        DocumentEncrypted: the message is encrypted.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        try:
            with olefile.OleFileIO(path) as ole:
                message = as_mail(_File(ole, path.stat().st_size).item())
        except DocumentError:
            raise
        except Exception as error:  # olefile raises many kinds on damaged files
            raise DocumentUnreadable(
                "The Outlook message is damaged or cut off: open it in Outlook and save it again."
            ) from error
        super().__init__(message, setup)


class TnefReader(MailReader):
    """A ``winmail.dat`` of its own.

    Raises:
        DocumentUnreadable: it is none, or damaged.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        super().__init__(as_mail(item_of(path.read_bytes())), setup)


class _File:
    def __init__(self, ole: olefile.OleFileIO, size: int) -> None:
        self._ole = ole
        # All streams together are no larger than the file, unless they lie over each other.
        self._room = 2 * size
        self._inside: dict[_Place, list[str]] = defaultdict(list)
        for *folder, name in ole.listdir(streams=True, storages=True):
            self._inside[tuple(part.lower() for part in folder)].append(name.lower())
        self._names = dict(self._named())

    def item(self, place: _Place = (), head: int = _ROOT_HEAD) -> Item:
        """The item of the file, or one inside it."""
        properties = self._properties(place, head)
        page = codec_of(properties.get(_MESSAGE_CODE_PAGE) or properties.get(_CODE_PAGE))
        item = Item(properties | self._long_properties(place, page))
        for name in sorted(self._inside[place]):
            inner = (*place, name)
            if name.startswith(_RECIPIENT):
                item.recipients.append(self._all_properties(inner, page))
            elif name.startswith(_ATTACHMENT):
                item.attachments.append(self._attachment(inner, page))
        return item

    def _attachment(self, place: _Place, page: str | None) -> Attachment:
        attachment = Attachment(self._all_properties(place, page))
        if _DATA_STREAM in self._inside[place]:
            attachment.data = self._read((*place, _DATA_STREAM))
        elif _PROPERTIES in self._inside[*place, _ITEM_STORAGE]:
            attachment.item = self.item((*place, _ITEM_STORAGE), _ITEM_HEAD)
        return attachment

    def _all_properties(self, place: _Place, page: str | None) -> dict[int, Value]:
        return self._properties(place, _OTHER_HEAD) | self._long_properties(place, page)

    def _properties(self, place: _Place, head: int) -> dict[int, Value]:
        """Those of a fixed length, which lie in one stream."""
        if _PROPERTIES not in self._inside[place]:
            return {}
        entries = self._read((*place, _PROPERTIES))[head:]
        found: dict[int, Value] = {}
        for kind, id_, raw in struct.iter_unpack("<HH4x8s", entries[: len(entries) // 16 * 16]):
            if kind in {_INTEGER, _BOOLEAN}:
                found[self._known(id_)] = int.from_bytes(raw[:4], "little")
            elif kind == _TIME and (when := moment(int.from_bytes(raw, "little"))):
                found[self._known(id_)] = when
        return found

    def _long_properties(self, place: _Place, page: str | None) -> dict[int, Value]:
        """Those with streams of their own."""
        found: dict[int, Value] = {}
        for name in self._inside[place]:
            digits = name.removeprefix(_STREAM)
            if len(digits) != 8 or name == _DATA_STREAM:
                continue
            id_, kind = int(digits[:4], 16), int(digits[4:], 16)
            if kind in {ANSI, UNICODE, BINARY}:
                found[self._known(id_)] = value_of(kind, self._read((*place, name)), page)
        return found

    def _known(self, id_: int) -> int:
        return self._names.get(id_, id_)

    def _named(self) -> Iterator[tuple[int, int]]:
        """The ids of named properties, with the numbers that are their names."""
        if _NAME_ENTRIES not in self._inside[_NAMES,]:
            return
        entries = self._read((_NAMES, _NAME_ENTRIES))
        for name, kind, index in struct.iter_unpack("<IHH", entries[: len(entries) // 8 * 8]):
            if not kind & 1:
                yield _FIRST_NAMED + index, name

    def _read(self, place: _Place) -> bytes:
        data = bytes(self._ole.openstream(list(place)).read())
        self._room -= len(data)
        if self._room < 0:
            raise ValueError("streams that share their bytes")
        return data
