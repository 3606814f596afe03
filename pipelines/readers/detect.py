"""Which format a file is in: its content first, then what it is said to be."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines.readers.text import looks_like_text
from schemas.errors import DocumentEmpty, UnsupportedFormat
from schemas.formats import (
    FORMATS,
    KNOWN_MIME_TYPES,
    Format,
    bare_mime_type,
    format_of_bytes,
    format_of_mime_type,
    mime_type_of_name,
    supported_formats,
)

_HEAD_BYTES = 4096
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*(?:<!doctype\s+html|<(?:html|head|body|title|meta|table|div|h1)\b)",
    re.IGNORECASE | re.DOTALL,
)


def detect(path: Path, mime_type: str | None, name: str | None) -> Format:
    """The format of a file; ``mime_type`` and ``name`` are what the sender says of it, if anything.

    A signature in the content decides; then the MIME type, then the extension of ``name``, as long as
    the content can be that; then a look at the text. Raises ``DocumentEmpty`` for a file without bytes
    and ``UnsupportedFormat`` for a format that is not read here.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise DocumentEmpty("The file is empty: it has no bytes to read.")
    said = [said for said in (bare_mime_type(mime_type), mime_type_of_name(name)) if said]
    is_text = looks_like_text(head)
    named = next((known for kind in said if (known := format_of_mime_type(kind))), None)
    signed = format_of_bytes(head)
    # A PDF's signature may come after other bytes, but a text may speak of it.
    if signed and (not is_text or named is None or not named.text or head.startswith(signed.signatures)):
        return signed
    if named and named.text == is_text:
        return named
    if is_text and _HTML_START.match(head.decode("utf-8", errors="replace").lstrip("\ufeff")):
        return _format("HTML")
    office = next((kind for kind in said if kind in KNOWN_MIME_TYPES), None)
    if office or not is_text:
        raise _unsupported(office or (said[0] if said else None))
    return _format("plain text")


def _format(name: str) -> Format:
    return next(known for known in FORMATS if known.name == name)


def _unsupported(said: str | None) -> UnsupportedFormat:
    known = KNOWN_MIME_TYPES.get(said or "")
    if known is not None:
        kind = known[0].removeprefix(".").upper() if known else said
        return UnsupportedFormat(
            f"{kind} files are not read yet; a later version will. Until then, save the document as a PDF. "
            f"Read now: {supported_formats()}."
        )
    what = f"The file ({said})" if said else "The file"
    return UnsupportedFormat(f"{what} is in no format that is read here. Send one of: {supported_formats()}.")
