"""What a place to write at is called: its own label, the print beside it, the heading it stands under."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from statistics import median

from pipelines.pages.forms.beside import Phrase, Print, Side
from pipelines.pages.forms.blanks.places import Drawing, Place
from pipelines.pages.forms.flat.pieces import BLANK, COLONS
from schemas.geometry import BBox
from schemas.reading import Region, RegionKind, TextLine, Word

HEADINGS = {RegionKind.TITLE, RegionKind.SECTION_HEADER}
# Where print that names a place is looked for, the likeliest first (line heights).
_OF_FRAMES = (
    (Side.LEFT, 4.0),
    (Side.ABOVE, 1.2),
    (Side.LEFT, 25.0),
    (Side.ABOVE, 2.5),
    (Side.BELOW, 1.5),
    (Side.RIGHT, 12.0),
)
_OF_LINES = ((Side.LEFT, 4.0), (Side.BELOW, 1.0), (Side.ABOVE, 2.5), (Side.LEFT, 25.0), (Side.RIGHT, 1.5))
_OF_RUNS = ((Side.LEFT, 4.0), (Side.BELOW, 0.8), (Side.ABOVE, 1.2))
# Print that ends in a colon names what begins so far after it, whatever else is near.
_ASKING = 12.0
_LONGEST = 200
# What stands below a place and names it is wider by so much at most.
_WIDER = 2.0
# A line of larger letters (times the usual size), or bold ones, with few words is a heading.
_LARGER, _HEADING_WORDS, _MOST_HEADINGS = 1.15, 10, 300
_DATE = re.compile(
    r"\b(?:mm?|dd?|tt?|jj|yy(?:yy)?|aaaa|jjjj)([/.-])(?:mmm?|dd?)\1(?:yy(?:yy)?|dd?|jj(?:jj)?|aa(?:aa)?)\b",
    re.IGNORECASE,
)
# A box of which only the number stands beside it is named by what that counts, so far to the left.
_CODE, _ROW = re.compile(r"^\(?\d{0,2}[a-z]?\)?\.?$"), 60.0
_SIGNED = re.compile(
    r"^\W*(?:signed|initials)\b|\b(?:signature|signatures|sign here|autograph|unterschrift|"
    r"unterzeichnet|signé|firma d\w+|la firma|assinatura|handtekening|podpis|underskrift)\b|"
    r"подпись|υπογραφή|签名|签字|签章|署名|서명|توقيع",
    re.IGNORECASE,
)


class Names:
    """The print of a page, to name places by."""

    def __init__(
        self,
        lines: Sequence[TextLine],
        regions: Iterable[Region],
        boxes: Sequence[BBox],
        frames: Sequence[BBox] = (),
    ) -> None:
        """``boxes`` are all places of the page: none is named by print beyond another.

        What stands in one of the ``frames`` is no heading.
        """
        self._print = Print(lines, boxes)
        titles = [region.bbox for region in regions if region.kind in HEADINGS]
        found = [(box, _text_in(box, lines)) for box in titles]
        found += [(line.bbox, tidy(line.text)) for line in _standing_out(lines, boxes)]
        self._headings = [one for one in found if not any(frame.holds(*one[0].center) for frame in frames)]

    def of(self, place: Place) -> tuple[list[str], list[Word]]:
        """The names of a place, the likeliest first, and the words that say so; none where none is near."""
        words = list(place.label.words) if place.label else []
        own = [*place.names, place.label.text if place.label else ""]
        names = [name for text in own if (name := tidy(text))]
        label = place.label.bbox if place.label else None
        if not names:
            sides = {Drawing.LINE: _OF_LINES, Drawing.TYPED: _OF_RUNS}.get(place.drawing, _OF_FRAMES)
            found = (self._near(place.bbox, side, reach) for side, reach in sides)
            phrase = self._near(place.bbox, Side.LEFT, _ASKING)
            if phrase is None or not phrase.printed.endswith(COLONS):
                phrase = next((phrase for phrase in found if phrase and tidy(phrase.text)), None)
            if phrase:
                phrase = self._without_heading(phrase)
                names, words, label = [tidy(phrase.text)], phrase.words, phrase.bbox
        if len(names) == 1 and _CODE.match(names[0]) and label:
            counted = self._print.beside(label, Side.LEFT, _ROW)[0]
            if counted and (name := tidy(_level(counted, label))):
                numbered = name if name.split()[0] == names[0] else f"{names[0]} {name}"
                names, words = [numbered, name, names[0]], words + counted.words
        return list(dict.fromkeys(names)), words

    def _near(self, box: BBox, side: Side, reach: float) -> Phrase | None:
        """The print at a side; below, none that is far wider: a note, a sentence."""
        phrase = self._print.beside(box, side, reach)[0]
        is_wide = phrase is not None and phrase.bbox.width > _WIDER * box.width
        return None if side is Side.BELOW and is_wide else phrase

    def _without_heading(self, phrase: Phrase) -> Phrase:
        """A phrase without the words of a heading that it was joined with."""
        own = [w for w in phrase.words if not any(box.holds(*w.bbox.center) for box, _ in self._headings)]
        return Phrase.of(own) if own and any(char.isalpha() for w in own for char in w.text) else phrase

    def headings(self, box: BBox) -> list[str]:
        """The nearest heading above a box, in its column."""
        over = [
            (heading.y2, text)
            for heading, text in self._headings
            if text and heading.y2 <= box.y1 + 0.5 * box.height and heading.x1 < box.x2
        ]
        return [max(over)[1]] if over else []


def _level(phrase: Phrase, label: BBox) -> str:
    """The words of a phrase that are level with a label: close rows are joined in one phrase."""
    return " ".join(word.text for word in phrase.words if word.bbox.y1 < label.center[1] < word.bbox.y2)


def tidy(text: str) -> str:
    """A name as it is told: without the runs to fill in, colons and stars around it."""
    name = BLANK.sub(" ", text)
    name = " ".join(name.split()).strip("".join(COLONS) + " *∗_▶►[]|").rstrip("$€£¥ ")
    if name.startswith("(") and name.endswith(")") and name.count("(") == 1:
        name = name[1:-1]
    return name[:_LONGEST] if any(map(str.isalnum, name)) else ""


def date_format(texts: Iterable[str]) -> str:
    """How a date is to be written, if a text says so: ``mm/dd/yyyy``."""
    return next((found[0].casefold() for text in texts if (found := _DATE.search(text))), "")


def is_signature(names: Sequence[str]) -> bool:
    """Whether a place is one to sign at."""
    return any(_SIGNED.search(name) for name in names[:2])


def _standing_out(lines: Sequence[TextLine], boxes: Sequence[BBox]) -> list[TextLine]:
    """Short lines in larger or bolder letters than most that are no label of a place."""
    words = [word for line in lines for word in line.words]
    if not words:
        return []
    usual = median(word.size for word in words)
    bold = 2 * sum(word.bold for word in words) < len(words)
    found = [
        line
        for line in lines
        if 0 < len(line.words) <= _HEADING_WORDS
        and not line.quarter_turns
        and all((bold and word.bold) or word.size >= _LARGER * usual for word in line.words)
    ]
    return [line for line in found[:_MOST_HEADINGS] if not any(_is_at(line.bbox, box) for box in boxes)]


def _is_at(line: BBox, box: BBox) -> bool:
    """Whether a place stands beside a line, or right below it and begins where it does."""
    level = line.y1 < box.center[1] < line.y2 or box.y1 < line.center[1] < box.y2
    below = 0 <= box.y1 - line.y2 < line.height and abs(box.x1 - line.x1) < line.height
    return level or below


def _text_in(box: BBox, lines: Sequence[TextLine]) -> str:
    return tidy(" ".join(line.text for line in lines if box.holds(*line.bbox.center)))
