"""Running heads, feet and page numbers: what stands at the same place of several pages in the same words."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from statistics import median

from pipelines.pages.kinds import is_page_number
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment, TextContent

_COULD_RUN = {
    FragmentType.TEXT,
    FragmentType.TITLE,
    FragmentType.SECTION_HEADER,
    FragmentType.LIST_ITEM,
    FragmentType.PAGE_HEADER,
    FragmentType.PAGE_FOOTER,
    FragmentType.PAGE_NUMBER,
}
_RUNS = {FragmentType.PAGE_HEADER, FragmentType.PAGE_FOOTER, FragmentType.PAGE_NUMBER}
# Running lines stand in this share of the page's height at its head or foot, and are no longer than this.
_MARGIN, _LONGEST = 0.15, 200
# In this share nothing else stands, as a rule.
_EDGE = 0.08
# Pages agree on a line's place to this share of their height, and on that of one whose words change closer;
# the latter are as high, but for this share.
_SAME_PLACE, _SAME_SLOT, _SAME_HEIGHT = 0.02, 0.006, 0.15
# So many pages, or in a short document so many, must carry a line; of what looks like a heading, this share
# of all pages: slides may share theirs. The fewer suffice where a page's reading took it for a running line,
# and at the edge of pages up to so many.
_MOST_NEEDED, _LEAST_NEEDED = 3, 2
_SHORT = 5
_HEADING_SHARE = 0.5
# Longer text is none that runs; on so many of the pages it may reach further than what runs.
_RUNNING_TEXT, _REACHING = 100, 0.05
# What is larger than most of the page's lines by this factor may be a heading that several pages share.
_LARGER = 1.3
# Nothing runs through this middle part of a page.
_MIDDLE = (0.25, 0.75)
_DIGITS = re.compile(r"\d+|\b[ivxlc]{1,7}\b")
_SPACE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class _Spot:
    """A fragment that could be a running line: where it is, what it says with its numbers masked.

    ``heading``: it is set like one; ``told``: its page's reading took it for a running line; ``caption``: for
    the caption of a table (a number in it is the table's own).
    """

    record: int
    fragment: int
    words: str
    number: int | None
    middle: float
    height: float
    heading: bool
    told: bool
    caption: bool


def with_running_lines(records: Sequence[PageRecord]) -> list[PageRecord]:
    """The records with headers first, footers last, and both known by repetition.

    Text at the head or foot of several pages in the same words, numbers apart, is a page header or footer; so
    is what stands in its very place on other pages, such as the names of their chapters. A number alone that
    counts with the pages is a page number. What a layout called a header in the middle of a page, and no
    other page repeats, is text.
    """
    spots = [spot for r, record in enumerate(records) for spot in _spots(r, record)]
    repeated = list(_repeated(spots, len(records)))
    top, bottom = _reach(records)
    named = [s for s in [*repeated, *_told(spots)] if not _is_number(s.words)]
    apart = [s for s in named if s.middle <= top or s.middle >= bottom]
    running = [*repeated, *_in_their_places(spots, apart)]
    places = {(spot.record, spot.fragment) for spot in running}
    kinds = {place: _kind(records, place) for place in places}
    return [_renamed(record, r, kinds) for r, record in enumerate(records)]


def _spots(place: int, record: PageRecord) -> Iterator[_Spot]:
    if record.size is None or not record.size.height:
        return
    usual = _usual_height(record)
    for i, fragment in enumerate(record.fragments):
        text = fragment.content.content
        kind = fragment.fragment_type
        caption = kind is FragmentType.TABLE_CAPTION
        could_run = kind in _COULD_RUN or (caption and not _DIGITS.search(text))
        if not could_run or fragment.bbox is None or len(text) > _LONGEST:
            continue
        middle = (fragment.bbox.y1 + fragment.bbox.y2) / 2 / record.size.height
        if min(middle, 1 - middle) <= _MARGIN:
            numbers = re.findall(r"\d+", text)
            words = _SPACE.sub(" ", _DIGITS.sub("0", text.casefold())).strip()
            number = int(numbers[-1]) - record.number if len(numbers) == 1 and len(numbers[0]) < 6 else None
            height = fragment.bbox.y2 - fragment.bbox.y1
            heading = isinstance(fragment.content, HeaderContent) and height > _LARGER * usual
            shares = middle, height / record.size.height
            yield _Spot(place, i, words or text.strip(), number, *shares, heading, kind in _RUNS, caption)


def _usual_height(record: PageRecord) -> float:
    """How high lines are as a rule, those of tables apart, which are set smaller; 0 if there are none."""
    tables = [f.bbox.bbox() for f in record.fragments if f.fragment_type is FragmentType.TABLE and f.bbox]
    heights = [
        line.bbox.height
        for line in record.lines
        if not any(table.holds(*line.bbox.center) for table in tables)
    ]
    return median(heights) if heights else 0.0


def _repeated(spots: Sequence[_Spot], pages: int) -> Iterator[_Spot]:
    """The lines that repeat."""
    alike: defaultdict[str, list[_Spot]] = defaultdict(list)
    for spot in spots:
        alike[spot.words].append(spot)
    for words, same in alike.items():
        for group in _at_one_place(same):
            if _is_number(words):
                group = _counting(group)
            elif any(spot.told for spot in group):
                group = [spot for spot in group if not spot.heading]
            else:
                group = [spot for spot in group if not spot.caption]
            if len({spot.record for spot in group}) >= _needed(group, pages):
                yield from group


def _needed(group: Sequence[_Spot], pages: int) -> float:
    """How many of the pages must have lines alike at one place for them to be running lines."""
    edge = any(min(spot.middle, 1 - spot.middle) <= _EDGE for spot in group)
    short = pages <= (_SHORT if edge else _MOST_NEEDED)
    few = short or any(spot.told for spot in group)
    least = _LEAST_NEEDED if few else _MOST_NEEDED
    headings = 2 * sum(spot.heading for spot in group) > len(group)
    return max(least, _HEADING_SHARE * pages) if headings else least


def _body(record: PageRecord) -> tuple[float, float] | None:
    """From where to where (shares of its height) a page has what is too long, or of no kind, to run."""
    boxes = [
        f.bbox
        for f in record.fragments
        if f.bbox and (f.fragment_type not in _COULD_RUN or len(f.content.content) > _RUNNING_TEXT)
    ]
    if not boxes or record.size is None or not record.size.height:
        return None
    height = record.size.height
    return min(box.y1 for box in boxes) / height, max(box.y2 for box in boxes) / height


def _reach(records: Sequence[PageRecord]) -> tuple[float, float]:
    """From where to where the bodies of the pages reach, but for a few of them."""
    bodies = [body for record in records if (body := _body(record)) is not None]
    few = int(_REACHING * len(bodies))
    if not bodies:
        return 0.0, 1.0
    return sorted(top for top, _ in bodies)[few], sorted(bottom for _, bottom in bodies)[-1 - few]


def _told(spots: Sequence[_Spot]) -> Iterator[_Spot]:
    """The lines at a page's edge that its reading took for running ones, as were most at that place."""
    for group in _at_one_place(spot for spot in spots if min(spot.middle, 1 - spot.middle) <= _EDGE):
        told = [spot for spot in group if spot.told]
        if 2 * len(told) >= len(group):
            yield from told


def _in_their_places(spots: Sequence[_Spot], repeated: Sequence[_Spot]) -> Iterator[_Spot]:
    """What stands just where lines repeat, and is as high, on the pages that have none of these there."""
    slots = sorted({(round(spot.middle, 3), round(spot.height, 3)) for spot in repeated})
    taken = {(spot.record, spot.middle < 0.5) for spot in repeated}
    for spot in spots:
        if (spot.record, spot.middle < 0.5) in taken or spot.heading or spot.caption:
            continue
        first = bisect_left(slots, (spot.middle - _SAME_SLOT, 0.0))
        near = slots[first : bisect_left(slots, (spot.middle + _SAME_SLOT, 0.0))]
        if any(abs(spot.height - height) <= _SAME_HEIGHT * height for _, height in near):
            yield spot


def _is_number(words: str) -> bool:
    return set(words) <= {"0", " "}


def _at_one_place(spots: Iterable[_Spot]) -> Iterator[list[_Spot]]:
    group: list[_Spot] = []
    for spot in sorted(spots, key=lambda spot: spot.middle):
        if group and spot.middle - group[-1].middle > _SAME_PLACE:
            yield group
            group = []
        group.append(spot)
    if group:
        yield group


def _counting(group: Sequence[_Spot]) -> list[_Spot]:
    """Of numbers alone, those that count with the pages."""
    steps = Counter(spot.number for spot in group if spot.number is not None)
    if not steps:
        return []
    step = steps.most_common(1)[0][0]
    return [spot for spot in group if spot.number == step]


def _kind(records: Sequence[PageRecord], place: tuple[int, int]) -> FragmentType:
    record, index = records[place[0]], place[1]
    fragment = record.fragments[index]
    assert fragment.bbox is not None  # noqa: S101 - only fragments with a box are spots
    assert record.size is not None  # noqa: S101
    if is_page_number(fragment.content.content):
        return FragmentType.PAGE_NUMBER
    at_head = (fragment.bbox.y1 + fragment.bbox.y2) / 2 < record.size.height / 2
    return FragmentType.PAGE_HEADER if at_head else FragmentType.PAGE_FOOTER


def _renamed(record: PageRecord, place: int, kinds: dict[tuple[int, int], FragmentType]) -> PageRecord:
    heads: list[PageFragment] = []
    body: list[PageFragment] = []
    feet: list[PageFragment] = []
    for i, fragment in enumerate(record.fragments):
        kind = kinds.get((place, i))
        if kind is not None and kind is not fragment.fragment_type:
            changed = _as(fragment, kind)
            part = heads if _is_at_head(fragment, record) else feet
            part.append(changed)
        elif kind is None and fragment.fragment_type in _RUNS and _is_in_the_middle(fragment, record):
            body.append(_as(fragment, FragmentType.TEXT))
        else:
            body.append(fragment)
    return replace(record, fragments=[*heads, *body, *feet])


def _as(fragment: PageFragment, kind: FragmentType) -> PageFragment:
    content = TextContent(content=fragment.content.content)
    return fragment.model_copy(update={"fragment_type": kind, "content": content})


def _is_at_head(fragment: PageFragment, record: PageRecord) -> bool:
    return bool(fragment.bbox and record.size and fragment.bbox.y1 + fragment.bbox.y2 < record.size.height)


def _is_in_the_middle(fragment: PageFragment, record: PageRecord) -> bool:
    """Whether a line across the page stands where nothing runs (what runs up a side may)."""
    if fragment.bbox is None or record.size is None:
        return False
    box = fragment.bbox.bbox()
    middle = box.center[1] / record.size.height
    return box.width > box.height and _MIDDLE[0] < middle < _MIDDLE[1]
