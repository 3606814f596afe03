# mypy: disable-error-code="no-untyped-call"
"""Embedded text of a PDF page: characters to words and lines, and how far it can be trusted."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import groupby, pairwise
from statistics import median
from typing import Any, NamedTuple

import pymupdf

from pipelines.readers.direction import is_right_to_left
from pipelines.readers.hidden import HiddenTally
from pipelines.readers.pdf.actual_text import as_painted
from pipelines.readers.pdf.glyphs import (
    UNMAPPED,
    accent,
    accented,
    cleaned,
    is_bad,
    is_extension_font,
    is_math_font,
    of_code,
)
from pipelines.readers.pdf.hidden import Origin, Unseen, characters, is_clip, origin
from pipelines.readers.pdf.leaning import leaning, most_lean
from schemas.fragments import Source
from schemas.geometry import BBox, union_of
from schemas.reading import HiddenText, TextLine, Word

# Ligatures come expanded and unmapped glyphs as U+FFFD, because the flags for the opposite are not set;
# what is clipped away, or lies off the page, does not come at all.
_FLAGS = pymupdf.TEXT_PRESERVE_WHITESPACE | pymupdf.TEXT_MEDIABOX_CLIP
_INK_FLAGS = pymupdf.TEXT_CID_FOR_UNKNOWN_UNICODE | pymupdf.TEXT_ACCURATE_BBOXES
_ITALIC, _BOLD = 2, 16
_FAKE_BOLD, _BLANK = 8, 512
# A soft hyphen that has a width (font sizes) is a hyphen in a font that has no other.
_SOFT_HYPHEN, _SEEN = "\u00ad", 0.1
# Text this long with a smaller share of letters and digits than this is soup, not text.
_SOUP_LENGTH, _SOUP_SHARE = 200, 0.4
_LEADERS = frozenset("._-–—·•…|/*=+~<>()[]")
# Words with the same text that overlap so far, or whose corners are this close (points), were printed
# twice (shadows, faked bold).
_TWICE, _SHIFT = 0.7, 1.0
# MuPDF sees a space in gaps of a fifth of the font size; closely set lines have narrower ones.
_WORD_GAP = 0.11
# Pieces of a line share this much of their height, and stand this close (font sizes).
_SAME_LINE, _SPACE = 0.7, 0.6
# A script is smaller than its line, and stands this far off its baseline (the line's font sizes): TeX
# raises by 0.36 to 0.41 and lowers by 0.15 to 0.25, word processors by a third.
_SCRIPT_SIZE, _RAISED, _LOWERED, _MOST_OFF = 0.9, 0.12, 0.07, 0.8
# A word of so many small letters is not raised, it is small text that stands high.
_RAISED_WORD = re.compile(r"(?<![A-Za-z])[a-z]{4,}")
# What is smaller still (TeX's scripts of scripts have half the size) is text beside a drop cap.
_SMALLEST = 0.45
# The main text of a line has this share of its letters, and is the largest that has.
_MAIN_SHARE = 0.1
# A script stands this close (the line's font sizes) to what it belongs to.
_ATTACHED = 0.5
# Letters set wide: at least so many, single, with gaps below this (font sizes) that differ by less than
# that; a gap this many times as wide parts two words.
_SPACED_LETTERS, _WIDEST_SPACING, _UNEVEN, _SPACED_GAP = 4, 0.9, 0.25, 1.7
# An accent covers this share of its own width of the letter it belongs to.
_OVER = 0.5
# Writing at a steeper angle (its sine) than this is turned; what is less so is a skewed page.
_STEEP = 0.2
# Writing whose direction is no farther (its sine) from level runs across: turning a page rounds.
_LEVEL = 1e-4
_ARABIC = "\u0600"


@dataclass(slots=True)
class Embedded:
    """The text of a page; ``garbled``: the share that is no usable Unicode; ``hidden``: what was left out.

    ``lean``: see ``SourcePage``. ``places`` are those of what was left out.
    """

    lines: list[TextLine]
    garbled: float = 0.0
    hidden: list[HiddenText] = field(default_factory=list)
    lean: float = 0.0
    places: list[BBox] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """What the characters of a span have in common; ``level`` is 1 in a superscript, -1 in a subscript."""

    font: str
    size: float
    baseline: float
    bold: bool
    italic: bool
    invisible: bool
    level: int = 0

    def parts(self, other: _Run) -> bool:
        """Whether a word ends where one goes over into the other without a space."""
        if self.level != other.level or self.bold != other.bold or self.italic != other.italic:
            return True
        if abs(self.baseline - other.baseline) > _RAISED * max(self.size, other.size):
            return True
        return self.font != other.font and (is_math_font(self.font) or is_math_font(other.font))


class _Char(NamedTuple):
    """A character of one or (ligatures) several letters; boxes here are bare tuples: there are many."""

    text: str
    box: tuple[float, float, float, float]
    run: _Run


def embedded(
    page: pymupdf.Page,
    drawings: Sequence[dict[str, Any]],
    pictures: Sequence[dict[str, Any]],
    area: float | None = None,
) -> Embedded:
    """The words on the page that show, by line and in the file's order, in page units.

    Text printed twice at the same place is taken once; hidden text is left out and told of. The
    invisible text of a scan (its OCR) is taken, with that as its source. ``pictures``, ``area``: see
    ``Unseen``.
    """
    glyphs, tally = _Glyphs(page), HiddenTally()
    raw = as_painted(page, _FLAGS, tally)
    unseen = Unseen(page, drawings, pictures, glyphs, tally, area)
    limits = BBox(*page.rect)
    found: list[TextLine] = []
    printed: dict[str, list[BBox]] = {}
    text: list[str] = []
    leans: list[tuple[float, int]] = []
    for block in raw["blocks"]:
        for line in block.get("lines", ()):
            chars = _chars(line, unseen, glyphs)
            text += [char.text for char in chars]
            words = [
                word
                for word in _words(chars, level=_is_across(line))
                if limits.holds(*word.bbox.center) and not _is_printed(word, printed)
            ]
            if words:
                leans.append((leaning(line["dir"]), sum(len(word.text) for word in words)))
                words = in_logical_order(words)
                box = union_of([word.bbox for word in words])
                one = TextLine(words, box, block=block["number"], quarter_turns=_turns(line))
                if line["wmode"] and found and _goes_down(found[-1], one):
                    found[-1] = _with_character(found[-1], one)
                else:
                    found.append(one)
    unseen.count_missing(raw)
    return Embedded(
        list(_without_pieces(found)),
        garbled_share("".join(text)),
        tally.found(),
        most_lean(leans),
        unseen.places,
    )


def _without_pieces(lines: Sequence[TextLine]) -> Iterator[TextLine]:
    """The lines without words that stand inside others which they are a part of.

    Where a font lacks glyphs, some programs print the text a second time with what another font has.
    """
    heights: dict[int, list[Word]] = {}
    for line in lines:
        for word in line.words:
            heights.setdefault(round(word.bbox.y1), []).append(word)
    pieces: set[int] = set()
    for words in heights.values():
        whole: Word | None = None
        for word in sorted(words, key=lambda one: (round(one.bbox.x1), -one.bbox.x2)):
            if whole is None or word.bbox.x2 > whole.bbox.x2 + _SHIFT:
                whole = word
            elif word.text != whole.text and word.text in whole.text and word.size == whole.size:
                pieces.add(id(word))
    for line in lines:
        kept = [word for word in line.words if id(word) not in pieces] if pieces else line.words
        if len(kept) == len(line.words):
            yield line
        elif kept:
            yield replace(line, words=kept, bbox=union_of([word.bbox for word in kept]))


def whole_lines(lines: Sequence[TextLine]) -> list[TextLine]:
    """Neighbouring pieces on one baseline, no further apart than words are, as one line.

    Some programs write each word by itself, with spaces that MuPDF cannot see.
    """
    found: list[TextLine] = []
    for line in lines:
        if found and _goes_on(found[-1], line):
            before = found[-1]
            words = [*before.words, replace(line.words[0], space_before=True), *line.words[1:]]
            found[-1] = replace(before, words=words, bbox=before.bbox.union(line.bbox))
        else:
            found.append(line)
    return found


def _goes_on(before: TextLine, line: TextLine) -> bool:
    if before.quarter_turns or line.quarter_turns:
        return False
    shared = min(before.bbox.y2, line.bbox.y2) - max(before.bbox.y1, line.bbox.y1)
    backwards = is_right_to_left(before.text) and is_right_to_left(line.text)
    gap = before.bbox.x1 - line.bbox.x2 if backwards else line.bbox.x1 - before.bbox.x2
    level = shared > _SAME_LINE * max(before.bbox.height, line.bbox.height)
    return level and 0 < gap < _SPACE * min(before.words[-1].size, line.words[0].size)


def in_logical_order(words: list[Word]) -> list[Word]:
    """The words of a line of right-to-left text as they are read: from the right, others from their left.

    MuPDF orders the characters of a run, but takes the line's direction from its first word.
    """
    if len(words) < 2 or not is_right_to_left("".join(word.text for word in words)):
        return words
    ordered: list[Word] = []
    from_right = sorted(words, key=lambda word: -word.bbox.center[0])
    for foreign, group in groupby(from_right, key=lambda word: not is_right_to_left(word.text)):
        run = list(group)
        ordered += reversed(run) if foreign else run
    if ordered == words:
        return words
    spaced = [replace(ordered[0], space_before=words[0].space_before)]
    for before, word in pairwise(ordered):
        gap = max(before.bbox.x1, word.bbox.x1) - min(before.bbox.x2, word.bbox.x2)
        spaced.append(replace(word, space_before=gap > _WORD_GAP * word.size))
    return spaced


def garbled_share(text: str) -> float:
    """The share of ``text`` that is no usable Unicode, 0 to 1; all of it when it is glyph soup."""
    chars = [char for char in text if not char.isspace()]
    if not chars:
        return 0.0
    bad = sum(map(is_bad, chars))
    counted = [char for char in chars if char not in _LEADERS]
    if len(counted) >= _SOUP_LENGTH and sum(map(_is_readable, counted)) < _SOUP_SHARE * len(counted):
        return 1.0
    return bad / len(chars)


def _is_readable(char: str) -> bool:
    return unicodedata.category(char)[0] in "LNM" or char in ",;:!?'\"%$€£&"


class _Glyphs:
    """What ``rawdict`` does not say of all glyphs: characters by the font's encoding, boxes of the ink."""

    def __init__(self, page: pymupdf.Page) -> None:
        self._page = page

    @cached_property
    def _inked(self) -> dict[Origin, dict[str, Any]]:
        raw = self._page.get_text("rawdict", flags=_FLAGS | _INK_FLAGS)
        found: dict[Origin, dict[str, Any]] = {}
        for _, char in characters(raw):
            found.setdefault(origin(char["origin"]), char)  # an accent comes before its letter
        return found

    def named(self, char: dict[str, Any], font: str) -> str:
        """The character of a glyph that has none; ``UNMAPPED`` if it cannot be told."""
        return of_code(self._inked.get(origin(char["origin"]), char)["c"], font)

    def ink(self, char: dict[str, Any]) -> tuple[float, float, float, float]:
        """The box of what is painted: fonts of large delimiters say nothing true of their heights."""
        box: tuple[float, float, float, float] = self._inked.get(origin(char["origin"]), char)["bbox"]
        return box


def _chars(line: dict[str, Any], unseen: Unseen, glyphs: _Glyphs) -> list[_Char]:
    """The characters of a line that show, cleaned, blanks included."""
    found: list[_Char] = []
    across = _is_across(line)
    has_accents = has_ligatures = False
    for span, run in zip(line["spans"], _runs(line), strict=True):
        hidden = unseen.reasons(span, downwards=bool(line["wmode"]))
        tall = is_extension_font(run.font)
        for place, raw in enumerate(span["chars"]):
            char = raw["c"]
            if char == UNMAPPED:
                char = glyphs.named(raw, run.font)
            text = cleaned(char, run.font)
            if not text or (hidden and hidden[place]):
                continue
            if text == _SOFT_HYPHEN and raw["bbox"][2] - raw["bbox"][0] > _SEEN * run.size:
                text = "-"  # it is painted
            has_accents |= text > "\x7f" and accent(text) is not None
            has_ligatures |= text >= _ARABIC and raw["bbox"][0] == raw["bbox"][2]
            baseline = raw["origin"][1]
            if across and abs(baseline - run.baseline) > _LOWERED * run.size:
                run = replace(run, baseline=baseline)
            hangs = tall or char == "√"
            found.append(_Char(text, glyphs.ink(raw) if hangs else raw["bbox"], run))
    if has_ligatures:
        found = _ligatures_ordered(found)
    return _accents_joined(found) if has_accents and across else found


def _runs(line: dict[str, Any]) -> list[_Run]:
    """The line's spans, with the levels of those that are smaller and stand off its main text's baseline."""
    spans = line["spans"]
    runs = [
        _Run(
            span["font"],
            span["size"],
            span["origin"][1],
            is_bold(span),
            bool(span["flags"] & _ITALIC),
            span["alpha"] == 0 and not is_clip(span),
        )
        for span in spans
    ]
    if len(runs) == 1 or not _is_across(line):
        return runs
    solid = [i for i, span in enumerate(spans) if not (span["char_flags"] & _BLANK or runs[i].invisible)]
    main = _main_run([(runs[i], sum(char["c"].isalnum() for char in spans[i]["chars"])) for i in solid])
    if main is None:
        return runs
    size, baseline = main.size, main.baseline
    for i in solid:
        off = (baseline - runs[i].baseline) / size
        if _SMALLEST * size < runs[i].size < _SCRIPT_SIZE * size and abs(off) < _MOST_OFF:
            runs[i].level = 1 if off > _RAISED else -1 if off < -_LOWERED else 0
    _drop_false_scripts([(spans[i], runs[i]) for i in solid], _ATTACHED * size)
    return runs


def _main_run(runs: list[tuple[_Run, int]]) -> _Run | None:
    """The run of a line's main text: the largest that has its share of letters; None if all are alike."""
    if len({(run.size, round(run.baseline, 1)) for run, _ in runs}) < 2:
        return None
    letters = defaultdict[float, int](int)
    for run, count in runs:
        letters[run.size] += count
    enough = _MAIN_SHARE * sum(letters.values())
    sizes = [size for size, count in letters.items() if count and count >= enough]
    if not sizes:
        return None
    return max(((run, count) for run, count in runs if run.size == max(sizes)), key=lambda pair: pair[1])[0]


def is_bold(span: dict[str, Any]) -> bool:
    """Whether a span is set in bold, by its font or by being painted twice."""
    fake = span["char_flags"] & _FAKE_BOLD and span["alpha"]
    return bool(span["flags"] & _BOLD or fake or "bold" in span["font"].lower())


def _drop_false_scripts(spans: list[tuple[dict[str, Any], _Run]], near: float) -> None:
    """Takes back the level of what no one sets as a script.

    Such are words that stand beside nothing, small text after a space below the line, words raised as a
    whole, and ornaments.
    """
    for level, group in groupby(enumerate(spans), key=lambda pair: pair[1][1].level):
        indices = [i for i, _ in group]
        if not level:
            continue
        first, last = indices[0], indices[-1]
        left = spans[first - 1][0] if first else None
        right = spans[last + 1][0] if last + 1 < len(spans) else None
        before = left is not None and abs(spans[first][0]["bbox"][0] - left["bbox"][2]) < near
        after = right is not None and abs(right["bbox"][0] - spans[last][0]["bbox"][2]) < near
        text = "".join(char["c"] for i in indices for char in spans[i][0]["chars"])
        apart = left is not None and (left["chars"][-1]["c"].isspace() or text[:1].isspace())
        word = level > 0 and _RAISED_WORD.search(text) is not None
        ornament = all(unicodedata.category(char) == "So" for char in text.strip())
        below = level < 0 and left is not None and (apart or not before)
        if not (before or after) or below or word or ornament:
            for i in indices:
                spans[i][1].level = 0


def _accents_joined(chars: list[_Char]) -> list[_Char]:
    """Accents that were printed over the letter after them, and that letter, as one character."""
    found: list[_Char] = []
    for char in chars:
        mark = accent(found[-1].text) if found else None
        text = accented(char.text, mark) if mark and _is_over(found[-1].box, char.box) else None
        if text:
            found[-1] = _Char(text, char.box, char.run)
        else:
            found.append(char)
    return found


def _ligatures_ordered(chars: list[_Char]) -> list[_Char]:
    """Arabic ligatures in the order of their letters.

    MuPDF gives all the width to the first letter, and turns them about with the rest of the line.
    """
    found = list(chars)
    for i, (first, second) in enumerate(pairwise(chars)):
        flat = first.text.isalpha() and first.box[0] == first.box[2] and first.text >= _ARABIC
        if flat and second.text.isalpha() and second.box[2] == first.box[0]:
            found[i], found[i + 1] = second, first
    return found


def _is_over(mark: tuple[float, ...], letter: tuple[float, ...]) -> bool:
    over = min(mark[2], letter[2]) - max(mark[0], letter[0])
    return over >= _OVER * min(mark[2] - mark[0], letter[2] - letter[0])


def _words(chars: list[_Char], *, level: bool) -> Iterator[Word]:
    """Cuts a line at its spaces, at gaps as wide as one, where a script or a run of mathematics begins.

    ``level``: the line runs across the page.
    """
    spacing = _letter_spacing(chars) if level else None
    limit: float | None = None
    word: list[_Char] = []
    blank = space = False
    for char in chars:
        text, box, run = char
        if text.isspace():
            blank = spacing is None
            continue
        if word:
            last = word[-1]
            gap = box[0] - last.box[2]
            if spacing is not None:
                blank = gap > _SPACED_GAP * spacing
            elif level and gap > _WORD_GAP * run.size and text[0].isalnum():
                limit = _word_gap(chars) if limit is None else limit
                blank |= gap > limit * run.size
            if blank or (run is not last.run and run.parts(last.run)):
                yield _word(word, space)
                word, space = [], blank
        else:
            space = blank
        word.append(char)
        blank = False
    if word:
        yield _word(word, space)


def _letter_spacing(chars: list[_Char]) -> float | None:
    """The gap between the letters of a line that is set wide, in points; None for every other line."""
    if len(chars) < 2 * _SPACED_LETTERS - 1 or sum(char.text.isspace() for char in chars) < len(chars) // 3:
        return None
    solid = [char for char in chars if not char.text.isspace()]
    joined = sum(not a.text.isspace() and not b.text.isspace() for a, b in pairwise(chars))
    letters = sum(char.text.isalpha() for char in solid)
    if joined or letters < max(_SPACED_LETTERS, 0.75 * len(solid)):
        return None
    gaps = sorted(second.box[0] - first.box[2] for first, second in pairwise(solid))
    size, usual = solid[0].run.size, gaps[len(gaps) // 4]
    inner = [gap for gap in gaps if gap <= _SPACED_GAP * usual]
    if not 0 < usual < _WIDEST_SPACING * size or inner[-1] - inner[0] > _UNEVEN * size:
        return None
    return median(inner)


def _word_gap(chars: list[_Char]) -> float:
    """The gap (font sizes) from which a line's letters belong to two words: well above its usual gap."""
    gaps = [
        (second.box[0] - first.box[2]) / first.run.size
        for first, second in pairwise(chars)
        if first.run.size > 0 and not first.text.isspace() and not second.text.isspace()
    ]
    return max(0.0, median(gaps) if gaps else 0.0) + _WORD_GAP


def _word(chars: list[_Char], space: bool) -> Word:
    text = "".join([char.text for char in chars])
    bad = 0
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        text = text[:-1].replace(_SOFT_HYPHEN, "") + text[-1:]
        bad = sum(map(is_bad, text))
    run = chars[0].run
    boxes = [char.box for char in chars]
    box = BBox(
        min([b[0] for b in boxes]),
        min([b[1] for b in boxes]),
        max([b[2] for b in boxes]),
        max([b[3] for b in boxes]),
    )
    return Word(
        text=text,
        bbox=box,
        confidence=round(1.0 - bad / len(text), 4),
        size=run.size,
        bold=run.bold,
        italic=run.italic,
        superscript=run.level > 0,
        subscript=run.level < 0,
        space_before=space,
        source=Source.OCR if run.invisible else Source.DIGITAL,
        font=run.font,
        descent=round(max(0.0, box.y2 - run.baseline), 2),
    )


def _is_printed(word: Word, printed: dict[str, list[BBox]]) -> bool:
    """Whether the same word already stands here; remembers it if not."""
    places = printed.setdefault(word.text, [])
    if any(_is_twice(word.bbox, place) for place in places):
        return True
    places.append(word.bbox)
    return False


def _is_twice(box: BBox, other: BBox) -> bool:
    across, down = abs(box.x1 - other.x1), abs(box.y1 - other.y1)
    if across > _SHIFT + box.width or down > _SHIFT + box.height:
        return False
    return max(across, down) < _SHIFT or box.iou(other) > _TWICE


def _is_across(line: dict[str, Any]) -> bool:
    x, y = line["dir"]
    return bool(x > 0 and abs(y) <= _LEVEL)


def _turns(line: dict[str, Any]) -> int:
    """Clockwise quarter turns of the writing, the nearest; vertical writing counts as upright.

    What slants clearly is never upright: a watermark does not belong to the lines it crosses.
    """
    if line["wmode"]:
        return 0
    x, y = line["dir"]
    if abs(y) < _STEEP:
        return 0 if x > 0 else 2
    if abs(x) >= abs(y) and x < 0:
        return 2
    return 1 if y > 0 else 3


def _goes_down(above: TextLine, line: TextLine) -> bool:
    """Whether a line of vertical writing, of which each character comes as a line, goes on in another."""
    if above.block != line.block or len(above.words) > 1:
        return False
    shared = min(above.bbox.x2, line.bbox.x2) - max(above.bbox.x1, line.bbox.x1)
    aligned = shared > _SAME_LINE * max(above.bbox.width, line.bbox.width)
    return aligned and abs(line.bbox.y1 - above.bbox.y2) < _SPACE * line.words[0].size


def _with_character(above: TextLine, line: TextLine) -> TextLine:
    word, box = above.words[0], above.bbox.union(line.bbox)
    text = word.text + "".join(one.text for one in line.words)
    return replace(above, words=[replace(word, text=text, bbox=box)], bbox=box)
