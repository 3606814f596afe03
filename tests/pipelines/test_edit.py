"""Filling in a form: what is found is told, what is said is written, what has no place is told, too."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest

from pipelines.edit import edit
from pipelines.editing import matching
from pipelines.editing.matching import Matched
from pipelines.work import PageRecord, RunContext
from schemas.documents import DocumentWarning, WarningKind
from schemas.forms import Blank, FilledForm, Filling, Origin, Placed, Unplaced
from schemas.geometry import BBox
from schemas.options import FormFilling
from schemas.reading import FieldKind, SourcePage
from tests.fakes.engines import FakeEngines, FakeReader


@dataclass
class Form(FakeReader):
    """Writes whatever it is told, but for blanks that are called ``full``."""

    make: Callable[[int], SourcePage] = lambda number: SourcePage(number, 600, 800)
    asked: list[Filling] = field(default_factory=list)
    interactive: bool | None = None
    warnings: list[str] = field(default_factory=list)

    def fill(self, blanks: list[Blank], fillings: list[Filling], interactive: bool) -> FilledForm:
        self.asked, self.interactive = fillings, interactive
        placed = [
            Placed(one.blank, problem="It takes 2 characters.")
            if one.blank == "full"
            else Placed(one.blank, text="" if isinstance(one.value, bool) else one.value)
            for one in fillings
        ]
        return FilledForm(pdf=b"%PDF", placed=placed, warnings=self.warnings)


def blank(name: str, value: str | bool | None = None, kind: FieldKind = FieldKind.TEXT) -> Blank:
    return Blank(name, kind, Origin.ACROFORM, 1, BBox(10, 20, 30, 40), [name.title(), name], value=value)


def filled(
    form: Form, blanks: list[Blank], filling: FormFilling, matched: Matched, patch: pytest.MonkeyPatch
):
    patch.setattr("pipelines.edit.match", lambda prompt, blanks, engines, check: matched)
    records = [PageRecord(1, None, [], [], [], blanks=blanks)]
    return edit(records, 1, filling, form, FakeEngines(), RunContext())


def test_what_was_said_is_written_and_what_was_not_placed_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    matched = Matched(
        fillings=[Filling("name", "Jane", "I am Jane", 0.9), Filling("full", "too long", "too long", 0.8)],
        unplaced=[Unplaced("my dog is Rex", "Nothing in the form is called dog.")],
        warnings=[DocumentWarning(kind=WarningKind.FALLBACK, message="no model")],
        input_tokens=7,
        output_tokens=3,
    )
    form = Form(warnings=["The signature no longer holds."])
    blanks = [blank("name"), blank("full", "old"), blank("other", True, FieldKind.CHECKBOX)]
    document = filled(form, blanks, FormFilling(fill_prompt="I am Jane"), matched, monkeypatch)

    assert b64decode(document.filled_pdf_base64 or "") == b"%PDF"
    assert document.pdf_base64 == document.filled_pdf_base64
    assert document.filled_docx_base64 is None
    told = document.form_filling_metadata
    assert told is not None
    name, full, other = told["detected_widgets"]
    assert (name["value"], name["filled"], name["source"], name["confidence"]) == (
        "Jane",
        True,
        "I am Jane",
        0.9,
    )
    assert name["bbox"] == {"x1": 10, "y1": 20, "x2": 30, "y2": 40}
    assert (full["value"], full["previous_value"], full["filled"]) == ("old", "old", False)
    assert (other["value"], other["filled"], other["source"]) == (True, False, None)
    assert (told["fields_detected"], told["fields_filled"]) == (3, 1)
    assert told["not_placed"] == [
        {"text": "my dog is Rex", "reason": "Nothing in the form is called dog.", "field_id": None},
        {"text": "too long", "reason": "It takes 2 characters.", "field_id": "full"},
    ]
    assert [warning.message for warning in document.warnings] == [
        "no model",
        "The signature no longer holds.",
    ]
    assert document.usage.extraction_input_tokens_used == 7
    assert document.usage.extraction_output_tokens_used == 3
    assert document.pages[0].page_number == 1


def test_values_of_before_are_cleared_only_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    blanks = [
        blank("name", "old"),
        blank("tick", True, FieldKind.CHECKBOX),
        blank("empty"),
        blank("said", "x"),
    ]
    matched = Matched(fillings=[Filling("said", "y", "y", 1.0)])
    form = Form()
    filled(form, blanks, FormFilling(fill_prompt="y"), matched, monkeypatch)
    assert [one.blank for one in form.asked] == ["said"]

    document = filled(
        form, blanks, FormFilling(fill_prompt="y", ignore_source_values=True), matched, monkeypatch
    )
    assert {one.blank: one.value for one in form.asked} == {"name": "", "tick": False, "said": "y"}
    widgets = {w["id"]: w for w in (document.form_filling_metadata or {})["detected_widgets"]}
    assert (widgets["name"]["value"], widgets["name"]["filled"]) == ("", False)
    assert widgets["tick"]["value"] is False


@pytest.mark.parametrize("no_acroform", [True, False])
def test_fields_stay_fields_unless_they_are_not_to_be_used(
    no_acroform: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    form = Form()
    filled(form, [], FormFilling(no_acroform=no_acroform), Matched(), monkeypatch)
    assert form.interactive is not no_acroform


def test_drawings_are_no_fields_where_the_file_has_a_form(monkeypatch: pytest.MonkeyPatch) -> None:
    def ids(*blanks: Blank) -> list[str]:
        document = filled(Form(), list(blanks), FormFilling(), Matched(), monkeypatch)
        return [one["id"] for one in (document.form_filling_metadata or {})["detected_widgets"]]

    drawn = replace(blank("drawn"), origin=Origin.DRAWN)
    assert ids(blank("own"), drawn) == ["own"]
    assert ids(blank("sign", kind=FieldKind.SIGNATURE), drawn) == ["sign", "drawn"]


def test_nothing_said_nothing_matched() -> None:
    found = matching.match("", [blank("name")], FakeEngines(), lambda: None)
    assert (found.fillings, found.unplaced) == ([], [])
