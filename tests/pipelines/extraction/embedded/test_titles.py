"""The type of a paper by its title."""

from __future__ import annotations

import pytest

from pipelines.extraction.evidence import Evidence
from pipelines.work import PageRecord
from schemas.fragments import FragmentWord
from schemas.geometry import BBox, Box
from tests.pipelines.extraction.documents import SIZE, page, paragraph
from tests.pipelines.extraction.embedded.papers import values

_TYPES = {"type": "string", "enum": ["invoice", "credit_note", "purchase_order"]}


def _titled(title: str, height: float) -> Evidence:
    top = paragraph(title, 40)
    words = [_of_height(word, height) for word in top.words or ()]
    body = [paragraph(text, 120 + 14 * i) for i, text in enumerate(("Your order 4711", "Oak door", "Sum"))]
    made = page(1, top.model_copy(update={"words": words}), *body)
    return Evidence.of([PageRecord(1, SIZE, made.page_fragments, [], [])], [made])


def _of_height(word: FragmentWord, height: float) -> FragmentWord:
    box = word.bbox.bbox()
    return word.model_copy(update={"bbox": Box.of(BBox(box.x1, box.y1, box.x2, box.y1 + height))})


@pytest.mark.parametrize(
    ("title", "meant"),
    [
        ("RECHNUNG", "invoice"),
        ("Facture N° 2023-0419", "invoice"),
        ("Nota di credito", "credit_note"),
        ("Purchase order", "purchase_order"),
        ("Oak Ltd", None),
    ],
)
def test_large_letters_at_the_top_tell_the_type(title: str, meant: str | None) -> None:
    assert values(_titled(title, 18), document_type=_TYPES) == {"document_type": meant}


def test_words_of_the_usual_size_are_no_title() -> None:
    assert values(_titled("Invoice", 10), document_type=_TYPES) == {"document_type": None}
