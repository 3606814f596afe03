"""The filled copy: the same package but for what was filled in."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.readers.docx.forms.runs import run_of
from schemas.errors import DocumentUnreadable
from tests.readers.docx.build import p, t, write
from tests.readers.docx_forms.build import WORDS_OWN, blanks, control, fill, part, said

FIELD = p(control(f'<w:tag w:val="x"/>{WORDS_OWN}<w:text/>'))


def changed(path: Path, name: str, data: bytes) -> Path:
    """The package with another part."""
    with zipfile.ZipFile(path) as package:
        parts = {one: package.read(one) for one in package.namelist()}
    with zipfile.ZipFile(path, "w") as package:
        for one, content in (parts | {name: data}).items():
            package.writestr(one, content)
    return path


def test_other_parts_stay_byte_for_byte(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", FIELD, styles="<w:x/>", image1=b"\x89PNG")
    with (
        zipfile.ZipFile(path) as before,
        zipfile.ZipFile(io.BytesIO(fill(path, {"x": "y"}).docx or b"")) as after,
    ):
        assert before.namelist() == after.namelist()
        for name in before.namelist():
            assert (before.read(name) == after.read(name)) is (name != "word/document.xml")


def test_without_fillings_it_is_the_file_itself(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", FIELD)
    assert fill(path, {}).docx == path.read_bytes()


def test_comments_and_instructions_stay(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", FIELD + "<!--kept--><?kept too?>")
    xml = part(fill(path, {"x": "y"}))
    assert "<!--kept-->" in xml
    assert "<?kept too?>" in xml


def test_strict_documents_stay_strict(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", FIELD)
    with zipfile.ZipFile(path) as package:
        xml = package.read("word/document.xml").replace(
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/",
            b"http://purl.oclc.org/ooxml/wordprocessingml/",
        )
    filled = fill(changed(path, "word/document.xml", xml), {"x": "here"})
    assert "here" in part(filled)
    assert 'xmlns:w="http://purl.oclc.org/ooxml/wordprocessingml/main"' in part(filled)
    assert 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"' in part(filled)


def test_a_part_with_a_document_type_of_its_own_is_not_changed(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", FIELD)
    with zipfile.ZipFile(path) as package:
        xml = package.read("word/document.xml")
    bomb = b'<!DOCTYPE w:document [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + xml.replace(b"Click", b"&b;")
    assert blanks(changed(path, "word/document.xml", bomb)) == []


def test_a_signed_document_says_that_it_no_longer_is(tmp_path: Path) -> None:
    path = changed(write(tmp_path / "a.docx", FIELD), "_xmlsignatures/sig1.xml", b"<x/>")
    assert "signed" in fill(path, {"x": "y"}).warnings[0]
    assert fill(path, {}).warnings == []


def test_a_damaged_part_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", FIELD, image1=b"PICTURE-PICTURE")
    path.write_bytes(path.read_bytes().replace(b"PICTURE-PICTURE", b"PICTURE-DAMAGED"))
    with pytest.raises(DocumentUnreadable):
        fill(path, {"x": "y"})


@given(st.text())
def test_any_text_makes_a_run_that_says_it(text: str) -> None:
    from lxml import etree

    from pipelines.readers.docx.forms.runs import clean, plain_text

    run = run_of(clean(text), None)
    paragraph = etree.fromstring(etree.tostring(run))
    assert plain_text(paragraph) == clean(text).strip("\n")


def test_markup_in_a_value_is_text(tmp_path: Path) -> None:
    path = write(tmp_path / "a.docx", FIELD + p(t("end")))
    assert said(fill(path, {"x": "<w:t>&amp;\x00"})) == ["<w:t>&amp;", "end"]
