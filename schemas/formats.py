"""The formats Octavo knows: one row each. ``reader`` names the module in ``pipelines/readers``."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import NamedTuple

from schemas.refused import REFUSED, Refused

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
    Format("Box note", "boxnote", ("application/vnd.box.boxnote",), (".boxnote",), text=True),
    Format(
        "reStructuredText", "rst", ("text/x-rst", "text/prs.fallenstein.rst"), (".rst", ".rest"), text=True
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
    Format("TNEF", "tnef", ("application/ms-tnef", "application/vnd.ms-tnef"), (".tnef",)),
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

# RFC 6838, section 4.2: as far as names are registered.
_NAME = "[a-z0-9][a-z0-9!#$&^_.+-]{0,126}"
_MIME_TYPE = re.compile(f"{_NAME}/{_NAME}")


def bare_mime_type(value: str | None) -> str | None:
    """``Text/HTML; charset=utf-8`` → ``text/html``; ``application/octet-stream`` and no type at all: None."""
    bare = (value or "").split(";")[0].strip().lower()
    return bare if bare != OCTET_STREAM and _MIME_TYPE.fullmatch(bare) else None


def is_text_mime_type(value: str) -> bool:
    """Whether ``raw_text`` may have this type."""
    known = format_of_mime_type(value)
    return (bare_mime_type(value) or "").startswith("text/") or (known is not None and known.text)


def format_named(name: str) -> Format | None:
    """The format of this name."""
    return next((known for known in FORMATS if known.name == name), None)


def opens_quickly(name: str) -> bool:
    """Whether opening a file of the format ``name`` costs little beside reading a page: several may do so."""
    known = format_named(name)
    return known is not None and known.reader in {"pdf", "image", "fixed"} and not known.converts_to


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
    return next((known.mime_types[0] for known in rows if suffix in known.extensions), None)
