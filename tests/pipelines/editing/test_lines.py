"""What stands on one line: values end where something else begins."""

from __future__ import annotations

from tests.pipelines.editing.forms import box, filled, reasons, text


def test_labels_that_follow_one_another_on_a_line() -> None:
    blanks = [
        text(name)
        for name in ("First name", "Last name", "Social security number", "Wages", "Street address")
    ]
    prompt = (
        "First name: John Q. Last name: Public. SSN 123-45-6789. Wages 51,200.00. Street address: 5 Oak St."
    )
    assert filled(prompt, *blanks) == {
        "First name": "John Q",
        "Last name": "Public",
        "Social security number": "123-45-6789",
        "Wages": "51,200.00",
        "Street address": "5 Oak St.",
    }


def test_a_sentence_after_a_value_is_no_part_of_it() -> None:
    prompt = "Address: 4 Mill Road, Cambridge CB1 2AB. We want a joint account."
    assert filled(prompt, text("Address")) == {"Address": "4 Mill Road, Cambridge CB1 2AB"}
    assert "We want a joint account" in reasons(prompt, text("Address"))


def test_a_description_has_sentences() -> None:
    said = "I braked. The car behind did not."
    assert filled(f"Description: {said}", text("Description", multiline=True)) == {"Description": said}


def test_what_is_said_of_a_value_is_no_part_of_it() -> None:
    blanks = (text("Passport number"), text("Patient name"), box("male"), box("female"))
    prompt = "My passport number is C1234567, issued on 12/01/2020. The patient is James Wu, male."
    assert filled(prompt, *blanks) == {
        "Passport number": "C1234567",
        "Patient name": "James Wu",
        "male": True,
    }
    assert any("12/01/2020" in said for said in reasons(prompt, *blanks))


def test_states_whose_letters_are_words() -> None:
    town = "City, state, and ZIP code"
    prompt = "My address is 880 Cedar Ave, Boise, ID 83702."
    expected = {"Address": "880 Cedar Ave", town: "Boise, ID 83702"}
    assert filled(prompt, text("Address"), text(town), text("ID")) == expected


def test_when_somebody_was_somewhere_is_no_start() -> None:
    assert filled("From 2018 to 2024 I worked in Leeds.", text("Earliest start"), text("From")) == {}


def test_a_name_beside_a_first_name_is_the_last_one() -> None:
    french = (text("Nom"), text("Prénom"))
    assert filled("Je m'appelle Amélie Dupont.", *french) == {"Nom": "Dupont", "Prénom": "Amélie"}
    assert filled("Nom : Bruno Brandt", *french) == {"Nom": "Bruno Brandt"}


def test_a_name_goes_to_the_person_s_own_blanks_and_not_to_one_behind_them() -> None:
    blanks = (text("First name"), text("Last name"), text("Name", id="contact"))
    assert filled("My name is Jane Doe.", *blanks) == {"First name": "Jane", "Last name": "Doe"}


def test_half_an_address_is_not_written() -> None:
    prompt = "Home address: 12 Elm Street, Apt. 3, Springfield, IL 62704"
    assert filled(prompt, text("Apt. no."), text("Foreign country name")) == {}


def test_yes_and_no_columns_are_marked() -> None:
    columns = [text(name, "Diabetes", id=f"d{name}") for name in ("Yes", "No")]
    assert filled("Diabetes: yes", *columns) == {"dYes": "X"}


def test_a_box_is_meant_by_yes_where_a_line_is_called_the_same() -> None:
    assert filled("Other: yes", box("Other", id="box"), text("Other", id="line")) == {"box": True}


def test_blocks_for_several_people_are_not_all_filled() -> None:
    names = ("Name", "Phone", "Town", "Email", "Age")
    blanks = [text(name, id=f"{name}{page}", page=page) for page in (1, 2) for name in names]
    assert filled("Town: Bath", *blanks) == {}


def test_a_last_name_is_said_as_its_blank_is_called() -> None:
    blanks = (text("1. Nom (nom de famille)"), text("2. Prénom(s)"))
    expected = {"1. Nom (nom de famille)": "Traoré", "2. Prénom(s)": "Awa"}
    assert filled("Nom: Traoré\nPrénoms: Awa", *blanks) == expected
    assert filled("Name: Traoré", text("Last name"), text("First name")) == {}
