"""Addresses, names, contacts and codes by their shape; choices, yes and no; kinds of fields."""

from __future__ import annotations

import json

import pytest

from pipelines.extraction.targets import ArrayOf, Field, ObjectOf, Scalar
from pipelines.extraction.values import make_cldr
from pipelines.extraction.values.choices import choice_of, truth
from pipelines.extraction.values.currencies import code_of
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.names import is_company
from pipelines.extraction.values.spans import places
from pipelines.extraction.values.typed import same, typed
from pipelines.extraction.values.words import CLDR, bare, fold, parts


def found(text: str, kind: Kind) -> list[str]:
    return [text[begin:end] for begin, end in places(text, kind)]


@pytest.mark.parametrize(
    "address",
    [
        "123 Main Street, Suite 5, Springfield, IL 62701",
        "350 Fifth Avenue, New York, NY 10118",
        "P.O. Box 123, Nairobi, Kenya",
        "10 Downing Street\nLondon SW1A 2AA",
        "12 rue de la Paix\n75002 Paris\nFrance",
        "Calle Mayor 5, 28013 Madrid",
        "Musterstraße 12\n12345 Berlin",
        "Am Alten Markt 5\n12345 Berlin\nGermany",
        "Via Roma, 12 - 20121 Milano",
        "Keizersgracht 123\n1015 CJ Amsterdam",
        "ul. Marszałkowska 10, 00-590 Warszawa",
        "Storgatan 12, 111 22 Stockholm",
        "Bahnhofstrasse 1, CH-8001 Zürich",
        "Level 5, 100 Market St, Sydney NSW 2000",
        "LOT 7, JALAN MERAH 2/3, 40000 SHAH ALAM, SELANGOR.",
        "北京市海淀区中关村大街27号",
    ],
)
def test_addresses_of_many_countries(address: str) -> None:
    assert found(address, Kind.ADDRESS) == [address]
    assert found(f"the seller,  {address}  invoice", Kind.ADDRESS) == [address]


@pytest.mark.parametrize(
    "text",
    [
        "The total IN 2019 was 12345 USD and 30 days",
        "Invoice No. 12345 Page 1 Order 12 Item 4567 Box",
        "Section 5 Article 12 of the Agreement dated March 2012 between Company and Delaware",
        "Thank you for your order",
    ],
)
def test_what_is_no_address(text: str) -> None:
    assert found(text, Kind.ADDRESS) == []


def test_two_addresses_are_two() -> None:
    text = "1 Long Street, Springfield, IL 62701\n7 Short Road, Boston, MA 02101"
    assert found(text, Kind.ADDRESS) == text.split("\n")


@pytest.mark.parametrize(
    ("kind", "text", "values"),
    [
        (Kind.EMAIL, "write to a.b@c.co.uk, or to x@", ["a.b@c.co.uk"]),
        (Kind.URL, "see www.example.com/x?y=1. or example.org", ["www.example.com/x?y=1", "example.org"]),
        (
            Kind.IBAN,
            "DE89 3704 0044 0532 0130 00, DE88 3704 0044 0532 0130 00",
            ["DE89 3704 0044 0532 0130 00"],
        ),
        (Kind.PHONE, "Tel: 03-2141 2345 on 12/03/2019", ["03-2141 2345"]),
        (Kind.PHONE, "+1 (415) 555-0132; 0171-1234567", ["+1 (415) 555-0132", "0171-1234567"]),
        (Kind.CODE, "Invoice INV-2019/001 of 12/03/2019, 12.50 EUR, 5%", ["INV-2019/001"]),
        (Kind.CODE, "account 1234 5678 9012 and n°4711, No.12", ["1234 5678 9012", "4711", "12"]),
        (Kind.CODE, "BIC: DEUTDEFF, CUSTOMER", ["DEUTDEFF"]),
        (Kind.NAME, "between ACME Trading Sdn Bhd and Ann Other", ["ACME Trading Sdn Bhd", "Ann Other"]),
        (Kind.PERCENT, "5% of 7 or 3 per cent", ["5%", "3 per cent"]),
        (Kind.MONEY, "3 items $5.00 on 12.05.2019", ["$5.00"]),
        (Kind.MONEY, "Total 1200", ["1200"]),
        (Kind.INTEGER, "3 at 1.5 on 12.05.2019", ["3"]),
        (Kind.CURRENCY, "5.00 € or USD 7", ["€", "USD"]),
        (Kind.CURRENCY, "all in GBP", ["GBP"]),
        (Kind.DATE, "in May 2019, on 3 May 2019", ["3 May 2019"]),
    ],
)
def test_where_values_stand(kind: Kind, text: str, values: list[str]) -> None:
    assert found(text, kind) == values


def test_telephone_numbers_are_the_same_with_their_countrys_code() -> None:
    assert same("+49 171 1234567", "0171 / 123 45 67", Scalar(), Kind.PHONE)
    assert not same("+49 171 1234567", "0171 / 123 45 68", Scalar(), Kind.PHONE)


def test_companies_end_with_their_form() -> None:
    assert is_company("ACME, Inc.")
    assert is_company("Muster GmbH")
    assert is_company("SARL BOULANGERIE DU PONT")
    assert not is_company("PT scan of the knee")
    assert not is_company("Ann Other")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Yes", True),
        ("[x]", True),
        ("☒", True),
        ("oui.", True),
        ("[ ]", False),
        ("☐", False),
        ("Nein", False),
        ("maybe", None),
        ("", None),
    ],
)
def test_yes_and_no(text: str, said: bool | None) -> None:
    assert truth(text) is said


@pytest.mark.parametrize(
    ("text", "choices", "meant"),
    [
        ("EUR", ("USD", "EUR"), "EUR"),
        ("credit card", ("Credit Card", "Cash"), "Credit Card"),
        ("Married, filing jointly", ("single", "married", "married_jointly"), "married_jointly"),
        ("credit", ("Credit Card", "Cash"), "Credit Card"),
        ("card", ("Credit Card", "Debit Card"), None),
        ("cheque", ("Credit Card", "Cash"), None),
        ("2", (1, 2), 2),
        ("", ("a",), None),
    ],
)
def test_the_choice_meant(text: str, choices: tuple[str, ...], meant: str | None) -> None:
    assert choice_of(text, choices) == meant


def test_signs_mean_codes() -> None:
    assert [code_of(mark) for mark in ("€", "$", "zł", "RM", "chf", "HK$", "x")] == (
        ["EUR", "USD", "PLN", "MYR", "CHF", "HKD", None]
    )
    assert typed("€", Scalar(choices=("USD", "EUR")), Kind.CHOICE) == "EUR"
    assert typed("€", Scalar(), Kind.CURRENCY) == "EUR"
    assert same("EUR", "€", Scalar(), Kind.CURRENCY)


@pytest.mark.parametrize(
    ("field", "kind"),
    [
        (Field("invoice_date", Scalar()), Kind.DATE),
        (Field("dateOfBirth", Scalar()), Kind.DATE),
        (Field("x", Scalar(format="date-time")), Kind.DATE),
        (Field("total", Scalar("number")), Kind.MONEY),
        (Field("quantity", Scalar("integer")), Kind.INTEGER),
        (Field("quantity", Scalar("number")), Kind.NUMBER),
        (Field("vat_rate", Scalar("number")), Kind.PERCENT),
        (Field("vat", Scalar(), description="VAT number of the issuer."), Kind.CODE),
        (Field("vat", Scalar(), description="VAT amount"), Kind.MONEY),
        (Field("invoiceNumber", Scalar()), Kind.CODE),
        (Field("email_address", Scalar()), Kind.EMAIL),
        (Field("billing_address", Scalar()), Kind.ADDRESS),
        (Field("ship_to_address", Scalar()), Kind.ADDRESS),
        (Field("date_of_order", Scalar()), Kind.DATE),
        (Field("Rechnungsdatum", Scalar()), Kind.DATE),
        (Field("customerName", Scalar()), Kind.NAME),
        (Field("x", Scalar(), title="Phone"), Kind.PHONE),
        (Field("x", Scalar(), description="the seller's IBAN"), Kind.IBAN),
        (Field("parties", ArrayOf(Scalar())), Kind.NAME),
        (Field("term", Scalar()), Kind.DURATION),
        (Field("currency", Scalar()), Kind.CURRENCY),
        (Field("currency", Scalar(choices=("USD",))), Kind.CHOICE),
        (Field("paid", Scalar("boolean")), Kind.BOOLEAN),
        (Field("x", Scalar()), Kind.TEXT),
        (Field("date", ObjectOf()), Kind.TEXT),
    ],
)
def test_the_kind_of_a_field(field: Field, kind: Kind) -> None:
    assert kind_of(field) is kind


def test_words_are_compared_without_case_and_marks() -> None:
    assert fold("Größe Łódź ÉCOLE") == "grosse lodz ecole"
    assert parts("invoiceDate_of-IBANNumber2") == ["invoice", "date", "of", "iban", "number", "2"]
    assert bare("A.C.M.E., Inc.") == "acmeinc"


def test_the_tables_of_names_are_those_of_babel() -> None:
    assert json.loads(CLDR.read_text(encoding="utf-8")) == make_cldr.tables()
