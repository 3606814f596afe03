"""Fragments that know no pages, on the pages where a word processor shows them, with boxes.

Their words are found again among those of the laid-out pages: what comes again on each page (heads and
feet), then all others in order, as text flows, then by themselves those that stand elsewhere (notes at the
end of a page, text boxes). What cannot be found stays with its neighbours and has no box.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from lxml import html

from pipelines.readers.laid_out.alignment import aligned, markdown_tokens, spoken_tokens
from pipelines.readers.laid_out.document import LaidOutDocument
from pipelines.readers.laid_out.figures import figure_boxes
from pipelines.readers.laid_out.heads import HEADS, Head, renumbered, shown_heads
from pipelines.readers.laid_out.words import PageWords
from schemas.fragments import FragmentType, PageFragment, TableCell, TableContent, TextContent
from schemas.geometry import BBox, Box, PageSize

_FIGURES = frozenset({FragmentType.FIGURE, FragmentType.CHART})
# A fragment is found where this share of its words is.
_FOUND, _FOUND_ALONE = 0.4, 0.6
# One of fewer words must be whole but for a few, and one of more may then be found anywhere.
_LONG, _FOUND_WHOLE = 5, 0.7
# Words of one fragment are no strays if what lies between is at most so many times what lies between in
# the fragment, and so many words more (notes and pictures in between).
_SPREAD, _BETWEEN = 3, 40
_LEAST_PART = 0.2
# A fragment that stands elsewhere is looked for at so many places, where the rarest of its first words are.
_MOST_PLACES, _LEAD = 40, 8
# ...and fewer, if it has so many words that all would be too many.
_MOST_COMPARED = 40_000
# Between two fragments stand at most so many times a third's words; or symbols, if it is a formula.
_MOST_WORDS, _MOST_SYMBOLS = 2, 200
# Of a header or footer so many words say which it is.
_LONGEST_HEAD = 100


@dataclass(frozen=True, slots=True)
class PlacedFragment:
    """A fragment on its page, and its index among those it came with."""

    index: int
    fragment: PageFragment


class _Cell(NamedTuple):
    text: str
    tokens: list[str]


@dataclass(slots=True)
class PlacedPage:
    """A page with what starts on it, in order; size in whole points."""

    size: PageSize
    fragments: list[PlacedFragment] = field(default_factory=list)


def placed(fragments: Sequence[PageFragment], document: LaidOutDocument) -> list[PlacedPage]:
    """All pages of the document with their fragments, boxes in points.

    Each fragment stands on one page, the one where it starts, its box around what is there of it (in the
    column where it starts); only heads and feet are on every page that shows them. Tables get ``cells``
    where all of their cells that hold anything were found on one page.
    """
    return _Placement(fragments, document).pages()


class _Placement:
    """The words of a document's fragments and of its pages, and which belong together."""

    def __init__(self, fragments: Sequence[PageFragment], document: LaidOutDocument) -> None:
        self._fragments, self._document = fragments, document
        self._words = PageWords(document)
        self._cells = {i: _cells(one) for i, one in enumerate(fragments) if _is_table(one)}
        self._tokens = [self._tokens_of(index) for index in range(len(fragments))]
        self._body = [i for i, fragment in enumerate(fragments) if fragment.fragment_type not in HEADS]
        # Of each fragment that was found: its words on the page where it starts.
        self._found: dict[int, list[int]] = {}
        self._boxed_cells: dict[int, list[TableCell]] = {}

    def pages(self) -> list[PlacedPage]:
        """See ``placed``."""
        pages = [PlacedPage(self._document.size(page)) for page in range(self._document.page_count)]
        self._place_heads(pages)
        self._place_in_order()
        self._place_elsewhere()
        self._place_between()
        places = {index: (self._words.page(own[0]), self._box(index)) for index, own in self._found.items()}
        figures = [i for i in self._body if self._fragments[i].fragment_type in _FIGURES]
        places.update(figure_boxes(figures, places, self._document))
        home = min(places.items())[1][0] if places else 0
        for index in self._body:
            home, box = places.get(index, (home, None))
            pages[home].fragments.append(PlacedFragment(index, self._boxed(index, box)))
        for page in pages:
            page.fragments.sort(key=lambda one: one.index)
        return pages

    def _place_heads(self, pages: Sequence[PlacedPage]) -> None:
        """Heads and feet on every page that shows them; on the first page, if none does."""
        kinds = {i: one.fragment_type for i, one in enumerate(self._fragments) if one.fragment_type in HEADS}
        heads = [
            Head(i, kind, self._tokens[i][:_LONGEST_HEAD]) for i, kind in kinds.items() if self._tokens[i]
        ]
        unseen = set(kinds)
        for number, page in enumerate(pages if heads else ()):
            indices = self._words.on_pages(number, number)
            words = self._words.shown(indices)
            for head, found in shown_heads(heads, words, page.size.height):
                own = [indices[word] for word in found]
                self._words.take(own, head.index)
                fragment = self._boxed(head.index, self._words.box(own))
                if isinstance(fragment.content, TextContent):
                    content = renumbered(fragment.content, [words[word].text for word in found])
                    fragment = fragment.model_copy(update={"content": content})
                page.fragments.append(PlacedFragment(head.index, fragment))
                unseen.discard(head.index)
        pages[0].fragments.extend(PlacedFragment(index, self._fragments[index]) for index in unseen)

    def _place_in_order(self) -> None:
        """What the pages show in the order of the document."""
        native = [(index, at, token) for index in self._body for at, token in enumerate(self._tokens[index])]
        shown = self._words.free_tokens()
        matches = aligned([token for *_, token in native], [token for token, _ in shown])
        pairs: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for (index, at, _), match in zip(native, matches, strict=True):
            if match >= 0:
                pairs[index].append((at, match))
        for index, found in pairs.items():
            kept = _without_strays(found)
            wanted = len(self._tokens[index])
            if len(kept) >= (_FOUND if wanted >= _LONG else _FOUND_WHOLE) * wanted:
                self._own(index, [(at, shown[match][1]) for at, match in kept])

    def _place_elsewhere(self) -> None:
        """What stands out of order: between what was found before and after it; if it is long, anywhere."""
        missing = [index for index in self._body if index not in self._found and self._tokens[index]]
        shown = self._words.free_tokens()
        places: dict[str, list[int]] = defaultdict(list)
        for place, (token, _) in enumerate(shown):
            places[token].append(place)
        starts = [word for _, word in shown]
        settled = sorted(self._found)
        # Long ones can be told anywhere, short ones by what was found around them.
        for index in sorted(missing, key=lambda one: (len(self._tokens[one]) < _LONG, one)):
            first, last = self._window(index, settled)
            words = self._words.on_pages(first, last)
            window = range(bisect_left(starts, words.start), bisect_left(starts, words.stop))
            is_long = len(self._tokens[index]) >= _LONG
            found = self._search(index, shown, places, window, _FOUND_ALONE if is_long else _FOUND_WHOLE)
            if not found and is_long:
                found = self._search(index, shown, places, range(len(shown)), _FOUND_WHOLE)
            if found:
                self._own(index, found)
                insort(settled, index)

    def _window(self, index: int, settled: Sequence[int]) -> tuple[int, int]:
        """The first and last page on which a fragment may stand, by those around it (``settled``)."""
        at = bisect_left(settled, index)
        if at == len(settled):
            return 0, self._words.last_page  # what comes last may be notes, which stand on any page
        after = self._words.page(self._found[settled[at]][0])
        before = self._words.page(self._found[settled[at - 1]][0]) if at else after
        # What comes after may itself stand out of order, on the page before the one that is looked for.
        return min(before, after), min(max(before + 1, after), self._words.last_page)

    def _search(
        self,
        index: int,
        shown: Sequence[tuple[str, int]],
        places: dict[str, list[int]],
        window: range,
        least: float,
    ) -> list[tuple[int, int]]:
        """Where in ``window`` of ``shown`` a fragment is, as pairs (token, word), if it is there."""
        wanted = self._tokens[index]
        known = [at for at, token in enumerate(wanted[:_LEAD]) if token in places]
        if not known:
            return []
        lead = min(known, key=lambda at: len(places[wanted[at]]))
        spots = places[wanted[lead]]
        spots = spots[bisect_left(spots, window.start) : bisect_left(spots, window.stop)]
        best: list[tuple[int, int]] = []
        reach = len(wanted) + len(wanted) // 2
        for spot in spots[: min(_MOST_PLACES, 1 + _MOST_COMPARED // len(wanted))]:
            near = range(max(0, spot - lead - 2), min(len(shown), spot - lead + reach + 2))
            free = [shown[place] for place in near if self._words.is_free(shown[place][1])]
            matches = aligned(wanted, [token for token, _ in free])
            pairs = [(at, free[match][1]) for at, match in enumerate(matches) if match >= 0]
            if len(pairs) > len(best):
                best = pairs
        return best if len(best) >= least * len(wanted) else []

    def _place_between(self) -> None:
        """What stands alone between two that were found takes the words there, if they are not too many.

        The words of fields (dates, numbers) are new in each layout, and those of formulas have no order.
        """
        for at, index in enumerate(self._body):
            is_formula = self._fragments[index].fragment_type is FragmentType.FORMULA
            if (index in self._found and not is_formula) or self._fragments[index].fragment_type in _FIGURES:
                continue
            between = self._between(self._body[at - 1] if at else None, self._body[at + 1 : at + 2])
            if not between or not self._words.are_free_for(between, index):
                continue
            most = _MOST_SYMBOLS if is_formula else _MOST_WORDS * len(self._tokens[index]) + _MOST_WORDS
            if len(between) <= most and len({self._words.page(word) for word in between}) == 1:
                self._own(index, [(-1, word) for word in between])

    def _between(self, before: int | None, after: Sequence[int]) -> range:
        """The words between two fragments, the first and the last word where there is none."""
        if (before is not None and before not in self._found) or (after and after[0] not in self._found):
            return range(0)
        first = 0 if before is None else self._found[before][-1] + 1
        return range(first, self._found[after[0]][0] if after else len(self._words))

    def _own(self, index: int, pairs: Sequence[tuple[int, int]]) -> None:
        """Gives a fragment its words: pairs of its token and the word that shows it, in order."""
        words = [word for _, word in pairs]
        self._words.take(words, index)
        page = self._words.page(words[0])
        here = sorted({word for word in words if self._words.page(word) == page})
        self._found[index] = here
        if index in self._cells and len(here) == len(set(words)):
            self._boxed_cells[index] = self._with_boxes(self._cells[index], dict(pairs))

    def _with_boxes(self, cells: Sequence[_Cell], words: dict[int, int]) -> list[TableCell]:
        """The cells with boxes around their words; none if one that has text was not found."""
        found: list[TableCell] = []
        at = 0
        for cell in cells:
            own = [words[i] for i in range(at, at + len(cell.tokens)) if i in words]
            at += len(cell.tokens)
            if not cell.tokens:
                continue
            if len(own) < _FOUND * len(cell.tokens):
                return []
            found.append(TableCell(text=cell.text, bounding_box=Box.of(self._words.box(own))))
        return found

    def _box(self, index: int) -> BBox:
        own = self._found[index]
        is_table = index in self._cells
        return self._words.box_with_neighbours(own if is_table else self._words.in_first_column(own))

    def _boxed(self, index: int, box: BBox | None) -> PageFragment:
        fragment = self._fragments[index]
        cells = self._boxed_cells.get(index)
        if cells and isinstance(fragment.content, TableContent):
            content = fragment.content.model_copy(update={"cells": cells})
            fragment = fragment.model_copy(update={"content": content})
        return fragment if box is None else fragment.model_copy(update={"bbox": Box.of(box)})

    def _tokens_of(self, index: int) -> list[str]:
        fragment = self._fragments[index]
        if fragment.fragment_type in _FIGURES:
            return []
        if index in self._cells:
            return [token for cell in self._cells[index] for token in cell.tokens]
        return markdown_tokens(fragment.content.content)


def _without_strays(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The pairs that hang together; few that lie far from all others were matched by chance."""
    parts: list[list[tuple[int, int]]] = [[pairs[0]]]
    for (at, place), after in pairwise(pairs):
        if after[1] - place > _SPREAD * (after[0] - at) + _BETWEEN:
            parts.append([])
        parts[-1].append(after)
    least = _LEAST_PART * max(len(part) for part in parts)
    return [pair for part in parts if len(part) >= least for pair in part]


def _is_table(fragment: PageFragment) -> bool:
    return isinstance(fragment.content, TableContent) and bool(fragment.content.html)


def _cells(fragment: PageFragment) -> list[_Cell]:
    """The cells of a table that have text, from its HTML, row by row."""
    markup = fragment.content.html if isinstance(fragment.content, TableContent) else None
    found: list[_Cell] = []
    for cell in html.fragment_fromstring(markup or "<table></table>").iter("td", "th"):
        for line_break in cell.iter("br"):
            line_break.tail = f"\n{line_break.tail or ''}"
        text = str(cell.text_content()).strip()
        if text:
            found.append(_Cell(text, spoken_tokens(text)))
    return found
