"""What Outlook keeps of a message, an appointment or a contact (MAPI properties), as a mail message."""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.charset import BASE64, Charset
from email.header import Header
from email.message import Message
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime

from pipelines.readers.mail.headers import charset_text, header, parsed
from pipelines.readers.mail.rtf import body_of_rtf
from pipelines.readers.text import without_controls

Value = str | bytes | int | datetime

ANSI, UNICODE, BINARY = 0x001E, 0x001F, 0x0102
"""Kinds of properties whose length varies."""

_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)

# Property ids (MS-OXPROPS).
_CLASS, _SUBJECT, _HEADERS, _NAME = 0x001A, 0x0037, 0x007D, 0x3001
_TEXT, _RTF, _HTML, _CODE_PAGE = 0x1000, 0x1009, 0x1013, 0x3FDE
_SENT, _DELIVERED = 0x0039, 0x0E06
_SENDER = ((0x0042, (0x5D02, 0x0065)), (0x0C1A, (0x5D01, 0x0C1F)))
_ADDRESSES = (0x39FE, 0x3003)
_RECIPIENT_KIND = 0x0C15
_RECIPIENT_HEADERS = {1: ("To", 0x0E04), 2: ("Cc", 0x0E03), 3: ("Bcc", 0x0E02)}
_FILE_NAMES = (0x3707, 0x3704, _NAME)
_MIME_TYPE, _CONTENT_ID, _CONTENT_LOCATION = 0x370E, 0x3712, 0x3713

# What is told of an item that is no message, above its text. The ids over 0x8000 are names (LIDs).
_FACTS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("IPM.Appointment", "Start", (0x820D, 0x0060)),
    ("IPM.Appointment", "End", (0x820E, 0x0061)),
    ("IPM.Appointment", "Location", (0x8208,)),
    ("IPM.Schedule", "Start", (0x820D, 0x0060)),
    ("IPM.Schedule", "End", (0x820E, 0x0061)),
    ("IPM.Schedule", "Location", (0x8208,)),
    ("IPM.Task", "Start", (0x8104,)),
    ("IPM.Task", "Due", (0x8105,)),
    ("IPM.Contact", "Name", (_NAME,)),
    ("IPM.Contact", "Job title", (0x3A17,)),
    ("IPM.Contact", "Department", (0x3A18,)),
    ("IPM.Contact", "Company", (0x3A16,)),
    ("IPM.Contact", "E-mail", (0x8083,)),
    ("IPM.Contact", "E-mail 2", (0x8093,)),
    ("IPM.Contact", "Business phone", (0x3A08,)),
    ("IPM.Contact", "Mobile phone", (0x3A1C,)),
    ("IPM.Contact", "Home phone", (0x3A09,)),
    ("IPM.Contact", "Business address", (0x801B,)),
    ("IPM.Contact", "Home address", (0x801A,)),
    ("IPM.Contact", "Web page", (0x3A51,)),
)

_CODE_PAGES = {
    65001: "utf-8", 20127: "ascii", 20866: "koi8-r", 21866: "koi8-u", 28605: "iso-8859-15", 936: "gbk",
    10000: "mac_roman", 50220: "iso-2022-jp", 50221: "iso-2022-jp", 50222: "iso-2022-jp",
    50225: "iso-2022-kr", 51932: "euc-jp", 51949: "euc-kr", 52936: "hz", 54936: "gb18030",
}  # fmt: skip
_UTF8 = Charset("utf-8")
_UTF8.body_encoding = BASE64


@dataclass(slots=True)
class Attachment:
    """Something attached: a file's bytes, or an item; its properties name it."""

    properties: dict[int, Value]
    data: bytes = b""
    item: Item | None = None


@dataclass(slots=True)
class Item:
    """An Outlook item. ``properties`` go by their id, or by their name's number (LID) where they have one."""

    properties: dict[int, Value]
    recipients: list[dict[int, Value]] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)


def codec_of(code_page: object) -> str | None:
    """Python's name of a Windows code page."""
    if not isinstance(code_page, int) or code_page <= 0:
        return None
    if 28591 <= code_page <= 28599:
        return f"iso-8859-{code_page - 28590}"
    return _CODE_PAGES.get(code_page, f"cp{code_page}")


def value_of(kind: int, data: bytes, page: str | None) -> Value:
    """A string's or a binary property's value; ``page`` is the codec of strings that are not Unicode."""
    if kind == UNICODE:
        return data.decode("utf-16-le", errors="replace")
    if kind == BINARY:
        return data
    try:
        return data.decode(page or "cp1252", errors="replace")
    except LookupError:
        return data.decode("cp1252", errors="replace")


def moment(ticks: int) -> datetime | None:
    """A time that Windows counts in tenths of microseconds since 1601; None for none."""
    try:
        return _EPOCH + timedelta(microseconds=ticks // 10) if ticks else None
    except OverflowError:
        return None


def as_mail(item: Item) -> Message:
    """The item as a mail message; items inside it are messages attached to it."""
    properties = item.properties
    mail = MIMEMultipart()
    for name, value in _headers(item):
        mail[name] = Header(" ".join(without_controls(value).split()), "utf-8", maxlinelen=10_000).encode()
    facts = "\n".join(_facts(properties))
    if facts:
        mail.attach(_text(facts, "plain"))
    signed = _signed_body(item)
    if signed is not None:
        mail.attach(signed)
        return mail
    body = _body(properties)
    if body is not None:
        mail.attach(_text(*body))
    for attachment in item.attachments:
        mail.attach(_attached(attachment))
    return mail


def _headers(item: Item) -> Iterator[tuple[str, str]]:
    properties = item.properties
    yield "Subject", _string(properties, _SUBJECT)
    people = [_person(properties, name, addresses) for name, addresses in _SENDER]
    sender = next((person for person in people if "@" in person), next(filter(None, people), ""))
    if "@" not in sender:
        sent = parsed(_string(properties, _HEADERS).encode("utf-8"))
        sender = header(sent, "From") or sender
    yield "From", sender
    for kind, (label, shown) in _RECIPIENT_HEADERS.items():
        names = [
            _person(one, _NAME, _ADDRESSES) for one in item.recipients if one.get(_RECIPIENT_KIND) == kind
        ]
        yield label, ", ".join(filter(None, names)) or _string(properties, shown)
    when = next((properties[id_] for id_ in (_SENT, _DELIVERED) if id_ in properties), None)
    yield "Date", format_datetime(when) if isinstance(when, datetime) else ""


def _person(properties: dict[int, Value], name_id: int, address_ids: tuple[int, ...]) -> str:
    name = _string(properties, name_id).strip("'\" ")
    address = next((text for id_ in address_ids if "@" in (text := _string(properties, id_))), "")
    return f"{name} <{address}>" if name and address not in name else name or address


def _facts(properties: dict[int, Value]) -> Iterator[str]:
    kind = _string(properties, _CLASS)
    for of_kind, label, ids in _FACTS:
        value = (
            next((properties[id_] for id_ in ids if properties.get(id_)), None)
            if kind.startswith(of_kind)
            else None
        )
        if isinstance(value, datetime):
            yield f"{label}: {value:%Y-%m-%d %H:%M %Z}"
        elif isinstance(value, str) and value.strip():
            yield f"{label}: {', '.join(line.strip() for line in value.splitlines())}"


def _body(properties: dict[int, Value]) -> tuple[str, str] | None:
    """The best spelling of the text, and its MIME subtype."""
    html = properties.get(_HTML)
    if isinstance(html, bytes):
        html = charset_text(html, codec_of(properties.get(_CODE_PAGE)) or "utf-8")
    if isinstance(html, str) and html.strip("\0 \r\n"):
        return html, "html"
    rtf = properties.get(_RTF)
    text, is_html = body_of_rtf(rtf) if isinstance(rtf, bytes) else ("", False)
    if is_html and text.strip():
        return text, "html"
    text = _string(properties, _TEXT).replace("\r\n", "\n") or text
    return (text, "plain") if text.strip() else None


def _signed_body(item: Item) -> Message | None:
    """The body of an S/MIME message, which Outlook keeps as its only attachment."""
    if (
        not _string(item.properties, _CLASS).upper().startswith("IPM.NOTE.SMIME")
        or len(item.attachments) != 1
    ):
        return None
    data = item.attachments[0].data
    if data.lstrip()[:13].lower() == b"content-type:":
        return parsed(data)
    return MIMEApplication(data, "pkcs7-mime", name="smime.p7m")


def _text(text: str, subtype: str) -> Message:
    part = MIMENonMultipart("text", subtype)
    part.set_payload(text.encode("utf-8", errors="replace").decode(), _UTF8)
    return part


def _attached(attachment: Attachment) -> Message:
    properties = attachment.properties
    if attachment.item is not None:
        part: Message = MIMEBase("message", "rfc822")
        part.set_payload([as_mail(attachment.item)])
    else:
        name = next((name for id_ in _FILE_NAMES if (name := _string(properties, id_))), "")
        kind = _string(properties, _MIME_TYPE) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        part = _file(attachment.data, kind)
        filename = Header(without_controls(name), "utf-8", maxlinelen=10_000).encode()
        part.add_header("Content-Disposition", "attachment", filename=filename)
    for label, id_ in (("Content-ID", _CONTENT_ID), ("Content-Location", _CONTENT_LOCATION)):
        value = " ".join(_string(properties, id_).split())
        if value and value.isascii():
            part[label] = f"<{value}>" if id_ == _CONTENT_ID else value
    return part


def _file(data: bytes, mime_type: str) -> Message:
    subtype = mime_type.partition("/")[2]
    if not subtype or not mime_type.isascii() or mime_type.startswith(("multipart/", "message/")):
        return MIMEApplication(data)
    part = MIMEApplication(data)
    part.set_type(mime_type)
    return part


def _string(properties: dict[int, Value], id_: int) -> str:
    value = properties.get(id_)
    return value.strip("\0") if isinstance(value, str) else ""
