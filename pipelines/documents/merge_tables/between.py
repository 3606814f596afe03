"""What stands between two tables that follow each other."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from pipelines.documents.merge_tables.standing import FOOT, NOTES, Standing, is_running
from pipelines.documents.merge_tables.strays import is_first_label, is_last_label
from pipelines.documents.merge_tables.words import is_note, letters, plain, without_mark
from pipelines.pages.captions import label_kind
from pipelines.work import PageRecord
from schemas.fragments import FragmentType, HeaderContent, PageFragment

_LONGEST_LINE = 200
"""Characters of what may stand at every page in the same words, or be a caption that is repeated."""
_ALIKE = 80
"""Percent of likeness from which two words of a scan are one: a letter of five may be misread."""
_FOOTNOTE = re.compile(
    r"^\W{0,2}(?:[*†‡§¶#]+|[¹²³⁴⁵⁶⁷⁸⁹⁰]+|<sup>|\$\^|\d{1,2}(?=[^\W\d_])|\(?[0-9a-z]{1,2}[).]\s|[0-9a-z]\s|"
    r"notes?\b|注|註)",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"^[(（\[].{1,60}[)）\]]$")
_LABEL_ALONE = re.compile(r"^[^\W\d]+\.?\s*(?:[Nn][oº°]\.?\s*)?[A-Z]?[\d.–-]*\d[.:]?$")
_NUMBERS = re.compile(r"\d+")


@dataclass(slots=True)
class Gap:
    """What is known of what stands between two pieces.

    ``blocked``: something that parts them. ``continued``: it says that the table goes on; ``captioned``: the
    caption or heading of the first stands above the second again; ``noted``: there are footnotes. ``label``
    is a last row of the first that was read as text, ``top`` such a first row of the second.
    """

    blocked: bool = False
    continued: bool = False
    captioned: bool = False
    noted: bool = False
    label: PageFragment | None = None
    top: PageFragment | None = None


def lines_of_pages(records: Sequence[PageRecord]) -> frozenset[str]:
    """Short texts that stand on several pages in the same words."""
    pages: defaultdict[str, set[int]] = defaultdict(set)
    for record in records:
        for fragment in record.fragments:
            text = fragment.content.content
            if fragment.fragment_type is not FragmentType.TABLE and len(text) <= _LONGEST_LINE:
                pages[letters(text)].add(record.number)
    return frozenset(text for text, numbers in pages.items() if text and len(numbers) > 1)


def gap_of(
    first: Standing,
    second: Standing,
    lead: Sequence[str],
    repeated: frozenset[str],
    above: Sequence[PageFragment] = (),
) -> Gap:
    """What stands between two pieces; ``lead`` are the captions and headings of the table up to the first.

    ``above`` is what else stands above the second in its column, though it was read before.
    """
    gap = Gap()
    same_page = first.piece.page == second.piece.page
    for fragment in [] if same_page else first.after:
        _pass_below(fragment, first, gap, lead, repeated)
    for fragment in above:
        _pass_above(fragment, first, second, gap, (), repeated)
    for fragment in second.before:
        if same_page and is_footnote(fragment, first, after_another=gap.noted):
            gap.noted = True
        else:
            _pass_above(fragment, first, second, gap, lead, repeated)
    return gap


def _pass_below(
    fragment: PageFragment, first: Standing, gap: Gap, lead: Sequence[str], repeated: frozenset[str]
) -> None:
    """What stands after the first piece on its page."""
    text = fragment.content.content.strip()
    if is_note(text):
        gap.continued = True
    elif is_running(fragment, first.height) or not text or _is_repeated(fragment, repeated):
        pass
    elif is_footnote(fragment, first, after_another=gap.noted):
        gap.noted = True
    elif gap.label is None and is_last_label(first.piece, fragment):
        gap.label = fragment
    elif not is_said_again(fragment, first, lead):
        gap.blocked = True


def _pass_above(
    fragment: PageFragment,
    first: Standing,
    second: Standing,
    gap: Gap,
    lead: Sequence[str],
    repeated: frozenset[str],
) -> None:
    """What stands before the second piece on its page."""
    text = fragment.content.content.strip()
    marked = without_mark(text)[1]
    if is_note(text):
        gap.continued = True
    elif _is_led(fragment, second, lead):
        gap.captioned = True
        gap.continued |= marked
    elif marked and len(text) <= _LONGEST_LINE:
        gap.continued = True
    elif gap.top is None and is_first_label(first.piece, second.piece, fragment):
        gap.top = fragment
    elif is_running(fragment, second.height) or not text or _IN_BRACKETS.match(text):
        pass
    elif not _is_repeated(fragment, repeated):
        gap.blocked = True


def _is_repeated(fragment: PageFragment, repeated: frozenset[str]) -> bool:
    """Whether it is a line that stands on several pages; a caption or heading belongs to one table."""
    text = fragment.content.content
    own = isinstance(fragment.content, HeaderContent) or label_kind(plain(text)) is not None
    own |= fragment.fragment_type is FragmentType.TABLE_CAPTION
    return not own and letters(text) in repeated


def is_said_again(fragment: PageFragment, first: Standing, lead: Sequence[str]) -> bool:
    """Whether it is the table's title once more, below it, where a page or a column had no room for a row."""
    titles = fragment.fragment_type is FragmentType.TABLE_CAPTION or isinstance(
        fragment.content, HeaderContent
    )
    return titles and _is_led(fragment, first, lead)


def _is_led(fragment: PageFragment, standing: Standing, lead: Sequence[str]) -> bool:
    """Whether a text is one of the captions and headings of the table, on the page of ``standing``."""
    text = fragment.content.content.strip()
    shorter = without_mark(text)[0]
    return len(text) <= _LONGEST_LINE and any(
        _is_same(shorter, without_mark(one)[0], scanned=standing.scanned) for one in lead
    )


def _is_same(one: str, other: str, *, scanned: bool) -> bool:
    """Whether a caption is another one: word by word; or its label alone ("Table 3").

    Words of a scan may be misread a little, their numbers not: "East" is never "West".
    """
    numbers, others = _NUMBERS.findall(one), _NUMBERS.findall(other)
    is_label = _LABEL_ALONE.match(plain(one)) and letters(plain(other)).startswith(letters(plain(one)))
    if is_label and numbers:
        return numbers == others[: len(numbers)]
    if not scanned or letters(one) == letters(other):
        return letters(one) == letters(other)
    words, other_words = one.casefold().split(), other.casefold().split()
    alike = (fuzz.ratio(a, b) >= _ALIKE for a, b in zip(words, other_words, strict=False))
    return numbers == others and len(words) == len(other_words) and all(alike)


def is_footnote(fragment: PageFragment, first: Standing, *, after_another: bool = False) -> bool:
    """Whether it is a note at the page's foot, by its mark or its small print; what follows one is, too."""
    if fragment.fragment_type not in NOTES or fragment.bbox is None:
        return False
    box = first.piece.box
    below = box is not None and fragment.bbox.y1 >= box.y2 - 1
    low = first.height is not None and fragment.bbox.y1 >= FOOT * first.height
    marked = bool(_FOOTNOTE.match(fragment.content.content))
    return below and low and (marked or after_another or first.is_small(fragment))
