import base64
from email.message import EmailMessage
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pictures

from pipelines.readers.base import ReaderSetup
from pipelines.readers.host import LocalReader
from pipelines.readers.mail.eml import EmlReader
from pipelines.readers.mail.mime import unflowed
from schemas.documents import DocumentWarning, WarningKind
from schemas.errors import DocumentEncrypted, DocumentError, DocumentUnreadable
from schemas.fragments import FragmentType
from schemas.reading import FlowPage, FlowView
from tests.readers.test_p7m import signed


@pytest.fixture
def setup(tmp_path: Path) -> ReaderSetup:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return ReaderSetup(scratch=folder)


def letter(text: str = "some words", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ann Lee <ann@example.org>"
    message["To"] = "bob@example.org"
    message["Subject"] = headers.pop("subject", "A plan")
    for name, value in headers.items():
        message[name] = value
    message.set_content(text)
    return message


def picture(side: int) -> bytes:
    file = BytesIO()
    Pictures.new("RGB", (side, side), "navy").save(file, "PNG")
    return file.getvalue()


def page_of(data: bytes, setup: ReaderSetup) -> FlowPage:
    assert setup.scratch is not None
    path = setup.scratch / "message"
    path.write_bytes(data)
    cover = EmlReader(path, setup).cover()
    assert cover is not None
    return cover.flow_page(1, FlowView())


def texts(page: FlowPage) -> list[str]:
    return [fragment.content.content for fragment in page.fragments]


def attached(data: bytes, setup: ReaderSetup) -> list[tuple[str, str | None, bytes]]:
    assert setup.scratch is not None
    path = setup.scratch / "message"
    path.write_bytes(data)
    return [(one.name, one.mime_type, one.path.read_bytes()) for one in EmlReader(path, setup).enclosed()]


def test_a_message_is_its_subject_its_headers_and_its_text(setup: ReaderSetup) -> None:
    page = page_of(letter("Hello,\n\nsee below.\n\n> older words").as_bytes(), setup)
    assert [fragment.fragment_type for fragment in page.fragments][:2] == [
        FragmentType.TITLE,
        FragmentType.TEXT,
    ]
    assert texts(page) == [
        "A plan",
        "**From:** Ann Lee <ann@example.org>\n**To:** bob@example.org",
        "Hello,",
        "see below.",
        "> older words",
    ]


def test_encoded_and_raw_headers_become_text_on_one_line(setup: ReaderSetup) -> None:
    data = (
        b"From: =?utf-8?b?Wm/DqyA8c2NyaXB0Pg==?= <zoe@example.org>\n"
        b"Subject: =?iso-8859-1?q?d=E9j=E0?=\n =?iso-8859-1?q?_vu?= \xc3\xbc\n"
        b"Cc: =?no-such-charset?q?caf=E9?=, a@example.org\nCC: b@example.org\n\nwords"
    )
    title, headers, _ = texts(page_of(data, setup))
    assert title == "déjà vu ü"
    assert (
        headers == "**From:** Zoë &lt;script> <zoe@example.org>\n**Cc:** café, a@example.org, b@example.org"
    )


def test_of_alternatives_html_is_read_and_plain_text_where_that_is_empty(setup: ReaderSetup) -> None:
    message = letter("plain words")
    message.add_alternative("<h1>Big</h1><p>rich <b>words</b></p>", subtype="html")
    page = page_of(message.as_bytes(), setup)
    assert texts(page)[2:] == ["Big", "rich **words**"]
    assert page.fragments[2].content.level == 1  # the subject is the title
    message = letter("plain words")
    message.add_alternative("<style>p {}</style><p>&nbsp;</p>", subtype="html")
    assert texts(page_of(message.as_bytes(), setup))[2:] == ["plain words"]


def test_pictures_in_the_html_are_figures_and_no_attachments(setup: ReaderSetup) -> None:
    message = letter("plain words")
    html = '<p>Look: <img src="cid:big@x" alt="a square"> and <img src="cid:dot@x"></p>'
    message.add_alternative(html, subtype="html")
    for cid, side in (("<big@x>", 64), ("<dot@x>", 1)):
        message.get_payload(1).add_related(picture(side), "image", "png", cid=cid)
    message.add_attachment(b"a,b\n1,2\n", maintype="text", subtype="csv", filename="numbers.csv")
    page = page_of(message.as_bytes(), setup)
    assert texts(page)[1].endswith("**Attachments:** numbers.csv")
    assert texts(page)[2:] == ["Look:", "a square", "and"]
    (index,) = page.pictures
    assert page.fragments[index].fragment_type is FragmentType.FIGURE
    reader = EmlReader(setup.scratch / "message", setup).cover()
    pixels = reader.picture(1, index)
    assert pixels is not None
    assert pixels.shape == (64, 64, 3)
    assert [name for name, _, _ in attached(message.as_bytes(), setup)] == ["numbers.csv"]


def test_attachments_keep_order_names_and_bytes(setup: ReaderSetup) -> None:
    message = letter()
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Größe.pdf")
    message.add_attachment(letter("inner", subject="Older plan"))
    message.add_attachment(bytes(range(256)), maintype="application", subtype="octet-stream")
    message.add_attachment("not the text", filename="../../note.txt")
    found = attached(message.as_bytes(), setup)
    assert [name for name, _, _ in found] == [
        "Größe.pdf",
        "Older plan.eml",
        "attachment 3.bin",
        "../../note.txt",
    ]
    assert found[0][1:] == ("application/pdf", b"%PDF-1.7")
    assert b"Subject: Older plan" in found[1][2]
    assert found[2][2] == bytes(range(256))
    assert {path.parent.parent for path in setup.scratch.glob("*/*")} == {setup.scratch}


def test_attachments_are_read_after_the_message(setup: ReaderSetup, tmp_path: Path) -> None:
    inner = letter("inner words", subject="Older plan")
    message = letter()
    message.add_attachment(inner)
    message.add_attachment(
        b"MZ" + bytes(100), maintype="application", subtype="x-msdownload", filename="x.exe"
    )
    path = tmp_path / "a.eml"
    path.write_bytes(message.as_bytes())
    reader = LocalReader(setup)
    assert reader.open(path, reader.detect(path, None, "a.eml")).page_count == 2
    (warning,) = reader.flow_page(1, FlowView()).warnings
    assert isinstance(warning, DocumentWarning)
    assert warning.message.startswith("x.exe was left out: ")
    assert texts(reader.flow_page(2, FlowView()))[0] == "Older plan"


def test_an_attachment_that_is_cut_off_is_what_is_left_of_it(setup: ReaderSetup) -> None:
    message = letter()
    message.add_attachment(bytes(range(120)), "application", "pdf", filename="a.pdf")
    data = message.as_bytes()
    end = data.index(base64.b64encode(bytes(range(57, 114)))) + 33
    assert attached(data[:end], setup) == [("a.pdf", "application/pdf", bytes(range(57 + 24)))]
    assert [warning.kind for warning in page_of(data[:end], setup).warnings] == [WarningKind.TRUNCATED]
    assert page_of(data, setup).warnings == []


def test_words_that_only_say_to_be_base64_stay_words(setup: ReaderSetup) -> None:
    data = b"From: a@example.org\nSubject: A\nContent-Transfer-Encoding: base64\n\nwords, no digits!!"
    assert texts(page_of(data, setup))[-1] == "words, no digits!!"


def test_a_signed_message_is_read_and_its_signature_is_no_attachment(setup: ReaderSetup) -> None:
    opaque = (
        b"From: a@example.org\nSubject: Sealed\nMIME-Version: 1.0\n"
        b'Content-Type: application/pkcs7-mime; smime-type=signed-data; name="smime.p7m"\n'
        b"Content-Transfer-Encoding: base64\n\n"
    ) + base64.encodebytes(signed(b"Content-Type: text/plain\r\n\r\ninner words"))
    assert texts(page_of(opaque, setup)) == ["Sealed", "**From:** a@example.org", "inner words"]
    clear = (
        b"From: a@example.org\nSubject: Open\nContent-Type: multipart/signed; boundary=x\n\n"
        b"--x\nContent-Type: text/plain\n\nthe words\n"
        b"--x\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nMII\n--x--\n"
    )
    assert texts(page_of(clear, setup)) == ["Open", "**From:** a@example.org", "the words"]


def test_a_signed_document_in_a_mail_without_any_text_is_that_document(
    setup: ReaderSetup, tmp_path: Path
) -> None:
    path = tmp_path / "deed.p7m"
    path.write_bytes(
        b"MIME-Version: 1.0\nContent-Type: application/x-pkcs7-mime; smime-type=signed-data\n"
        b"Content-Transfer-Encoding: base64\n\n" + base64.encodebytes(signed(b"<html><body><p>words"))
    )
    reader = LocalReader(setup)
    info = reader.open(path, reader.detect(path, None, "deed.p7m"))
    assert [(part.page_count, part.name) for part in info.parts] == [(1, "")]
    assert texts(reader.flow_page(1, FlowView())) == ["words"]


def test_a_signed_document_that_is_attached_is_an_attachment(setup: ReaderSetup) -> None:
    message = letter()
    envelope = signed(b"words")
    message.add_attachment(envelope, maintype="application", subtype="pkcs7-mime", filename="deed.txt.p7m")
    assert attached(message.as_bytes(), setup) == [("deed.txt.p7m", "application/pkcs7-mime", envelope)]


def test_encrypted_messages_say_so(setup: ReaderSetup) -> None:
    with pytest.raises(DocumentEncrypted):
        page_of(b"From: a@b.org\nContent-Type: multipart/encrypted; boundary=x\n\n--x\n\n1\n--x--\n", setup)


@pytest.mark.parametrize(
    ("charset", "declared"),
    [("iso-2022-jp", "iso-2022-jp"), ("shift_jis", "x-unknown"), ("utf-8", "us-ascii"), ("koi8-r", "koi8-r")],
)
def test_bodies_are_read_in_their_charset(charset: str, declared: str, setup: ReaderSetup) -> None:
    words = (
        "Всем привет, это письмо" if charset == "koi8-r" else "会議の日程を変更します。よろしくお願いします。"
    )
    data = f"From: a@b.org\nContent-Type: text/plain; charset={declared}\n\n".encode() + words.encode(charset)
    assert texts(page_of(data, setup))[-1] == words


def test_flowed_lines_are_joined() -> None:
    text = "first line \nsecond.\n\n> quoted \n> words\n> \n>> deeper\n-- \nsignature"
    assert unflowed(text) == "first line second.\n\n> quoted words\n> \n>> deeper\n-- \nsignature"
    assert unflowed("long \nword", drop_space=True) == "longword"


def test_delivery_reports_are_text(setup: ReaderSetup) -> None:
    data = (
        b"From: mailer@b.org\nContent-Type: multipart/report; boundary=x\n\n"
        b"--x\n\nIt failed.\n--x\nContent-Type: message/delivery-status\n\n"
        b"Reporting-MTA: dns; b.org\n\nFinal-Recipient: rfc822; c@d.org\nStatus: 5.1.1\n--x--\n"
    )
    body = "\n".join(texts(page_of(data, setup)))
    assert "It failed." in body
    assert "Status: 5.1.1" in body


def test_apple_mail_files_lose_their_length_and_their_tail(setup: ReaderSetup) -> None:
    message = b"From: a@b.org\nSubject: A\n\nwords\n"
    data = b"%d\n" % len(message) + message + b"<?xml version='1.0'?><plist/>"
    assert texts(page_of(data, setup)) == ["A", "**From:** a@b.org", "words"]


def test_what_is_no_message_says_so(setup: ReaderSetup) -> None:
    with pytest.raises(DocumentUnreadable, match="no mail message"):
        page_of(b"just words\n\nand more", setup)


def test_parts_in_parts_without_end_do_no_harm(setup: ReaderSetup) -> None:
    lines = [f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}" for n in range(3000)]
    try:
        page_of(("From: a@b.org\n" + "\n".join(lines)).encode(), setup)
    except DocumentUnreadable as error:
        assert "too deeply" in error.message  # noqa: PT017 - both ends are right


LINES = [
    b"From: a@b.org",
    b"Subject: =?utf-8?b?\xff?=",
    b"Content-Type: multipart/mixed; boundary=x",
    b"Content-Type: multipart/alternative; boundary=x",
    b"Content-Type: message/rfc822",
    b"Content-Type: message/delivery-status",
    b"Content-Type: application/pkcs7-mime",
    b"Content-Type: text/html; charset=\xe9",
    b"Content-Type: ;;=",
    b"Content-Transfer-Encoding: base64",
    b"Content-Disposition: attachment; filename*=x''%zz",
    b"Content-ID: <",
    b"",
    b"--x",
    b"--x--",
    b"<p>words</p>",
    b"\xff\xfe",
]


@given(st.lists(st.sampled_from(LINES), max_size=20))
def test_any_message_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, lines: list[bytes]) -> None:
    setup = ReaderSetup(scratch=tmp_path_factory.mktemp("scratch"))
    try:
        page_of(b"To: c@d.org\n" + b"\n".join(lines), setup)
    except DocumentError:
        return


@pytest.mark.timeout(20)
def test_hostile_texts_cost_linear_time(setup: ReaderSetup) -> None:
    flowed = b"From: a@b.org\nContent-Type: text/plain; format=flowed\n\n" + b"word word \n" * 100_000
    assert len(texts(page_of(flowed, setup))[-1]) > 900_000
    blanks = b"From: a@b.org\nContent-Type: text/html\n\n<p>words<p>url(" + b" " * 200_000 + b")"
    assert "words" in texts(page_of(blanks, setup))
