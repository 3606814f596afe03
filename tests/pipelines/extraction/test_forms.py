from typing import Any

import pytest

from pipelines.extraction.answers import Method
from pipelines.extraction.embedded.forms import asks_for_ticks, form_answers
from pipelines.extraction.embedded.forms_entries import form_items
from pipelines.extraction.embedded.forms_names import core
from pipelines.extraction.embedded.matching import Matcher
from pipelines.extraction.targets import leaves, target_of
from pipelines.pages.forms.content import form_content
from pipelines.pages.forms.entries import Entry
from schemas.fragments import FragmentType, PageFragment
from schemas.geometry import BBox, Box
from schemas.reading import FieldKind, FormEntry
from tests.fakes.engines import FakeEngines
from tests.pipelines.extraction.documents import paragraph
from tests.pipelines.extraction.tables import entry, evidence

TEXT, NUMBER, YES_NO = {"type": "string"}, {"type": "number"}, {"type": "boolean"}
TICK = FieldKind.CHECKBOX


def answers(properties: dict[str, Any], entries: list[FormEntry], *fragments: PageFragment) -> dict[str, Any]:
    fields = list(leaves(target_of({"type": "object", "properties": properties})))
    found = form_answers(fields, evidence(list(fragments), entries=entries), Matcher(FakeEngines()))
    return {".".join(one.path): answer and answer.value for one, answer in found.items()}


def test_fields_are_matched_by_what_is_printed_at_them() -> None:
    entries = [
        entry("1 Wages, tips, other compensation", "1,250.00", 60),
        entry("2 Federal income tax withheld", "310.50", 80),
        entry("d Control number", "K-12", 100),
    ]
    properties = {
        "federal_income_tax_withheld": NUMBER,
        "control_number": TEXT,
        "wages": NUMBER,
        "iban": TEXT,
    }
    found = answers(properties, entries)
    assert found == {"wages": 1250.0, "federal_income_tax_withheld": 310.5, "control_number": "K-12"}


def test_the_description_may_quote_the_form() -> None:
    entries = [entry("16 Proceeds of fishing boats", "75.00", 60), entry("17 Rents", "12.00", 80)]
    found = answers({"fbp": {**NUMBER, "description": "Proceeds of fishing boats."}}, entries)
    assert found == {"fbp": 75.0}


def test_values_say_how_they_were_found_and_where() -> None:
    fields = list(leaves(target_of({"type": "object", "properties": {"city": TEXT, "country": TEXT}})))
    entries = [entry("City", "Old Salem", 60, in_file="f1"), entry("Country", "Norway", 80)]
    found = form_answers(fields, evidence([], entries=entries), Matcher(FakeEngines()))
    city, country = (found[one] for one in fields)
    assert city
    assert country
    assert (city.method, country.method) == (Method.FIELD, Method.LABEL)
    assert [word.text for word in city.words] == ["Old", "Salem"]


def test_a_number_is_no_name_and_an_amount_is_no_number_of_anything() -> None:
    entries = [
        entry("Employee name", "123-45-6789", 60),
        entry("Employee social security number", "37,160.56", 80),
    ]
    assert answers({"employee_name": TEXT, "employee_social_security_number": TEXT}, entries) == {}


def test_the_advice_on_a_form_is_no_name_and_no_address() -> None:
    name = "City, or Local Income Tax Return."
    assert answers({"employee_name": TEXT}, [entry("Employee name", name, 60)]) == {}
    company = "Old Town Iron and Steel Co."
    assert answers({"employer_name": TEXT}, [entry("Employer name", company, 60)]) == {
        "employer_name": company
    }
    advice = "the box is checked, or the address or description is entered in box 8."
    assert answers({"borrower_address": TEXT}, [entry("Borrower address", advice, 60)]) == {}
    found = answers({"borrower_address": TEXT}, [entry("Borrower address", "12 rue de la Paix, Paris", 60)])
    assert found == {"borrower_address": "12 rue de la Paix, Paris"}


def test_an_empty_field_is_known_to_be_empty() -> None:
    assert answers({"city": TEXT}, [entry("City", "", 60, in_file="f1")]) == {"city": None}


def test_of_two_copies_the_filled_one_counts() -> None:
    assert answers({"city": TEXT}, [entry("City", "", 60), entry("City", "Salem", 300)]) == {"city": "Salem"}


def test_a_label_that_nothing_is_drawn_at_is_no_empty_field() -> None:
    assert answers({"city": TEXT}, [entry("City", "", 60)]) == {}


@pytest.mark.parametrize("name", ["customer_number", "issue_date", "phone", "email"])
def test_a_text_has_the_shape_that_the_name_of_its_field_says(name: str) -> None:
    assert answers({name: TEXT}, [entry(name.replace("_", " "), "Hotel Giralda", 60)]) == {}


def test_a_text_is_no_number() -> None:
    assert answers({"wages": NUMBER}, [entry("Wages", "none", 60)]) == {}


def test_boxes_to_tick_answer_yes_or_no_and_cite_their_mark() -> None:
    entries = [
        entry("Retirement plan", True, 60, kind=TICK),
        entry("Statutory employee", False, 80, kind=TICK),
    ]
    properties = {"retirement_plan": YES_NO, "statutory_employee": YES_NO}
    assert answers(properties, entries) == {"retirement_plan": True, "statutory_employee": False}
    fields = list(leaves(target_of({"type": "object", "properties": properties})))
    found = form_answers(fields, evidence([], entries=entries), Matcher(FakeEngines()))
    answer = found[fields[0]]
    assert answer
    assert [word.bbox for word in answer.words] == [entries[0].bbox]


@pytest.mark.parametrize(("ticked", "choice"), [(0, "claims-made"), (1, "occurrence"), (None, None)])
def test_a_choice_is_the_ticked_one(ticked: int | None, choice: str | None) -> None:
    names = ("Claims-made", "Occurrence", "Other remarks")
    entries = [entry(name, i == ticked, 60 + 20 * i, kind=TICK) for i, name in enumerate(names)]
    found = answers({"basis": {**TEXT, "enum": ["claims-made", "occurrence"]}}, entries)
    assert found.get("basis") == choice


def test_two_ticked_choices_say_nothing() -> None:
    entries = [entry(name, True, y, kind=TICK) for name, y in (("North", 60), ("South", 80))]
    assert answers({"side": {**TEXT, "enum": ["north", "south"]}}, entries) == {}


def test_parts_of_one_number_are_joined() -> None:
    entries = [
        entry("Social security number", "123", 60, x=200, in_file="a.1"),
        entry("", "45", 60, x=352, in_file="a.2"),
        entry("", "6789", 60, x=504, in_file="a.3"),
    ]
    assert answers({"social_security_number": TEXT}, entries) == {"social_security_number": "123-45-6789"}


def test_a_box_for_name_and_address_is_taken_apart() -> None:
    name = "c Employer's name, address, and ZIP code"
    entries = [entry(name, "Cedar Tools LLC\n12 Mill Lane\nSalem, OR 97301", 60, label_x=20, x=20)]
    properties = {"employer_name": TEXT, "employer_address": TEXT}
    found = answers(properties, entries)
    assert found == {"employer_name": "Cedar Tools LLC", "employer_address": "12 Mill Lane Salem, OR 97301"}


def test_an_address_goes_on_in_the_fields_for_its_town() -> None:
    entries = [
        entry("RECIPIENT'S name", "Bob Hollis", 60, in_file="a"),
        entry("Street address (including apt. no.)", "6 Canal Street", 80, in_file="b"),
        entry("City or town, state, country, and ZIP", "Salem, OR 97301", 100, in_file="c"),
        entry("Account number", "778", 120, in_file="d"),
    ]
    found = answers({"recipient_address": {**TEXT, "description": "Address of the recipient."}}, entries)
    assert found == {"recipient_address": "6 Canal Street Salem, OR 97301"}
    assert answers({"street": {**TEXT, "description": "Street address."}}, entries) == {
        "street": "6 Canal Street"
    }


def test_the_part_of_the_form_tells_whose_name_it_is() -> None:
    party = {"type": "object", "properties": {"name": TEXT}}
    entries = [entry("Name", "Mara Quill", 60), entry("Name", "Ines Abara", 160)]
    captions = [paragraph("INSURED", 40), paragraph("PRODUCER", 140)]
    found = answers({"producer": party, "insured": party}, entries, *captions)
    assert found == {"producer.name": "Ines Abara", "insured.name": "Mara Quill"}


def test_fields_of_one_name_are_filled_in_the_order_of_the_form() -> None:
    entries = [
        entry("3 Permanent residence address", "1 Mill Lane", 60),
        entry("City or town", "Salem", 80),
        entry("4 Mailing address", "9 Canal Street", 100),
        entry("City or town", "Macon", 120),
    ]
    told = {
        "permanent_city": "City of the permanent residence.",
        "mailing_city": "City of the mailing address.",
    }
    found = answers({name: {**TEXT, "description": text} for name, text in told.items()}, entries)
    assert found == {"permanent_city": "Salem", "mailing_city": "Macon"}


def test_forms_that_are_fragments_are_read_too() -> None:
    entries = [
        Entry(FieldKind.TEXT, "City", "Salem", BBox(200, 60, 260, 72)),
        Entry(FieldKind.CHECKBOX, "Retirement plan", True, BBox(200, 80, 210, 90)),
    ]
    content = form_content(entries)
    fragment = PageFragment(
        fragment_type=FragmentType.FORM, content=content, bbox=Box.of(BBox(50, 50, 300, 100))
    )
    assert answers({"city": TEXT, "retirement_plan": YES_NO}, [], fragment) == {
        "city": "Salem",
        "retirement_plan": True,
    }


def test_a_form_fragment_with_other_json_has_no_fields() -> None:
    content = form_content([]).model_copy(update={"content": '{"a": [1'})
    fragment = PageFragment(fragment_type=FragmentType.FORM, content=content)
    assert form_items(evidence([fragment]), []) == []


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("1 Name (as shown on your return). Name is required.", "Name"),
        ("12a Code", "Code"),
        ("Limited liability company. Enter the classification", "Limited liability company"),
        ("Other (see instructions) ▶", "Other"),
        ("(see instructions)", "(see instructions)"),
    ],
)
def test_number_and_advice_are_no_part_of_a_name(printed: str, name: str) -> None:
    assert core(printed) == name


def test_boxes_are_looked_for_where_a_field_can_be_ticked() -> None:
    def asks(properties: dict[str, Any]) -> bool:
        return asks_for_ticks(target_of({"type": "object", "properties": properties}))

    nested = {"type": "object", "properties": {"agreed": YES_NO}}
    assert asks({"terms": nested})
    assert asks({"colours": {"type": "array", "items": {**TEXT, "enum": ["red", "blue"]}}})
    assert not asks({"city": TEXT, "wages": NUMBER})
