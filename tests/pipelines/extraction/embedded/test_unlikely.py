"""What looks like a value of a field and is another's: nothing is better."""

from __future__ import annotations

from pipelines.extraction.targets import Scalar
from pipelines.extraction.values.kinds import Kind
from pipelines.extraction.values.typed import typed
from tests.pipelines.extraction.embedded.papers import NUMBER, TEXT, paper, schema, values

_TABLE = (
    (50, 200, "Description"), (300, 200, "Price"), (450, 200, "VAT"),
    (50, 216, "Oak door"), (300, 216, "412.50"), (450, 216, "825.00"),
    (50, 232, "Skirting"), (300, 232, "18.75"), (450, 232, "262.50"),
    (50, 248, "Survey"), (300, 248, "150.00"), (450, 248, "150.00"),
)  # fmt: skip


def test_a_cell_of_a_column_is_no_sum() -> None:
    assert values(paper(*_TABLE), vat=NUMBER) == {"vat": None}
    below = (50, 300, "VAT 20%"), (450, 300, "217.50")
    assert values(paper(*_TABLE, *below), vat=NUMBER) == {"vat": 217.5}


def test_a_number_below_its_name_is_a_sum_where_nothing_follows() -> None:
    assert values(paper((50, 200, "Total"), (50, 216, "825.00")), total=NUMBER) == {"total": 825.0}


def test_the_sum_of_one_number_leaves_it_what_it_is() -> None:
    rows = (50, 200, "VAT"), (50, 216, "8.68"), (50, 232, "8.68")
    assert values(paper(*rows), vat=NUMBER) == {"vat": 8.68}


def test_the_number_of_an_account_is_no_amount() -> None:
    lines = (50, 40, "VAT to account 33871204"), (50, 300, "Goods"), (450, 300, "825.00")
    assert values(paper(*lines), vat=NUMBER) == {"vat": None}


def test_a_whole_amount_is_found_where_all_are_whole() -> None:
    assert values(paper((50, 40, "VAT"), (200, 40, "165")), vat=NUMBER) == {"vat": 165}


def test_figures_without_a_label_are_dialled_only_if_written_so() -> None:
    vendor = schema(phone=TEXT)

    def phone(text: str) -> object:
        return values(paper((50, 40, "Oak Ltd"), (50, 54, text)), vendor=vendor)["vendor"]["phone"]

    assert phone("NIP 679-280-11-42") is None
    assert phone("+48 12 345 67 89") == "+48 12 345 67 89"
    assert phone("(218) 555-0116") == "(218) 555-0116"


def test_amounts_are_no_address() -> None:
    lines = (50, 40, "Ship to"), (50, 54, "NOK 49.00"), (50, 68, "NOK 666.50")
    assert values(paper(*lines), ship_to_address=TEXT) == {"ship_to_address": None}


def test_what_stands_at_the_number_of_a_customer_is_no_address() -> None:
    customer = schema(address=TEXT)
    lines = (50, 40, "Kundennummer:"), (200, 40, "K 20933"), (50, 54, "Bestellung:"), (200, 54, "OW-338")
    assert values(paper(*lines), customer=customer) == {"customer": {"address": None}}


def test_a_day_without_its_year_is_no_number() -> None:
    assert typed("02.07.", Scalar("number"), Kind.MONEY) is None
    assert typed("02.07", Scalar("number"), Kind.MONEY) == 2.07


def test_the_sender_above_an_address_is_not_who_it_is_sent_to() -> None:
    customer = schema(name=TEXT)
    lines = (50, 40, "Brandner Technik GmbH"), (50, 54, "Am Mühlgraben 14, 04177 Leipzig")
    lines += (50, 120, "Brandner Technik GmbH"), (50, 134, "Otto Wendt")
    lines += (50, 148, "Hauptstraße 88"), (50, 162, "04229 Leipzig")
    assert values(paper(*lines), customer=customer) == {"customer": {"name": "Otto Wendt"}}
