from __future__ import annotations

from typing import Any

import pytest

from tests.pipelines.extraction.embedded.papers import NUMBER, paper, values

_TOTAL = {"type": "number", "description": "Total amount of the receipt."}


def receipt(*rows: tuple[str, str]) -> Any:
    lines = [(50, 40.0, "Brook Garden Ltd")]
    for index, (label, amount) in enumerate(rows):
        y = 100.0 + 16 * index
        lines += [(50, y, label), (400, y, amount)]
    return paper(*lines)


def test_what_is_printed_below_a_total_and_its_rounding_is_the_total() -> None:
    page = receipt(("Nails", "15.59"), ("TOTAL", "15.59"), ("ROUNDING ADJ", "0.01"), ("NET TOTAL", "15.60"))
    assert values(page, total=_TOTAL) == {"total": 15.6}


def test_a_total_is_what_was_given_less_the_change() -> None:
    page = receipt(
        ("Total Sales", "128.36"), ("Rounding", "-0.01"), ("Total Sales rounded", "128.35"),
        ("Cash", "150.00"), ("Change", "21.65"),
    )  # fmt: skip
    assert values(page, total=_TOTAL) == {"total": 128.35}


def test_sums_that_tell_nothing_change_nothing() -> None:
    page = receipt(("Total", "30.00"), ("Rounding", "0.00"), ("Cash", "50.00"), ("Change", "1.00"))
    assert values(page, total=_TOTAL) == {"total": 30}


@pytest.mark.parametrize(
    "label", ["Total Sales (Inclusive of 6% GST)", "TOTALINCLGST", "GRANDTOTAL", "TAX INVOICE TOTAL"]
)
def test_totals_by_other_names_run_together_or_with_tax(label: str) -> None:
    page = receipt(("GST included in total", "5.99"), (label, "65.90"))
    assert values(page, total=_TOTAL) == {"total": 65.9}


def test_a_subtotal_is_not_what_was_paid() -> None:
    page = receipt(("Sub Total", "58.00"), ("Total", "60.00"), ("Cash", "60.00"), ("Change", "2.00"))
    assert values(page, subtotal=NUMBER, total=NUMBER) == {"subtotal": 58, "total": 60}
