"""What prompts say, as people write them, goes to the blanks that they mean."""

from __future__ import annotations

import pytest

from tests.pipelines.editing.forms import box, dropdown, filled, radio, reasons, signature, text

PERSON = (text("Name"), text("Date of birth", format="mm/dd/yyyy"), text("Phone number"), box("US citizen"))
ASKED = {
    "Name": "Jane Doe",
    "Date of birth": "03/04/1980",
    "Phone number": "217-555-0123",
    "US citizen": True,
}


@pytest.mark.parametrize(
    "prompt",
    [
        "Name: Jane Doe\nDOB: 4 March 1980\nTel.: 217-555-0123\nUS citizen: yes",
        "name = Jane Doe; birthdate = 1980-03-04; phone = 217-555-0123; US citizen = x",
        '{"name": "Jane Doe", "date_of_birth": "1980-03-04", "phone": "217-555-0123", "us_citizen": true}',
        "| Field | Value |\n|---|---|\n| Name | Jane Doe |\n| Born | 4 March 1980 |\n"
        "| Phone | 217-555-0123 |\n| US citizen | yes |",
        "name,date of birth,phone,us citizen\nJane Doe,1980-03-04,217-555-0123,TRUE",
        "Fill in the form for Jane Doe, born on 4 March 1980. Her phone number is 217-555-0123. "
        "She is a US citizen.",
        "Set Name to Jane Doe, Date of birth to March 4, 1980 and Phone number to 217-555-0123, and "
        "tick 'US citizen'.",
        "- **Name**: Jane Doe\n- **Date of birth**: 4.3.1980\n- **Phone number**: 217-555-0123\n"
        "- [x] US citizen",
        "Enter Jane Doe as name, put 1980-03-04 in the Date of birth field and 217-555-0123 in Phone number. "
        "Check the box for US citizen.",
        "Nom : Jane Doe\nDate de naissance : 4 mars 1980\nTéléphone : 217-555-0123\nUS citizen : oui",
    ],
)
def test_a_form_is_filled_in_however_it_is_said(prompt: str) -> None:
    assert filled(prompt, *PERSON) == ASKED


def test_what_nothing_is_called_is_reported() -> None:
    assert filled("Shoe size: 42", *PERSON) == {}
    assert "Shoe size" in reasons("Shoe size: 42", *PERSON)["Shoe size: 42"]


def test_what_two_blanks_may_mean_is_reported_with_their_names() -> None:
    blanks = (text("Phone", "Section A"), text("Phone", "Section B", id="other"))
    assert filled("Phone: 5550123", *blanks) == {}
    reason = reasons("Phone: 5550123", *blanks)["Phone: 5550123"]
    assert "Section A" in reason
    assert "Section B" in reason


def test_a_signature_is_not_written() -> None:
    assert filled("Signature: Jane Doe", signature("Signature")) == {}


def test_a_choice_is_its_stored_value() -> None:
    status = radio("Marital status", [("1", "Single"), ("2", "Married"), ("3", "Widowed")])
    country = dropdown("Country", ["Canada", "Germany"])
    assert filled("She is married.", status) == {"Marital status": "2"}
    assert filled("Country: Atlantis", country) == {}
    assert "Germany" in reasons("Country: Atlantis", country)["Country: Atlantis"]


def test_the_spouse_is_not_the_person() -> None:
    blanks = (text("First name"), text("Spouse's first name"))
    assert filled("First name: Jane\nSpouse's first name: John", *blanks) == {
        "First name": "Jane",
        "Spouse's first name": "John",
    }
    assert filled("Spouse's first name: John", text("First name")) == {}
