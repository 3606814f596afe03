"""Messages as they lie in files (RFC 5322), and their headers as text, however written (RFC 2047)."""

from __future__ import annotations

import re
from email.errors import HeaderParseError
from email.header import decode_header
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32

from pipelines.readers.text import decode
from schemas.errors import DocumentUnreadable

# As they are shown above a message, in this order.
_SHOWN = ("From", "To", "Cc", "Bcc", "Date")
_OF_A_MESSAGE = {
    "from", "to", "cc", "subject", "date", "received", "message-id", "mime-version", "content-type",
    "return-path", "delivered-to", "sender", "x-mailer",
}  # fmt: skip

Headers = list[tuple[str, str]]

_LENGTH_LINE = re.compile(rb"\s*\d+\s*\n")


def parsed(data: bytes) -> Message:
    """A message's parts; a mailbox's ``From`` line or Apple Mail's length line may come before it.

    Raises:
        RecursionError: its parts lie too deep in each other.
    """
    length = _LENGTH_LINE.match(data[:40])
    if length:
        size = int(length.group())
        data = data[length.end() : length.end() + size]
    return BytesParser(policy=compat32).parsebytes(data.removeprefix(b"\xef\xbb\xbf").lstrip())


def is_message(message: Message) -> bool:
    """Whether the headers are those of a mail, or the line before them that of a mailbox."""
    return bool(message.get_unixfrom()) or any(name.lower() in _OF_A_MESSAGE for name in message.keys())  # noqa: SIM118


def shown_headers(message: Message) -> Headers:
    """The headers that a reader wants to see, as names with texts; those that come again are joined."""
    return [(name, text) for name in _SHOWN if (text := header(message, name))]


def header(message: Message, name: str) -> str:
    """A header's text on one line, empty if there is none."""
    values = [value for known, value in message.raw_items() if known.lower() == name.lower()]
    return ", ".join(text for value in values if (text := decoded(str(value))))


def decoded(raw: str) -> str:
    """A header's text: encoded words and bytes without any encoding as characters, folded lines as one."""
    try:
        words = decode_header(_characters(raw.encode("ascii", "surrogateescape")))
    except (HeaderParseError, ValueError):
        words = [(raw, None)]
    parts = [word if isinstance(word, str) else charset_text(word, charset) for word, charset in words]
    return " ".join("".join(parts).split())


def charset_text(data: bytes, charset: str | None) -> str:
    """Bytes as text: in the charset they are said to be in if they can be, else in the one they look like."""
    try:
        return data.decode(charset or "ascii")
    except (LookupError, ValueError):
        return _characters(data, charset)


def _characters(data: bytes, charset: str | None = None) -> str:
    try:
        return decode(data, charset) if data else ""
    except DocumentUnreadable:
        return data.decode("ascii", errors="ignore")
