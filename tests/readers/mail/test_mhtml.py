import base64
from pathlib import Path

import pytest

from pipelines.readers.base import ReaderSetup
from pipelines.readers.mail.mhtml import MhtmlReader
from schemas.errors import DocumentUnreadable
from schemas.reading import FlowView
from tests.readers.mail.test_eml import picture

HEAD = b'From: <Saved by a browser>\nMIME-Version: 1.0\nContent-Type: multipart/related; boundary="x"\n\n'
PAGE = (
    b"--x\nContent-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n"
    b"Content-Location: https://example.org/a/page.html\n\n"
    b"<h1>Gr=FC=DFe</h1><p>See <img src=3D'../img/a.png' alt=3D'a square'> and <img src=3D'cid:p@x'></p>\n"
)


def part(headers: bytes, data: bytes) -> bytes:
    return b"--x\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n%b\n\n%b" % (
        headers,
        base64.encodebytes(data),
    )


def test_the_page_is_read_with_its_pictures(tmp_path: Path) -> None:
    path = tmp_path / "a.mhtml"
    pictures = part(b"Content-Location: https://example.org/img/a.png", picture(64)) + part(
        b"Content-ID: <p@x>", picture(48)
    )
    path.write_bytes(HEAD + PAGE + pictures + b"--x--\n")
    reader = MhtmlReader(path, ReaderSetup(scratch=tmp_path))
    page = reader.flow_page(1, FlowView())
    assert [fragment.content.content for fragment in page.fragments] == [
        "Grüße",
        "See",
        "a square",
        "and",
        "",
    ]
    sizes = [pixels.shape[0] for index in page.pictures if (pixels := reader.picture(1, index)) is not None]
    assert sizes == [64, 48]


def test_no_page_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.mhtml"
    path.write_bytes(HEAD + part(b"X: y", picture(32)) + b"--x--\n")
    with pytest.raises(DocumentUnreadable, match="no web page"):
        MhtmlReader(path)


def test_bytes_in_headers_do_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.mhtml"
    path.write_bytes(
        HEAD + PAGE + part(b"Content-Location: a\xff\nContent-ID: <\xfe>", picture(48)) + b"--x--\n"
    )
    assert MhtmlReader(path, ReaderSetup(scratch=tmp_path)).flow_page(1, FlowView()).fragments
