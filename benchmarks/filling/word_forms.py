"""Word forms that the benchmark makes with python-docx, and what stands in them afterwards."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from random import Random
from typing import Any

import docx
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from benchmarks.filling.drawn_forms import shuffled_words
from benchmarks.filling.forms import Field, Widget
from benchmarks.filling.prompts import Stated
from benchmarks.filling.readback import Judged
from schemas.geometry import BBox

_SPACES = f'{nsdecls("w")} xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
_EMPTY = "_.: \u00a0\u2002\t"
_NOWHERE = BBox(0, 0, 1_000, 20)  # a paragraph grows with its text


@dataclass(slots=True)
class _Form:
    """A form on its way; every field has a paragraph of its own, in the order of the fields."""

    document: Any
    dice: Random
    words: dict[str, list[str]]
    fields: list[Field]

    def add(self, paragraph: Any, label: str, kind: str, *answers: str, before: str = "") -> None:
        """Marks a paragraph as the place of a field; ``before`` is the print in it."""
        widgets = [Widget(1, _NOWHERE, _NOWHERE, on) for on in answers or ("",)]
        self.fields.append(Field(label, kind, widgets, tooltip=before))
        number = len(self.fields)
        _append(
            paragraph,
            f'<w:bookmarkStart w:id="{number}" w:name="f{number}"/><w:bookmarkEnd w:id="{number}"/>',
        )


Make = Callable[[Random, str], str]


def draw(path: Path, dice: Random) -> list[Field]:
    """Writes a form to a file; its fields, called by their labels."""
    form = _Form(docx.Document(), dice, shuffled_words(dice), [])
    form.document.add_heading(form.words["title"][0], level=0)
    is_typed = dice.random() < 0.3
    for section in form.words["sections"][:3]:
        form.document.add_heading(section, level=1)
        dice.choice([_lines, _table])(form, _typed if is_typed else dice.choice([_control, _legacy]))
        _choices(form, is_typed=is_typed)
    form.document.save(str(path))
    return form.fields


def _lines(form: _Form, make: Make) -> None:
    for _ in range(4):
        label = form.words["texts"].pop()
        paragraph = form.document.add_paragraph(f"{label}: ")
        _append(paragraph, make(form.dice, label))
        form.add(paragraph, label, "text", before=f"{label}: ")


def _table(form: _Form, make: Make) -> None:
    table = form.document.add_table(rows=4, cols=2, style="Table Grid")
    for row in table.rows:
        label = form.words["texts"].pop()
        row.cells[0].text = label
        paragraph = row.cells[1].paragraphs[0]
        if make is not _typed:
            _append(paragraph, make(form.dice, label))
        form.add(paragraph, label, "text")


def _choices(form: _Form, *, is_typed: bool) -> None:
    """A question with a box for each answer, and a box that stands alone."""
    if form.words["questions"]:
        question, _, said = form.words["questions"].pop().partition("=")
        paragraph = form.document.add_paragraph(f"{question}: ")
        for answer in said.split(","):
            _append(paragraph, _run("☐") if is_typed else _box())
            paragraph.add_run(f" {answer}   ")
        form.add(paragraph, question, "group", *said.split(","))
    if form.words["ticks"]:
        label = form.words["ticks"].pop()
        paragraph = form.document.add_paragraph("")
        _append(paragraph, _run("☐") if is_typed else form.dice.choice([_box(), _legacy_box()]))
        paragraph.add_run(f" {label}")
        form.add(paragraph, label, "tick", "yes")


def _append(paragraph: Any, xml: str) -> None:
    made = parse_xml(f"<w:p {_SPACES}>{xml}</w:p>")
    paragraph._p.extend(list(made))  # noqa: SLF001 - python-docx has no other way


def _run(text: str) -> str:
    return f'<w:r><w:t xml:space="preserve">{escape(text)}</w:t></w:r>'


def _typed(dice: Random, label: str) -> str:
    del label
    return _run("_" * dice.randint(12, 30))


def _control(dice: Random, label: str) -> str:
    """A content control, with or without a title."""
    named = f'<w:alias w:val="{escape(label)}"/>' if dice.random() < 0.3 else ""
    tag = f'<w:tag w:val="field{dice.randint(1000, 9999)}"/>'
    kind = dice.choice(["<w:text/>", "", '<w:text w:multiLine="1"/>'])
    asks = '<w:placeholder><w:docPart w:val="DefaultPlaceholder_22675703"/></w:placeholder><w:showingPlcHdr/>'
    return (
        f"<w:sdt><w:sdtPr>{named}{tag}{asks}{kind}</w:sdtPr>"
        f"<w:sdtContent>{_run('Click here to enter text.')}</w:sdtContent></w:sdt>"
    )


def _legacy(dice: Random, label: str) -> str:
    del label
    data = f'<w:ffData><w:name w:val="Text{dice.randint(1, 999)}"/><w:enabled/><w:textInput/></w:ffData>'
    return _field(data, "FORMTEXT", _run("\u2002" * 5))


def _legacy_box() -> str:
    data = '<w:ffData><w:enabled/><w:checkBox><w:sizeAuto/><w:default w:val="0"/></w:checkBox></w:ffData>'
    return _field(data, "FORMCHECKBOX", "")


def _field(data: str, instruction: str, shown: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin">{data}</w:fldChar></w:r>'
        f"<w:r><w:instrText> {instruction} </w:instrText></w:r>"
        f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{shown}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )


def _box() -> str:
    return (
        '<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="0"/></w14:checkbox></w:sdtPr>'
        f"<w:sdtContent>{_run('☐')}</w:sdtContent></w:sdt>"
    )


def judge_word(before: bytes, fields: Sequence[Field], stated: Sequence[Stated], filled: bytes) -> Judged:
    """The paragraphs of the filled form as python-docx reads them, beside those of before."""
    old, new = _places(before, fields), _places(filled, fields)
    said = {one.field.name: one for one in stated}
    found = {one.name: _found(one, new[one.name]) for one in fields}
    right = {name: found[name] == _expected(one) for name, one in said.items()}
    changed = [one.name for one in fields if found[one.name] != _found(one, old[one.name])]
    misplaced = [name for name in changed if not right.get(name)]
    return Judged(
        [right[one.field.name] for one in stated], [found[one.field.name] for one in stated], misplaced
    )


def _expected(stated: Stated) -> str:
    return stated.said if stated.field.kind == "text" else str(stated.place)


def _places(data: bytes, fields: Sequence[Field]) -> dict[str, Any]:
    """The paragraph of each field, by the bookmark in it."""
    body = docx.Document(io.BytesIO(data)).element.body
    marks = {mark.get(qn("w:name")): mark for mark in body.iter(qn("w:bookmarkStart"))}
    return {one.name: marks[f"f{number}"].getparent() for number, one in enumerate(fields, start=1)}


def _found(field: Field, paragraph: Any) -> str:
    """The text of a place, or the numbers of its boxes that are ticked."""
    text = "".join(one.text or "" for one in paragraph.iter(qn("w:t")))
    if field.kind == "text":
        return text.removeprefix(field.tooltip).strip(_EMPTY)
    states = [sign == "☒" for sign in text if sign in "☐☒"]
    boxes = (box.find(qn("w:checked")) for box in paragraph.iter(qn("w:checkBox")))
    states += [state is not None and state.get(qn("w:val")) == "1" for state in boxes]
    return " ".join(str(at) for at, is_set in enumerate(states) if is_set)
