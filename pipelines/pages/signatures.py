"""Handwritten signatures: those that are seen, those written into the file with a pen, and signed fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from models.base import Engines
from pipelines.pages.certainty import mean_confidence
from pipelines.pages.finds import without_words
from pipelines.pages.parts import upright_page
from pipelines.readers.base import Reader
from pipelines.work import Find, PageWork
from schemas.fragments import FragmentType, Source, TextContent
from schemas.geometry import BBox, joined
from schemas.reading import FieldKind, Sighting, SourcePage, TextLine, Word

# The longer side (pixels) of the picture of a digital page: what the detector looks at.
_SIDE = 1024
# From this score on what is seen is a signature; with less when a pen's ink in the file is there, when words
# beside it ask for one, or when nothing in it can be read. What reads as words needs more: it may be a note.
_SURE, _ASKED_FOR, _INKED, _UNREAD, _READ = 0.4, 0.2, 0.2, 0.35, 0.5
# Ink is what is seen when their boxes overlap by this IoU. Ink of which words fill this share marks the text.
_SEEN_AS, _MARKS = 0.3, 0.1
# A word lies in a box by this share; two boxes are of one thing when the smaller is in the other by as much.
_WITHIN = 0.5
# What OCR reads out of strokes it is seldom as sure of as this. Print it is sure of.
_JUNK, _PRINT = 0.8, 0.97
# Handwriting that can be read it is as sure of as this, and finds words over so much of it.
_LEGIBLE, _FILLS = 0.85, 0.8
# Print that covers this share of a box is what is in it; so does a date or a number, with so many digits.
# Characters are no wider than that many of their heights.
_COVERS, _COVERED, _DIGITS, _WIDEST = 0.5, 0.25, 0.5, 2.5
# Strokes of one signature are not further apart than this share of the larger one's height.
_STROKES_APART = 0.5
# How words of many languages begin that ask for a signature, or that letters end with before one.
_CUES = tuple(
    "signat signed signé authori approv witness unterschrift unterzeichn gezeichnet firma assin "
    "handtekening podpis underskrift allekirjoitus imza подпис υπογραφή 签名 签字 簽名 簽署 署名 서명 "
    "sincerely truly yours faithfully respectfully cordial regards grüßen hochachtungsvoll atenciosamente "
    "atentamente saludos".split()
)
# A cue is beside a signature when it is no further from it than this many of the signature's heights.
_NEAR = 1.5


class FindSignatures:
    """Adds a find for each signature; takes words that OCR made of its strokes out of the page's lines."""

    name: ClassVar[str] = "signatures"
    reads: ClassVar[frozenset[str]] = frozenset({"source", "scanned", "image", "scale", "turns", "lines"})
    writes: ClassVar[frozenset[str]] = frozenset({"finds", "lines"})
    batch: ClassVar[int] = 1

    def __init__(self, reader: Reader, engines: Engines) -> None:
        self._reader = reader
        self._engines = engines

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """See ``PageStage``."""
        for page in pages:
            if page.source is not None:
                self._find_on(page, page.source, page.lines or [])

    def _find_on(self, page: PageWork, source: SourcePage, lines: Sequence[TextLine]) -> None:
        inks = strokes_joined([page.pose.to_upright(box) for box in self._reader.inks(page.number)])
        found = _distinct(self._signed(page) + seen_signatures(self._seen(page, source), inks, lines))
        page.finds += [_find(sighting) for sighting in found]
        page.lines, _ = without_words(lines, lambda word: _is_junk(word, found))

    def _signed(self, page: PageWork) -> list[Sighting]:
        """The fields of the page that are signed, where they show."""
        return [
            Sighting(page.pose.to_upright(field.bbox), 1.0)
            for field in self._reader.fields(page.number)
            if field.kind is FieldKind.SIGNATURE and field.is_set and field.bbox and field.bbox.area
        ]

    def _seen(self, page: PageWork, source: SourcePage) -> list[Sighting]:
        """What the detector sees, in units of the upright page; a blank scan has nothing to see."""
        if page.scanned and page.image is None:
            return []
        picture, scale = upright_page(page, self._reader, _SIDE / max(source.width, source.height))
        return [
            Sighting(sighting.bbox.scaled(1 / scale), sighting.score)
            for sighting in self._engines.find_signatures(picture)
        ]


def strokes_joined(inks: Sequence[BBox]) -> list[BBox]:
    """The boxes of what was written with a pen: strokes that lie close to each other are one."""
    return joined(sorted(inks, key=lambda box: (box.x1, box.y1)), _close)


def _close(one: BBox, other: BBox) -> bool:
    reach = _STROKES_APART * max(one.height, other.height)
    return _gap(one, other) <= reach


def _gap(one: BBox, other: BBox) -> float:
    """How far apart two boxes are, along the axis where they are further apart."""
    across = max(one.x1, other.x1) - min(one.x2, other.x2)
    down = max(one.y1, other.y1) - min(one.y2, other.y2)
    return max(across, down, 0.0)


def seen_signatures(
    seen: Sequence[Sighting], inks: Sequence[BBox], lines: Sequence[TextLine]
) -> list[Sighting]:
    """Those of ``seen`` that are signatures, by their score and by the words and ``inks`` of the page.

    A pen's ink that is a signature gives it its box. Ink alone is none: people draw arrows and ring words.
    """
    words = [word for line in lines for word in line.words]
    cues = [word.bbox for word in words if _is_cue(word)]
    inks = [ink for ink in inks if not _marks_text(ink, words)]
    found: list[Sighting] = []
    for sighting in seen:
        ink = next((ink for ink in inks if ink.iou(sighting.bbox) >= _SEEN_AS), None)
        if ink is not None:
            needed, box = _INKED, ink
        else:
            asked = any(_beside(sighting.bbox, cue) for cue in cues)
            needed, box = _ASKED_FOR if asked else _needed(sighting.bbox, words), sighting.bbox
        if sighting.score >= needed and (ink is not None or not _is_text(box, words)):
            found.append(Sighting(box, sighting.score))
    return found


def _needed(box: BBox, words: Sequence[Word]) -> float:
    """The score that makes a signature of what nothing asks for: the more of it can be read, the more."""
    inner = [word for word in words if word.bbox.inside(box) > _WITHIN]
    if not inner:
        return _UNREAD
    is_legible = (mean_confidence(inner) or 0.0) >= _LEGIBLE and _share(inner, box) >= _FILLS
    return _READ if is_legible else _SURE


def _is_cue(word: Word) -> bool:
    return word.text.lower().lstrip("(*_ ").startswith(_CUES)


def _beside(box: BBox, cue: BBox) -> bool:
    """Whether a cue stands above, below or to the left of a box."""
    return cue.x1 <= box.x2 and _gap(box, cue) <= _NEAR * box.height


def _marks_text(ink: BBox, words: Sequence[Word]) -> bool:
    return sum(word.bbox.intersection(ink) for word in words) > _MARKS * ink.area


def _is_text(box: BBox, words: Sequence[Word]) -> bool:
    """Whether what is in the box is text: a number, words of the file, or words that OCR is sure of."""
    inner = [word for word in words if word.bbox.inside(box) > _WITHIN]
    covered = _share(inner, box)
    read = [char for word in inner for char in word.text if char.isalnum()]
    if covered < _COVERED or len(read) * _WIDEST * box.height < box.width:
        return False
    if sum(char.isdecimal() for char in read) >= _DIGITS * len(read):
        return True
    confidence = mean_confidence([word for word in inner if word.source is Source.OCR])
    return covered >= _COVERS and (confidence is None or confidence >= _PRINT)


def _share(words: Sequence[Word], box: BBox) -> float:
    return sum(word.bbox.intersection(box) for word in words) / box.area


def _is_junk(word: Word, signatures: Sequence[Sighting]) -> bool:
    """Whether a word is what OCR made of a signature's strokes."""
    if word.source is not Source.OCR or (mean_confidence([word]) or 0) >= _JUNK:
        return False
    return any(word.bbox.inside(signature.bbox) > _WITHIN for signature in signatures)


def _distinct(found: Sequence[Sighting]) -> list[Sighting]:
    """One of each signature: the first of those in the same place."""
    kept: list[Sighting] = []
    for sighting in found:
        if not any(_same(sighting.bbox, other.bbox) for other in kept):
            kept.append(sighting)
    return kept


def _same(one: BBox, other: BBox) -> bool:
    return max(one.inside(other), other.inside(one)) > _WITHIN


def _find(sighting: Sighting) -> Find:
    content = TextContent(content="Signature detected")
    return Find(FragmentType.SIGNATURE, sighting.bbox, content, confidence=round(sighting.score, 4))
