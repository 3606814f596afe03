from __future__ import annotations

import numpy as np

from pipelines.extraction.embedded.matching import Matcher, likeness, one_to_one
from pipelines.extraction.targets import Field, Scalar
from tests.fakes.engines import FakeEngines


def field(name: str, description: str = "", above: tuple[str, ...] = ()) -> Field:
    return Field(name, Scalar(), description=description, above=above)


def test_the_better_label_is_more_like_its_field() -> None:
    total = field("total")
    assert likeness(total, "Grand Total") > likeness(total, "Subtotal")
    assert likeness(total, "Total (incl. VAT)") > likeness(total, "Total VAT")
    assert likeness(total, "Gesamtbetrag") > 0.7 > likeness(total, "Rabatt")


def test_what_goes_without_saying_is_not_missed() -> None:
    assert likeness(field("invoice_date"), "Date") > 0.7
    assert likeness(field("invoice_date"), "Due date") < 0.5
    assert likeness(field("invoice_number"), "Invoice") > likeness(field("invoice_number"), "Line number")


def test_what_is_due_has_a_date() -> None:
    assert likeness(field("due_date"), "Payment due") > 0.6


def test_a_number_is_no_address() -> None:
    assert likeness(field("address", above=("customer",)), "Customer number") < 0.5


def test_a_name_that_says_little_is_that_of_its_object() -> None:
    of_seller = field("name", above=("seller",))
    assert likeness(of_seller, "Vendor") > 0.5 > likeness(of_seller, "Customer")


def test_a_description_speaks_where_the_name_does_not() -> None:
    assert likeness(field("cust_ref", "number of the policy"), "Policy No.") > 0.5
    assert likeness(field("cust_ref"), "Policy No.") < 0.5


def test_texts_that_mean_the_same_are_alike_from_nought_to_one() -> None:
    meanings = Matcher(FakeEngines()).meanings(["length of a warranty"], ["warranty, length of a", "colour"])
    assert meanings.round(1).tolist() == [[1.0, 0.0]]


def test_texts_are_embedded_once() -> None:
    engines = FakeEngines()
    matcher = Matcher(engines)
    for _ in range(2):
        matcher.scores([field("total")], ["Total", "Date"])
    assert sum(call.startswith("embed") for call in engines.calls) == 2  # fields, labels


def test_pairs_are_one_to_one() -> None:
    scores = np.array([[0.9, 0.8], [0.85, 0.2], [0.3, 0.3]], np.float32)
    assert one_to_one(scores, 0.5) == [(0, 0)]
    assert one_to_one(np.array([[0.9, 0.8], [0.2, 0.7]], np.float32), 0.5) == [(0, 0), (1, 1)]


def test_a_near_tie_is_left_alone() -> None:
    scores = np.array([[0.8, 0.78], [0.1, 0.1]], np.float32)
    assert one_to_one(scores, 0.5, margin=0.1) == []
    assert one_to_one(scores, 0.5, margin=0.01) == [(0, 0)]


def test_nothing_against_nothing() -> None:
    assert Matcher(FakeEngines()).scores([], ["Total"]).shape == (0, 1)
    assert Matcher(FakeEngines()).scores([field("total")], []).shape == (1, 0)
