"""Outlook files made by hand: OLE2 containers with folders (MS-CFB), and items in them (MS-OXMSG)."""

from __future__ import annotations

import struct
from datetime import UTC, datetime

Tree = dict[str, "bytes | Tree"]
Value = str | bytes | int | datetime

_SECTOR, _MINI = 512, 64
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD


def ole(tree: Tree) -> bytes:
    """An OLE2 file of streams and folders; all lie in the mini stream, so each is under 4096 bytes."""
    entries: list[list[object]] = [["Root Entry", 5, _FREE, _FREE, 0, 0]]
    mini, mini_fat = b"", []

    def add(folder: Tree) -> int:
        nonlocal mini
        last = first = _FREE
        for name in sorted(folder, key=lambda name: (len(name), name.upper())):
            content = folder[name]
            number = len(entries)
            entry: list[object] = [name, 1, _FREE, _FREE, 0, 0]
            entries.append(entry)
            if isinstance(content, bytes):
                count = -(-len(content) // _MINI)
                start = len(mini_fat) if count else _END
                mini_fat.extend([*range(len(mini_fat) + 1, len(mini_fat) + count), _END] if count else [])
                mini += content.ljust(count * _MINI, b"\0")
                entry[1:] = [2, _FREE, _FREE, start, len(content)]
            else:
                entry[3] = add(content)
            if last == _FREE:
                first = number
            else:
                entries[last][2] = number
            last = number
        return first

    entries[0][3] = add(tree)
    directory = (len(entries) + 3) // 4
    fat_of_mini = -(-len(mini_fat) * 4 // _SECTOR)
    body = -(-len(mini) // _SECTOR)
    fat: list[int] = [_FAT]
    starts = []
    for count in (directory, fat_of_mini, body):
        starts.append(len(fat) if count else _END)
        fat += [*range(len(fat) + 1, len(fat) + count), _END] if count else []
    assert len(fat) <= _SECTOR // 4
    fat += [_FREE] * (_SECTOR // 4 - len(fat))
    entries[0][4:] = [starts[2], len(mini)]
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 16, 0x3E, 3, 0xFFFE, 9, 6, b"\0" * 6,
        0, 1, starts[0], 0, 4096, starts[1], fat_of_mini, _END, 0, 0,
    )  # fmt: skip
    header += struct.pack("<108I", *([_FREE] * 108))
    packed = b"".join(_entry(*entry) for entry in entries).ljust(directory * _SECTOR, b"\0")
    table = struct.pack(f"<{len(mini_fat)}I", *mini_fat).ljust(fat_of_mini * _SECTOR, b"\xff")
    sectors = (struct.pack("<128I", *fat), packed, table, mini.ljust(body * _SECTOR, b"\0"))
    return header.ljust(_SECTOR, b"\xff") + b"".join(sectors)


def _entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le") + b"\0\0"
    tail = struct.pack("<16sI8s8sIQ", b"\0" * 16, 0, b"\0" * 8, b"\0" * 8, start, size)
    return text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, _FREE, right, child) + tail


def item(
    properties: dict[int, Value],
    recipients: list[dict[int, Value]] | None = None,
    attachments: list[dict[int, Value]] | None = None,
    *,
    inside: Tree | None = None,
    head: int = 32,
) -> Tree:
    """An item; ``inside`` is one that is attached to it (made with ``head`` 24)."""
    tree = _properties(properties, head)
    for number, one in enumerate(recipients or []):
        tree[f"__recip_version1.0_#{number:08X}"] = _properties(one, 8)
    for number, one in enumerate(attachments or []):
        tree[f"__attach_version1.0_#{number:08X}"] = _properties(one, 8)
    if inside is not None:
        number = len(attachments or [])
        tree[f"__attach_version1.0_#{number:08X}"] = {
            **_properties({0x3705: 5}, 8),
            "__substg1.0_3701000D": inside,
        }
    return tree


def named(*numbers: int) -> Tree:
    """The names of the properties 0x8000, 0x8001…"""
    entries = b"".join(struct.pack("<IHH", number, 0, index) for index, number in enumerate(numbers))
    return {"__nameid_version1.0": {"__substg1.0_00030102": entries}}


def _properties(properties: dict[int, Value], head: int) -> Tree:
    tree: Tree = {}
    entries = b"\0" * head
    for id_, value in properties.items():
        if isinstance(value, int):
            entries += struct.pack("<HHIQ", 0x0003, id_, 6, value)
        elif isinstance(value, datetime):
            entries += struct.pack("<HHIQ", 0x0040, id_, 6, _ticks(value))
        elif isinstance(value, str):
            tree[f"__substg1.0_{id_:04X}001F"] = value.encode("utf-16-le")
        else:
            tree[f"__substg1.0_{id_:04X}0102"] = value
    tree["__properties_version1.0"] = entries
    return tree


def tnef(attributes: list[tuple[int, bytes]]) -> bytes:
    """A ``winmail.dat`` (MS-OXTNEF) of these attributes, the message's own before those of attachments."""
    packed = b"".join(
        struct.pack("<BII", 1, name, len(value)) + value + struct.pack("<H", sum(value) & 0xFFFF)
        for name, value in attributes
    )
    return b"\x78\x9f\x3e\x22\x01\x00" + packed


def property_list(properties: dict[int, Value], names: dict[int, int] | None = None) -> bytes:
    """MAPI properties as TNEF has them; ``names`` are the numbers of named ones."""
    packed = struct.pack("<I", len(properties))
    for id_, value in properties.items():
        name = struct.pack("<16sII", b"\0" * 16, 0, names[id_]) if names and id_ in names else b""
        if isinstance(value, int):
            packed += struct.pack("<HH", 0x0003, id_) + name + struct.pack("<I", value)
        elif isinstance(value, datetime):
            packed += struct.pack("<HH", 0x0040, id_) + name + struct.pack("<Q", _ticks(value))
        else:
            kind, raw = (0x001F, value.encode("utf-16-le")) if isinstance(value, str) else (0x0102, value)
            packed += struct.pack("<HH", kind, id_) + name + struct.pack("<II", 1, len(raw))
            packed += raw.ljust(-(-len(raw) // 4) * 4, b"\0")
    return packed


def _ticks(moment: datetime) -> int:
    return int((moment - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds()) * 10_000_000
