import pymupdf
import pytest

from pipelines.documents.headings.rulers import ruler_for
from pipelines.work import PageRecord
from schemas.fragments import Source
from schemas.geometry import BBox
from schemas.reading import TextLine, Word

TEXTS = (
    "the tide comes in and goes out while ships lie at anchor",
    "of all the mills along the hill few still fill their bills",
    "mammoth masts swim among warm swarms of many summer moons",
)


def scan(face: str, texts: tuple[str, ...], size: float) -> PageRecord:
    """Lines as a recogniser gives them: words as wide as in the face, all of one odd height."""
    font, lines = pymupdf.Font(face), []
    for row, text in enumerate(texts):
        x, y, words = 50.0, 100.0 + 20 * row, list[Word]()
        for part in text.split():
            width = font.text_length(part, size)
            words.append(Word(part, BBox(x, y, x + width, y + 17), size=17, source=Source.OCR))
            x += width + font.text_length(" ", size)
        lines.append(TextLine(words, BBox(50, y, words[-1].bbox.x2, y + 17)))
    return PageRecord(1, None, [], lines, [])


@pytest.mark.parametrize("face", ["helv", "tiro"])
def test_the_face_is_the_one_that_makes_lines_even_and_tells_sizes(face: str) -> None:
    ruler = ruler_for([scan(face, TEXTS, 10)])
    for size in (10.0, 16.0):
        for line in scan(face, (*TEXTS, "Ebb", "Ähnliche Wörter"), size).lines:
            assert ruler.size([line.words]) == pytest.approx(size, rel=0.01)


def test_signs_that_fill_a_square_and_what_is_too_narrow() -> None:
    ruler = ruler_for([])
    wide = Word("潮汐", BBox(0, 0, 24, 15), source=Source.OCR)
    assert ruler.size([[wide]]) == pytest.approx(12)
    assert ruler.size([[Word("i", BBox(0, 0, 3, 9), source=Source.OCR)]]) == 9
    assert ruler.size([]) == 0
