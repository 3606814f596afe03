"""What the file's bookmarks and the document's own tables of contents tell of its headings."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Sequence

from pipelines.documents.headings.candidates import Candidate
from pipelines.documents.headings.contents import Entry
from pipelines.documents.headings.names import Names, key
from pipelines.documents.headings.numbering import readings
from pipelines.work import PageRecord
from schemas.fragments import FragmentType

# A bookmark leads to the heading's top, or to this share of the page's height above it or below.
_NEAR = 0.15
# Pages that are not counted, and headings at a page's end, put an entry off by so many pages.
_EARLY = 1
# A name without its number that is shorter may be any other.
_LEAST_LETTERS = 4
# A page has no more bookmarks that are looked at.
_MOST_ON_A_PAGE = 200


def told_names(records: Sequence[PageRecord], listed: Sequence[Entry]) -> frozenset[str]:
    """The keys of the names that bookmarks and tables of contents tell."""
    titles = (bookmark.title for record in records for bookmark in record.bookmarks)
    return frozenset(map(key, (*titles, *(entry.name for entry in listed))))


def tell(records: Sequence[PageRecord], found: Sequence[Candidate], listed: Sequence[Entry]) -> None:
    """Marks the candidates that bookmarks or tables of contents name, with the level told.

    Bookmarks go first: they lead to a page, and their levels are exact. Where there are few of them, the
    table of contents tells the rest.
    """
    by_bookmarks = _by_bookmarks(records, found)
    by_contents = _by_contents(records, found, listed)
    for place in by_bookmarks.keys() | by_contents.keys():
        found[place].named = True
    fuller = by_bookmarks if 2 * len(by_bookmarks) >= len(by_contents) else by_contents
    for place, level in fuller.items():
        found[place].told = level


def _by_bookmarks(records: Sequence[PageRecord], found: Sequence[Candidate]) -> dict[int, int | None]:
    on_page: defaultdict[int, list[int]] = defaultdict(list)
    for place, one in enumerate(found):
        on_page[one.record].append(place)
    told: dict[int, int | None] = {}
    for index, record in enumerate(records):
        places = on_page.get(index, [])
        if not record.bookmarks or not places:
            continue
        names = Names([found[place].keys for place in places])
        height = record.size.height if record.size else 0.0
        for bookmark in record.bookmarks[:_MOST_ON_A_PAGE]:
            same = names.places(bookmark.title, 0, len(places))
            if not same and (rest := _without_number(bookmark.title)):
                same = names.places(rest, 0, len(places))
            if not same:
                nearly = names.nearly(bookmark.title, 0, len(places))
                same = [] if nearly is None else [nearly]
            same = [i for i in same if places[i] not in told]
            if same:
                y = bookmark.y if bookmark.y is not None else found[places[same[0]]].y
                best = min(same, key=lambda i: (not found[places[i]].is_heading, abs(found[places[i]].y - y)))
                one = found[places[best]]
                if one.is_heading or bookmark.y is None or abs(one.y - bookmark.y) <= _NEAR * height:
                    told[places[best]] = bookmark.level
    return told


def _by_contents(
    records: Sequence[PageRecord], found: Sequence[Candidate], listed: Sequence[Entry]
) -> dict[int, int | None]:
    """Entries name headings of the pages they tell, which are all printed the same number of pages early."""
    if not listed:
        return {}
    names = Names([one.keys for one in found])
    pages = [records[one.record].number for one in found]
    offset = _offset(listed, found, names, pages)
    told: dict[int, int | None] = {}
    at = 0
    for entry in listed:
        expected = None if offset is None or entry.page is None else entry.page + offset
        first, last = at, len(found)
        if expected is not None:
            first, last = bisect_left(pages, expected - _EARLY), bisect_left(pages, expected + _EARLY + 1)
        place = _place(entry.name, found, names, first, last, told)
        if place is not None:
            told[place] = entry.level
            at = place + 1
    return told


def _place(
    name: str, found: Sequence[Candidate], names: Names, first: int, last: int, taken: Container[int]
) -> int | None:
    """The candidate of a name: a heading rather than another text, and that only to the letter."""
    same = names.places(name, first, last) or names.places(_without_number(name), first, last)
    same = [i for i in same if i not in taken and found[i].kind is not FragmentType.PAGE_HEADER]
    if same:
        return next((i for i in same if found[i].is_heading), same[0])
    nearly = names.nearly(name, first, last)
    return nearly if nearly is not None and nearly not in taken and found[nearly].is_heading else None


def _offset(
    listed: Sequence[Entry], found: Sequence[Candidate], names: Names, pages: Sequence[int]
) -> int | None:
    """By how much the number of a page in the file is larger than the one printed on it, if that is sure."""
    offsets: Counter[int] = Counter()
    for entry in listed:
        same = [i for i in names.places(entry.name, 0, len(found)) if found[i].is_heading]
        if entry.page is not None and len(same) == 1:
            offsets[pages[same[0]] - entry.page] += 1
    if not offsets:
        return None
    offset, times = offsets.most_common(1)[0]
    return offset if times > 1 and 2 * times > offsets.total() else None


def _without_number(title: str) -> str:
    """A name without its number, where something is left to know it by."""
    found = readings(title)
    return found[0].rest if found and len(key(found[0].rest)) >= _LEAST_LETTERS else ""
