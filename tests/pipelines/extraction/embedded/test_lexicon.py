from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.embedded import lexicon
from pipelines.extraction.embedded.lexicon import folded, phrase, plain


@pytest.mark.parametrize(
    ("label", "meaning"),
    [
        ("Rechnungsnummer", "invoice number"),
        ("Kundennr.", "customer number"),
        ("factuurdatum", "invoice date"),
        ("Facture n°", "invoice number"),
        ("invoiceNumber", "invoice number"),
        ("DateOfBirth", "birth"),
        ("Net à payer", "payable"),
        ("RECIPIENT’S TIN", "customer taxid"),
        ("发票号码", "invoice number"),
        ("Fälligkeitsdatum", "due date"),
        ("Lieferschein-Nr.", "deliverynote number"),
        ("Rechnungsbetrag", "total"),
        ("お支払期限", "due"),
        ("销售方", "seller"),
        ("GmbH", "gmbh"),
    ],
)
def test_words_of_many_languages_mean_the_same(label: str, meaning: str) -> None:
    assert plain(label) == meaning


def test_a_misread_letter_does_not_hide_a_word() -> None:
    assert plain("Amounl") == "amount"
    assert plain("Klang") == "klang"  # a short word is too close to others


@pytest.mark.parametrize("label", ["Total incl. 6% GST", "Total (Inclusive of GST)", "Total TTC"])
def test_a_total_with_taxes_names_no_tax(label: str) -> None:
    assert {"total", "gross"} <= {one.name for one in phrase(label)}
    assert "tax" not in {one.name for one in phrase(label)}


def test_every_word_stands_for_one_concept() -> None:
    lines = Path(lexicon.__file__).with_name("business_words.txt").read_text("utf-8").splitlines()
    words = [
        folded(word)
        for line in lines
        if ":" in line and not line.startswith("#")
        for word in line.partition(":")[2].split()
    ]
    assert sorted({word for word in words if words.count(word) > 1}) == []


@given(st.text(max_size=60))
def test_any_text_has_a_phrase(text: str) -> None:
    assert all(one.weight > 0 for one in phrase(text))
