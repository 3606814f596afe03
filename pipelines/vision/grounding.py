"""Where a vision model's text stands: its words are found among the local reading's, which have boxes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import chain, islice

import lxml.html

from pipelines.vision.words import LocalWords, is_number, tokens
from schemas.fragments import FragmentWord, Source, TableCell, TableContent
from schemas.geometry import BBox, Box, union_of

_LEAST_FOUND = 0.5
"""A text of which less is found has no box: a few words that agree may be others."""

Found = list[int | None]
"""For each token of a text the local token it is, or None."""


def ground(texts: Sequence[Sequence[str]], local: Sequence[str]) -> list[Found]:
    """The tokens of ``texts`` among the local ones; each local token is used once.

    First all texts in a row (context tells repeated words apart), then each text that this left unfound
    (the readings may differ in order) among what is left. Popular words are matched by their neighbours
    alone (``difflib``'s rule), which also bounds the time.
    """
    in_a_row = iter(_matched(list(chain.from_iterable(texts)), local, range(len(local))))
    found = [list(islice(in_a_row, len(text))) for text in texts]
    free = set(range(len(local))).difference(*found)
    for index, text in enumerate(texts):
        if text and share_found(found[index]) < _LEAST_FOUND:
            places = sorted(free)
            again = _matched(text, [local[i] for i in places], places)
            if share_found(again) >= _LEAST_FOUND:
                found[index] = again
                free.difference_update(again)
    return found


def _matched(text: Sequence[str], left: Sequence[str], places: Sequence[int]) -> Found:
    """The tokens of a text among ``left``, which stand at ``places``."""
    found: Found = [None] * len(text)
    for start, there, length in SequenceMatcher(None, text, left).get_matching_blocks():
        found[start : start + length] = places[there : there + length]
    return found


def share_found(found: Found) -> float:
    """The share of a text's tokens that were found, 0 to 1; 0 for a text without any."""
    return sum(i is not None for i in found) / len(found) if found else 0.0


def words_of(found: Found, local: LocalWords) -> list[FragmentWord]:
    """The local words of a text, each once, in its order; none if too little of it was found."""
    if share_found(found) < _LEAST_FOUND:
        return []
    indexes = dict.fromkeys(local.word_of[i] for i in found if i is not None)
    return [local.words[i] for i in indexes]


def box_of(words: Sequence[FragmentWord]) -> Box | None:
    """The box around some words; None without words."""
    return Box.of(union_of([word.bbox.bbox() for word in words])) if words else None


def with_cells(table: TableContent, words: Sequence[FragmentWord]) -> TableContent:
    """The table with the boxes of those cells whose words are among ``words``; others have none to show."""
    root = lxml.html.fragment_fromstring(table.html or table.content)
    texts = [" ".join(part.strip() for part in cell.itertext()) for cell in root.iter("td", "th")]
    local = LocalWords.of([words])
    cells = []
    for text, found in zip(texts, ground([tokens(text) for text in texts], local.tokens), strict=True):
        box = box_of(words_of(found, local))
        if box is not None:
            sure = round(share_found(found), 4)
            cells.append(TableCell(text=text, bounding_box=box, confidence=sure, source=Source.MODEL))
    return table.model_copy(update={"cells": cells})


def conflicts(texts: Sequence[Sequence[str]], found: Sequence[Found], local: LocalWords) -> Iterator[BBox]:
    """The boxes of numbers that the local reading is sure of and a text has otherwise.

    Such numbers follow, one after another, on a word that was found, and are found nowhere else.
    """
    used = set(chain.from_iterable(found))
    for text, places in zip(texts, found, strict=True):
        there = len(local.tokens)
        for token, place in zip(text, places, strict=True):
            if place is not None:
                there = place + 1
            elif (
                there < len(local.tokens)
                and there not in used
                and is_number(token)
                and is_number(local.tokens[there])
            ):
                if local.sure[there]:
                    yield local.words[local.word_of[there]].bbox.bbox()
                there += 1
            else:
                there = len(local.tokens)
