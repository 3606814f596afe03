"""Which candidates are headings: what is set as the document's headings are, and numbered as they are."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Container, Sequence

from pipelines.documents.headings.candidates import Candidate
from pipelines.documents.headings.looks import Look, by_size, compare, is_larger, order
from pipelines.documents.headings.names import key
from pipelines.documents.headings.numbering import Numbering
from pipelines.pages.captions import label_kind
from pipelines.pages.contents import names_contents
from pipelines.work import PageRecord
from schemas.fragments import FragmentType
from schemas.reading import RegionKind

Bodies = dict[bool, Look]
"""How running text is set: what the file tells, and what is measured on scans."""

_Items = dict[tuple[str, tuple[int, ...]], list[tuple[int, Candidate]]]

_ENDS_A_SENTENCE = re.compile(r"[.,;:!…。，；：]$")
_WORD = re.compile(r"[^\W\d_]+")
_BULLET = re.compile(r"^[•◦▪■□●○◆◇►➢✓‣∙·–—-]\s")
_CONTINUED = re.compile(
    r"\W*\b(?:continued|cont['’]?d|cont|fortsetzung|forts|suite|continuación|cont|segue|vervolg)\b\W*$"
    r"|\s*[（(](?:续|續|続き|続|계속)[)）]$",
    re.IGNORECASE,
)
_LABEL = re.compile(r"^[^\W\d]{3,}\.? \d{1,3}\s?[:.]\s")
_CAPTIONS = {RegionKind.TABLE: FragmentType.TABLE_CAPTION, RegionKind.PICTURE: FragmentType.FIGURE_CAPTION}
_FLOATS = {FragmentType.TABLE, FragmentType.FIGURE, FragmentType.CHART}
# Headings without anything that sets them apart are some where so many of the headings are such.
_PLAIN_SHARE = 0.3
# So many headings establish how those of their kind are set; those of one form are set in so many ways.
_ESTABLISHED, _LOOKS = 2, 3
# Items of one list are no more than so many texts apart, and begin as far in but for this (font sizes).
_NEARBY, _SAME_EDGE = 3, 0.3
# So many different headings of few words in one look that sets them apart are headings however they end.
_RECURS, _FEW_WORDS = 3, 10
# Words shorter than this may be small in a heading whose words are capitalised.
_SMALL_WORD = 5
# Headings without numbers are no longer than this (characters).
_LONGEST = 300
# What was not seen as a heading, is no larger than running text, and is longer, is none.
_MOST_ROWS = 2


def drop(records: Sequence[PageRecord], found: Sequence[Candidate], bodies: Bodies) -> None:
    """Takes for what they are: running heads, captions, items of lists, sentences, titles of notes."""
    items = _listed(found)
    are_plain = _are_plain(found, bodies)
    highest = _highest(found)
    labels = _labels(records, found)
    recurring = _recurring(found, bodies)
    for place, one in enumerate(found):
        if not one.is_heading:
            continue
        is_plain = _is_plain(one.look, bodies)
        if _is_echo(one, highest):
            one.drop(FragmentType.PAGE_HEADER if one.at_head else FragmentType.TEXT)
        elif one.named:
            continue
        elif caption := _caption(records, one, bodies, labels):
            one.drop(caption)
        elif is_plain and any(_is_item(one, number, items, place) for number in one.readings):
            one.drop(FragmentType.LIST_ITEM)
        elif one.look in recurring and _is_titled(one.text):
            continue
        elif one.number is None and _is_text(one, bodies, may_be_plain=are_plain or not is_plain):
            one.drop(FragmentType.TEXT)


def _labels(records: Sequence[PageRecord], found: Sequence[Candidate]) -> frozenset[str]:
    """The forms of number with a word that nobody knows, most of which stand beside tables and pictures."""
    numbered = [
        (one.number.form, one) for one in found if one.is_heading and one.number and one.number.guessed
    ]
    times = Counter(form for form, _ in numbered)
    beside = Counter(form for form, one in numbered if _is_beside_float(records, one))
    return frozenset(form for form, n in beside.items() if 2 * n > times[form])


def _caption(
    records: Sequence[PageRecord], one: Candidate, bodies: Bodies, labels: Container[str]
) -> FragmentType | None:
    """The kind of caption that a heading is; beside a table any word with a number may begin one."""
    counts = one.number is not None and one.number.named
    is_beside = _is_beside_float(records, one)
    if (label := label_kind(one.text)) and (is_beside or not counts):
        return _CAPTIONS[label]
    is_large = is_larger(one.look, bodies[one.look.scanned])
    if counts or is_large or not is_beside:
        return None
    is_label = _LABEL.match(one.text) if one.number is None else one.number.form in labels
    return FragmentType.TABLE_CAPTION if is_label else None


def _is_text(one: Candidate, bodies: Bodies, *, may_be_plain: bool) -> bool:
    """Whether a heading without a number is a sentence, the title of a note, or set as running text is."""
    if len(one.text) > _LONGEST:
        return True
    if is_larger(one.look, bodies[one.look.scanned]):
        return False
    if one.inset or _ENDS_A_SENTENCE.search(one.text) or _BULLET.match(one.text):
        return True
    return not one.look.scanned and not may_be_plain


def _recurring(found: Sequence[Candidate], bodies: Bodies) -> frozenset[Look]:
    """The looks that set apart several different headings whose words are capitalised."""
    names = defaultdict[Look, set[str]](set)
    for one in found:
        if one.is_heading and not _is_plain(one.look, bodies) and _is_titled(one.text):
            names[one.look].add(one.keys[0])
    return frozenset(look for look, keys in names.items() if len(keys) >= _RECURS)


def _is_titled(text: str) -> bool:
    """Whether a text is a few words, all but the small ones capitalised: a title and no sentence.

    A single word is one if it is in capitals or ends with a full stop: the titles of notes are not.
    """
    words = _WORD.findall(text)
    large = [word for word in words if len(word) >= _SMALL_WORD or word.isupper()]
    alone = len(words) == 1 and not (text.isupper() or text.endswith("."))
    return 0 < len(large) <= _FEW_WORDS and all(word[0].isupper() for word in large) and not alone


def _are_plain(found: Sequence[Candidate], bodies: Bodies) -> bool:
    """Whether the document has many headings without numbers that are set as running text is."""
    headings = [one for one in found if one.is_heading]
    plain = [one for one in headings if one.number is None and _is_plain(one.look, bodies)]
    return len(plain) >= _PLAIN_SHARE * len(headings)


def _highest(found: Sequence[Candidate]) -> dict[str, Candidate]:
    """Of the headings of one name that which is set the highest, the first of them."""
    highest: dict[str, Candidate] = {}
    for one in found:
        for name in one.keys if one.is_heading else ():
            if name not in highest or compare(one.look, highest[name].look) < 0:
                highest[name] = one
    return highest


def _is_echo(one: Candidate, highest: dict[str, Candidate]) -> bool:
    """Whether it says again what another says: at a page's head, set lower; or that it is continued."""
    bare = _CONTINUED.sub("", one.text)
    other = highest.get(one.keys[0] if bare == one.text else key(bare))
    if other is None or other is one:
        return False
    return bare != one.text or (one.at_head and by_size(other.look, one.look) < 0)


def _is_plain(look: Look, bodies: Bodies) -> bool:
    """Whether nothing but its place sets it apart from running text."""
    return (
        not look.capitals
        and by_size(look, bodies[look.scanned]) == 0
        and look.style >= bodies[look.scanned].style
    )


def _listed(found: Sequence[Candidate]) -> _Items:
    """Where the items of lists stand, by their numbers, in order."""
    places: _Items = defaultdict(list)
    for place, one in enumerate(found):
        if one.kind is FragmentType.LIST_ITEM:
            for reading in one.readings:
                places[reading.form, reading.values].append((place, one))
    return places


def _is_item(one: Candidate, number: Numbering, items: _Items, place: int) -> bool:
    """Whether the number before or after its own is that of an item nearby, which begins where it does."""
    if number.named:
        return False
    *parent, value = number.values
    for step in (-1, 1):
        beside = items.get((number.form, (*parent, value + step)), [])
        first = bisect_left(beside, place - _NEARBY, key=_place_of)
        last = bisect_left(beside, place + _NEARBY + 1, key=_place_of)
        if any(_begin_alike(one, other) and _are_next(one, other) for _, other in beside[first:last]):
            return True
    return False


def _place_of(item: tuple[int, Candidate]) -> int:
    return item[0]


def _are_next(one: Candidate, other: Candidate) -> bool:
    """Whether nothing is between two texts of a page; over the end of a page it is not looked at."""
    return one.record != other.record or abs(one.fragment - other.fragment) == 1


def _begin_alike(one: Candidate, other: Candidate) -> bool:
    if one.box is None or other.box is None:
        return False
    return abs(one.box.x1 - other.box.x1) < _SAME_EDGE * one.look.size


def _is_beside_float(records: Sequence[PageRecord], one: Candidate) -> bool:
    fragments = records[one.record].fragments
    near = fragments[max(0, one.fragment - 2) : one.fragment + 3]
    return any(fragment.fragment_type in _FLOATS for fragment in near)


def add(found: Sequence[Candidate], bodies: Bodies) -> None:
    """Takes for headings what the document names, and what goes on the count or has the looks of others."""
    for one in found:
        if one.named and not one.is_heading:
            one.kind = FragmentType.SECTION_HEADER
    numbered, looks = _established(found)
    names = {one.keys[0] for one in found if one.is_heading}
    following = _following(found)
    last: dict[str, Candidate] = {}
    for one, after in zip(found, following, strict=True):
        if not one.is_heading and not one.dropped and _could_be(one, names, bodies):
            is_plain = _is_plain(one.look, bodies)
            is_alike = one.look in looks and not one.counts and not is_plain and not one.inset
            fitting = (
                (number, next_one)
                for number, next_one in zip(one.readings, after, strict=True)
                if _is_set_as(one.look, numbered.get(number.form, []))
            )
            counts = (n for n, next_one in fitting if _counts(one, n, last, next_one, is_plain=is_plain))
            one.number = next(counts, None)
            if one.number or (is_alike and one.kind is FragmentType.TEXT):
                one.kind = FragmentType.SECTION_HEADER
        if one.is_heading and one.number is not None:
            last[one.number.form] = one


def _following(found: Sequence[Candidate]) -> list[list[Numbering | None]]:
    """For each reading of each candidate the number of its form that the next heading with one has."""
    following: list[list[Numbering | None]] = []
    ahead: dict[str, Numbering] = {}
    for one in reversed(found):
        following.append([ahead.get(reading.form) for reading in one.readings])
        if one.is_heading and one.number:
            ahead[one.number.form] = one.number
    return following[::-1]


def _could_be(one: Candidate, names: Container[str], bodies: Bodies) -> bool:
    """Whether a text has the form of a heading; a running head says again what another is called."""
    is_short = one.rows <= _MOST_ROWS or is_larger(one.look, bodies[one.look.scanned])
    if not is_short or _ENDS_A_SENTENCE.search(one.text):
        return False
    return not (one.kind is FragmentType.PAGE_HEADER and one.keys[0] in names)


def _is_set_as(look: Look, looks: Sequence[Look]) -> bool:
    return any(compare(look, other) == 0 for other in looks)


def _counts(
    one: Candidate,
    number: Numbering,
    last: dict[str, Candidate],
    following: Numbering | None,
    *,
    is_plain: bool,
) -> bool:
    """Whether a number goes on the count of the headings, or begins it.

    The latter shows on its looks or on the next number. What nothing but its number sets apart from items of
    lists must fill a gap in the count, and begin where the heading before it does.
    """
    before = last.get(number.form)
    goes_on = before is not None and before.number is not None and number.follows(before.number)
    leads = following is not None and following.follows(number)
    if is_plain and one.kind is FragmentType.LIST_ITEM:
        return goes_on and leads and before is not None and _begin_alike(one, before)
    return goes_on or (number.values[-1] == 1 and (leads or not is_plain))


def _established(found: Sequence[Candidate]) -> tuple[dict[str, list[Look]], set[Look]]:
    """How headings with numbers of each form are set; and the looks of those without."""
    forms: defaultdict[str, Counter[Look]] = defaultdict(Counter)
    looks: Counter[Look] = Counter()
    for one in found:
        if one.is_heading and one.number is not None:
            forms[one.number.form][one.look] += 1
        elif one.is_heading:
            looks[one.look] += 1
    numbered = {
        form: [look for look, _ in of.most_common(3)]
        for form, of in forms.items()
        if of.total() >= _ESTABLISHED
    }
    return defaultdict(list, numbered), {look for look, times in looks.items() if times >= _ESTABLISHED}


def _could_be_title(one: Candidate) -> bool:
    return one.number is None and not one.counts and one.look.size > 0 and not names_contents(one.text)


def name_title(records: Sequence[PageRecord], found: Sequence[Candidate], bodies: Bodies) -> None:
    """Takes for the document's title what is set higher than all other headings, on its first page."""
    headings = [one for one in found if one.is_heading]
    if not headings or records[0].number != 1 or headings[0].record > 1:
        return
    first = headings[0].record
    could_be = [one for one in headings if one.record == first and _could_be_title(one)]
    best = min(could_be, key=lambda one: order(one.look), default=None)
    if best is None or not is_larger(best.look, bodies[best.look.scanned]):
        return
    if all(one is best or compare(one.look, best.look) > 0 for one in headings):
        best.kind = FragmentType.TITLE
        for one in could_be:
            if one.place < best.place and not one.named and not is_larger(one.look, bodies[one.look.scanned]):
                one.kind = FragmentType.TEXT  # who wrote it, and when
