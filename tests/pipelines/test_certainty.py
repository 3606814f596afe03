import pytest

from pipelines.pages.certainty import certainty, main_source
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import Word


def word(text: str, confidence: float | None, source: Source = Source.OCR) -> Word:
    return Word(text, BBox(0, 0, 10, 10), confidence=confidence, source=source)


@pytest.mark.parametrize(
    ("words", "score", "sure"),
    [
        ([], None, None),
        ([], 0.7, 0.7),
        ([word("tide", 0.8)], None, 0.8),
        ([word("tide", 0.81)], 0.25, 0.45),
        ([word("tide", None)], 0.6, 0.6),
        ([word("a", 0.1), word("tides", 0.9), word("?", None)], None, 0.7667),
        ([word("tide", 1.0)], 1.5, 1.0),
    ],
)
def test_words_and_region_are_heard(words: list[Word], score: float | None, sure: float | None) -> None:
    assert certainty(words, score) == sure


def test_the_source_is_that_of_most_characters() -> None:
    words = [word("of", 1.0, Source.DIGITAL), word("harbours", 0.9)]
    assert main_source(words) is Source.OCR
    assert main_source([]) is None
