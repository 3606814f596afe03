"""A few files of each of many types, of Apache Tika's and MarkItDown's tests: are they read, or refused how?

What is expected follows from the formats that are read here; ``_SPECIAL`` knows the files that are protected,
hold nothing readable, or are something else than their names say.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from benchmarks.corpus import EMPTY, READ, Document, Truth
from schemas.formats import FORMATS

_READ = frozenset({READ})
_UNSUPPORTED = frozenset({"UnsupportedFormat"})
_PROTECTED = frozenset({"DocumentEncrypted"})
_NOTHING_INSIDE = frozenset({"DocumentEmpty", "DocumentUnreadable"})
_DAMAGED = frozenset({"DocumentUnreadable"})
_NO_TEXT = frozenset({READ, EMPTY})

_SPECIAL = {
    "password.xls": _PROTECTED,
    "testPPT_protected_passtika.ppt": _PROTECTED,
    "testPKCS7_enveloped_def.p7m": _PROTECTED,
    "testPKCS7_enveloped_ind.p7m": _PROTECTED,
    "testDetached.p7s": _NOTHING_INSIDE,  # a signature alone: what it signs is elsewhere
    "testGRAPHVIZdc.dot": _READ,  # plain text
    "testHEIC_livePhoto.heic": _DAMAGED,  # its first 3 kB
    "testHEIF.heic": _NO_TEXT,  # photographs and drawings
    "testJPEG.jp2": _NO_TEXT,
    "testJPEG_MotionPhoto.jpg": _NO_TEXT,
    "testSVG.svg": _NO_TEXT,
    "testWEBP.webp": _NO_TEXT,
    "testWebp_Alpha_Lossless.webp": _NO_TEXT,
    "LibreOfficeDraw_odg_1.3.odg": _NO_TEXT,
    "testWORD_multi_authors.docx": _NO_TEXT,  # blank
}
_LABELS = "expected_outputs"


def documents(folder: Path) -> Iterator[Document]:
    """Every file, of the kind that its extension names."""
    known = {extension for row in FORMATS for extension in row.extensions}
    for path in sorted(folder.glob("*/*")):
        suffix = path.suffix.lower()
        if path.is_file() and path.parent.name != _LABELS:
            outcomes = _SPECIAL.get(path.name, _READ if suffix in known else _UNSUPPORTED)
            yield Document(folder.name, suffix.removeprefix("."), path, partial(Truth, outcomes=outcomes))
