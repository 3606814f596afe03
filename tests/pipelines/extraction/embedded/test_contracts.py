from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.embedded.contracts import CLAUSES, beginnings, jurisdictions, parties, terms
from pipelines.extraction.embedded.running import RunningText
from pipelines.extraction.evidence import PlacedWord
from schemas.geometry import BBox

_OPENING = (
    "THIS AGREEMENT is made and entered into as of March 3, 2021 (the “Effective Date”) by and between "
    "Harrow Tools, Inc., a Delaware corporation (“Harrow”), and Jane L. Doe (“Consultant”). WHEREAS, "
)


def running(text: str) -> RunningText:
    return RunningText([PlacedWord(word, 1, BBox(0, 0, 1, 1)) for word in text.split()])


def texts(found: list) -> list[str]:  # type: ignore[type-arg]
    return [said.text for said in found]


def test_parties_are_the_names_between_which_it_is_made() -> None:
    found = parties(running(_OPENING))
    assert texts(found) == ["Harrow Tools, Inc.", "Jane L. Doe"]
    assert [word.text for word in found[0].words] == ["Harrow", "Tools,", "Inc.,"]


def test_a_company_may_be_called_and_spelled_in_capitals() -> None:
    text = "AGREEMENT BY AND BETWEEN ACME HOLDINGS, LLC AND BOLT GMBH, whereas the parties wish"
    assert texts(parties(running(text))) == ["ACME HOLDINGS, LLC", "BOLT GMBH"]


def test_names_with_a_short_name_are_parties_where_nothing_is_between() -> None:
    text = "Harrow Tools, Inc. (the “Company”) asks Jane Doe (“Employee”) to keep its “Secret Recipe” safe."
    assert texts(parties(running(text))) == ["Harrow Tools, Inc.", "Jane Doe"]


def test_who_is_addressed_or_only_has_a_role_is_no_party() -> None:
    text = "Gentlemen: THE COMPANY By: x Gentlemen By: y Harrow Tools, Inc. By: /s/ Ann Bell"
    assert texts(parties(running(text))) == ["Harrow Tools, Inc."]


def test_those_who_sign_are_parties_at_last() -> None:
    text = "In witness whereof they sign. Harrow Tools, Inc. By: /s/ Ann Bell Ann Bell, CEO /s/ Jo Lee Jo Lee"
    assert texts(parties(running(text))) == ["Harrow Tools, Inc.", "Jo Lee"]


def test_the_law_that_governs_goes_before_a_law_that_is_named() -> None:
    text = (
        "Subsidiaries follow the laws of France. This Agreement shall be governed by and construed in "
        "accordance with the laws of the State of New York without regard to conflicts of law."
    )
    assert texts(jurisdictions(running(text)))[0] == "New York"
    assert texts(jurisdictions(running("It is governed by English law."))) == ["English"]
    assert jurisdictions(running("as required by law or the laws of any other state")) == []


def test_a_contract_begins_at_the_date_it_is_made() -> None:
    late = "word " * 400 + "the stock option that was dated May 9, 2001 lapses"
    assert texts(beginnings(running(_OPENING + late)))[0] == "March 3, 2021"


def test_the_term_is_what_the_agreement_lasts_for() -> None:
    text = (
        "Employee shall not solicit any person for two (2) years. This Agreement shall continue in force "
        "for a period of three (3) years from its date. Notice is given within ten (10) days."
    )
    assert texts(terms(running(text))) == ["three (3) years"]
    assert terms(running("You have been employed for five years at the agreement of all.")) == []


@given(st.text(alphabet="abAB (),.“”&\n0between and by laws of 2 years dated", max_size=300))
def test_any_text_has_clauses_or_none(text: str) -> None:
    for finder in CLAUSES.values():
        for said in finder(running(text)):
            assert said.words
            assert 0 < said.sure <= 1
