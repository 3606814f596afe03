"""What is written for a value: dates, parts, cells, choices, and what does not go there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.forms import Blank
from tests.pipelines.editing.forms import box, dropdown, filled, matched, radio, reasons, text

ADDRESS = ("Street address", "City", "State", "ZIP code")
SAID = "Address: 12 Elm Street, Springfield, IL 62704"


@pytest.mark.parametrize(
    ("pattern", "written"),
    [
        ("mm/dd/yyyy", "03/04/1980"),
        ("dd.mm.yyyy", "04.03.1980"),
        ("yyyy-mm-dd", "1980-03-04"),
        ("d-mmm-yy", "4-Mar-80"),
        ("d MMMM yyyy", "4 March 1980"),
    ],
)
def test_dates_look_as_the_form_wants_them(pattern: str, written: str) -> None:
    for said in ("4 March 1980", "1980-03-04", "March 4, 1980", "4. März 1980", "4.3.1980"):
        assert filled(f"Born: {said}", text("Date of birth", format=pattern)) == {"Date of birth": written}


def test_a_pattern_in_the_name_is_heeded_in_any_language() -> None:
    assert filled("Geburtsdatum: 1980-03-04", text("Geburtsdatum (TT.MM.JJJJ)")) == {
        "Geburtsdatum (TT.MM.JJJJ)": "04.03.1980"
    }
    assert filled("Date de naissance : 1980-03-04", text("Date de naissance (JJ/MM/AAAA)")) == {
        "Date de naissance (JJ/MM/AAAA)": "04/03/1980"
    }


def test_without_a_pattern_a_date_is_written_as_it_is_said() -> None:
    assert filled("Date of birth: 4.3.1980", text("Date of birth")) == {"Date of birth": "4.3.1980"}


def test_an_address_is_taken_apart_for_its_blanks() -> None:
    assert filled(SAID, *map(text, ADDRESS)) == dict(
        zip(ADDRESS, ("12 Elm Street", "Springfield", "IL", "62704"), strict=True)
    )
    two = (text("Address"), text("City, state, and ZIP code"))
    assert filled(SAID, *two) == {
        "Address": "12 Elm Street",
        "City, state, and ZIP code": "Springfield, IL 62704",
    }


def test_the_parts_of_an_address_are_put_together() -> None:
    prompt = "Street: 12 Elm Street\nCity: Springfield\nState: IL\nZIP: 62704"
    assert filled(prompt, text("Address")) == {"Address": "12 Elm Street, Springfield, IL 62704"}


def test_a_name_is_taken_apart_and_put_together() -> None:
    apart = (text("First name"), text("Middle initial", longest=1), text("Last name"))
    assert filled("Name: Jane Anna van der Berg", *apart) == {
        "First name": "Jane",
        "Middle initial": "A",
        "Last name": "van der Berg",
    }
    both = "First name: Jane\nLast name: Doe"
    assert filled(both, text("Full name")) == {"Full name": "Jane Doe"}
    assert filled(both, text("Name (Last, First)")) == {"Name (Last, First)": "Doe, Jane"}
    assert filled("Name: Acme Inc", text("First name"), text("Last name")) == {}


def test_the_last_name_after_the_spouse_s_first_is_the_spouse_s() -> None:
    blanks = [
        text(name, id=f"f{n}")
        for n, name in enumerate(("First name", "Last name", "Spouse's first name", "Last name"))
    ]
    prompt = "First name: Jane\nLast name: Doe\nSpouse's first name: John\nSpouse's last name: Roe"
    assert filled(prompt, *blanks) == {"f0": "Jane", "f1": "Doe", "f2": "John", "f3": "Roe"}


def test_figures_go_into_cells_and_over_boxes() -> None:
    assert filled("SSN: 123-45-6789", text("Social security number", longest=9, comb=True)) == {
        "Social security number": "123456789"
    }
    boxes = [text("Social security number", id=f"b{n}", longest=n) for n in (3, 2, 4)]
    assert filled("SSN: 123-45-6789", *boxes) == {"b3": "123", "b2": "45", "b4": "6789"}
    day = [
        text(name, "Date of birth", longest=size) for name, size in (("Day", 2), ("Month", 2), ("Year", 4))
    ]
    assert filled("DOB: 4 March 1980", *day) == {"Day": "04", "Month": "03", "Year": "1980"}


@pytest.mark.parametrize(
    ("said", "chosen"), [("female", "F"), ("F", "F"), ("weiblich", "F"), ("Woman", "F"), ("man", "M")]
)
def test_choices_are_known_by_what_they_mean(said: str, chosen: str) -> None:
    assert filled(f"Gender: {said}", dropdown("Gender", [("F", "Female"), ("M", "Male")])) == {
        "Gender": chosen
    }


def test_a_choice_that_is_denied_is_not_chosen() -> None:
    assert filled("Marital status: not married", radio("Marital status", ["Married", "Single"])) == {}


def test_a_list_may_hold_several_choices_and_an_editable_one_others() -> None:
    several = dropdown("Languages", ["English", "French", "Greek"], several=True)
    assert filled("Languages: French and Greek", several) == {"Languages": "French\nGreek"}
    assert filled("City: Oslo", dropdown("City", ["Rome"], editable=True)) == {"City": "Oslo"}


def test_boxes_under_one_question_are_its_answers() -> None:
    vehicle = [box(name, "Type of vehicle") for name in ("Car", "Truck")]
    assert filled("Type of vehicle: truck", *vehicle) == {"Truck": True}
    injured = [box(name, "Was anyone injured?") for name in ("Yes", "No")]
    assert filled("Nobody was injured.", *injured) == {"No": True}
    assert filled("Married: yes", box("Yes", "Married", id="tick")) == {"tick": True}


@pytest.mark.parametrize(
    ("prompt", "blank", "word"),
    [
        ("Zip: 123456", text("ZIP", longest=5), "5 characters"),
        ("Date of birth: soon", text("Date of birth", format="mm/dd/yyyy"), "date"),
        ("Total amount: 4 March 1980", text("Total amount"), "date"),
        ("Number: 7", text("Number", read_only=True), "read-only"),
        ("Smoker: sometimes", box("Smoker"), "yes or no"),
    ],
)
def test_what_does_not_fit_is_reported(prompt: str, blank: Blank, word: str) -> None:
    told = reasons(prompt, blank)
    assert any(word in reason for reason in told.values())
    assert filled(prompt, blank) == {}


def test_a_date_is_no_date_of_birth_and_a_name_no_witness() -> None:
    assert filled("Date: 2024-05-01", text("Date of birth")) == {}
    assert filled("Name: Jane Doe", text("Name of witness")) == {}


def test_what_an_office_fills_in_is_filled_in_by_its_name_only() -> None:
    number = text("Employee number", "For office use only", id="no")
    assert filled("Employee no.: 7", number) == {}
    assert filled("Employee number: 7", number) == {"no": "7"}


def test_two_values_for_one_blank_are_told_of() -> None:
    result = matched("Name: Jane\nName: John", text("Name"))
    assert [one.value for one in result.fillings] == ["Jane"]
    assert "Jane" in result.unplaced[0].reason


def test_the_name_at_the_top_of_each_page_is_one() -> None:
    pages = [text("Name", id=f"p{page}", page=page) for page in (1, 2)]
    assert filled("Name: Jane Doe", *pages) == {"p1": "Jane Doe", "p2": "Jane Doe"}


@given(st.text(max_size=300))
def test_no_prompt_does_harm(prompt: str) -> None:
    blanks = (
        text("Name"),
        box("Yes", "Married"),
        radio("Sex", ["M", "F"]),
        text("Date", format="mm/dd/yyyy"),
    )
    result = matched(prompt, *blanks)
    assert len({one.blank for one in result.fillings}) == len(result.fillings)


@given(
    st.lists(
        st.sampled_from(
            'Name: Jane, "set to is the tick {[|\n\t- born in for ; . yes not 3/4/80 and ='.split(" ")
        )
    )
)
def test_no_words_in_any_order_do_harm(words: list[str]) -> None:
    matched(" ".join(words), text("Name"), box("Tick"), text("Born"), dropdown("To", ["yes", "no"]))


def test_the_other_answer_takes_back_what_is_ticked() -> None:
    question = "Do you have a driving licence?"
    blanks = (
        box("Yes", question),
        box("No", question, value=True),
        box("Car", "Classes", value=True),
        box("Lorry", "Classes"),
    )
    assert filled("Driving licence: yes", *blanks) == {"Yes": True, "No": False}
    assert filled("Driving licence: no", *blanks) == {"No": True}
    assert filled("Classes: lorry", *blanks) == {"Lorry": True}
