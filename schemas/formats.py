"""The formats Octavo knows: one row each. ``reader`` names the module in ``pipelines/readers``."""

from __future__ import annotations

import re
from codecs import getincrementaldecoder
from pathlib import PurePosixPath
from typing import NamedTuple

from schemas.refused import MEDIA, REFUSED, SEND_THE_DOCUMENT, Refused
from schemas.signatures import CONTAINERS, mime_type_of_bytes

OCTET_STREAM = "application/octet-stream"


class Format(NamedTuple):
    """An input format; ``text`` says that its files are text. How they begin is in ``schemas.signatures``.

    One with ``converts_to``, an extension, is turned into that by LibreOffice, which ``reader`` then reads.
    """

    name: str
    reader: str
    mime_types: tuple[str, ...]
    extensions: tuple[str, ...]
    text: bool = False
    converts_to: str = ""

    @property
    def suffix(self) -> str:
        """The extension that a file of this format is given here; none where it has none."""
        return next(iter(self.extensions), "")


FORMATS: tuple[Format, ...] = (
    Format("PDF", "pdf", ("application/pdf",), (".pdf",)),
    Format("PNG", "image", ("image/png",), (".png",)),
    Format("JPEG", "image", ("image/jpeg", "image/jpg"), (".jpg", ".jpeg")),
    Format("TIFF", "image", ("image/tiff",), (".tif", ".tiff")),
    Format("HEIC", "image", ("image/heic", "image/heif"), (".heic", ".heif", ".hif")),
    Format("AVIF", "image", ("image/avif",), (".avif",)),
    Format("WebP", "image", ("image/webp",), (".webp",)),
    Format("GIF", "image", ("image/gif",), (".gif",)),
    Format("BMP", "image", ("image/bmp", "image/x-ms-bmp"), (".bmp", ".dib")),
    Format("JPEG 2000", "image", ("image/jp2", "image/jpx"), (".jp2", ".j2k", ".jpx", ".jpf", ".jpc")),
    Format("XPS", "fixed", ("application/vnd.ms-xpsdocument", "application/oxps"), (".xps", ".oxps")),
    Format("SVG", "fixed", ("image/svg+xml",), (".svg",), text=True),
    Format(
        "DOCX",
        "docx",
        (
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
            "application/vnd.ms-word.document.macroenabled.12",
            "application/vnd.ms-word.template.macroenabled.12",
        ),
        (".docx", ".docm", ".dotx", ".dotm"),
    ),
    Format(
        "PPTX",
        "pptx",
        (
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
            "application/vnd.openxmlformats-officedocument.presentationml.template",
            "application/vnd.ms-powerpoint.presentation.macroenabled.12",
            "application/vnd.ms-powerpoint.slideshow.macroenabled.12",
            "application/vnd.ms-powerpoint.template.macroenabled.12",
        ),
        (".pptx", ".pptm", ".ppsx", ".ppsm", ".potx", ".potm"),
    ),
    Format("HTML", "html", ("text/html", "application/xhtml+xml"), (".html", ".htm", ".xhtml"), text=True),
    Format("Markdown", "markdown", ("text/markdown", "text/x-markdown"), (".md", ".markdown"), text=True),
    Format("CSV", "csv", ("text/csv", "text/tab-separated-values"), (".csv", ".tsv"), text=True),
    Format(
        "XLSX",
        "xlsx",
        (
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
            "application/vnd.ms-excel.sheet.macroenabled.12",
            "application/vnd.ms-excel.template.macroenabled.12",
        ),
        (".xlsx", ".xlsm", ".xltx", ".xltm"),
    ),
    Format("XLSB", "xlsb", ("application/vnd.ms-excel.sheet.binary.macroenabled.12",), (".xlsb",)),
    Format("XLS", "xls", ("application/vnd.ms-excel",), (".xls", ".xlt", ".xlw")),
    Format(
        "ODS",
        "ods",
        (
            "application/vnd.oasis.opendocument.spreadsheet",
            "application/vnd.oasis.opendocument.spreadsheet-template",
        ),
        (".ods", ".ots"),
    ),
    Format(
        "flat ODS",
        "ods",
        ("application/vnd.oasis.opendocument.spreadsheet-flat-xml",),
        (".fods",),
        text=True,
    ),
    Format(
        "P7M",
        "p7m",
        (
            "application/pkcs7-mime",
            "application/x-pkcs7-mime",
            "application/pkcs7-signature",
            "application/x-pkcs7-signature",
            "application/timestamped-data",
        ),
        (".p7m", ".p7s", ".p7b", ".p7c", ".tsd"),
    ),
    Format(
        "LaTeX",
        "latex",
        ("application/x-tex", "application/x-latex", "text/x-tex"),
        (".tex", ".latex", ".ltx"),
        text=True,
    ),
    Format(
        "AsciiDoc",
        "asciidoc",
        ("text/asciidoc", "text/x-asciidoc"),
        (".adoc", ".asciidoc"),
        text=True,
    ),
    Format(
        "XML",
        "xml",
        ("application/xml", "text/xml"),
        (".xml", ".rss", ".atom", ".dita", ".dbk", ".fb2"),
        text=True,
    ),
    Format(
        "JSON",
        "json",
        ("application/json", "application/x-ndjson"),
        (".json", ".jsonl", ".ndjson"),
        text=True,
    ),
    Format("subtitles", "subtitles", ("text/vtt", "application/x-subrip"), (".vtt", ".srt"), text=True),
    Format("EML", "eml", ("message/rfc822",), (".eml", ".emlx"), text=True),
    Format("MSG", "msg", ("application/vnd.ms-outlook",), (".msg",)),
    Format(
        "MHTML", "mhtml", ("multipart/related", "application/x-mimearchive"), (".mhtml", ".mht"), text=True
    ),
    Format("EPUB", "epub", ("application/epub+zip",), (".epub",)),
    Format("notebook", "notebook", ("application/x-ipynb+json",), (".ipynb",), text=True),
    Format("mbox", "mbox", ("application/mbox",), (".mbox",), text=True),
    Format(
        "DOC",
        "docx",
        ("application/msword", "application/vnd.ms-wordml"),
        (".doc", ".dot"),
        converts_to="docx",
    ),
    Format("RTF", "docx", ("application/rtf", "text/rtf"), (".rtf",), converts_to="docx"),
    Format(
        "ODT",
        "docx",
        (
            "application/vnd.oasis.opendocument.text",
            "application/vnd.oasis.opendocument.text-template",
            "application/vnd.oasis.opendocument.text-flat-xml",
            "application/vnd.oasis.opendocument.text-master",
        ),
        (".odt", ".ott", ".fodt", ".odm"),
        converts_to="docx",
    ),
    Format(
        "WordPerfect",
        "docx",
        ("application/vnd.wordperfect", "application/wordperfect"),
        (".wpd",),
        converts_to="docx",
    ),
    Format("Works", "docx", ("application/vnd.ms-works",), (".wps",), converts_to="docx"),
    Format(
        "PPT",
        "pptx",
        ("application/vnd.ms-powerpoint",),
        (".ppt", ".pps", ".pot"),
        converts_to="pptx",
    ),
    Format(
        "ODP",
        "pptx",
        (
            "application/vnd.oasis.opendocument.presentation",
            "application/vnd.oasis.opendocument.presentation-template",
            "application/vnd.oasis.opendocument.presentation-flat-xml",
        ),
        (".odp", ".otp", ".fodp"),
        converts_to="pptx",
    ),
    Format(
        "Keynote",
        "pptx",
        ("application/vnd.apple.keynote", "application/x-iwork-keynote-sffkey"),
        (".key",),
        converts_to="pptx",
    ),
    Format(
        "ODG",
        "pdf",
        (
            "application/vnd.oasis.opendocument.graphics",
            "application/vnd.oasis.opendocument.graphics-template",
            "application/vnd.oasis.opendocument.graphics-flat-xml",
        ),
        (".odg", ".otg", ".fodg"),
        converts_to="pdf",
    ),
    Format(
        "Visio",
        "pdf",
        (
            "application/vnd.visio",
            "application/vnd.ms-visio.drawing",
            "application/vnd.ms-visio.drawing.macroenabled.12",
            "application/vnd.ms-visio.template",
        ),
        (".vsd", ".vsdx", ".vsdm", ".vst", ".vstx"),
        converts_to="pdf",
    ),
    Format(
        "Publisher",
        "pdf",
        ("application/x-mspublisher", "application/vnd.ms-publisher"),
        (".pub",),
        converts_to="pdf",
    ),
    Format("WMF", "pdf", ("image/wmf", "image/x-wmf"), (".wmf",), converts_to="pdf"),
    Format("EMF", "pdf", ("image/emf", "image/x-emf"), (".emf",), converts_to="pdf"),
    Format("Excel 2003 XML", "xlsx", ("application/vnd.ms-spreadsheetml",), (), converts_to="xlsx"),
    Format("protected Office file", "protected", ("application/encrypted",), ()),
    Format("plain text", "text", ("text/plain",), (".txt", ".text", ".log"), text=True),
)

# Types the wire names and later readers will serve: uploads are kept, parsing them is refused for now.
KNOWN_MIME_TYPES: dict[str, tuple[str, ...]] = {}


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
    return bare in KNOWN_MIME_TYPES or format_of_mime_type(value) is not None or _refused(bare) is not None


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
    if suffix == ".tsv":
        return "text/tab-separated-values"
    rows: tuple[Format | Refused, ...] = (*FORMATS, *REFUSED)
    for known in rows:
        if suffix in known.extensions:
            return known.mime_types[0]
    return next((mime for mime, suffixes in KNOWN_MIME_TYPES.items() if suffix in suffixes), None)


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
