from __future__ import annotations

import pytest

from pipelines.extraction.embedded.addresses import part_of_address
from pipelines.extraction.embedded.head import Line, addresses, issuers
from pipelines.extraction.embedded.parties import parties
from pipelines.extraction.embedded.rows import sheets
from pipelines.extraction.evidence import PlacedWord
from schemas.geometry import BBox
from tests.pipelines.extraction.embedded.papers import paper

_LETTER = paper(
    (50, 40, "Northwind Bank AG"),
    (50, 54, "PO Box 1200, Portland, OR 97201"),
    (50, 120, "Jane Q. Sample"),
    (50, 134, "123 Elm Street Apt 4"),
    (50, 148, "Salem, OR 97301"),
    (50, 220, "Dear Ms. Sample,"),
)


def lines(*texts: str) -> list[Line]:
    return [
        Line(tuple(PlacedWord(word, 1, BBox(9 * i, 0, 9 * i + 8, 8)) for i, word in enumerate(text.split())))
        for text in texts
    ]


def test_the_issuer_is_at_the_top_and_the_recipient_below() -> None:
    issuer, recipient = parties(sheets(_LETTER)[0])
    assert (issuer.role, issuer.name and issuer.name.text) == ("seller", "Northwind Bank AG")
    assert [line.text for line in issuer.address] == ["PO Box 1200, Portland, OR 97201"]
    assert (recipient.role, recipient.name and recipient.name.text) == ("recipient", "Jane Q. Sample")
    assert [line.text for line in recipient.address] == ["123 Elm Street Apt 4", "Salem, OR 97301"]


def test_blocks_have_the_roles_that_their_labels_say() -> None:
    page = paper(
        (50, 40, "Vendeur"), (300, 40, "Client"),
        (50, 54, "Atelier du Bois SARL"), (300, 54, "Librairie Martin"),
        (50, 68, "18 rue des Lilas"), (300, 68, "2 place Bellecour"),
        (50, 82, "69003 Lyon"), (300, 82, "75002 Paris"),
    )  # fmt: skip
    found = {party.role: party for party in parties(sheets(page)[0]) if party.labelled}
    assert found["seller"].name
    assert found["seller"].name.text == "Atelier du Bois SARL"
    assert [line.text for line in found["customer"].address] == ["2 place Bellecour", "75002 Paris"]


def test_a_legal_form_below_the_top_line_names_the_issuer() -> None:
    page = paper(
        (80, 40, "tan mei lin"), (60, 60, "Brightway Trading Sdn Bhd"), (60, 74, "(812345-X)"),
        (60, 88, "12, Jalan Besar,"), (60, 102, "50000 Kuala Lumpur."), (60, 116, "Tel: 03-1234567"),
    )  # fmt: skip
    sheet = sheets(page)[0]
    assert issuers(sheet)[0].text == "Brightway Trading Sdn Bhd"
    assert [line.text for line in next(addresses(sheet))] == ["12, Jalan Besar,", "50000 Kuala Lumpur."]


def test_an_address_ends_with_its_postal_code_and_what_has_no_figures() -> None:
    page = paper(
        (50, 40, "Müller GmbH"), (50, 54, "Industriestraße 12 · 70565 Stuttgart · Tel. 0711 555123"),
        (50, 120, "Blk 2, Jalan Danga"), (50, 134, "81300 Johor"), (50, 148, "Malaysia"), (50, 162, "6"),
    )  # fmt: skip
    found = [[line.text for line in lines] for lines in addresses(sheets(page)[0])]
    assert found == [
        ["Industriestraße 12 70565 Stuttgart"],
        ["Blk 2, Jalan Danga", "81300 Johor", "Malaysia"],
    ]


@pytest.mark.parametrize(
    ("address", "street", "code", "city"),
    [
        (("Hauptstr. 5", "80331 München"), "Hauptstr. 5", "80331", "München"),
        (("123 Elm Street", "Salem, OR 97301"), "123 Elm Street", "97301", "Salem,"),
        (("Calle Mayor 22, 41001 Sevilla",), "Calle Mayor 22,", "41001", "Sevilla"),
        (("5 High Street", "London SW1A 1AA"), "5 High Street", "SW1A 1AA", "London"),
        (("Weena 664", "3012 CN Rotterdam"), "Weena 664", "3012 CN", "Rotterdam"),
    ],
)
def test_an_address_has_parts(address: tuple[str, ...], street: str, code: str, city: str) -> None:
    def part(concept: str) -> str:
        return " ".join(word.text for word in part_of_address(lines(*address), concept))

    assert (part("street"), part("zip"), part("city")) == (street, code, city)


def test_the_last_line_may_be_a_country() -> None:
    whole = lines("Hauptstr. 5", "80331 München", "Deutschland")
    assert [word.text for word in part_of_address(whole, "country")] == ["Deutschland"]
    assert part_of_address(whole[:2], "country") == ()


def test_a_name_goes_on_below_in_the_same_print() -> None:
    page = paper(
        (60, 40, "SILVER BROOK GARDEN"), (60, 54, "TOOLS & MACHINERY SDN BHD"), (60, 68, "12, Main Street,"),
        (60, 82, "50000 Springfield."),
    )  # fmt: skip
    assert issuers(sheets(page)[0])[0].text == "SILVER BROOK GARDEN TOOLS & MACHINERY SDN BHD"


def test_what_is_told_twice_is_a_shop_and_its_company() -> None:
    page = paper(
        (60, 40, "SILVER BROOK"), (60, 54, "SILVER BROOK TOOLS SDN BHD"), (60, 68, "12, Main Street,")
    )
    assert issuers(sheets(page)[0])[0].text == "SILVER BROOK TOOLS SDN BHD"


@pytest.mark.parametrize(
    "below", ["Mar 9, 2022 4:17 PM", "NPWP: 01.234.567.8-012", "Store #0412", "10:31 Till 2"]
)
def test_an_address_ends_before_dates_times_and_numbers(below: str) -> None:
    page = paper(
        (60, 40, "Brook Ltd"), (60, 54, "1200 Route 9 North"), (60, 68, "Salem, OR 97301"), (60, 82, below)
    )
    found = [line.text for line in next(addresses(sheets(page)[0]))]
    assert found == ["1200 Route 9 North", "Salem, OR 97301"]
