from datetime import UTC, datetime
from pathlib import Path

import pytest
from compressed_rtf import compress
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.readers.base import ReaderSetup
from pipelines.readers.host import LocalReader
from pipelines.readers.mail.msg import MsgReader
from pipelines.readers.mail.rtf import body_of_rtf
from schemas.errors import DocumentEncrypted, DocumentError, DocumentUnreadable
from schemas.reading import FlowView
from tests.readers.mail.outlook import Tree, Value, item, named, ole
from tests.readers.mail.test_eml import picture
from tests.readers.test_p7m import signed

SENT = datetime(2026, 5, 4, 8, 30, tzinfo=UTC)
LETTER: dict[int, Value] = {
    0x001A: "IPM.Note",
    0x0037: "A plän",
    0x0C1A: "Ann Lee",
    0x5D01: "ann@example.org",
    0x0039: SENT,
    0x1000: "some\r\nwords",
}


def pages(tree: Tree, folder: Path) -> list[list[str]]:
    path = folder / "a.msg"
    path.write_bytes(ole(tree))
    reader = LocalReader(ReaderSetup(scratch=folder))
    count = reader.open(path, reader.detect(path, None, None)).page_count
    found = (reader.flow_page(number, FlowView()) for number in range(1, count + 1))
    return [[fragment.content.content for fragment in page.fragments] for page in found]


def test_a_message_is_its_subject_its_headers_and_its_text(tmp_path: Path) -> None:
    recipients: list[dict[int, Value]] = [
        {0x3001: "Bob", 0x39FE: "bob@example.org", 0x0C15: 1},
        {0x3001: "'cy@example.org'", 0x3003: "cy@example.org", 0x0C15: 2},
    ]
    assert pages(item(LETTER, recipients), tmp_path) == [
        [
            "A plän",
            "**From:** Ann Lee <ann@example.org>\n**To:** Bob <bob@example.org>\n**Cc:** cy@example.org\n"
            "**Date:** Mon, 04 May 2026 08:30:00 +0000",
            "some\nwords",
        ]
    ]


def test_addresses_that_only_the_headers_know_come_from_there(tmp_path: Path) -> None:
    letter = LETTER | {0x5D01: "/O=EXAMPLE/CN=ANN", 0x007D: "From: Ann Lee <ann@example.org>\r\nX: y\r\n\r\n"}
    ((_, headers, _),) = pages(item(letter | {0x0E04: "Bob; Cy"}), tmp_path)
    assert headers.startswith("**From:** Ann Lee <ann@example.org>\n**To:** Bob; Cy\n")


def test_html_in_its_code_page_comes_before_text(tmp_path: Path) -> None:
    letter = LETTER | {0x1013: "<p>größere <b>Worte</b></p>".encode("cp1252"), 0x3FDE: 1252}
    assert pages(item(letter), tmp_path)[0][2:] == ["größere **Worte**"]


def test_attachments_follow_and_pictures_of_the_html_do_not(tmp_path: Path) -> None:
    letter = LETTER | {0x1013: b'<p>See <img src="cid:1@x" alt="a square"></p>'}
    attachments: list[dict[int, Value]] = [
        {0x3707: "logo.png", 0x3712: "1@x", 0x3701: picture(64)},
        {0x3704: "NOTE~1.TXT", 0x3707: "größe.txt", 0x3701: b"more words"},
    ]
    inner = item(LETTER | {0x0037: "Older plan"}, head=24)
    found = pages(item(letter, None, attachments, inside=inner), tmp_path)
    assert found[0][1].endswith("**Attachments:** größe.txt, Older plan.eml")
    assert found[0][2:] == ["See", "a square"]
    assert found[1] == ["more words"]
    assert found[2][0] == "Older plan"
    assert found[2][-1] == "some\nwords"


def test_the_html_in_an_rtf_body_is_found() -> None:
    rtf = (
        rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0"
        rb"{\fonttbl{\f0\fswiss\fcharset0 Arial;}{\f1\fcharset204 Arial;}}"
        rb"{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 gr\'f6\u223\'dfer "
        rb"{\*\htmltag84 &lt;}\htmlrtf <\htmlrtf0  a \{b\} & {\f1 \'ec\'e8\'f0 }\u-10179 ?\u-8703 ?"
        rb"{\*\mhtmltag64 <P>}{\*\htmltag72 </p>}\htmlrtf \par}\htmlrtf0}"
    )
    assert body_of_rtf(compress(rtf)) == ("<html><p>größer &lt; a {b} &amp; мир \U0001f601</p>", True)


def test_an_rtf_body_is_text() -> None:
    rtf = (
        rb"{\rtf1\ansi{\fonttbl{\f0 Arial;}}{\*\generator x;}{\colortbl;}"
        rb"\pard one\tab two\par{\field{\*\fldinst HYPERLINK x}{\fldrslt a link}}\par\emdash\u8364 ?}"
    )
    assert body_of_rtf(compress(rtf)) == ("one\ttwo\na link\n—€", False)
    assert body_of_rtf(b"damaged") == ("", False)


def test_rtf_is_read_where_there_is_no_other_text(tmp_path: Path) -> None:
    letter = {id_: value for id_, value in LETTER.items() if id_ != 0x1000}
    rtf = compress(rb"{\rtf1\ansi only here\par}")
    assert pages(item(letter | {0x1009: rtf}), tmp_path)[0][2:] == ["only here"]


def test_appointments_tell_when_and_where(tmp_path: Path) -> None:
    properties = LETTER | {0x001A: "IPM.Appointment", 0x8000: SENT, 0x8001: "Room 5"}
    found = pages(item(properties) | named(0x820D, 0x8208), tmp_path)
    assert found[0][2:] == ["Start: 2026-05-04 08:30 UTC\nLocation: Room 5", "some\nwords"]


def test_contacts_tell_their_addresses(tmp_path: Path) -> None:
    contact: dict[int, Value] = {
        0x001A: "IPM.Contact",
        0x3001: "Ann Lee",
        0x3A16: "Example Ltd",
        0x8000: "ann@example.org",
    }
    found = pages(item(contact) | named(0x8083), tmp_path)
    assert found == [["Name: Ann Lee\nCompany: Example Ltd\nE-mail: ann@example.org"]]


def test_signed_messages_are_read(tmp_path: Path) -> None:
    inside = b"Content-Type: text/plain\r\n\r\nsealed words"
    for data in (
        signed(inside),
        b"Content-Type: multipart/signed; boundary=x\r\n\r\n--x\r\n\r\n" + b"sealed words\r\n--x--",
    ):
        attachments: list[dict[int, Value]] = [{0x3707: "smime.p7m", 0x3701: data}]
        letter = {id_: value for id_, value in LETTER.items() if id_ != 0x1000}
        found = pages(item(letter | {0x001A: "IPM.Note.SMIME"}, None, attachments), tmp_path)
        assert found[0][2:] == ["sealed words"]


def test_encrypted_messages_say_so(tmp_path: Path) -> None:
    enveloped = bytes.fromhex("300f06092a864886f70d010703a0023000")
    attachments: list[dict[int, Value]] = [{0x3707: "smime.p7m", 0x3701: enveloped}]
    with pytest.raises(DocumentEncrypted):
        pages(item({0x001A: "IPM.Note.SMIME", 0x0037: "A"}, None, attachments), tmp_path)


def test_what_is_no_message_says_so(tmp_path: Path) -> None:
    path = tmp_path / "a.msg"
    path.write_bytes(b"no OLE2 file at all")
    with pytest.raises(DocumentUnreadable, match="damaged"):
        MsgReader(path, ReaderSetup(scratch=tmp_path))


@settings(max_examples=50)
@given(st.data())
def test_any_damage_ends_in_a_document_error_or_a_message(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("scratch")
    damaged = bytearray(ole(item(LETTER, [{0x3001: "Bob", 0x0C15: 1}], [{0x3707: "a.txt", 0x3701: b"x"}])))
    for _ in range(data.draw(st.integers(1, 20))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    path = folder / "a.msg"
    path.write_bytes(bytes(damaged))
    try:
        MsgReader(path, ReaderSetup(scratch=folder))
    except DocumentError:
        return


@given(st.text(alphabet="{}\\*'0af1ub \n<x", max_size=200))
def test_any_rtf_is_read(body: str) -> None:
    text, _ = body_of_rtf(compress(b"{\\rtf1\\fromhtml1 " + body.encode() + b"}"))
    text.encode("utf-8")
