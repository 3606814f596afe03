"""Word forms made by hand, and filling them in."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx

from pipelines.readers.docx.reader import DocxReader
from schemas.forms import Blank, FilledForm, Filling
from tests.readers.docx.build import t

WORDS_OWN = '<w:placeholder><w:docPart w:val="DefaultPlaceholder_1"/></w:placeholder><w:showingPlcHdr/>'
ASKING = t("Click here.", '<w:rStyle w:val="PlaceholderText"/>')
INSTRUCTIONS = {"textInput": "FORMTEXT", "checkBox": "FORMCHECKBOX", "ddList": "FORMDROPDOWN"}


def control(properties: str = "", content: str = ASKING) -> str:
    """A content control."""
    inside = f"<w:sdtPr>{properties}</w:sdtPr><w:sdtContent>{content}</w:sdtContent>"
    return f"<w:sdt>{inside}</w:sdt>"


def tick_box(*, on: bool = False, properties: str = "", signs: str = "", content: str = "") -> str:
    """A check box; ``signs`` are its states."""
    box = f'<w14:checkbox><w14:checked w14:val="{int(on)}"/>{signs}</w14:checkbox>'
    return control(properties + box, content or t("☒" if on else "☐"))


def legacy(name: str, kind: str, own: str = "", result: str | None = None) -> str:
    """A form field of the older kind."""
    shown = "" if result is None else f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{t(result)}'
    data = f'<w:ffData><w:name w:val="{name}"/><w:enabled/><w:{kind}>{own}</w:{kind}></w:ffData>'
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r>'
        f"<w:r><w:instrText> {INSTRUCTIONS[kind]} </w:instrText></w:r>{shown}"
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def blanks(path: Path) -> list[Blank]:
    """What can be filled in."""
    reader = DocxReader(path)
    try:
        return reader.blanks(1)
    finally:
        reader.close()


def fill(path: Path, values: dict[str, str | bool]) -> FilledForm:
    """The form filled in, without a rendering."""
    reader = DocxReader(path)
    try:
        fillings = [Filling(name, value) for name, value in values.items()]
        return reader.fill(reader.blanks(1), fillings, interactive=True)
    finally:
        reader.close()


def part(filled: FilledForm, name: str = "word/document.xml") -> str:
    """The XML of a part of the filled form."""
    with zipfile.ZipFile(io.BytesIO(filled.docx or b"")) as package:
        return package.read(name).decode()


def said(filled: FilledForm) -> list[str]:
    """The texts of the paragraphs of the filled form as python-docx sees them, tables' cells too."""
    document = docx.Document(io.BytesIO(filled.docx or b""))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    body = document.element.body
    tag = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
    lines = ["".join(one.text or "" for one in line.iter(tag + "t")) for line in body.iter(tag + "p")]
    return [line for line in lines if line] + [cell for cell in cells if cell not in lines]
