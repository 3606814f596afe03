"""Small files that would unpack, nest or repeat without end: each is read within bounds, or refused."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks.fuzz.run import Bounds
from benchmarks.fuzz.trial import Outcome, Trial, silent_trial
from tests.readers.files import zipped
from tests.readers.test_p7m import compressed, signed
from workers.children import Child, Limits

_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:"
_SPACES = " ".join(f'xmlns:{name}="{_OFFICE}{name}:1.0"' for name in ("office", "table", "text"))
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_LAUGHS = "<!DOCTYPE r [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12)
)


def sheet(rows: str) -> bytes:
    body = f"<office:spreadsheet><table:table>{rows}</table:table></office:spreadsheet>"
    content = (
        f"<office:document-content {_SPACES}><office:body>{body}</office:body></office:document-content>"
    )
    return zipped({"mimetype": _ODS, "content.xml": content})


def nested_envelopes() -> bytes:
    inner = b"some words"
    for _ in range(8):
        inner = signed(inner)
    return inner


def pdf(*objects: bytes) -> bytes:
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, 2)
    for number, body in enumerate(objects, 1):
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    out.write(b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF" % (len(objects) + 1))
    return out.getvalue()


def page_with(content: bytes) -> bytes:
    packed = zlib.compress(content, 9)
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R>>",
        b"<</Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed),
    )


def outline_in_circles() -> bytes:
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R/Outlines 4 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
        b"<</First 5 0 R/Last 5 0 R>>",
        b"<</Title(a)/Parent 4 0 R/Next 6 0 R/First 5 0 R>>",
        b"<</Title(b)/Parent 4 0 R/Next 5 0 R/First 4 0 R>>",
    )


CELL = (
    '<table:table-cell office:value-type="string" table:number-columns-repeated="1000000000">'
    "<text:p>x</text:p></table:table-cell>"
)
BOMBS: dict[str, tuple[Callable[[], bytes], str]] = {
    "page content of a gigabyte.pdf": (lambda: page_with(b" " * (40 << 20)), "PageTooLarge"),
    "outline in circles.pdf": (outline_in_circles, ""),
    "two billion pages.pdf": (
        lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2000000000>>"),
        "DocumentUnreadable|DocumentEmpty|PageUnreadable",
    ),
    "entities.xml": (lambda: f"{_LAUGHS}]><r>&a11;</r>".encode(), ""),
    "entities of a drawing.svg": (
        lambda: f"{_LAUGHS}]><svg xmlns='http://www.w3.org/2000/svg'><text>&a11;</text></svg>".encode(),
        "DocumentUnreadable|",
    ),
    "a file outside.xml": (
        lambda: b"<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><r><a>&x;</a></r>",
        "",
    ),
    "elements in elements.html": (lambda: b"<div>" * 100_000, "DocumentUnreadable"),
    "elements in elements.xml": (lambda: b"<a>" * 100_000 + b"</a>" * 100_000, "DocumentUnreadable"),
    "lists in lists.json": (lambda: b"[" * 100_000 + b"]" * 100_000, ""),
    "quotes in quotes.md": (lambda: b"> " * 100_000 + b"x", ""),
    "groups in groups.tex": (lambda: b"\\begin{document}" + b"{" * 50_000 + b"}" * 50_000, ""),
    "a macro of itself.tex": (
        lambda: b"\\newcommand{\\a}{\\a\\a x}\\begin{document}\\a\\end{document}",
        "",
    ),
    "columns without end.tex": (
        lambda: (
            b"\\begin{document}\\begin{tabular}{*{1000000000}{c}}a&\\multicolumn{1000000000}{c}{b}\\\\"
            b"\\end{tabular}\\end{document}"
        ),
        "",
    ),
    "cells without end.adoc": (
        lambda: b'[cols="1000000000*"]\n|===\n1000000000*|a\n1000000000+|b\n|===\n',
        "",
    ),
    "spans without end.html": (
        lambda: b"<table>" + b"<tr><td colspan=1000000000 rowspan=1000000000>x" * 500,
        "",
    ),
    "rows without end.ods": (
        lambda: sheet(f'<table:table-row table:number-rows-repeated="1000000000">{CELL}</table:table-row>'),
        "",
    ),
    "spaces without end.ods": (
        lambda: sheet(
            '<table:table-row><table:table-cell><text:p>x<text:s text:c="1000000000"/></text:p>'
            "</table:table-cell></table:table-row>"
        ),
        "",
    ),
    "envelopes in envelopes.p7m": (nested_envelopes, "TooLarge"),
    "a packed envelope.p7m": (lambda: compressed(b"\0" * (80 << 20)), "TooLarge"),
    "messages in messages.eml": (
        lambda: b"Content-Type: message/rfc822\nSubject: a\n\n" * 500 + b"Subject: b\n\nx",
        "DocumentUnreadable",
    ),
    "many parts.eml": (
        lambda: (
            b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n"
            + b"--b\nContent-Type: text/plain\n\nx\n" * 20_000
        ),
        "",
    ),
    "many entries.docx": (lambda: zipped({f"{n:0500}": b"" for n in range(20_000)}), "TooLarge"),
}


@pytest.mark.fuzz
@pytest.mark.timeout(1800)
def test_every_bomb_ends_within_bounds_and_as_it_should(tmp_path: Path) -> None:
    bounds = Bounds()
    child = Child(_silent, Trial, Limits(bounds.memory_bytes))
    wrong = []
    for name, (make, endings) in BOMBS.items():
        (tmp_path / name).write_bytes(make())
        outcome: Outcome = child.call("read", tmp_path / name, False, timeout=bounds.seconds)
        if outcome.error not in endings.split("|") or outcome.strays:
            wrong.append(f"{name}: {outcome.error or 'read'} {outcome.strays}")
        if outcome.cpu_seconds > bounds.cpu_seconds or outcome.peak_bytes > bounds.memory_bytes:
            wrong.append(f"{name}: {outcome.cpu_seconds:.0f} s, {outcome.peak_bytes >> 20} MiB")
    child.kill()
    assert not wrong, "\n".join(wrong)


def _silent() -> Trial:
    import tempfile

    return silent_trial(Path(tempfile.mkdtemp()), 64 << 20)
