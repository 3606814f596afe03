"""Sentences as people write them: turns of phrase, orders, negations, other people."""

from __future__ import annotations

import pytest

from tests.pipelines.editing.forms import box, dropdown, filled, radio, reasons, text

YES_NO = ["Yes", "No"]


def test_what_is_not_so_is_not_ticked() -> None:
    blanks = (box("Smoker"), box("US citizen"), radio("Have you ever been convicted of a felony?", YES_NO))
    prompt = "I am a US citizen. I'm not a smoker and I have never been convicted of a felony."
    assert filled(prompt, *blanks) == {
        "US citizen": True,
        "Smoker": False,
        "Have you ever been convicted of a felony?": "No",
    }


def test_the_choice_of_most_words_is_meant() -> None:
    status = radio("Filing status", ["Single", "Married filing jointly", "Married filing separately"])
    assert filled("She is married, filing jointly.", status) == {"Filing status": "Married filing jointly"}
    assert filled("She is married.", status) == {}


def test_a_word_of_a_sentence_about_something_else_ticks_nothing() -> None:
    assert filled("The old red car of my neighbour broke down yesterday.", box("Car"), box("Bus")) == {}


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("Tick 'Newsletter'.", {"Newsletter": True}),
        ("Do not tick Newsletter.", {"Newsletter": False}),
        ("Uncheck the newsletter box", {"Newsletter": False}),
        ("Leave Newsletter unchecked.", {"Newsletter": False}),
        ("Newsletter is not ticked", {"Newsletter": False}),
        ("☑ Newsletter", {"Newsletter": True}),
        ("- [ ] Newsletter", {"Newsletter": False}),
        ("For Country, select Canada.", {"Country": "Canada"}),
        ("Select Canada as the country.", {"Country": "Canada"}),
        ("Please choose Canada for Country", {"Country": "Canada"}),
        ("Leave Notes empty.", {"Notes": ""}),
        ("clear the notes field", {"Notes": ""}),
        ('Write "one, two: three" in Notes.', {"Notes": "one, two: three"}),
        ("Notes: see page 3, line 4; thanks", {"Notes": "see page 3, line 4; thanks"}),
        ("Notes:\nfirst line\nsecond line", {"Notes": "first line\nsecond line"}),
        ("Fill Notes with none, and tick Newsletter", {"Notes": "none", "Newsletter": True}),
        (
            "Notes: all well; tick Newsletter; Country: Canada",
            {"Notes": "all well", "Newsletter": True, "Country": "Canada"},
        ),
        ("notes is all well. country is Canada.", {"Notes": "all well", "Country": "Canada"}),
    ],
)
def test_orders(prompt: str, expected: dict[str, str | bool]) -> None:
    blanks = (box("Newsletter"), dropdown("Country", ["Canada", "Chile"]), text("Notes", multiline=True))
    assert filled(prompt, *blanks) == expected


def test_prose_tells_who_somebody_is() -> None:
    blanks = [text(name) for name in ("Name", "Date of birth", "Address", "Employer", "Occupation", "Age")]
    prompt = (
        "Please fill this in for Ada Lovelace, born on 10 December 1915, who lives at 5 Oak Road, "
        "Leeds LS1 4AP. She works as an engineer for Acme Ltd."
    )
    assert filled(prompt, *blanks) == {
        "Name": "Ada Lovelace",
        "Date of birth": "10 December 1915",
        "Address": "5 Oak Road, Leeds LS1 4AP",
        "Employer": "Acme Ltd",
        "Occupation": "engineer",
    }


def test_what_is_said_of_another_person_is_not_the_person() -> None:
    blanks = (text("Occupation"), text("Spouse's occupation"), text("Phone"))
    prompt = "Her husband's occupation is carpenter. His phone is 555-0100. She works as a nurse."
    assert filled(prompt, *blanks) == {"Spouse's occupation": "carpenter", "Occupation": "nurse"}


def test_headings_say_whom_lines_are_about() -> None:
    blanks = (
        text("Name"),
        text("Name", "Emergency contact", id="contact"),
        text("Phone", "Emergency contact"),
    )
    prompt = "## Patient\n- Name: Jane Doe\n\n## Emergency contact\n- Name: John Doe\n- Phone: 555-0100"
    assert filled(prompt, *blanks) == {"Name": "Jane Doe", "contact": "John Doe", "Phone": "555-0100"}


def test_rows_by_their_number_or_their_order() -> None:
    columns = ("Name", "Relationship")
    numbered = [text(name, "Dependents", f"row {n}", id=f"{name}{n}") for n in (1, 2) for name in columns]
    plain = [text(name, "Dependents", id=f"{name}{n}") for n in (1, 2) for name in columns]
    expected = {"Name1": "Tom Doe", "Relationship1": "son", "Name2": "Ann Doe", "Relationship2": "daughter"}
    for blanks in (numbered, plain):
        for prompt in (
            "Dependent 1: Tom Doe, son\nDependent 2: Ann Doe, daughter",
            '{"dependents": [{"name": "Tom Doe", "relationship": "son"}, '
            '{"name": "Ann Doe", "relationship": "daughter"}]}',
            "Dependents:\n\n| Name | Relationship |\n|---|---|\n| Tom Doe | son |\n| Ann Doe | daughter |",
        ):
            assert filled(prompt, *blanks) == expected, prompt


def test_a_statement_in_no_place_is_always_reported() -> None:
    blanks = (text("Name"), text("Phone"))
    told = reasons("Name: Jane\nShoe size: 42\nTick Newsletter. She is left-handed. The sky is blue", *blanks)
    assert len(told) == 4
    assert all(told.values())


@pytest.mark.parametrize(
    ("prompt", "so", "not_so"),
    [
        (
            "He has asthma (since 2015, controlled) and gout, but no diabetes.",
            ["Asthma", "Gout"],
            ["Diabetes"],
        ),
        ("He never had gout, asthma or diabetes.", [], ["Asthma", "Gout", "Diabetes"]),
        ("He does not have gout and diabetes, but asthma.", ["Asthma"], ["Gout", "Diabetes"]),
        ("He has no gout and has had asthma.", ["Asthma"], ["Gout"]),
        ("Er hat Asthma und Diabetes, aber keine Gout.", ["Asthma", "Diabetes"], ["Gout"]),
        ("He has gout, no asthma.", ["Gout"], ["Asthma"]),
    ],
)
def test_what_is_denied_reaches_as_far_as_it_is_meant(prompt: str, so: list[str], not_so: list[str]) -> None:
    questions = [radio(name, YES_NO) for name in ("Asthma", "Gout", "Diabetes")]
    expected = {**dict.fromkeys(so, "Yes"), **dict.fromkeys(not_so, "No")}
    assert filled(prompt, *questions) == expected


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("My phone is not 555-0100.", {}),
        ("City: leave blank", {"City": ""}),
        ("Write nothing under City.", {"City": ""}),
        ("The phone is not known.", {"Phone": "not known"}),
    ],
)
def test_what_is_said_to_be_nothing_is_not_written(prompt: str, expected: dict[str, str]) -> None:
    assert filled(prompt, text("Phone"), text("City", value="Rome")) == expected
    assert expected or list(reasons(prompt, text("Phone"))) == ["My phone is not 555-0100"]
