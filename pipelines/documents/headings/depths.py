"""From what is known of all headings to the level of each."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from pipelines.documents.headings.candidates import Candidate
from pipelines.documents.headings.looks import Look, compare, order
from pipelines.documents.headings.sequence import Form, depths, forms, is_decimal_form
from pipelines.pages.contents import names_contents

DEEPEST = 5
"""Markdown has six levels, the title's among them."""

# The document's own word counts for a kind of heading when so many of the kind are told, and so many alike.
_TOLD, _AGREED = 0.5, 0.8
# In a document of fewer headings each may be the only one of its level.
_FEW = 6
# Looks of one size are no more than so many; in a document whose headings all differ, so many count.
_STYLES, _MOST_LOOKS = 12, 50
# So many headings make a level of their own.
_SEVERAL = 2


@dataclass(slots=True)
class _Kind:
    """Headings of one level: of one form of number, or without one and set alike."""

    members: list[Candidate]
    form: Form | None
    level: int | None = None

    @property
    def look(self) -> Look:
        """That of most of them."""
        looks = [one.look for one in self.members]
        return Look(
            median(look.size for look in looks),
            Counter(look.style for look in looks).most_common(1)[0][0],
            2 * sum(look.capitals for look in looks) > len(looks),
            2 * sum(look.scanned for look in looks) > len(looks),
        )


def levels(headings: Sequence[Candidate]) -> dict[tuple[int, int], int]:
    """The level of each heading by its place, 1 the highest.

    Kinds of headings get their levels from bookmarks or the table of contents, else from how their numbers
    lie in each other; the other kinds are ranked among these by their looks.
    """
    ranked = [one for one in headings if one.told is not None or not names_contents(one.text)]
    found = {one.place: 1 for one in headings}  # a table of contents stands as high as what it lists
    kinds = _with_told(_kinds(ranked))
    _take_depths(kinds, ranked)
    kinds = _with_inner(kinds)
    _rank(kinds)
    steps = sorted({kind.level for kind in kinds if kind.level is not None})
    for kind in kinds:
        level = steps.index(kind.level) + 1 if kind.level is not None else 1
        found |= {one.place: min(level, DEEPEST) for one in kind.members}
    return found


def _kinds(headings: Sequence[Candidate]) -> list[_Kind]:
    numbered: defaultdict[Form, list[Candidate]] = defaultdict(list)
    plain: list[list[Candidate]] = []
    rest = []
    for one, form in zip(headings, forms(headings), strict=True):
        if form is not None:
            numbered[form].append(one)
        else:
            rest.append(one)
    for one in sorted(rest, key=lambda one: (one.look.scanned, *order(one.look))):
        same = next((kind for kind in plain[-_STYLES:] if _is_same(kind[0].look, one.look)), None)
        if same is None:
            plain.append([one])
        else:
            same.append(one)
    return [
        *(_Kind(members, form) for form, members in numbered.items()),
        *(_Kind(members, None) for members in plain),
    ]


def _is_same(one: Look, other: Look) -> bool:
    return one.scanned == other.scanned and compare(one, other) == 0


def _with_told(kinds: Sequence[_Kind]) -> list[_Kind]:
    """The kinds with the levels that the document tells; one without numbers that has several is parted.

    What alone is told to stand above the rest is not believed: often the first entry leads to the document.
    """
    times = Counter(one.told for kind in kinds for one in kind.members if one.told is not None)
    top = min((level for level, n in times.items() if n > 1), default=min(times, default=0))
    found = []
    for kind in kinds:
        own = Counter(one.told for one in kind.members if one.told is not None and one.told >= top)
        usual, most = own.most_common(1)[0] if own else (None, 0)
        agreed = most >= _AGREED * own.total()
        if usual is None or own.total() < _TOLD * len(kind.members) or (kind.form and not agreed):
            found.append(kind)
        elif agreed:
            found.append(replace(kind, level=usual - top + 1))
        else:
            told = defaultdict(list)
            for one in kind.members:
                told[usual if one.told is None or one.told < top else one.told].append(one)
            found += [_Kind(members, kind.form, level - top + 1) for level, members in told.items()]
    return found


def _take_depths(kinds: Sequence[_Kind], headings: Sequence[Candidate]) -> None:
    """Kinds with numbers that are not told lie as deep below those that are as their numbers do.

    Of decimals all do: nothing says better how deep they lie.
    """
    found = depths(headings, forms(headings))
    told = [kind for kind in kinds if kind.form in found and kind.level is not None]
    for decimal in (True, False):
        own = [kind for kind in told if kind.form and is_decimal_form(kind.form) == decimal] or told
        off = [kind.level - found[kind.form] for kind in own if kind.form and kind.level is not None]
        offset = round(median(off)) if off else 0
        for kind in kinds:
            if (
                kind.form in found
                and is_decimal_form(kind.form) == decimal
                and (decimal or kind.level is None)
            ):
                kind.level = found[kind.form] + offset


def _with_inner(kinds: Sequence[_Kind]) -> list[_Kind]:
    """The kinds; headings without numbers between numbered ones that are set alike are parts of these.

    Before and after them they stand as high: prefaces, references.
    """
    numbered = [(kind.look, kind, kind.level) for kind in kinds if kind.form and kind.level is not None]
    found = []
    for kind in kinds:
        look = kind.look
        is_known = kind.form is not None or kind.level is not None
        twins = [] if is_known else [twin for twin in numbered if compare(twin[0], look) == 0]
        spans = [(twin.members[0].place, twin.members[-1].place) for _, twin, _ in twins]
        inner = [one for one in kind.members if any(first < one.place < last for first, last in spans)]
        if len(inner) < _SEVERAL:
            found.append(kind)
            continue
        places = {one.place for one in inner}
        found.append(_Kind(inner, None, 1 + max(level for _, _, level in twins)))
        if outer := [one for one in kind.members if one.place not in places]:
            found.append(_Kind(outer, None))
    return found


def _rank(kinds: Sequence[_Kind]) -> None:
    """Ranks the kinds without a level among the others by their looks, the highest first.

    What comes before all headings whose levels are known, as on a cover, makes no level of its own, unless
    it has lower headings below it time and again, as chapters have.
    """
    leading = _leading(kinds)
    known = [kind for kind in kinds if kind.level is not None]
    strata = [(kind.look, kind.level) for kind in known if kind.level is not None]
    begins = min((one.place for kind in known for one in kind.members), default=(0, 0))
    few = sum(len(kind.members) for kind in kinds) < _FEW
    for kind in sorted((kind for kind in kinds if kind.level is None), key=lambda kind: order(kind.look)):
        inner = max(sum(one.place > begins for one in kind.members), leading[kind.members[0].place])
        alone = inner < _SEVERAL if known else len(kind.members) < _SEVERAL
        kind.level = _level_among(strata, kind.look, alone=alone)
        is_new = all(compare(look, kind.look) != 0 and level != kind.level for look, level in strata)
        if is_new and len(strata) < _MOST_LOOKS and (not alone or few or not known):
            strata.append((kind.look, kind.level))


def _leading(kinds: Sequence[_Kind]) -> Counter[tuple[int, int]]:
    """By the place of the first heading of a kind, how many of it come right before one that is set lower."""
    looks = [kind.look for kind in kinds]
    series = sorted((one.place, i) for i, kind in enumerate(kinds) for one in kind.members)
    lower = (i for (_, i), (_, j) in pairwise(series) if compare(looks[i], looks[j]) < 0)
    return Counter(kinds[i].members[0].place for i in lower)


def _level_among(strata: Sequence[tuple[Look, int]], look: Look, *, alone: bool) -> int:
    """Where a look belongs among others with their levels, of which there are none between theirs.

    One that stands above them all has a level of its own unless it is ``alone``.
    """
    likes = (look, replace(look, capitals=not look.capitals)) if alone else (look,)
    for like in likes:
        if same := [level for other, level in strata if compare(other, like) == 0]:
            return min(same)
    above = max((level for other, level in strata if compare(other, look) < 0), default=None)
    below = [level for other, level in strata if compare(other, look) > 0]
    if above is None:
        return min(below, default=1) - (1 if below and not alone else 0)
    return above + 1
