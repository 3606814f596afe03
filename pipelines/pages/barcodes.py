"""Barcodes: each becomes a fragment of its own, and what its bars were taken for is no text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from rapidfuzz.distance import Levenshtein

from models.barcodes import SMALL
from models.barcodes.areas import dense_areas
from models.base import Engines, Image
from pipelines.pages.finds import without_words
from pipelines.readers.base import Reader
from pipelines.work import Find, PageWork
from schemas.fragments import FragmentType, PageFragment, Source, TextContent
from schemas.geometry import BBox, Box
from schemas.reading import Barcode, SourcePage, TextLine, Word

# How much larger a page is shown for the nearer look.
_NEARER = 2.0
# Codes of which one lies in the other by this share are the same.
_SAME = 0.5
# Codes of one page: a sheet of labels has fewer.
_MOST = 500
# Text read less surely than this may be bars.
_SURE = 0.9
# Fonts whose letters are bars.
_BAR_FONT = re.compile(
    r"bar ?code|(code|c) ?-?_?(39|93|128)(?!\d)|3 ?of ?9|[2i] ?of ?5|^(ean|upc)|pdf ?417|data ?matrix",
    re.IGNORECASE,
)
# What is printed beside a code lies within this share of the code's size and so many of its own heights.
_BESIDE, _HEIGHTS = 0.1, 1.5
# The similarity of what OCR read there with what the code says, from which on it is that.
_ALIKE = 0.8
_NO_LETTER = re.compile(r"[\W_]+")

Place = Callable[[BBox], BBox]


class ReadBarcodes:
    """Adds the barcodes of each page to its finds, and takes away the words that are bars or repeat a code.

    Where nothing was read though a code could be there, a nearer look is taken; of a scan without any code,
    at all of it, as it is displayed: MaxiCodes, and the photographs of other codes, have their way up.
    """

    name: ClassVar[str] = "barcodes"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "scanned", "image", "scale", "turns", "lines"})
    writes: ClassVar[frozenset[str]] = frozenset({"lines", "finds"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines) -> None:
        self._reader = reader
        self._engines = engines

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is None or (page.scanned and page.image is None):
                continue
            for code in self._codes(page, page.source):
                page.lines, words = without_code(page.lines or [], code)
                find = Find(FragmentType.BARCODE, code.bbox, _content(code), source=Source.MODEL, words=words)
                page.finds.append(find)

    def _codes(self, page: PageWork, source: SourcePage) -> list[Barcode]:
        """The codes of a page, their boxes on the upright page."""
        codes, areas = self._first_look(page, source)
        if page.image is not None and not codes:
            whole = BBox(0, 0, source.width, source.height)
            areas = [] if _is_seen_well(page, page.image) else [whole]
        for area in areas:
            found = self._look(page, source.ocr_scale * _NEARER, area)
            codes += [code for code in found if not _is_known(code, codes)]
        return codes[:_MOST]

    def _first_look(self, page: PageWork, source: SourcePage) -> tuple[list[Barcode], list[BBox]]:
        """The codes of a page (boxes on it upright), and where on it as displayed there could be more."""
        pose, words = page.pose, list(_text_boxes(page.lines or []))
        if page.image is not None:
            seen = self._engines.read_barcodes(page.image)
            known = [word.scaled(page.scale) for word in words] + [code.bbox for code in seen]
            areas = [pose.to_displayed(a.scaled(1 / page.scale)) for a in dense_areas(page.image, known)]
            return [_placed(code, 1 / page.scale) for code in seen], areas
        picture = self._reader.render(page.number, source.ocr_scale)
        scale = picture.shape[1] / source.width
        seen = self._engines.read_barcodes(picture)
        known = [pose.to_displayed(word).scaled(scale) for word in words] + [code.bbox for code in seen]
        areas = [area.scaled(1 / scale) for area in dense_areas(picture, known)]
        return [_placed(code, 1 / scale, pose.to_upright) for code in seen], areas

    def _look(self, page: PageWork, scale: float, area: BBox) -> list[Barcode]:
        """The codes in an area of the page as displayed, their boxes on the upright page."""
        picture = self._reader.render(page.number, scale, area)
        smaller = area.width / picture.shape[1]

        def place(box: BBox) -> BBox:
            return page.pose.to_upright(box.shifted(area.x1, area.y1))

        return [_placed(code, smaller, place) for code in self._engines.read_barcodes(picture)]


def code_fragment(code: Barcode, place: Box | None) -> PageFragment:
    """The fragment of a code on a page that came ready."""
    return PageFragment(
        fragment_type=FragmentType.BARCODE, content=_content(code), bbox=place, source=Source.MODEL
    )


def _content(code: Barcode) -> TextContent:
    return TextContent(content=f"{code.symbology}: {code.value}")


def _is_seen_well(page: PageWork, image: Image) -> bool:
    """Whether the first look showed a scan as it is displayed, and so small that the engine enlarged it."""
    return not page.turns and not page.angle and image.shape[0] * image.shape[1] <= SMALL


def _placed(code: Barcode, factor: float, place: Place | None = None) -> Barcode:
    """The code in another unit, and then in another space."""
    box = code.bbox.scaled(factor)
    return replace(code, bbox=place(box) if place else box)


def _is_known(code: Barcode, codes: Sequence[Barcode]) -> bool:
    """Whether a code was read before in the same place."""
    return any(max(code.bbox.inside(other.bbox), other.bbox.inside(code.bbox)) > _SAME for other in codes)


def _text_boxes(lines: Sequence[TextLine]) -> Iterator[BBox]:
    """The words that are text, and no bars."""
    for line in lines:
        for word in line.words:
            unsure = word.confidence is not None and word.confidence < _SURE
            if not unsure and not _BAR_FONT.search(word.font):
                yield word.bbox


def without_code(lines: Sequence[TextLine], code: Barcode) -> tuple[list[TextLine], list[Word]]:
    """The lines without the words that lie in a code, or beside it and say what it says; and these words."""
    near = [word for line in lines for word in line.words if _is_beside(word, code.bbox)]
    taken = {id(word) for word in near if code.bbox.holds(*word.bbox.center)}
    whole = [line.words for line in lines if all(_is_beside(word, code.bbox) for word in line.words)]
    for row in [*_rows(near), *whole]:
        if _says(row, code.value) or _says(row, code.printed):
            taken |= {id(word) for word in row}
    return without_words(lines, lambda word: id(word) in taken)


def _is_beside(word: Word, box: BBox) -> bool:
    reach_x, reach_y = (_BESIDE * side + _HEIGHTS * word.size for side in (box.width, box.height))
    around = BBox(box.x1 - reach_x, box.y1 - reach_y, box.x2 + reach_x, box.y2 + reach_y)
    return around.holds(*word.bbox.center)


def _rows(words: Sequence[Word]) -> list[list[Word]]:
    """Words side by side, each row from the left to the right."""
    found: list[list[Word]] = []
    for word in sorted(words, key=lambda one: one.bbox.center[1]):
        if found and word.bbox.y1 <= found[-1][-1].bbox.center[1] <= word.bbox.y2:
            found[-1].append(word)
        else:
            found.append([word])
    return [sorted(row, key=lambda one: one.bbox.x1) for row in found]


def _says(words: Sequence[Word], value: str) -> bool:
    """Whether words repeat a value, with or without signs at its ends; of words by OCR most is enough."""
    said, meant = _bare("".join(word.text for word in words)), _bare(value)
    least = _ALIKE if all(word.source is Source.OCR for word in words) else 1.0
    return bool(said) and any(
        Levenshtein.normalized_similarity(said, form, score_cutoff=least) >= least
        for form in (meant, meant[1:-1])
    )


def _bare(text: str) -> str:
    """Letters and digits, without zeros before them."""
    return _NO_LETTER.sub("", text).lstrip("0")
