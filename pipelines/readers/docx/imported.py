"""Content of another format that Word takes in when it opens the document (§17.17.2.1): HTML and text."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.text import decode, fragments_of_text
from schemas.errors import DocumentUnreadable
from schemas.fragments import PageFragment

_PAGES = (".html", ".htm", ".xhtml")
_ARCHIVES = (".mht", ".mhtml")


def imported(name: str, data: bytes) -> list[PageFragment]:
    """The fragments of a part that is a web page, an archive of one, or text; none of any other kind."""
    suffix = name[name.rfind(".") :].lower()
    try:
        if suffix in _PAGES:
            return fragments_of_html(decode(data))
        if suffix in _ARCHIVES:
            return fragments_of_html(_page_of(data))
        return fragments_of_text(decode(data)) if suffix == ".txt" else []
    except DocumentUnreadable:
        return []


def _page_of(archive: bytes) -> str:
    """The web page in an MHTML archive (RFC 2557)."""
    message = message_from_bytes(archive, policy=policy.default)
    for part in message.walk():
        if isinstance(part, EmailMessage) and part.get_content_type() == "text/html":
            page = part.get_payload(decode=True)
            return decode(page, part.get_content_charset()) if isinstance(page, bytes) else ""
    return ""
