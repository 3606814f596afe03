"""Kinds of files that are known and not read here: their names, and what to send instead."""

from __future__ import annotations

from typing import NamedTuple


class Refused(NamedTuple):
    """A kind of file that is known and not read here; ``advice`` says what to send instead."""

    name: str
    mime_types: tuple[str, ...]
    extensions: tuple[str, ...]
    advice: str


_UNPACK = "Unpack it and send the documents in it one by one."
SEND_THE_DOCUMENT = "Send the document itself."

REFUSED: tuple[Refused, ...] = (
    Refused(
        "Apple Pages document",
        ("application/vnd.apple.pages", "application/x-iwork-pages-sffpages"),
        (".pages",),
        "Export it from Pages as Word or PDF.",
    ),
    Refused(
        "Apple Numbers spreadsheet",
        ("application/vnd.apple.numbers", "application/x-iwork-numbers-sffnumbers"),
        (".numbers",),
        "Export it from Numbers as Excel or PDF.",
    ),
    Refused(
        "OneNote section",
        ("application/onenote", "application/msonenote"),
        (".one", ".onetoc2", ".onepkg"),
        "Export its pages from OneNote as PDF or Word.",
    ),
    Refused(
        "Hangul (HWP) document",
        ("application/x-hwp", "application/haansofthwp", "application/hwp+zip"),
        (".hwp", ".hwpx"),
        "Save it in Hangul as DOCX or PDF.",
    ),
    Refused("DjVu scan", ("image/vnd.djvu",), (".djvu", ".djv"), "Convert it to PDF."),
    Refused(
        "PostScript file", ("application/postscript",), (".ps", ".eps"), "Convert it to PDF (ps2pdf does it)."
    ),
    Refused(
        "Microsoft Project plan", ("application/vnd.ms-project",), (".mpp",), "Export it as PDF or Excel."
    ),
    Refused(
        "Access database",
        ("application/x-msaccess", "application/vnd.ms-access"),
        (".mdb", ".accdb"),
        "Export its tables as Excel or CSV.",
    ),
    Refused("AutoCAD drawing", ("image/vnd.dwg", "image/vnd.dxf"), (".dwg", ".dxf"), "Plot it as PDF."),
    Refused(
        "Office file of an unknown kind",
        ("application/x-ole-storage", "application/x-cfb", "application/vnd.ms-office"),
        (),
        "Open it in its own program and save it as PDF.",
    ),
    Refused(
        "Word document as one XML file",
        ("application/vnd.ms-word.flat-opc",),
        (),
        "Open it in Word and save it as DOCX.",
    ),
    Refused(
        "picture of a rare kind",
        ("image/vnd.microsoft.icon", "image/x-icon", "image/icns", "image/jxl", "image/x-tga", "image/x-rgb"),
        (".ico", ".icns", ".jxl", ".tga", ".sgi"),
        "Save it as PNG.",
    ),
    Refused("Photoshop picture", ("image/vnd.adobe.photoshop",), (".psd",), "Save it as PNG or JPEG."),
    Refused(
        "archive",
        (
            "application/zip",
            "application/x-zip-compressed",
            "application/x-7z-compressed",
            "application/vnd.rar",
            "application/x-rar-compressed",
            "application/gzip",
            "application/x-bzip2",
            "application/x-xz",
            "application/zstd",
            "application/x-tar",
        ),
        (".zip", ".7z", ".rar", ".gz", ".tgz", ".bz2", ".xz", ".zst", ".tar"),
        _UNPACK,
    ),
    Refused(
        "program",
        ("application/x-msdownload", "application/x-executable", "application/java-archive"),
        (".exe", ".dll", ".so", ".jar"),
        SEND_THE_DOCUMENT,
    ),
)

# The rest goes by the first half of the MIME type.
MEDIA = {"audio": "audio or video", "video": "audio or video", "font": "font"}
