from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipelines.extraction.embedded.rows import rows_of, sheets
from pipelines.extraction.evidence import PlacedWord
from schemas.geometry import BBox
from tests.pipelines.extraction.embedded.papers import flowing, paper


def shown(evidence: object) -> list[str]:
    return [" | ".join(p.text for p in row.pieces) for row in sheets(evidence)[0].rows]  # type: ignore[arg-type]


def test_a_label_and_its_value_are_on_one_row_whatever_fragments_they_are_in() -> None:
    page = paper((400, 101, "12.50"), (50, 100, "Total"), (50, 120, "Thank you"))
    assert shown(page) == ["Total | 12.50", "Thank you"]


def test_a_row_that_leans_is_followed() -> None:
    words = [
        (
            PlacedWord(
                f"{line}{i}", 1, BBox(40 * i, 20 * line + 0.8 * i, 40 * i + 30, 20 * line + 10 + 0.8 * i)
            ),
            0,
        )
        for line in (1, 2)
        for i in range(12)
    ]
    assert [[word.text[0] for word in row.words] for row in rows_of(words)] == [["1"] * 12, ["2"] * 12]


def test_marks_between_pieces_part_them() -> None:
    assert shown(paper((50, 40, "Main St 1 · Springfield"))) == ["Main St 1 | Springfield"]


def test_text_without_geometry_is_set_in_lines_and_columns() -> None:
    page = flowing(
        "**Order** no: 7\nA [link](http://x)", table="<table><tr><td>Total</td><td>5.00</td></tr></table>"
    )
    assert shown(page) == ["Order no: 7", "A link", "Total | 5.00"]
    assert not sheets(page)[0].placed


@given(
    st.lists(st.tuples(st.floats(0, 600), st.floats(0, 800), st.floats(0, 80), st.floats(0, 30)), max_size=60)
)
def test_no_word_is_lost_or_doubled(boxes: list[tuple[float, float, float, float]]) -> None:
    words = [(PlacedWord(str(i), 1, BBox(x, y, x + w, y + h)), i % 3) for i, (x, y, w, h) in enumerate(boxes)]
    found = [word.text for row in rows_of(words) for word in row.words]
    assert sorted(found) == sorted(word.text for word, _ in words if word.bbox.height > 0)
