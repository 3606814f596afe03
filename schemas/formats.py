"""The formats Octavo knows: one row each. ``reader`` names the module in ``pipelines/readers``."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple

OCTET_STREAM = "application/octet-stream"


class Format(NamedTuple):
    """An input format. ``signatures`` are byte strings at the file's start; ``text`` formats have none.

    One with ``converts_to``, an extension, is turned into that by LibreOffice, which ``reader`` then reads.
    """

    name: str
    reader: str
    mime_types: tuple[str, ...]
    extensions: tuple[str, ...]
    signatures: tuple[bytes, ...] = ()
    text: bool = False
    converts_to: str = ""


FORMATS: tuple[Format, ...] = (
    Format("PDF", "pdf", ("application/pdf",), (".pdf",), (b"%PDF-",)),
    Format("PNG", "image", ("image/png",), (".png",), (b"\x89PNG\r\n\x1a\n",)),
    Format("JPEG", "image", ("image/jpeg", "image/jpg"), (".jpg", ".jpeg"), (b"\xff\xd8\xff",)),
    Format(
        "TIFF",
        "image",
        ("image/tiff",),
        (".tif", ".tiff"),
        (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+"),
    ),
    Format("HTML", "html", ("text/html", "application/xhtml+xml"), (".html", ".htm", ".xhtml"), text=True),
    Format("Markdown", "markdown", ("text/markdown", "text/x-markdown"), (".md", ".markdown"), text=True),
    Format("CSV", "csv", ("text/csv", "text/tab-separated-values"), (".csv", ".tsv"), text=True),
    Format(
        "JSON",
        "json",
        ("application/json", "application/x-ndjson"),
        (".json", ".jsonl", ".ndjson"),
        text=True,
    ),
    Format("subtitles", "subtitles", ("text/vtt", "application/x-subrip"), (".vtt", ".srt"), text=True),
    Format("plain text", "text", ("text/plain",), (".txt", ".text", ".log"), text=True),
)

# Types the wire names and later readers will serve: uploads are kept, parsing them is refused for now.
KNOWN_MIME_TYPES: dict[str, tuple[str, ...]] = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": (".pptx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.ms-excel.sheet.macroenabled.12": (".xlsm",),
    "application/vnd.ms-excel": (".xls",),
    "application/vnd.apple.keynote": (".key",),
    "application/msword": (".doc",),
    "application/rtf": (".rtf",),
    "text/rtf": (),
    "application/vnd.ms-powerpoint": (".ppt",),
    "text/xml": (),
    "application/xml": (".xml",),
    "application/pkcs7-mime": (".p7m",),
    "application/x-pkcs7-mime": (),
}


# RFC 6838, section 4.2: as far as names are registered.
_NAME = "[a-z0-9][a-z0-9!#$&^_.+-]{0,126}"
_MIME_TYPE = re.compile(f"{_NAME}/{_NAME}")


def bare_mime_type(value: str | None) -> str | None:
    """``Text/HTML; charset=utf-8`` → ``text/html``; ``application/octet-stream`` and no type at all: None."""
    bare = (value or "").split(";")[0].strip().lower()
    return bare if bare != OCTET_STREAM and _MIME_TYPE.fullmatch(bare) else None


def is_text_mime_type(value: str) -> bool:
    """Whether ``raw_text`` may have this type."""
    bare = bare_mime_type(value) or ""
    return bare.startswith("text/") or bare in {"application/xml", "application/xhtml+xml"}


def is_known_mime_type(value: str) -> bool:
    """Whether the wire knows this type, read here or not."""
    bare = bare_mime_type(value)
    return bare in KNOWN_MIME_TYPES or format_of_mime_type(value) is not None


def format_named(name: str) -> Format | None:
    """The format of this name."""
    return next((known for known in FORMATS if known.name == name), None)


def format_of_mime_type(value: str | None) -> Format | None:
    """The format that a MIME type names, if it is read here."""
    bare = bare_mime_type(value)
    return next((f for f in FORMATS if bare in f.mime_types), None)


def mime_type_of_name(name: str | None) -> str | None:
    """The MIME type that a file name's extension stands for."""
    suffix = PurePosixPath((name or "").replace("\\", "/")).suffix.lower()
    if not suffix:
        return None
    for known in FORMATS:
        if suffix in known.extensions:
            return "text/tab-separated-values" if suffix == ".tsv" else known.mime_types[0]
    return next((mime for mime, suffixes in KNOWN_MIME_TYPES.items() if suffix in suffixes), None)


def format_of_bytes(head: bytes) -> Format | None:
    """The format whose signature ``head`` (the first kilobyte) carries; a PDF's may come after some junk."""
    for known in FORMATS:
        if any(head.startswith(signature) for signature in known.signatures):
            return known
    return FORMATS[0] if b"%PDF-" in head[:1024] else None


def supported_formats() -> str:
    """The formats read here, for messages."""
    return ", ".join(f.name for f in FORMATS)
