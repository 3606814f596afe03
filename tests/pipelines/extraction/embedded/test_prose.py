"""Values that sentences tell, and parties that a contract gives a name of their own."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.embedded.defined import defined_parties
from tests.pipelines.extraction.embedded.papers import DATE, NUMBER, TEXT, flowing, paper, schema, values
from tests.pipelines.extraction.embedded.test_contracts import running

_LEASE = (
    "This lease is made between Orchard Homes LLC, with its office at 5 Mill Road, Salem, OR 97301 "
    '("Landlord"), and Ada Pike and Ben Shaw (together "Tenant"). '
    "The lease runs from the day commencing on May 1, 2023 and ending on April 30, 2024. "
    "Tenant shall pay a monthly rent of $1,310.00, and a late fee of $40.00 is charged from day five on. "
    "Tenant leaves with Landlord the sum of one thousand dollars ($1,000.00) as a security deposit."
)


def test_a_sentence_says_what_its_amounts_and_dates_are() -> None:
    found = values(
        flowing(_LEASE),
        start_date=DATE,
        end_date=DATE,
        monthly_rent=NUMBER,
        late_fee=NUMBER,
        security_deposit=NUMBER,
        agent_fee={"type": "number"},
    )
    assert found["start_date"] == "2023-05-01"
    assert found["end_date"] == "2024-04-30"
    assert (found["monthly_rent"], found["late_fee"], found["security_deposit"]) == (1310, 40, 1000)


def test_a_value_that_nothing_names_is_no_field_s() -> None:
    found = values(flowing("It is agreed that the whole annual charge is EUR 900."), penalty=NUMBER)
    assert found["penalty"] is None


def test_a_party_is_told_by_the_name_that_the_contract_gives_it() -> None:
    found = values(
        flowing(_LEASE),
        landlord=schema(name=TEXT, address=TEXT),
        tenants={"type": "array", "items": TEXT},
        guarantor=TEXT,
    )
    assert found["landlord"] == {"name": "Orchard Homes LLC", "address": "5 Mill Road, Salem, OR 97301"}
    assert found["tenants"] == ["Ada Pike", "Ben Shaw"]
    assert found["guarantor"] is None


def test_the_parties_of_a_contract_are_its_array_of_parties() -> None:
    asked = {"type": "array", "items": schema(name=TEXT, address=TEXT, role=TEXT)}
    found = values(flowing(_LEASE), parties=asked)["parties"]
    assert [(one["name"], one["role"]) for one in found] == [
        ("Orchard Homes LLC", "Landlord"),
        ("Ada Pike and Ben Shaw", "Tenant"),
    ]


def test_a_short_contract_has_clauses_too() -> None:
    text = f"{_LEASE} This lease is governed by the laws of the State of Oregon."
    assert values(flowing(text), governing_law=TEXT) == {"governing_law": "Oregon"}


def test_roles_are_named_in_other_languages_and_with_a_quotation_mark_lost() -> None:
    german = (
        "Zwischen der Linde GmbH, Am Weg 1, 12345 Ulm – nachfolgend Vermieter“ genannt – und Frau Eva Ott"
    )
    text = running(german)
    found = defined_parties(text)
    assert [one.role for one in found] == ["Vermieter"]
    assert [text.text[begin:end] for begin, end in found[0].names] == ["Linde GmbH"]


def test_a_text_goes_on_to_the_end_of_its_paragraph_or_sentence() -> None:
    lines = paper(
        (50, 100, "Abstract"),
        (50, 116, "Old sensors drift with age. We mend them by a rule that is"),
        (50, 400, "Payment terms: thirty days from the date of this. Thank you for all."),
    )
    begun = next(block for block in lines.blocks if block.text.startswith("Old"))
    rest = paper((50, 128, "simple and needs one visit.")).blocks[0]
    joined = replace(begun, words=begun.words + rest.words)
    seen = replace(lines, blocks=tuple(joined if block is begun else block for block in lines.blocks))
    found = values(seen, abstract=TEXT, payment_terms=TEXT)
    assert found["abstract"].endswith("simple and needs one visit.")
    assert found["payment_terms"] == "thirty days from the date of this."


@given(st.text(alphabet='abAB (),.“”„"–&\n0hereinafter the 12 May 2020 $5.00', max_size=300))
def test_any_text_has_sentences_or_none(text: str) -> None:
    found = values(flowing(text), landlord=TEXT, start_date=DATE, rent=NUMBER)
    assert set(found) == {"landlord", "start_date", "rent"}
