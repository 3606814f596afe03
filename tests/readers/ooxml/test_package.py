from __future__ import annotations

from pathlib import Path

import pytest

from pipelines.readers.ooxml.package import Package, PartMissing, Relationship, parsed
from schemas.errors import TooLarge
from tests.readers.files import zipped

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def package(path: Path, parts: dict[str, str | bytes], most: int = 1 << 20) -> Package:
    path.write_bytes(zipped(parts))
    return Package(path, most)


def test_names_are_compared_without_case_and_backslashes_part_folders(tmp_path: Path) -> None:
    opened = package(tmp_path / "a", {"Word\\Document.XML": "<a/>"})
    assert opened.read("word/document.xml") == b"<a/>"
    assert opened.xml("/word/document.xml").tag == "a"
    assert opened.names() == ["word/document.xml"]
    with pytest.raises(PartMissing):
        opened.read("word/other.xml")


def test_relationships_lead_to_parts_and_addresses(tmp_path: Path) -> None:
    relations = (
        f'<Relationships xmlns="{RELATIONS}">'
        f'<Relationship Id="a" Type="{OFFICE}/image" Target="../media/my%20picture.png"/>'
        f'<Relationship Id="b" Type="{OFFICE}/slide" Target="/ppt/other.xml#top"/>'
        f'<Relationship Id="c" Type="{OFFICE}/image" Target="../../../../etc/passwd"/>'
        f'<Relationship Id="d" Type="{OFFICE}/hyperlink" Target="https://a.org/b" TargetMode="External"/>'
        "</Relationships>"
    )
    opened = package(tmp_path / "a", {"ppt/slides/_rels/s.xml.rels": relations})
    assert opened.relationships("ppt/slides/s.xml") == {
        "a": Relationship("image", "ppt/media/my picture.png", False),
        "b": Relationship("slide", "ppt/other.xml", False),
        "c": Relationship("image", "etc/passwd", False),
        "d": Relationship("hyperlink", "https://a.org/b", True),
    }
    assert opened.relationships("ppt/nothing.xml") == {}


def test_strict_vocabularies_are_renamed_and_entities_stay_unread(tmp_path: Path) -> None:
    root = parsed(b'<w xmlns="http://purl.oclc.org/ooxml/drawingml/main"/>')
    assert root.tag == "{http://schemas.openxmlformats.org/drawingml/2006/main}w"
    secret = tmp_path / "secret"
    secret.write_text("treasure")
    root = parsed(f'<!DOCTYPE a [<!ENTITY x SYSTEM "{secret.as_uri()}">]><a>&x;</a>'.encode())
    assert "treasure" not in "".join(root.itertext())


def test_damaged_markup_is_read_as_far_as_it_goes() -> None:
    assert parsed(b"<a><b>text</c></a>").findtext("b") == "text"
    with pytest.raises(PartMissing):
        parsed(b"\x00\x01 nothing of the kind")


def test_too_much_is_not_unpacked(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="1000"):
        package(tmp_path / "a", {"a": "x" * 600, "b": "x" * 600}, 1000)


def test_the_head_of_a_part_needs_no_more_than_its_beginning(tmp_path: Path) -> None:
    opened = package(tmp_path / "a", {"a.xml": "<a/>" + " " * 9000})
    assert opened.head("a.xml").startswith(b"<a/>")
    assert len(opened.head("a.xml")) < 9000
    assert opened.head("none.xml") == b""
