"""Where values stand: over fragments, in cells, in fields of forms; in documents of any size."""

from __future__ import annotations

from pipelines.extraction.evidence import Block, Evidence, PlacedField, PlacedWord
from pipelines.extraction.grounding import Ground
from pipelines.extraction.targets import Scalar
from pipelines.extraction.values.kinds import Kind
from schemas.fragments import FragmentType, PageFragment, TableCell, TableContent
from schemas.geometry import BBox, Box
from schemas.reading import FieldKind, FormField
from tests.pipelines.extraction.documents import document

NUMBER, STRING = Scalar("number"), Scalar()


def placed(text: str, x: float, y: float) -> PlacedWord:
    return PlacedWord(text, 1, BBox(x, y, x + 8 * len(text), y + 10))


def said(ground: Ground, value: str | float, target: Scalar = STRING, kind: Kind = Kind.TEXT) -> list[str]:
    return [" ".join(word.text for word in place.words) for place in ground.places(value, target, kind)]


def table() -> Evidence:
    """A table of which the second cell of the first row has two lines."""
    words = (
        placed("2024", 10, 10),
        placed("Blue", 100, 10),
        placed("5.00", 200, 10),
        placed("paint", 100, 22),
    )
    cells = [
        TableCell(text="2024", bounding_box=Box(x1=5, y1=5, x2=90, y2=35)),
        TableCell(text="Blue paint", bounding_box=Box(x1=95, y1=5, x2=190, y2=35)),
        TableCell(text="5.00", bounding_box=Box(x1=195, y1=5, x2=290, y2=35)),
    ]
    content = TableContent(content="", cells=cells)
    fragment = PageFragment(fragment_type=FragmentType.TABLE, content=content, ref_id="1.0")
    return Evidence((1,), (Block(1, fragment, "", words),))


def test_the_lines_of_a_cell_belong_together() -> None:
    ground = Ground.of(table())
    assert said(ground, "blue paint") == ["Blue paint"]
    assert said(ground, "Blue 5.00") == ["Blue 5.00"]
    assert said(ground, 5, NUMBER, Kind.MONEY) == ["5.00"]


def test_a_text_that_goes_on_in_the_next_fragment() -> None:
    ground = Ground.of(document(["1 Long Street", "Big Town"], ["Other"]))
    assert said(ground, "1 Long Street, Big Town") == ["1 Long Street Big Town"]
    assert said(ground, "Big Town Other") == ["Big Town Other"]


def test_parts_of_words_are_no_values() -> None:
    ground = Ground.of(document(["125 Longstreet A5.00"]))
    assert said(ground, "long") == []
    assert said(ground, 25, NUMBER, Kind.NUMBER) == []
    assert said(ground, "5") == []


def test_the_field_of_a_form_is_a_place() -> None:
    field = FormField("total", FieldKind.TEXT, BBox(10, 10, 50, 20), value="1,234.50")
    evidence = Evidence((1,), (), (PlacedField(1, field),))
    (place,) = Ground.of(evidence).places(1234.5, NUMBER, Kind.MONEY)
    assert place.words[0].bbox == BBox(10, 10, 50, 20)


def test_an_amount_is_cited_without_its_currency() -> None:
    assert said(Ground.of(document(["EUR 5.00 due"])), 5, NUMBER, Kind.MONEY) == ["5.00"]


def test_of_very_many_places_those_near_by_are_looked_at() -> None:
    ground = Ground.of(document([f"{n} pieces" for n in (7, *[1] * 60, 8, *[1] * 60)]))
    (eight,) = ground.places(8, NUMBER, Kind.NUMBER)
    near = ground.places(1, NUMBER, Kind.NUMBER, near=eight.order)
    assert any(abs(place.order[0] - eight.order[0]) == 1 for place in near)
    assert len(near) < 60


def test_a_single_huge_word_and_very_many_words() -> None:
    words = tuple(placed("a" * 100_000, 0, 0) for _ in range(2)) + tuple(
        placed("a", n % 500, n // 500) for n in range(100_000)
    )
    ground = Ground.of_words(words)
    assert ground.places("b", STRING, Kind.TEXT) == []
    assert ground.places("a", STRING, Kind.TEXT)
