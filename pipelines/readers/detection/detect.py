"""Which format a file is in: its content first, then what it is said to be."""

from __future__ import annotations

import re
from pathlib import Path

import puremagic

from pipelines.readers.detection.containers import type_in_ole, type_in_zip
from pipelines.readers.detection.text_kinds import office_xml, text_kind, text_of_head
from pipelines.readers.text import looks_like_text
from schemas.acceptance import refusal, supported_formats
from schemas.errors import DocumentEmpty, DocumentUnreadable, UnsupportedFormat
from schemas.formats import FORMATS, Format, bare_mime_type, format_of_mime_type, mime_type_of_name
from schemas.signatures import HEAD_BYTES, OLE, PDF, ZIP, mime_type_of_bytes

_PLAIN = "text/plain"
_SURE = 0.5
_PDF_LINE = re.compile(rb"^%PDF-\d", re.MULTILINE)


def detect(path: Path, mime_type: str | None, name: str | None) -> Format:
    """The format of a file; ``mime_type`` and ``name`` are what the sender says of it, if anything.

    What the content shows decides: a signature, the inside of a container, the root of an office document in
    XML. Other text is what its MIME type or the extension of ``name`` says, as long as that is a text format,
    and else what it looks like.

    Raises:
        DocumentEmpty: the file has no bytes.
        DocumentEncrypted: it is locked as a whole.
        DocumentUnreadable: it is a damaged container, or not at all what it is said to be.
        UnsupportedFormat: it is in a format that is not read here.
    """
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    if not head:
        raise DocumentEmpty("The file is empty: it has no bytes to read.")
    by_type, by_name = bare_mime_type(mime_type), mime_type_of_name(name)
    if by_type == _PLAIN and by_name is None:
        by_type = None  # so servers call whatever they do not know
    said = [said for said in (by_type, by_name) if said]
    is_text = looks_like_text(head)
    found = _shown(path, head, is_text, said)
    if found is None and is_text:
        return _text_format(head, said)
    if found is None:
        return _trusted(head, said)
    known = format_of_mime_type(found)
    if known is None:
        raise UnsupportedFormat(refusal(found))
    return known


def _shown(path: Path, head: bytes, is_text: bool, said: list[str]) -> str | None:
    """The MIME type that the content shows beyond doubt."""
    if is_text and (kind := office_xml(text_of_head(head))):
        return kind
    found = mime_type_of_bytes(head)
    if found == ZIP:
        return type_in_zip(path)
    if found == OLE:
        return type_in_ole(path)
    if found == PDF and is_text and not head.startswith(b"%PDF-"):
        # A text may speak of the sign that a PDF has; junk before a PDF ends with its line.
        return None if any(map(_is_text_type, said)) or not _PDF_LINE.search(head) else found
    return found


def _text_format(head: bytes, said: list[str]) -> Format:
    """What a text is said to be; where no kind of text is named, what it looks like."""
    named = next((kind for kind in said if _is_text_type(kind)), None)
    kind = named or text_kind(text_of_head(head))
    return format_of_mime_type(kind) or next(known for known in FORMATS if _PLAIN in known.mime_types)


def _is_text_type(kind: str) -> bool:
    known = format_of_mime_type(kind)
    return known is not None and known.text


def _trusted(head: bytes, said: list[str]) -> Format:
    """The format of bytes that show nothing: what they are said to be, if its own reader can judge them."""
    for kind in said:
        known = format_of_mime_type(kind)
        if known is not None and known.text:
            raise DocumentUnreadable(
                f"The file is said to be {known.name} but holds binary data. Send it with its own MIME type, "
                "or save it as text first."
            )
        if known is not None and not known.converts_to:
            return known
        if known is not None:
            raise DocumentUnreadable(
                f"The file is said to be {known.name}, but it does not begin like one: it is damaged, or in "
                f"another format. Octavo reads {supported_formats()}."
            )
    raise UnsupportedFormat(refusal(*_named(head, said)))


def _named(head: bytes, said: list[str]) -> tuple[str | None, str | None]:
    """MIME type and name of bytes that are not read here, as far as they are known."""
    if said:
        return said[0], None
    try:
        best = puremagic.magic_string(head)[0]
    except (puremagic.PureError, ValueError, IndexError):
        return None, None
    return (best.mime_type or None, best.name) if best.confidence >= _SURE else (None, None)
