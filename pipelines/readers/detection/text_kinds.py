"""What kind of text a text file is, from how it begins: for files whose sender does not say."""

from __future__ import annotations

import csv
import re

_MARKS = "\ufeff\ufffe\ufffd \t\r\n\f"

# Office documents that are one XML file, by root element and by what stands in its start tag.
_OPEN_DOCUMENTS = {
    "text": "application/vnd.oasis.opendocument.text-flat-xml",
    "presentation": "application/vnd.oasis.opendocument.presentation-flat-xml",
    "spreadsheet": "application/vnd.oasis.opendocument.spreadsheet-flat-xml",
    "graphics": "application/vnd.oasis.opendocument.graphics-flat-xml",
}
_OFFICE_MIME_TYPE = re.compile(r"office:mimetype\s*=\s*[\"']application/vnd\.oasis\.opendocument\.(\w+)")
_WORD_2003 = re.compile(r"<(?:\w+:)?wordDocument\b")
_EXCEL_2003 = re.compile(r"<(?:\w+:)?Workbook\b[^>]*urn:schemas-microsoft-com:office:spreadsheet")
_FLAT_PACKAGE = re.compile(r"<pkg:package\b")

_PROLOG = re.compile(
    r"\s*(?:<\?.*?\?>|<!--.*?-->|<!DOCTYPE\b[^\[>]*(?:\[.*?\]\s*)?>)", re.IGNORECASE | re.DOTALL
)
_ROOT = re.compile(r"\s*<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)(?=[\s>/])")
_HTML = re.compile(
    r"(?>(?:<!--.*?-->\s*)*)(?:<!doctype\s+html|<(?:html|head|body|title|meta|table|div|h1|p)\b)", re.I | re.S
)

_HEADER = re.compile(r"([A-Za-z][\w-]*):[ \t]?(.*)")
_MAIL_HEADERS = frozenset(
    "from to cc subject date received mime-version message-id return-path delivered-to reply-to sender"
    " content-type x-mailer dkim-signature in-reply-to references authentication-results".split()
)
_MAILBOX = re.compile(r"From \S+ [^\n]*\d{4}[ \t]*\n[\w-]+:")
_MARKDOWN = re.compile(
    r"^(?:#{1,6} \S|```|~~~|[-*+] \S|\d+\. \S|> \S|\|.+\|\s*$)|\[[^\]\n]+\]\([^)\s]+\)|\*\*[^*\n]+\*\*",
    re.MULTILINE,
)
_JSON = re.compile(r"\{\s*[\"}]|\[\s*[\[{\"]")
_FEW_LINES = 3


def text_of_head(head: bytes) -> str:
    """The characters of a text file's first bytes, good enough to see ASCII markup in any encoding."""
    return head.replace(b"\0", b"").decode("utf-8", errors="replace").lstrip(_MARKS)


def office_xml(text: str) -> str | None:
    """The MIME type of an office document that is one XML file; None if ``text`` does not begin one."""
    if not text.startswith("<"):
        return None
    if found := _OFFICE_MIME_TYPE.search(text):
        return _OPEN_DOCUMENTS.get(found[1].partition("-")[0])
    if _WORD_2003.search(text):
        return "application/vnd.ms-wordml"
    if _EXCEL_2003.search(text):
        return "application/vnd.ms-spreadsheetml"
    if _FLAT_PACKAGE.search(text):
        return "application/vnd.ms-word.flat-opc"
    return None


def text_kind(text: str) -> str:
    """The MIME type that the beginning of a text looks like; ``text/plain`` where it is like nothing else."""
    return _markup(text) or _mail(text) or _data(text) or "text/plain"


def _markup(text: str) -> str | None:
    if _HTML.match(text):
        return "text/html"
    at = 0
    while found := _PROLOG.match(text, at):
        at = found.end()
    root = _ROOT.match(text, at)
    if not root or not (at or text.startswith("<")):
        return None
    if root[2].lower() == "html":
        return "application/xhtml+xml"
    if root[2] == "svg":
        return "image/svg+xml"
    named = text.startswith("<?xml") or "xmlns" in text[:1024]
    return "application/xml" if named else None


def _mail(text: str) -> str | None:
    if _MAILBOX.match(text):
        return "application/mbox"
    headers: dict[str, str] = {}
    last = ""
    for line in text.splitlines():
        found = _HEADER.match(line)
        if found:
            last = found[1].lower()
            headers[last] = found[2]
        elif line[:1] in (" ", "\t") and last:
            headers[last] += line
        else:
            break
    if len(_MAIL_HEADERS & headers.keys()) < 2:
        return None
    saved_page = "snapshot-content-location" in headers or not headers.keys() & {
        "to",
        "received",
        "message-id",
    }
    if saved_page and "multipart/related" in headers.get("content-type", "").lower():
        return "multipart/related"
    return "message/rfc822"


def _data(text: str) -> str | None:
    if _JSON.match(text):
        return "application/json"
    whole = text[: text.rfind("\n") + 1]  # the last line may be cut off
    lines = [line for line in whole.splitlines() if line.strip()]
    if len(lines) >= _FEW_LINES and _is_tabular(lines):
        return "text/csv"
    marks = len(_MARKDOWN.findall(text))
    return "text/markdown" if marks >= _FEW_LINES or text.startswith("# ") else None


def _is_tabular(lines: list[str]) -> bool:
    """Whether the lines have the same number of fields, more than one, by one of the usual delimiters."""
    for delimiter in ("\t", ";", ",", "|"):
        if delimiter == "|" and lines[0].lstrip().startswith("|"):
            continue  # a table of Markdown
        fields = [len(row) for row in csv.reader(lines[:50], delimiter=delimiter, strict=False)]
        if fields[0] > 1 and len(set(fields)) == 1 and (delimiter != "," or fields[0] > 2 or len(fields) > 5):
            return True
    return False
