"""Classes without a language model, over fake embeddings: texts that share words are alike."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.local import LocalEngines
from pipelines.documents.classify.stage import classify
from pipelines.extraction.evidence import Evidence
from pipelines.outcomes import Classified
from schemas.fragments import FragmentType, PageFragment, TextContent
from schemas.options import PageClassification
from tests.fakes.engines import FakeEngines
from tests.pipelines.extraction.documents import document, page, paragraph
from tests.pipelines.extraction.documents import document as of_texts

INVOICE = ["# INVOICE", "Invoice number: 77-21\nInvoice date: 3 May 2024", "Bill to: Nordwind AG", "Quantity"]
INVOICE += ["Unit price", "Subtotal 120.00", "VAT 24.00", "Amount due 144.00"]
RECHNUNG = ["# Rechnung Nr. 4711", "Rechnungsdatum 3. Mai 2024", "Menge", "Einzelpreis", "Summe 144,00 EUR"]
AGREEMENT = [
    "# Lease agreement",
    "This agreement is made between the parties named below. The tenant shall pay the rent.",
    "The parties hereby agree that the governing law is that of Kenya. Termination takes three months.",
]
ESSAY = [
    "# On the habits of swifts",
    "Swifts sleep on the wing and come back in May, who knows from where.",
]


def classes(**described: str) -> list[PageClassification]:
    return [PageClassification(name=name, description=text) for name, text in described.items()]


def pages_of(classified: Classified) -> dict[str, list[int]]:
    return {one.page_class: one.page_numbers for one in classified.classes}


BOTH = classes(Invoice="a bill for goods", Contract="an agreement between parties")


def test_pages_are_in_the_class_that_they_name_and_others_in_none() -> None:
    found = classify(of_texts(INVOICE, ESSAY, AGREEMENT), BOTH, FakeEngines())
    assert pages_of(found) == {"Invoice": [1], "Contract": [3]}
    assert found.warnings == []


def test_classes_come_in_the_order_asked_for_and_those_without_pages_are_left_out() -> None:
    asked = [*reversed(BOTH), *classes(Passport="identity document of a traveller")]
    found = classify(of_texts(INVOICE, AGREEMENT), asked, FakeEngines())
    assert [one.page_class for one in found.classes] == ["Contract", "Invoice"]


def test_reasons_are_keyed_by_page_and_quote_it() -> None:
    found = classify(of_texts(ESSAY, INVOICE), BOTH, FakeEngines())
    (invoice,) = found.classes
    assert list(invoice.classification_reasons) == ["2"]
    assert "“INVOICE” names the class" in invoice.classification_reasons["2"]
    assert set(found.reasons) == {2}
    assert found.reasons[2].startswith("Invoice: ")


def test_a_class_is_found_in_another_language() -> None:
    assert pages_of(classify(of_texts(RECHNUNG), BOTH, FakeEngines())) == {"Invoice": [1]}


def test_a_class_called_otherwise_is_known_by_what_it_is() -> None:
    asked = classes(Bill="what a supplier wants to be paid")
    assert pages_of(classify(of_texts(INVOICE), asked, FakeEngines())) == {"Bill": [1]}


def test_codes_tell_one_form_from_the_next() -> None:
    asked = classes(**{"Form 17": "income of a farm", "Form 17-B": "income of a fishery"})
    farm = ["# Form 17", "Income of a farm"]
    fishery = ["# Form 17-B", "Income of a fishery"]
    found = pages_of(classify(of_texts(farm, fishery), asked, FakeEngines()))
    assert found == {"Form 17": [1], "Form 17-B": [2]}


def test_a_form_that_mentions_another_is_not_that_one() -> None:
    asked = classes(**{"Form 17": "income of a farm"})
    other = ["# Form 90", "Attach Form 17 if you have income of a farm."]
    assert classify(of_texts(other), asked, FakeEngines()).classes == []


def test_a_code_stands_for_its_family_unless_a_class_has_the_longer_one() -> None:
    texts = ["# Form 17-B", "Income of a fishery"]
    asked = classes(**{"Form 17": "income of a farm or a fishery"})
    assert pages_of(classify(of_texts(texts), asked, FakeEngines())) == {"Form 17": [1]}


def signed(number: int, *kinds: FragmentType) -> list[PageFragment]:
    marks = [PageFragment(fragment_type=kind, content=TextContent(content="x")) for kind in kinds]
    return [paragraph("Good morning to all who read these lines of mine", 40.0 * number), *marks]


def of_pages(*pages: list[PageFragment]) -> Evidence:
    made = [page(number, *fragments) for number, fragments in enumerate(pages, 1)]
    return Evidence.of([], made)


def test_a_class_of_looks_alone_takes_the_pages_that_show_it() -> None:
    asked = classes(signed="page with a signature", coded="contains a barcode", Invoice="a bill")
    evidence = of_pages(
        signed(1, FragmentType.SIGNATURE),
        signed(2),
        signed(3, FragmentType.BARCODE, FragmentType.BARCODE, FragmentType.SIGNATURE),
    )
    found = classify(evidence, asked, FakeEngines())
    assert pages_of(found) == {"signed": [1, 3], "coded": [3]}
    assert found.classes[1].classification_reasons["3"] == "It has 2 barcodes."
    assert found.reasons[3] == "signed: It has a signature. coded: It has 2 barcodes."


def test_an_empty_page_is_in_the_class_of_empty_pages_alone() -> None:
    asked = classes(**{"Blank page": "an empty page without text"}, Invoice="a bill for goods")
    assert pages_of(classify(of_texts([], INVOICE), asked, FakeEngines())) == {
        "Blank page": [1],
        "Invoice": [2],
    }


@pytest.mark.parametrize("described", ["nothing on it", "leere Seite", "an empty page"])
def test_a_page_with_little_text_is_empty_only_if_it_says_so(described: str) -> None:
    pages = document(["Invoice number: 17", "Total: 30.00"], ["This page is intentionally left blank"], ["3"])
    assert pages_of(classify(pages, classes(Blank=described), FakeEngines())) == {"Blank": [2, 3]}


def test_a_page_that_goes_on_is_in_the_class_of_the_page_before() -> None:
    going_on = ["the tenant shall under no agreement pay anything but rent"]
    found = classify(of_texts(AGREEMENT, going_on, ESSAY), BOTH, FakeEngines())
    assert pages_of(found) == {"Contract": [1, 2]}
    assert "from page 1" in found.classes[0].classification_reasons["2"]


def test_a_document_without_pages_or_text_has_no_classes() -> None:
    assert classify(document(), BOTH, FakeEngines()).classes == []
    assert classify(of_texts([], []), BOTH, FakeEngines()).classes == []


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(), max_size=4), st.text(min_size=1), st.text())
def test_any_text_and_any_class_is_judged(texts: list[str], name: str, description: str) -> None:
    asked = [PageClassification(name=name, description=description), *BOTH]
    found = classify(of_texts([text for text in texts if text.strip()]), asked, FakeEngines())
    assert {page for one in found.classes for page in one.page_numbers} <= {1}


@pytest.mark.engines
def test_meaning_tells_pages_that_do_not_say_their_class() -> None:
    asked = classes(Cooking="kitchen recipes and ingredients", Banking="accounts and money transfers")
    recipe = ["Chop two onions and fry them in butter until golden.", "Add flour, milk and simmer the sauce."]
    found = classify(of_texts(recipe, ESSAY), asked, LocalEngines())
    assert pages_of(found) == {"Cooking": [1]}
