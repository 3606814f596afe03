from collections.abc import Sequence
from typing import Any

import pytest

from pipelines.extraction.embedded.arrays import array_items
from pipelines.extraction.embedded.arrays_names import column_scores, concepts
from pipelines.extraction.embedded.matching import Matcher
from pipelines.extraction.evidence import Evidence
from pipelines.extraction.targets import Field, Scalar, target_of
from schemas.fragments import FragmentType
from tests.fakes.engines import FakeEngines
from tests.pipelines.extraction.documents import document, paragraph
from tests.pipelines.extraction.tables import evidence, plainly, table

TEXT, NUMBER, DATE = {"type": "string"}, {"type": "number"}, {"type": "string", "format": "date"}
GOODS = {"description": TEXT, "quantity": NUMBER, "unit_price": NUMBER, "amount": NUMBER}
BOOKINGS = {"date": DATE, "description": TEXT, "amount": NUMBER, "balance": NUMBER}


def array(properties: dict[str, Any], name: str = "items") -> Field:
    items = {"type": "object", "properties": properties}
    return target_of({"type": "object", "properties": {name: {"type": "array", "items": items}}}).fields[0]


def items(properties: dict[str, Any], seen: Evidence, name: str = "items") -> Any:
    (found,) = array_items([array(properties, name)], seen, Matcher(FakeEngines())).values()
    return plainly(found)


@pytest.mark.parametrize(
    "names",
    [
        ("Description", "Qty", "Unit price", "Amount"),
        ("Bezeichnung", "Menge", "Einzelpreis", "Gesamtpreis"),
        ("Désignation", "Quantité", "Prix unitaire", "Montant HT"),
        ("Descripción", "Cantidad", "Precio unitario", "Importe"),
        ("Omschrijving", "Aantal", "Prijs per stuk", "Bedrag"),
    ],
)
def test_rows_become_objects_by_the_names_of_columns(names: Sequence[str]) -> None:
    seen = evidence([table([names, ["lamp", "2", "4.50", "9.00"], ["desk", "1", "80.00", "80.00"]], 80)])
    assert items(GOODS, seen) == [
        {"description": "lamp", "quantity": 2, "unit_price": 4.5, "amount": 9.0},
        {"description": "desk", "quantity": 1, "unit_price": 80.0, "amount": 80.0},
    ]


TAXES = {"rate": {"type": "number", "description": "in percent"}, "base": NUMBER, "amount": NUMBER}


def test_the_rows_of_a_table_are_items_of_the_array_that_they_fill_best() -> None:
    goods = [["Description", "Qty", "Unit price", "Amount"], ["lamp", "2", "4.50", "9.00"]]
    taxes = [["VAT rate", "Taxable base", "VAT amount"], ["20%", "9.00", "1.80"]]
    asked = [array(TAXES, "taxes"), array(GOODS)]

    def found(*tables: list[list[str]]) -> list[Any]:
        seen = evidence([table(rows, 80 + 200 * i) for i, rows in enumerate(tables)])
        return [plainly(items) for items in array_items(asked, seen, Matcher(FakeEngines())).values()]

    lamp = {"description": "lamp", "quantity": 2, "unit_price": 4.5, "amount": 9.0}
    assert found(goods) == [[], [lamp]]
    assert found(goods, taxes) == [[{"rate": 20, "base": 9.0, "amount": 1.8}], [lamp]]


def test_a_tax_is_not_the_amount() -> None:
    rows = [["Nazwa towaru", "Ilość", "Cena netto", "Kwota VAT", "Wartość netto"]]
    rows += [["lamp", "2", "4.50", "2.07", "9.00"], ["desk", "1", "80.00", "18.40", "80.00"]]
    assert [one["amount"] for one in items(GOODS, evidence([table(rows, 80)]))] == [9.0, 80.0]


def test_columns_may_come_in_any_order_and_others_are_left_out() -> None:
    rows = [["Amount", "Colour", "Description"], ["9.00", "red", "lamp"]]
    assert items(GOODS, evidence([table(rows, 80)])) == [{"description": "lamp", "amount": 9.0}]


def test_each_value_cites_its_own_words() -> None:
    seen = evidence([table([["Description", "Amount"], ["blue lamp", "EUR 9.00"]], 80)])
    ((item,),) = array_items([array(GOODS)], seen, Matcher(FakeEngines())).values()
    assert isinstance(item, dict)
    said = {name: [word.text for word in answer.words] for name, answer in item.items()}  # type: ignore[union-attr]
    assert said["description"] == ["blue", "lamp"]
    assert said["amount"][-1] == "9.00"


def test_sums_are_no_items_and_end_the_list() -> None:
    rows = [["Description", "Qty", "Unit price", "Amount"], ["lamp", "2", "4.50", "9.00"]]
    rows += [["", "", "Subtotal", "9.00"], ["", "", "Tax 20%", "1.80"], ["Total", "", "", "10.80"]]
    assert [one["description"] for one in items(GOODS, evidence([table(rows, 80)]))] == ["lamp"]


def test_an_item_that_is_called_like_a_sum_stays() -> None:
    rows = [["Date", "Description", "Amount", "Balance"]]
    rows += [["01/02/2024", "Total Energies", "-40.00", "60.00"], ["02/02/2024", "Shop", "-10.00", "50.00"]]
    found = items(BOOKINGS, evidence([table(rows, 80)]))
    assert [one["description"] for one in found] == ["Total Energies", "Shop"]


def test_below_a_sum_a_heading_begins_other_items() -> None:
    rows = [["Description", "Qty", "Unit price", "Amount"], ["lamp", "2", "4.50", "9.00"]]
    rows += [["Total", "", "", "9.00"], ["Repairs", "", "", ""], ["fuse", "1", "3.00", "3.00"]]
    found = items(GOODS, evidence([table(rows, 80)]))
    assert [one["description"] for one in found] == ["lamp", "fuse"]


@pytest.mark.parametrize("names", [("", "2023", "2022"), ("Line", "2023", "2022")])
def test_years_may_name_columns(names: Sequence[str]) -> None:
    asked = {"line": TEXT, "in_2023": NUMBER, "in_2022": NUMBER}
    rows = [[*names], ["Goods", "812,440", "798,115"], ["Cash", "45,200", "44,100"]]
    found = items(asked, evidence([table(rows, 80, header=False)]))
    assert found == [
        {"line": "Goods", "in_2023": 812440, "in_2022": 798115},
        {"line": "Cash", "in_2023": 45200, "in_2022": 44100},
    ]


def test_an_item_with_a_limit_for_its_value_is_an_item() -> None:
    rows = [["Description", "Amount"], ["Iron", "4.50"], ["Lead", "<5"]]
    found = items({"description": TEXT, "amount": NUMBER}, evidence([table(rows, 80)]))
    assert found == [{"description": "Iron", "amount": 4.5}, {"description": "Lead"}]


def test_a_balance_brought_forward_does_not_end_the_list() -> None:
    rows = [["Date", "Description", "Amount", "Balance"], ["", "Balance brought forward", "", "100.00"]]
    rows += [["01/02/2024", "Shop", "-40.00", "60.00"], ["", "Closing balance", "-40.00", "60.00"]]
    found = items(BOOKINGS, evidence([table(rows, 80)]))
    assert found == [
        {"date": "2024-02-01", "description": "Shop", "amount": -40.0, "balance": 60.0}
    ] or found == [{"date": "2024-01-02", "description": "Shop", "amount": -40.0, "balance": 60.0}]


def test_rows_that_go_on_are_joined() -> None:
    rows = [["Date", "Description", "Amount", "Balance"], ["13/02/2024", "Transfer to", "-40.00", "60.00"]]
    rows += [["", "Mara Quill", "", ""], ["14/02/2024", "Shop", "-10.00", "50.00"]]
    found = items(BOOKINGS, evidence([table(rows, 80)]))
    assert [one["description"] for one in found] == ["Transfer to Mara Quill", "Shop"]


@pytest.mark.parametrize("repeated", [True, False])
def test_tables_go_on_over_pages(repeated: bool) -> None:
    names = ["Date", "Description", "Amount", "Balance"]
    first = [names, ["13/02/2024", "One", "-4.00", "6.00"], ["14/02/2024", "Two", "-1.00", "5.00"]]
    second = [["15/02/2024", "Three", "-1.00", "4.00"], ["16/02/2024", "Four", "-1.00", "3.00"]]
    second = [names, *second] if repeated else second
    seen = evidence([table(first, 80)], [table(second, 60, header=repeated)])
    assert [one["description"] for one in items(BOOKINGS, seen)] == ["One", "Two", "Three", "Four"]


def test_a_header_may_stand_below_other_rows_of_the_table() -> None:
    rows = [
        ["Guest:", "Mara Quill", "", ""],
        ["Description", "Qty", "Rate", "Amount"],
        ["Room", "2", "40.00", "80.00"],
    ]
    (found,) = items(GOODS, evidence([table(rows, 80, header=False)]))
    assert found["amount"] == 80.0
    assert found["description"] == "Room"


def test_without_names_columns_are_told_by_their_values() -> None:
    rows = [["13/02/2024", "Shop", "40.00"], ["14/02/2024", "Bakery", "3.00"]]
    found = items({"date": DATE, "text": TEXT, "amount": NUMBER}, evidence([table(rows, 80, header=False)]))
    assert found == [
        {"date": "2024-02-13", "text": "Shop", "amount": 40.0},
        {"date": "2024-02-14", "text": "Bakery", "amount": 3.0},
    ]


def test_a_table_of_other_things_gives_nothing() -> None:
    rows = [["Server", "Region"], ["alpha", "north"], ["beta", "south"]]
    assert items(GOODS, evidence([table(rows, 80)])) == []


def test_tables_of_the_same_columns_are_told_apart_by_their_headings() -> None:
    names = ["Date", "Description", "Amount"]
    seen = evidence(
        [
            paragraph("# Deposits", 40),
            table([names, ["13/02/2024", "Salary", "900.00"]], 80),
            paragraph("# Withdrawals", 200),
            table([names, ["14/02/2024", "Shop", "40.00"]], 240),
        ]
    )
    bookings = {"date": DATE, "description": TEXT, "amount": NUMBER}
    assert [one["description"] for one in items(bookings, seen, "withdrawals")] == ["Shop"]
    assert [one["description"] for one in items(bookings, seen, "bookings")] == ["Salary", "Shop"]


def test_objects_in_items_are_filled_from_the_row() -> None:
    price = {"type": "object", "properties": {"unit_price": NUMBER, "amount": NUMBER}}
    rows = [["Description", "Unit price", "Amount"], ["lamp", "4.50", "9.00"]]
    found = items({"description": TEXT, "price": price}, evidence([table(rows, 80)]))
    assert found == [{"description": "lamp", "price": {"unit_price": 4.5, "amount": 9.0}}]


def test_rows_of_text_in_columns_are_a_table_too() -> None:
    rows = [["Description", "Qty", "Amount"], ["blue lamp", "2", "9.00"], ["desk", "1", "80.00"]]
    texts = [
        paragraph(text, 80 + 16 * r, 50 + 180 * c) for r, row in enumerate(rows) for c, text in enumerate(row)
    ]
    assert items(GOODS, evidence(texts)) == [
        {"description": "blue lamp", "quantity": 2, "amount": 9.0},
        {"description": "desk", "quantity": 1, "amount": 80.0},
    ]


def names_of(field: dict[str, Any], seen: Evidence) -> Any:
    target = target_of({"type": "object", "properties": {"directors": {"type": "array", "items": field}}})
    (found,) = array_items(target.fields, seen, Matcher(FakeEngines())).values()
    return plainly(found)


def test_the_items_of_a_list_under_its_heading() -> None:
    bullets = [
        paragraph(text, 80 + 20 * i, kind=FragmentType.LIST_ITEM)
        for i, text in enumerate(("Mara Quill", "Ines Abara"))
    ]
    seen = evidence([paragraph("# Directors", 40), *bullets, paragraph("Other text", 200)])
    assert names_of(TEXT, seen) == ["Mara Quill", "Ines Abara"]


def test_the_parts_of_a_labelled_line() -> None:
    seen = document(["Directors: Mara Quill, Ines Abara and Silas Steiner", "Secretary: Petra Hollis"])
    assert names_of(TEXT, seen) == ["Mara Quill", "Ines Abara", "Silas Steiner"]


def test_no_list_gives_nothing() -> None:
    assert names_of(TEXT, document(["Secretary: Petra Hollis"])) == []


def test_an_array_of_arrays_is_left_out() -> None:
    field = {"type": "array", "items": TEXT}
    assert names_of(field, document(["Directors: Mara Quill, Ines Abara"])) == []


def test_columns_have_words_of_their_own() -> None:
    assert concepts("Buchungstag") == {"booking_date"}
    assert concepts("Prix unitaire") == {"unit_price"}
    fields = [Field("deposit", Scalar("number")), Field("withdrawal", Scalar("number"))]
    scores = column_scores(Matcher(FakeEngines()), fields, ["Paid out", "Money in"])
    assert scores.argmax(axis=1).tolist() == [1, 0]
