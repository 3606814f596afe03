"""The size of type on a scan, by the width of its words: the heights of a recogniser's boxes say little."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from pipelines.work import PageRecord
from schemas.fragments import Source
from schemas.reading import TextLine, Word

# Adobe's core font metrics: letters by their widths (thousandths of the size); accents add nothing.
_HELVETICA = {
    222: "ijl'’",
    278: " .,:;/!tfI",
    333: '()-r"',
    500: "ckvxyszJ",
    556: "abdeghnopquL0123456789?$§",
    611: "FTZß",
    667: "ABEKPSVXY&",
    722: "CDHNRUw",
    778: "GOQ",
    833: "mM",
    944: "W",
    1000: "—…",
}
_TIMES = {
    250: " .,",
    278: "ijlt:;/",
    333: "()-rfI!'’",
    389: "sJ",
    444: "acez?",
    500: "bdghknopquvxyß0123456789$§",
    556: "FPS",
    611: "ELTZ",
    667: "BCR",
    722: "ADGHKNOQUVXYw",
    778: "m&",
    889: "M",
    944: "W",
    1000: "—…",
}
# What has no width of its own is as wide as this, or as high in scripts whose signs fill a square.
_USUAL, _SQUARE, _FIRST_SQUARE = 0.55, 1.0, 0x2E80
# Words narrower than this (font sizes) are not measured by their width.
_LEAST_ADVANCE = 1.0
# A face is known by so many lines of so many letters.
_MOST_LINES, _LINE = 400, 40


@dataclass(frozen=True, slots=True)
class Ruler:
    """The advance widths of a face of size 1; what is set in another is off by about the same everywhere."""

    widths: dict[str, float]

    def size(self, words: Sequence[Sequence[Word]]) -> float:
        """The size of words, given by lines; 0 of none."""
        rows = [row for row in words if row]
        advance = sum(self._advance(row) for row in rows)
        if advance < _LEAST_ADVANCE:
            return median(word.bbox.height for row in rows for word in row) if rows else 0.0
        return sum(_extent(row) for row in rows) / advance

    def unevenness(self, lines: Iterable[TextLine]) -> float:
        """How far the sizes of lines usually are from their middle, as a share of it."""
        sizes = [self.size([line.words]) for line in lines]
        middle = median(sizes)
        return median(abs(size - middle) for size in sizes) / middle if middle else 0.0

    def _advance(self, words: Sequence[Word]) -> float:
        text = "".join((" " if word.space_before and i else "") + word.text for i, word in enumerate(words))
        return sum(map(self._width, text))

    def _width(self, char: str) -> float:
        if (width := self.widths.get(char)) is not None:
            return width
        bare = unicodedata.normalize("NFD", char)[0]
        return self.widths.get(bare, _USUAL if ord(char) < _FIRST_SQUARE else _SQUARE)


def _extent(words: Sequence[Word]) -> float:
    return max(word.bbox.x2 for word in words) - min(word.bbox.x1 for word in words)


def _ruler(metrics: dict[int, str]) -> Ruler:
    return Ruler({char: width / 1000 for width, chars in metrics.items() for char in chars})


_RULERS = (_ruler(_HELVETICA), _ruler(_TIMES))


def ruler_for(records: Sequence[PageRecord]) -> Ruler:
    """That of the face, with serifs or without, by whose widths running text is the most even in size."""
    lines: list[TextLine] = []
    for record in records:
        scanned = (line for line in record.lines if line.words and line.words[0].source is Source.OCR)
        lines += [line for line in scanned if len(line.text) >= _LINE]
        if len(lines) >= _MOST_LINES:
            break
    if not lines:
        return _RULERS[0]
    return min(_RULERS, key=lambda ruler: ruler.unevenness(lines[:_MOST_LINES]))
