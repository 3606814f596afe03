"""The parts of a MIME message (RFC 2045 to 2049, 2387, 8551): what it says, and what is attached to it."""

from __future__ import annotations

import base64
import mimetypes
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.errors import CloseBoundaryNotFoundDefect, InvalidBase64LengthDefect
from email.message import Message
from email.mime.application import MIMEApplication
from email.policy import compat32
from html import unescape
from urllib.parse import unquote

from pipelines.readers.html.reader import fragments_of_html
from pipelines.readers.mail.headers import charset_text, decoded, header, parsed
from pipelines.readers.mail.letter import Body
from pipelines.readers.mail.mapi import as_mail
from pipelines.readers.mail.tnef import item_of
from pipelines.readers.p7m import begins_mail, inner_name, unwrapped
from pipelines.readers.text import decode
from schemas.errors import DocumentEncrypted, DocumentError

_SIGNATURES = {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature"}
_SIGNED = {"application/pkcs7-mime", "application/x-pkcs7-mime"}
_REPORTS = {"message/delivery-status", "message/disposition-notification", "text/rfc822-headers"}
_UNSEEN = {"application/applefile"}
_WRAPPED = {"application/ms-tnef", "application/vnd.ms-tnef"}
_SHOWN_ADDRESS = re.compile(
    r"""(?:\b(?:src|background)\s*=\s*|\burl\(\s*)(?:["']\s*)?([^"'\s>)]+)""", re.IGNORECASE
)
_BASE64 = re.compile(rb"[A-Za-z0-9+/]*")
_AS_IT_IS = compat32.clone(mangle_from_=False, max_line_length=None)


@dataclass(slots=True)
class Parts:
    """The bodies of a message in order, and its other parts, the pictures in its HTML among them.

    ``spare`` bodies say the same once more, in Outlook's own wrapping.
    """

    bodies: list[Body] = field(default_factory=list)
    others: list[Message] = field(default_factory=list)
    spare: list[Body] = field(default_factory=list)


def parts_of(part: Message, limit: int, *, is_root: bool = True) -> Parts:
    """What a message says and holds; a signed one's inside unpacks to at most ``limit`` bytes.

    Raises:
        DocumentEncrypted: the message is encrypted.
        DocumentError: its signed inside is damaged.
        RecursionError: its parts lie too deep in each other.
    """
    kind = part.get_content_type()
    if kind == "multipart/encrypted":
        raise DocumentEncrypted(
            "The message is encrypted for its recipients' keys. Decrypt it in the mail program, save it, "
            "then send that."
        )
    if kind in _REPORTS:
        return Parts([Body(_report(part))])
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        inner = [parts_of(child, limit, is_root=False) for child in _children(part)]
        return _chosen(inner) if kind == "multipart/alternative" else _joined(inner)
    if kind in _SIGNED and (is_root or _is_smime(part)):
        try:
            return _of_signed(part, limit)
        except DocumentError as error:
            if is_root or isinstance(error, DocumentEncrypted):
                raise
            return Parts(others=[part])
    if kind in _WRAPPED or (part.get_filename() or "").lower() == "winmail.dat":
        return _unwrapped(part, limit)
    if kind in {"text/plain", "text/html"} and (is_root or not _is_attached(part)):
        body = _body(part)
        return Parts([body]) if body else Parts()
    return Parts() if kind in _SIGNATURES or kind in _UNSEEN else Parts(others=[part])


def content(part: Message) -> bytes:
    """The bytes of a part, its transfer encoding undone; a message's are that message."""
    if not part.is_multipart():
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes):
            return b""
        is_as_sent = any(isinstance(defect, InvalidBase64LengthDefect) for defect in part.defects)
        if is_as_sent and _BASE64.fullmatch(data):  # cut off within four characters
            return base64.b64decode(data[: len(data) // 4 * 4])
        return data
    inner = _children(part)[0]
    if header(part, "Content-Transfer-Encoding").lower() == "base64" and not inner.keys():
        inner["Content-Transfer-Encoding"] = "base64"
        return content(inner)
    return _as_bytes(inner)


def is_cut_off(message: Message) -> bool:
    """Whether a part with parts in it has no end."""
    return any(isinstance(d, CloseBoundaryNotFoundDefect) for part in message.walk() for d in part.defects)


def _as_bytes(message: Message) -> bytes:
    try:
        return message.as_bytes(policy=_AS_IT_IS)
    except (UnicodeError, LookupError):  # a damaged part that no generator can write as it was
        return message.as_string(policy=_AS_IT_IS).encode("utf-8", errors="replace")


def file_name(part: Message, number: int) -> str:
    """A part's file name, or one made from its type; a message is named after its subject."""
    try:
        said = decoded(part.get_filename() or "")
    except (ValueError, TypeError):
        said = ""
    if said:
        return said
    if part.get_content_maintype() == "message" and part.is_multipart():
        return f"{header(_children(part)[0], 'Subject') or f'message {number}'}.eml"
    return f"attachment {number}{mimetypes.guess_extension(part.get_content_type()) or ''}"


def addresses_of(part: Message) -> list[str]:
    """The addresses by which HTML beside a part may name it."""
    identifier, location = header(part, "Content-ID").strip("<>"), location_of(part)
    return [*([f"cid:{identifier}"] if identifier else []), *([location] if location else [])]


def location_of(part: Message) -> str:
    """The address from which a part was saved, empty if it does not say."""
    return header(part, "Content-Location").replace(" ", "")


def shown_images(parts: Parts) -> dict[str, Message]:
    """The parts that the HTML bodies show as pictures, by their addresses; they are no attachments."""
    shown = {
        address
        for body in parts.bodies
        if body.is_html
        for found in _SHOWN_ADDRESS.finditer(body.text)
        for address in (unescape(found.group(1)), unquote(unescape(found.group(1))))
    }
    images: dict[str, Message] = {}
    for part in parts.others:
        images.update((address, part) for address in addresses_of(part) if address in shown)
    return images


def _children(part: Message) -> list[Message]:
    children = part.get_payload()
    return [child for child in children if isinstance(child, Message)] if isinstance(children, list) else []


def _joined(inner: Iterable[Parts]) -> Parts:
    joined = Parts()
    for parts in inner:
        joined.bodies += parts.bodies
        joined.others += parts.others
        joined.spare += parts.spare
    return joined


def _chosen(inner: list[Parts]) -> Parts:
    """The best of several spellings of one text: HTML if it shows anything, and the later of equals."""
    joined = _joined(inner)
    best = max(reversed(inner), key=_rank, default=Parts())
    if not best.bodies:
        return joined
    # What is neither: the same once more for calendars, watches…
    others = [part for part in joined.others if part.get_content_maintype() != "text" or part.get_filename()]
    return Parts(best.bodies, others, joined.spare)


def _of_signed(part: Message, limit: int) -> Parts:
    """What is signed: a part of the message, or some other document."""
    data = unwrapped(content(part), limit)
    if begins_mail(data):
        return parts_of(parsed(data), limit)
    document = MIMEApplication(data)
    document.add_header("Content-Disposition", "attachment", filename=inner_name(file_name(part, 1)))
    return Parts(others=[document])


def _unwrapped(part: Message, limit: int) -> Parts:
    """What Outlook wrapped in a part; the part itself, if that is damaged."""
    try:
        inner = parts_of(as_mail(item_of(content(part))), limit)
    except DocumentError:
        return Parts(others=[part])
    return Parts(others=inner.others, spare=inner.bodies)


def _rank(parts: Parts) -> int:
    if any(body.is_html and fragments_of_html(body.text) for body in parts.bodies):
        return 2
    return int(any(not body.is_html for body in parts.bodies))


def _body(part: Message) -> Body | None:
    """A part's text; None if it is blank, or no text at all."""
    charset = part.get_content_charset()
    try:
        text = decode(content(part), charset)
    except DocumentError:
        return None
    if part.get_content_type() == "text/html":
        return Body(text, is_html=True) if text.strip() else None
    if str(part.get_param("format", "")).lower() == "flowed":
        text = unflowed(text, drop_space=str(part.get_param("delsp", "")).lower() == "yes")
    return Body(text) if text.strip() else None


def unflowed(text: str, *, drop_space: bool = False) -> str:
    """The paragraphs of a flowed text (RFC 3676): a line that ends with a space goes on in the next one."""
    lines: list[list[str]] = []
    depth_before, open_before = 0, False
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        is_mark = bare in {"-- ", "--"}
        is_open = bare.endswith(" ") and not is_mark
        shown = bare[:-1] if is_open and drop_space else bare
        if open_before and depth == depth_before and not is_mark:
            lines[-1].append(shown)
        else:
            lines.append([f"{'>' * depth} {shown}" if depth else shown])
        depth_before, open_before = depth, is_open
    return "\n".join("".join(pieces) for pieces in lines)


def _report(part: Message) -> str:
    """The lines of a delivery report: its parts are blocks of headers."""
    blocks = [charset_text(_as_bytes(child), None) for child in _children(part)]
    return "\n\n".join(blocks or [_text(part)])


def _text(part: Message) -> str:
    body = _body(part)
    return body.text if body else ""


def _is_attached(part: Message) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _is_smime(part: Message) -> bool:
    """Whether a signed part is (a part of) the message itself, not a signed document attached to it."""
    name = (part.get_filename() or "").lower()
    return not name or name.startswith("smime.")
