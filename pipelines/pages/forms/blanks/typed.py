"""Blanks that are typed: runs of underscores, dots or dashes, alone or amid a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from pipelines.pages.forms.blanks.places import Drawing, Ground, Place
from pipelines.pages.forms.flat.pieces import COLONS
from schemas.geometry import BBox, union_of
from schemas.reading import TextLine, Word

# How wide characters are beside a letter, in most fonts.
_WIDTHS = {"_": 1.0, ".": 0.5, "…": 2.0, "·": 0.5, "-": 0.6, ":": 0.5}
# A run narrower than this (line heights) is punctuation.
_LEAST = 1.5
# Runs closer than this (line heights), with nothing between, are one.
_JOINS = 1.0
# What is written stands over the run, as high as this (line heights).
_HIGH, _FOOT = 1.25, 0.15
# What parts the runs of one date or number. Runs go on in a line so far below that ends alike (line heights).
_MARK = re.compile(r"\W{1,2}")
_NEXT, _ENDS = 2.5, 3.0
_STROKE = re.compile(r"[-/._|,;:]{1,2}")
# A blank is named by so many words before it at most.
_MOST_WORDS = 12
_RUN = re.compile(r"_{2,}|[.…·‥]{4,}|…[.…]+|-{6,}|^[.…·‥]{2,}$")
# Dots that lead to a number or a short code at the end of a line are no room to write.
_LED_TO = re.compile(r"^\W*(?:\d{1,4}[A-Za-z]?|[ivxlcIVXLC]{1,5})[).]?$")
_BRACKETED = re.compile(r"^\W*\(([^()]{2,60})\)")
_CLAUSE, _SENTENCE = re.compile(r"(?<=\w\w)[.;:,]\s+|,\s+"), re.compile(r"(?<=\w\w\w)[.;]\s+")


@dataclass(slots=True)
class _Part:
    """A stretch of a line: text, or a run to fill in."""

    text: str
    bbox: BBox
    is_blank: bool


def typed(lines: Sequence[TextLine], ground: Ground) -> list[Place]:
    """The typed blanks of a page, named by the words around them.

    Runs that slashes or the like part (``__/__/____``) are one blank, and those that go on in the next line.
    """
    found: list[Place] = []
    before = ""
    for line in lines:
        if line.quarter_turns:
            continue
        parts = _joined(list(_parts(line)), line.bbox.height)
        places = list(_places(parts, before, ground))
        if found and places and len(parts) == 1 and _goes_on(found[-1], places[0]):
            found[-1].take(places[0].bbox)
        else:
            found += places
        before = parts[-1].text if parts and not parts[-1].is_blank else ""
    return found


def _goes_on(place: Place, below: Place) -> bool:
    """Whether a run alone in its line goes on from the one that ends the line above."""
    height = below.bbox.height
    ends = abs(place.bbox.x2 - below.bbox.x2) < _ENDS * height
    return ends and 0 < below.bbox.y2 - place.bbox.y2 < _NEXT * height


def printed(lines: Sequence[TextLine]) -> list[BBox]:
    """Where the words of a page stand, less the runs in them and the marks that part such."""
    parts = (part for line in lines for part in _parts(line))
    return [part.bbox for part in parts if not part.is_blank and not _STROKE.fullmatch(part.text)]


def _parts(line: TextLine) -> Iterator[_Part]:
    for word in line.words:
        yield from _cut(word)


def _cut(word: Word) -> Iterator[_Part]:
    """A word in runs and texts; where they end is reckoned from the usual widths of the characters."""
    cuts = {0, len(word.text)}
    runs = [match.span() for match in _RUN.finditer(word.text)]
    for start, end in runs:
        cuts |= {start, end}
    widths = [_WIDTHS.get(char, 1.0) for char in word.text]
    unit = word.bbox.width / max(sum(widths), 1e-6)
    ends = sorted(cuts)
    for start, end in pairwise(ends):
        x1, x2 = (word.bbox.x1 + unit * sum(widths[:i]) for i in (start, end))
        yield _Part(word.text[start:end], BBox(x1, word.bbox.y1, x2, word.bbox.y2), (start, end) in runs)


def _joined(parts: Sequence[_Part], height: float) -> list[_Part]:
    """Runs that follow each other closely as one, texts too."""
    found: list[_Part] = []
    for part in parts:
        last = found[-1] if found else None
        close = last is not None and part.bbox.x1 - last.bbox.x2 < _JOINS * height
        if last and last.is_blank == part.is_blank and (close or not part.is_blank):
            space = "" if part.is_blank else " "
            found[-1] = _Part(last.text + space + part.text, last.bbox.union(part.bbox), part.is_blank)
        else:
            found.append(part)
    return found


def _places(parts: Sequence[_Part], before: str, ground: Ground) -> Iterator[Place]:
    """The runs of a line as places; ``before`` is the text that the line goes on from."""
    sentence = " ".join("____" if part.is_blank else part.text for part in parts)
    texts = sum(not part.is_blank and any(map(str.isalpha, part.text)) for part in parts)
    for group in _groups(parts):
        first, last = group[0], group[-1]
        room = union_of([parts[i].bbox for i in group])
        height = room.height
        is_led = last + 2 == len(parts) and _is_leader(parts[last], parts[-1])
        if sum(parts[i].bbox.width for i in group) < _LEAST * height or is_led:
            continue
        alone = len(parts) == len(group) and not before.rstrip().endswith(COLONS)
        left = parts[first - 1] if first else _Part("" if alone else before, room, is_blank=False)
        right = parts[last + 1].text if last + 1 < len(parts) else ""
        rooms = [_room(parts[i].bbox, ground) for i in group]
        place = Place(
            union_of(rooms),
            Drawing.TYPED,
            names=list(_names("" if left.is_blank else left.text, right, texts)),
        )
        place.parts = rooms if len(rooms) > 1 else []
        place.context = [sentence] if texts > 1 else []
        yield place


def _groups(parts: Sequence[_Part]) -> list[list[int]]:
    """The indices of the runs; those with nothing but a mark of a date or a number between as one."""
    groups: list[list[int]] = []
    for i, part in enumerate(parts):
        if not part.is_blank:
            continue
        if groups and groups[-1][-1] == i - 2 and _MARK.fullmatch(parts[i - 1].text):
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _room(run: BBox, ground: Ground) -> BBox:
    """Where the writing stands: over the run, a little higher than its line where there is room."""
    top = ground.ceiling(run, (_HIGH - 1) * run.height)
    return BBox(run.x1, top, run.x2, run.y2 - _FOOT * run.height)


def _is_leader(run: _Part, last: _Part) -> bool:
    is_note = last.bbox.y2 < run.bbox.y2 - 0.2 * run.bbox.height  # a raised figure
    return run.text[0] in ".…·‥" and not is_note and bool(_LED_TO.match(last.text))


def _names(left: str, right: str, texts: int) -> Iterator[str]:
    """What a run may be called: what stands in brackets after it, the end of the text before it.

    Of a sentence, which has several ``texts``, that is the last clause.
    """
    hint = _BRACKETED.match(right)
    if hint and not right.rstrip().endswith(COLONS):
        yield hint[1].strip()
    clause = (_CLAUSE if texts > 1 else _SENTENCE).split(left.strip().rstrip(":： "))[-1]
    words = clause.split()[-_MOST_WORDS:]
    name = " ".join(words).strip(" ,;:：-–—")
    if any(map(str.isalpha, name)):
        yield name
