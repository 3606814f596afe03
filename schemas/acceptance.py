"""What is accepted: the types of uploads and requests, and in words what is refused and why."""

from __future__ import annotations

from codecs import getincrementaldecoder

from schemas.formats import FORMATS, bare_mime_type, format_of_mime_type
from schemas.refused import MEDIA, REFUSED, SEND_THE_DOCUMENT, Refused
from schemas.signatures import CONTAINERS, mime_type_of_bytes

# What the formats of a reader are called together; the others are text.
_GROUPS = {
    "pdf": "pages and drawings",
    "fixed": "pages and drawings",
    "image": "pictures",
    "docx": "documents",
    "epub": "documents",
    "pptx": "slides",
    "xlsx": "sheets",
    "xlsb": "sheets",
    "xls": "sheets",
    "ods": "sheets",
    "csv": "sheets",
    "p7m": "mail",
    "eml": "mail",
    "msg": "mail",
    "mbox": "mail",
    "mhtml": "text",
}

_FILLED_BY = {"pdf", "image", "docx"}


def is_known_mime_type(value: str) -> bool:
    """Whether the wire knows this type, read here or not."""
    bare = bare_mime_type(value)
    return may_be_readable(bare) or _refused(bare) is not None


def likely_mime_type(head: bytes, stated: str | None) -> str | None:
    """The type of an upload: the stated one, if it is read here; else what its first bytes show."""
    found = mime_type_of_bytes(head) or ("text/plain" if _is_utf8(head) else None)
    return found if found and (not stated or _readable_instead(found, stated)) else stated


def _readable_instead(found: str, stated: str) -> bool:
    return format_of_mime_type(found) is not None and not may_be_readable(stated) and found != "text/plain"


def _is_utf8(head: bytes) -> bool:
    """Whether the bytes are UTF-8 text, which may be cut off inside a character."""
    try:
        getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return False
    return b"\0" not in head


def may_be_readable(mime_type: str | None) -> bool:
    """Whether files of this type are read here, or some of them: containers are judged by their inside."""
    return mime_type in CONTAINERS or format_of_mime_type(mime_type) is not None


def is_fillable(mime_type: str) -> bool:
    """Whether documents of this type may be filled in: those that can be shown as pages to write on."""
    found = format_of_mime_type(mime_type)
    return found is not None and found.reader in _FILLED_BY


def refusal(mime_type: str | None, name: str | None = None) -> str:
    """Why files of a type are not read here, and what to do; ``name`` says what they are, if no type does."""
    known = _refused(bare_mime_type(mime_type))
    medium = MEDIA.get((mime_type or "").partition("/")[0])
    if known is not None:
        what, advice = known.name, f"{known.advice} "
    elif medium is not None:
        what, advice = medium, f"{SEND_THE_DOCUMENT} "
    else:
        what, advice = name or mime_type or "unknown", ""
    return f"This kind of file ({what}) is not read here. {advice}Octavo reads {supported_formats()}."


def _refused(bare: str | None) -> Refused | None:
    return next((kind for kind in REFUSED if bare in kind.mime_types), None)


def supported_formats() -> str:
    """The formats read here, for messages: grouped by what they are."""
    groups: dict[str, list[str]] = {}
    for known in FORMATS:
        if known.extensions:
            groups.setdefault(_GROUPS.get(known.reader, "text"), []).append(known.name)
    return ", ".join(f"{group} ({', '.join(names)})" for group, names in groups.items())
