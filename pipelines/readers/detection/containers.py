"""What is in a ZIP or an OLE2 container: the MIME type of the document that is stored that way.

Nothing is unpacked but a few small entries, and of those only a bounded part.
"""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import olefile

from schemas.errors import DocumentEncrypted, DocumentUnreadable, TooLarge
from schemas.signatures import OLE, ZIP

PROTECTED = "application/encrypted"
"""Office files that are encrypted: the default password may open them."""

_PART_BYTES = 1 << 20
_MOST_DIRECTORY_BYTES = 8 << 20
_END_OF_DIRECTORY, _END_OF_DIRECTORY_64, _SEE_64 = b"PK\x05\x06", b"PK\x06\x06", 0xFFFFFFFF
_END_BYTES = 22 + 0xFFFF
_CONTENT_TYPE = re.compile(rb"""ContentType\s*=\s*["']([^"']+)["']""")
_MAIN_PART = re.compile(r"(application/vnd\..+?)\.main(?:\+xml)?", re.IGNORECASE)
_FIXED_PAGES = "application/vnd.ms-package.xps-fixeddocumentsequence+xml"
_FLAG_ENCRYPTED = 1

# Where a package's content types are missing or say nothing, its main part's name does.
_OFFICE = "application/vnd.openxmlformats-officedocument."
_NAMED_PARTS: tuple[tuple[str, str], ...] = (
    (r"word/document\d*\.xml", f"{_OFFICE}wordprocessingml.document"),
    (r"ppt/presentation\.xml", f"{_OFFICE}presentationml.presentation"),
    (r"xl/workbook\d*\.xml", f"{_OFFICE}spreadsheetml.sheet"),
    (r"xl/workbook\.bin", "application/vnd.ms-excel.sheet.binary.macroenabled.12"),
    (r"visio/document\.xml", "application/vnd.ms-visio.drawing"),
    (r".*\.fdseq", "application/vnd.ms-xpsdocument"),
    (
        r"index\.apxl(?:\.gz)?|Index/(?:Slide|MasterSlide|TemplateSlide)[-\d]*\.iwa",
        "application/vnd.apple.keynote",
    ),
    (r"META-INF/container\.xml", "application/epub+zip"),
    (r"META-INF/MANIFEST\.MF|AndroidManifest\.xml", "application/java-archive"),
)
# Pages and Numbers have the same names; their first object's class differs, or the root element.
_IWORK_INDEXES = ("Index/Document.iwa", "index.xml")
_IWORK_LOCK = ".iwph"  # the hint for a password
_IWORK_STARTS = (
    (rb".{,80}\x08\x90\x4e|.*<sl:document\b", "application/vnd.apple.pages"),
    (rb".{,40}\x08\x01\x12|.*<ls:document\b", "application/vnd.apple.numbers"),
)

_OLE_STREAMS: tuple[tuple[str, str], ...] = (
    ("EncryptedPackage", PROTECTED),
    ("__properties_version1.0", "application/vnd.ms-outlook"),
    ("WordDocument", "application/msword"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("Workbook", "application/vnd.ms-excel"),
    ("Book", "application/vnd.ms-excel"),
    ("Quill", "application/x-mspublisher"),
    ("VisioDocument", "application/vnd.visio"),
    ("MatOST", "application/vnd.ms-works"),
    ("CONTENTS", "application/vnd.ms-works"),
    ("FileHeader", "application/x-hwp"),
    ("Props14", "application/vnd.ms-project"),
    ("Props12", "application/vnd.ms-project"),
    ("Props9", "application/vnd.ms-project"),
)


def type_in_zip(path: Path) -> str:
    """The MIME type of what a ZIP file is: a document, or ``application/zip`` for a mere archive.

    Raises:
        DocumentEncrypted: its entries want a password.
        DocumentUnreadable: its directory is damaged or cut off.
        TooLarge: its directory is larger than any document's.
    """
    _check_directory(path)
    try:
        with zipfile.ZipFile(path) as archive:
            return _type_of_package(archive)
    except (DocumentEncrypted, DocumentUnreadable):
        raise
    except Exception as error:  # zipfile raises many kinds on damaged archives
        raise _damaged() from error


def type_in_ole(path: Path) -> str:
    """The MIME type of what an OLE2 file is: ``PROTECTED`` if it is encrypted, OLE2's own if it is unknown.

    Raises:
        DocumentUnreadable: it is damaged or cut off.
    """
    try:
        with olefile.OleFileIO(path) as ole:
            found = next((kind for stream, kind in _OLE_STREAMS if ole.exists(stream)), OLE)
            asks = _PASSWORD_FLAGS.get(found)
            return PROTECTED if asks is not None and asks(ole) else found
    except Exception as error:  # olefile raises many kinds on damaged files
        raise DocumentUnreadable(
            "The file is an older Office file that is damaged or cut off: open it in its own program "
            "and save it anew."
        ) from error


def _check_directory(path: Path) -> None:
    """Keeps ``zipfile`` from a directory that would fill the memory."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _END_BYTES))
        tail = file.read()
    end = tail.rfind(_END_OF_DIRECTORY)
    if end < 0 or len(tail) - end < 22:
        raise _damaged()
    length = int.from_bytes(tail[end + 12 : end + 16], "little")
    end64 = tail.rfind(_END_OF_DIRECTORY_64, 0, end)
    if length == _SEE_64 and end64 >= 0:
        length = int.from_bytes(tail[end64 + 40 : end64 + 48], "little")
    if length > _MOST_DIRECTORY_BYTES:
        raise TooLarge(
            "The file is a ZIP archive with more entries than any document has: send them one by one."
        )


def _damaged() -> DocumentUnreadable:
    return DocumentUnreadable(
        "The file is a ZIP container (as office documents are) that is damaged or cut off: send it again, or "
        "open it in its own program and save it anew."
    )


def _type_of_package(archive: zipfile.ZipFile) -> str:
    names = archive.namelist()
    locked = {entry.filename for entry in archive.infolist() if entry.flag_bits & _FLAG_ENCRYPTED}
    if "mimetype" in names and "mimetype" not in locked:
        stated = _part(archive, "mimetype").strip().decode("ascii", errors="replace").lower()
        if stated and "META-INF/manifest.xml" in names:
            _refuse_encrypted(_part(archive, "META-INF/manifest.xml"))
        if "/" in stated:
            return stated
    if names and locked.issuperset(name for name in names if not name.endswith("/")):
        raise DocumentEncrypted(
            "The file is a ZIP archive that wants a password: unpack it and send the documents in it one by "
            "one."
        )
    if _IWORK_LOCK in names:
        raise DocumentEncrypted("The document wants a password: export it without one, as PDF or for Office.")
    if "[Content_Types].xml" in names and (kind := _stated_type(_part(archive, "[Content_Types].xml"))):
        return kind
    return _type_by_names(names) or _iwork_type(archive, names) or ZIP


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        return part.read(_PART_BYTES)


def _refuse_encrypted(manifest: bytes) -> None:
    if b"encryption-data" in manifest or b"encrypted-package" in manifest:
        raise DocumentEncrypted(
            "The document wants a password: save it without one (LibreOffice: Save As) and send it."
        )


def _stated_type(content_types: bytes) -> str | None:
    """The MIME type that belongs to the main part of an Office or XPS package."""
    for stated in _CONTENT_TYPE.findall(content_types.replace(b"\0", b"")):  # UTF-16 has a NUL at each letter
        kind = stated.decode("ascii", errors="replace").strip()
        if kind.lower() == _FIXED_PAGES:
            return "application/vnd.ms-xpsdocument"
        if main := _MAIN_PART.fullmatch(kind):
            name = main[1].lower()
            return f"{name}.12" if name.endswith("macroenabled") else name
    return None


def _type_by_names(names: Sequence[str]) -> str | None:
    for pattern, kind in _NAMED_PARTS:
        if any(re.fullmatch(pattern, name) for name in names):
            return kind
    return None


def _iwork_type(archive: zipfile.ZipFile, names: Sequence[str]) -> str | None:
    for index in _IWORK_INDEXES:
        if index in names:
            start = _part(archive, index)[:1024]
            return next(
                (kind for pattern, kind in _IWORK_STARTS if re.match(pattern, start, re.DOTALL)), None
            )
    return None


def _word_is_locked(ole: olefile.OleFileIO) -> bool:
    """The flag ``fEncrypted`` of the file information block."""
    flags: int = struct.unpack_from("<H", ole.openstream("WordDocument").read(32), 10)[0]
    return bool(flags & 0x0100)


def _slides_are_locked(ole: olefile.OleFileIO) -> bool:
    """The ``headerToken`` of the record ``CurrentUserAtom``."""
    return bool(ole.openstream("Current User").read(16)[12:16] == b"\xdf\xc4\xd1\xf3")


def _workbook_is_locked(ole: olefile.OleFileIO) -> bool:
    """The record ``FilePass`` is among the first ones of the workbook."""
    head = ole.openstream("Workbook" if ole.exists("Workbook") else "Book").read(4096)
    at = 0
    while at + 4 <= len(head):
        kind, length = struct.unpack_from("<HH", head, at)
        if kind == 0x2F:
            return True
        at += 4 + length
    return False


_PASSWORD_FLAGS: dict[str, Callable[[olefile.OleFileIO], bool]] = {
    "application/msword": _word_is_locked,
    "application/vnd.ms-powerpoint": _slides_are_locked,
    "application/vnd.ms-excel": _workbook_is_locked,
}
