from pathlib import Path

import pytest

from pipelines.readers.base import ReaderSetup
from pipelines.readers.host import LocalReader
from pipelines.readers.mail.mbox import MboxReader
from schemas.errors import DocumentEmpty
from schemas.reading import FlowView

BOX = (
    "From a@b.org Mon Jun 01 10:00:00 2026\nSubject: One\nFrom: a@b.org\n\nfirst\n"
    ">From here on\nFrom here, too, at 10:00\n\n"
    "From c@d.org Tue Jun 02 11:00:00 2026\nSubject: Two\nFrom: c@d.org\n\nsecond\n"
)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_each_message_is_a_document(line_end: str, tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_bytes(BOX.replace("\n", line_end).encode())
    reader = LocalReader(ReaderSetup(scratch=tmp_path))
    assert reader.open(path, "mbox").page_count == 2
    first, second = (reader.flow_page(number, FlowView()).fragments for number in (1, 2))
    assert [fragment.content.content for fragment in first] == [
        "One",
        "**From:** a@b.org",
        "first\nFrom here on\nFrom here, too, at 10:00",
    ]
    assert second[0].content.content == "Two"


def test_a_message_without_headers_is_one(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_text("From a@b.org Mon Jun 01 10:00:00 2026\n\nwords", encoding="utf-8")
    reader = LocalReader(ReaderSetup(scratch=tmp_path))
    reader.open(path, "mbox")
    assert [f.content.content for f in reader.flow_page(1, FlowView()).fragments] == ["words"]


def test_no_message_is_no_mailbox(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_text("From here to there", encoding="utf-8")
    with pytest.raises(DocumentEmpty):
        MboxReader(path, ReaderSetup(scratch=tmp_path))


@pytest.mark.timeout(20)
def test_a_line_that_nearly_begins_a_message_costs_linear_time(tmp_path: Path) -> None:
    path = tmp_path / "a.mbox"
    path.write_bytes(BOX.encode() + b"\nFrom " + b"1:11" * 200_000)
    assert len(MboxReader(path, ReaderSetup(scratch=tmp_path)).enclosed()) == 2
