"""How files of known types begin: patterns by MIME type, of what is read here and what is refused by name."""

from __future__ import annotations

import re

PDF = "application/pdf"
ZIP, OLE = "application/zip", "application/x-ole-storage"

CONTAINERS = frozenset(
    {ZIP, "application/x-zip-compressed", OLE, "application/x-cfb", "application/vnd.ms-office"}
)
"""Types of containers: what a file of one of these is shows only a look inside."""

HEAD_BYTES = 4096
"""How much of a file's start is looked at."""

# Regular expressions over a file's first bytes; the first that fits decides.
_PATTERNS: tuple[tuple[str, bytes], ...] = (
    (PDF, rb"%PDF-"),
    (ZIP, rb"PK(?:\x03\x04|\x05\x06|\x07\x08)"),
    (OLE, rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ("image/png", rb"\x89PNG\r\n\x1a\n"),
    ("image/jpeg", rb"\xff\xd8\xff"),
    ("image/tiff", rb"II[*+]\0|MM\0[*+]"),
    ("image/gif", rb"GIF8[79]a"),
    ("image/webp", rb"RIFF.{4}WEBP"),
    ("image/bmp", rb"BM.{12}[\x0c\x10\x28\x34\x38\x40\x6c\x7c]\0\0\0"),
    ("image/jp2", rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51"),
    ("image/jxl", rb"\0\0\0\x0cJXL \r\n\x87\n"),
    ("image/avif", rb".{4}ftyp(?:avi[fs]|mi[fa][1f].{4}(?:.{4}){0,8}?avi[fs])"),
    ("image/heic", rb".{4}ftyp(?:he[iv][cmsx]|m[is]f1)"),
    ("image/emf", rb"\x01\0\0\0.{36} EMF"),
    ("image/wmf", rb"\xd7\xcd\xc6\x9a|[\x01\x02]\0\x09\0\0[\x01\x03]"),
    ("image/vnd.djvu", rb"AT&TFORM"),
    ("application/postscript", rb"%!PS|\xc5\xd0\xd3\xc6"),
    ("application/rtf", rb"(?:\xef\xbb\xbf)?\s*\{\\rtf"),
    ("text/vtt", rb"(?:\xef\xbb\xbf)?WEBVTT(?:[ \t\r\n]|$)"),
    # ContentInfo (RFC 5652) of each kind of data; PEM; bare Base64.
    (
        "application/pkcs7-mime",
        rb"\x30(?:[\0-\x80]|\x81.|\x82..|\x83...|\x84....)"
        rb"\x06(?:\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07[\x02-\x06]|\x0b\x2a\x86\x48\x86\xf7\x0d\x01\x09\x10\x01[\x09\x17\x1f])"
        rb"|-----BEGIN (?:PKCS7|PKCS #7 SIGNED DATA|CMS)-----"
        rb"|MI[\w+/\s]{1,8}(?:YJKoZIhvcNAQc[B-G]|BgkqhkiG9w0BBw[E-Z]|GCSqGSIb3DQEHA)",
    ),
    ("application/ms-tnef", rb"\x78\x9f\x3e\x22"),
    ("application/vnd.wordperfect", rb"\xffWPC"),
    ("application/onenote", rb"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"),
    ("application/x-hwp", rb"HWP Document File"),
    ("application/x-7z-compressed", rb"7z\xbc\xaf\x27\x1c"),
    ("application/vnd.rar", rb"Rar!\x1a\x07"),
    ("application/gzip", rb"\x1f\x8b\x08"),
    ("application/x-bzip2", rb"BZh[1-9]"),
    ("application/x-xz", rb"\xfd7zXZ\0"),
    ("application/zstd", rb"\x28\xb5\x2f\xfd"),
    ("application/x-tar", rb".{257}ustar"),
    ("application/x-msdownload", rb"MZ.{58}"),
    ("application/x-executable", rb"\x7fELF|[\xca-\xcf]\xfa\xed\xfe"),
    ("audio/mpeg", rb"ID3"),
    ("audio/flac", rb"fLaC"),
    ("audio/ogg", rb"OggS"),
    ("audio/wav", rb"RIFF.{4}WAVE"),
    ("audio/mp4", rb".{4}ftypM4[AB] "),
    ("video/mp4", rb".{4}ftyp"),
    ("video/x-msvideo", rb"RIFF.{4}AVI "),
    ("video/x-matroska", rb"\x1a\x45\xdf\xa3"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern, re.DOTALL)) for kind, pattern in _PATTERNS)
_PDF_WITHIN = 1024


def mime_type_of_bytes(head: bytes) -> str | None:
    """The MIME type that a file's first bytes show, if they do; a PDF's sign may come after some junk."""
    for kind, pattern in _COMPILED:
        if pattern.match(head):
            return kind
    return PDF if b"%PDF-" in head[:_PDF_WITHIN] else None
