from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extraction.answers import Answer, Method
from tests.pipelines.extraction.embedded.papers import (
    DATE,
    NUMBER,
    TEXT,
    answers,
    flowing,
    paper,
    schema,
    values,
)

_INVOICE = paper(
    (50, 40, "Müller Maschinenbau GmbH"), (50, 56, "Industriestraße 12, 70565 Stuttgart"),
    (50, 120, "Bäckerei Huber e.K."), (330, 120, "Rechnungsnummer:"), (450, 120, "RE-2024-0815"),
    (50, 134, "Hauptstr. 5"), (330, 134, "Rechnungsdatum:"), (450, 134, "14.03.2024"),
    (50, 148, "80331 München"), (330, 148, "Fällig am:"), (450, 148, "28.03.2024"),
    (50, 300, "Zwischensumme"), (450, 300, "1.490,00 €"),
    (50, 316, "MwSt. 19 %"), (450, 316, "283,10 €"),
    (50, 332, "Gesamtbetrag"), (450, 332, "1.773,10 €"),
)  # fmt: skip


def test_a_german_invoice_fills_an_english_schema() -> None:
    party = schema(name=TEXT, address=TEXT)
    assert values(
        _INVOICE, invoice_number=TEXT, invoice_date=DATE, due_date=DATE, subtotal=NUMBER, tax_amount=NUMBER,
        total=NUMBER, currency=TEXT, seller=party, buyer=party,
    ) == {
        "invoice_number": "RE-2024-0815",
        "invoice_date": "2024-03-14",
        "due_date": "2024-03-28",
        "subtotal": 1490.0,
        "tax_amount": 283.1,
        "total": 1773.1,
        "currency": "EUR",
        "seller": {"name": "Müller Maschinenbau GmbH", "address": "Industriestraße 12, 70565 Stuttgart"},
        "buyer": {"name": "Bäckerei Huber e.K.", "address": "Hauptstr. 5 80331 München"},
    }  # fmt: skip


def test_an_answer_has_the_words_of_its_value() -> None:
    found = answers(_INVOICE, schema(total=NUMBER))["total"]
    assert isinstance(found, Answer)
    assert [word.text for word in found.words] == ["1.773,10", "€"]
    assert (found.method, found.words[0].page) == (Method.LABEL, 1)


def test_what_is_not_there_is_null() -> None:
    asked = dict.fromkeys(("iban", "order_number", "agent_name", "delivery_date", "phone"), TEXT)
    assert set(values(_INVOICE, **asked).values()) == {None}


_RECEIPT = paper(
    (60, 40, "Brightway Trading Sdn Bhd"), (60, 54, "12, Jalan Besar,"), (60, 68, "50000 Kuala Lumpur."),
    (60, 82, "Tel: 03-12345678"), (50, 110, "Doc No. CS00031 Date: 25/12/2018"),
    (50, 140, "Total Qty"), (200, 140, "2"), (320, 140, "80.91"),
    (50, 156, "Total GST"), (320, 156, "0.00"),
    (50, 172, "Total Sales (Inclusive of GST) :"), (320, 172, "80.90"),
    (50, 188, "CASH"), (320, 188, "100.00"), (50, 204, "Change"), (320, 204, "19.10"),
)  # fmt: skip


def test_a_receipt_has_a_company_an_address_and_a_total() -> None:
    assert values(_RECEIPT, company=TEXT, address=TEXT, date=TEXT, total=NUMBER, change=NUMBER) == {
        "company": "Brightway Trading Sdn Bhd",
        "address": "12, Jalan Besar, 50000 Kuala Lumpur.",
        "date": "25/12/2018",
        "total": 80.9,
        "change": 19.1,
    }


def test_row_and_column_name_a_value_together() -> None:
    page = paper(
        (50, 40, "Beginning Balance"), (200, 40, "Ending Balance"), (350, 40, "Interest"),
        (50, 54, "$2,150.75"), (200, 54, "$3,730.65"), (350, 54, "$1.20"),
    )  # fmt: skip
    assert values(page, opening_balance=NUMBER, closing_balance=NUMBER, interest=NUMBER) == {
        "opening_balance": 2150.75,
        "closing_balance": 3730.65,
        "interest": 1.2,
    }


def test_the_dates_of_a_period_are_its_start_and_its_end() -> None:
    page = paper((50, 40, "Statement Period"), (50, 54, "01/02/2024 - 29/02/2024"))
    found = values(page, statement_period_start=DATE, statement_period_end=DATE)
    assert found == {"statement_period_start": "2024-02-01", "statement_period_end": "2024-02-29"}


def test_two_values_with_one_label_are_rivals() -> None:
    page = paper((50, 40, "Total: 120.00"), (50, 80, "Some text"), (50, 120, "Total: 999.00"))
    found = answers(page, schema(total=NUMBER))["total"]
    assert isinstance(found, Answer)
    assert {found.value, *(rival.value for rival in found.rivals)} == {120.0, 999.0}


def test_text_without_places_gives_values_without_words() -> None:
    page = flowing(
        "Order number: **NB-88172**\nShip to:\nDana Lee\n55 Oak Avenue\nAustin, TX 78701",
        table="<table><tr><td>Subtotal</td><td>$37.00</td></tr><tr><td>Total</td><td>$41.99</td></tr></table>",
    )
    address = schema(street=TEXT, city=TEXT, postal_code=TEXT)
    assert values(page, order_number=TEXT, total=NUMBER, shipping_address=address) == {
        "order_number": "NB-88172",
        "total": 41.99,
        "shipping_address": {"street": "55 Oak Avenue", "city": "Austin", "postal_code": "78701"},
    }
    found = answers(page, schema(total=NUMBER))["total"]
    assert isinstance(found, Answer)
    assert found.words == ()


def test_a_contract_tells_its_parties_and_law() -> None:
    page = flowing(
        "THIS AGREEMENT is made as of March 3, 2021 between Harrow Tools, Inc., a Delaware corporation, and "
        "Jane Doe.",
        "word " * 150,
        "This Agreement shall be governed by the laws of the State of Ohio.",
    )
    parties = {"type": "array", "items": TEXT}
    assert values(page, parties=parties, governing_law=TEXT, effective_date=DATE) == {
        "parties": ["Harrow Tools, Inc.", "Jane Doe"],
        "governing_law": "Ohio",
        "effective_date": "2021-03-03",
    }


def test_the_largest_sum_is_the_total_where_nothing_says_which_is() -> None:
    page = paper((50, 40, "Coffee 3.20"), (50, 54, "Cake 4.10"), (50, 80, "7.30"), (50, 94, "Cash 10.00"))
    found = answers(page, schema(total=NUMBER))["total"]
    assert isinstance(found, Answer)
    assert (found.value, found.method) == (7.3, Method.TYPE)


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.floats(0, 500), st.floats(0, 700), st.text(min_size=1, max_size=40)), max_size=12)
)
def test_any_page_can_be_read(lines: list[tuple[float, float, str]]) -> None:
    kept = [(x, y, " ".join(text.split())) for x, y, text in lines if text.split()]
    asked = schema(
        total=NUMBER, date=DATE, company=TEXT, address=TEXT, city=TEXT, party={"type": "array", "items": TEXT}
    )
    assert set(answers(paper(*kept), asked)) == set(asked["properties"])
