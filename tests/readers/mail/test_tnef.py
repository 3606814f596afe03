from pathlib import Path

import pytest
from compressed_rtf import compress
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.base import ReaderSetup
from pipelines.readers.host import LocalReader
from pipelines.readers.mail.tnef import item_of
from schemas.errors import DocumentUnreadable
from schemas.reading import FlowView
from tests.readers.mail.outlook import property_list, tnef
from tests.readers.mail.test_eml import attached, letter, page_of, texts
from tests.readers.mail.test_msg import SENT

HTML = compress(rb"{\rtf1\ansi\fromhtml1 {\*\htmltag64 <p>}rich {\*\htmltag84 <b>}words{\*\htmltag84 </b>}}")
RENDERING, TITLE, DATA, OF_ATTACHMENT = 0x69002, 0x18010, 0x6800F, 0x69005
WRAPPED = tnef(
    [
        (0x69007, (1251).to_bytes(4, "little")),
        (0x18004, "Тема\0".encode("cp1251")),
        (0x69003, property_list({0x001A: "IPM.Note", 0x1009: HTML, 0x3FDE: 1251})),
        (RENDERING, b"\0" * 14),
        (TITLE, b"NOTE~1.TXT\0"),
        (DATA, b"more words"),
        (OF_ATTACHMENT, property_list({0x3707: "größe.txt"})),
    ]
)


@pytest.fixture
def setup(tmp_path: Path) -> ReaderSetup:
    folder = tmp_path / "scratch"
    folder.mkdir()
    return ReaderSetup(scratch=folder)


def test_what_outlook_wrapped_is_attached_to_the_message(setup: ReaderSetup) -> None:
    message = letter("plain words")
    message.add_attachment(WRAPPED, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert texts(page_of(message.as_bytes(), setup))[2:] == ["plain words"]
    assert [(name, data) for name, _, data in attached(message.as_bytes(), setup)] == [
        ("größe.txt", b"more words")
    ]


def test_the_wrapped_text_is_read_where_the_message_has_none(setup: ReaderSetup) -> None:
    message = letter("")
    message.add_attachment(WRAPPED, maintype="application", subtype="octet-stream", filename="Winmail.dat")
    assert texts(page_of(message.as_bytes(), setup))[2:] == ["rich **words**"]


def test_a_damaged_one_stays_an_attachment(setup: ReaderSetup) -> None:
    message = letter()
    message.add_attachment(b"x" * 9, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert [name for name, _, _ in attached(message.as_bytes(), setup)] == ["winmail.dat"]


def test_one_alone_is_a_message(setup: ReaderSetup, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(WRAPPED)
    reader = LocalReader(setup)
    assert reader.open(path, reader.detect(path, None, None)).page_count == 2
    assert texts(reader.flow_page(1, FlowView())) == ["Тема", "**Attachments:** größe.txt", "rich **words**"]


def test_items_inside_and_named_properties_are_found() -> None:
    inner = tnef([(0x69003, property_list({0x0037: "Inner", 0x1000: "words"}))])
    content = bytes.fromhex("0703020000000000c000000000000046") + inner
    named = property_list({0x8005: SENT, 0x8006: "Room 5"}, {0x8005: 0x820D, 0x8006: 0x8208})
    item = item_of(
        tnef([(0x69003, named), (RENDERING, b""), (OF_ATTACHMENT, property_list({0x3701: content}))])
    )
    assert item.properties == {0x820D: SENT, 0x8208: "Room 5"}
    (attachment,) = item.attachments
    assert attachment.item is not None
    assert attachment.item.properties == {0x0037: "Inner", 0x1000: "words"}


@given(st.data())
def test_any_damage_ends_in_a_document_error_or_an_item(data: st.DataObject) -> None:
    damaged = bytearray(WRAPPED)
    for _ in range(data.draw(st.integers(1, 5))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        item_of(bytes(damaged[: data.draw(st.integers(1, len(damaged)))]))
    except DocumentUnreadable:
        return
