"""Small files of many kinds, made by hand."""

from __future__ import annotations

import io
import struct
import zipfile

OFFICE = "application/vnd.openxmlformats-officedocument."


def zipped(parts: dict[str, str | bytes]) -> bytes:
    """A ZIP file with these entries, in this order, stored."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def package(main_type: str, part: str = "main.xml") -> bytes:
    """An Office package whose main part has this content type."""
    rels = "application/vnd.openxmlformats-package.relationships+xml"
    types = (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        f'<Default Extension="rels" ContentType="{rels}"/>'
        f'<Override PartName="/{part}" ContentType="{main_type}"/></Types>'
    )
    return zipped({"[Content_Types].xml": types, part: "<x/>"})


def open_document(mime_type: str, manifest: str = "<manifest/>") -> bytes:
    """An OpenDocument package (or an EPUB) of this type."""
    return zipped({"mimetype": mime_type, "content.xml": "<x/>", "META-INF/manifest.xml": manifest})


def ole(streams: dict[str, bytes]) -> bytes:
    """An OLE2 file with these streams (MS-CFB, version 3), padded to the 4096 bytes of whole sectors."""
    sector, free, end, fat_mark = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
    bodies = {name: data.ljust(4096, b"\0") for name, data in streams.items()}
    directory_sectors = (len(bodies) + 1 + 3) // 4
    fat = [fat_mark, *range(2, directory_sectors + 1), end]
    content, starts = b"", {}
    for name, data in bodies.items():
        data = data.ljust(-(-len(data) // sector) * sector, b"\0")
        starts[name] = len(fat)
        count = len(data) // sector
        fat += [*range(len(fat) + 1, len(fat) + count), end]
        content += data
    assert len(fat) <= sector // 4
    fat += [free] * (sector // 4 - len(fat))

    def entry(name: str, kind: int, right: int, child: int, start: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        tail = struct.pack("<16sI8s8sIQ", b"\0" * 16, 0, b"\0" * 8, b"\0" * 8, start, size)
        return text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text), kind, 1, free, right, child) + tail

    # In the order of the directory's tree, each entry the right sibling of the one before.
    ordered = sorted(bodies, key=lambda name: (len(name), name.upper()))
    entries = entry("Root Entry", 5, free, 1, end, 0)
    for number, name in enumerate(ordered, 1):
        right = number + 1 if number < len(ordered) else free
        entries += entry(name, 2, right, free, starts[name], len(bodies[name]))
    entries = entries.ljust(directory_sectors * sector, b"\0")
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\0" * 16, 0x3E, 3, 0xFFFE, 9, 6, b"\0" * 6,
        0, 1, 1, 0, 4096, end, 0, end, 0, 0,
    )  # fmt: skip
    header += struct.pack("<109I", *([free] * 109))[4:]
    return header.ljust(sector, b"\xff") + struct.pack(f"<{sector // 4}I", *fat) + entries + content
