"""A vision model's fragments in the place of the local ones, with boxes, and with what only these have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain
from statistics import median_low

from pipelines.vision.grounding import Found, box_of, share_found, with_cells, words_of
from pipelines.vision.words import LocalWords, is_telling
from schemas.fragments import FragmentType, PageFragment, TableContent

_AS_DATA = {FragmentType.CHART, FragmentType.FORM, FragmentType.KEY_VALUE_REGION}
"""What the local reading gives as data, where a model would only say its words again."""
_LOCAL_ALONE = _AS_DATA | {
    FragmentType.FIGURE,
    FragmentType.SIGNATURE,
    FragmentType.BARCODE,
    FragmentType.STRIKETHROUGH,
}
"""What models do not transcribe: it stays as the local reading has it."""
_BY_PLACE = {
    FragmentType.PAGE_HEADER,
    FragmentType.PAGE_FOOTER,
    FragmentType.PAGE_NUMBER,
    FragmentType.TABLE_CAPTION,
    FragmentType.FIGURE_CAPTION,
    FragmentType.FORMULA_CAPTION,
}
"""Kinds that Markdown has no sign for: the local reading tells them by their place on the page."""
_ENOUGH_WORDS = 4
_LEFT_OUT = 0.2
"""A local text is left out of an answer when less of it was found there, …"""
_NOT_ELSEWHERE = 0.8
"""… and less of it stands anywhere in the answer."""
_LONGEST_INTRODUCTION = 200


def merged(
    said: Sequence[PageFragment],
    texts: Sequence[Sequence[str]],
    found: Sequence[Found],
    read: Sequence[PageFragment],
    local: LocalWords,
) -> list[PageFragment]:
    """The fragments of a page: those ``said`` by the model, where they were ``found`` on the page.

    ``texts`` and ``found`` are the tokens of ``said`` and their places among ``local``, the words of the
    fragments ``read`` locally. Of these, pictures and the like are kept, and texts that the model left out.
    """
    first = 1 if said and _is_introduction(said[0], found[0]) and any(map(share_found, found)) else 0
    new = [i for i in range(first, len(said)) if not _is_data(found[i], read, local)]
    said, found = [said[i] for i in new], [found[i] for i in new]
    ranks = _with_formulas([_rank(places, local) for places in found], said, found, read, local)
    placed = [
        (rank, _placed(fragment, places, rank, read, local))
        for fragment, places, rank in zip(said, found, ranks, strict=True)
    ]
    for index in _kept(read, texts, found, local):
        if index in ranks and read[index].fragment_type not in _LOCAL_ALONE:
            continue
        before = [(rank, i) for i, (rank, _) in enumerate(placed) if rank is not None and rank <= index]
        position = max(before)[1] + 1 if before else 0
        placed.insert(position, (index, _without_said(read[index], index, found, local)))
    return [fragment for _, fragment in placed]


def _with_formulas(
    ranks: Sequence[int | None],
    said: Sequence[PageFragment],
    found: Sequence[Found],
    read: Sequence[PageFragment],
    local: LocalWords,
) -> list[int | None]:
    """The ranks, those of formulas, too: the next local fragment that nothing was found in."""
    taken = {local.fragment_of[i] for places in found for i in places if i is not None}
    ranks = list(ranks)
    for index, fragment in enumerate(said):
        if fragment.fragment_type is not FragmentType.FORMULA or ranks[index] is not None:
            continue
        before = next((rank for rank in reversed(ranks[:index]) if rank is not None), -1)
        after = next((rank for rank in ranks[index + 1 :] if rank is not None), len(read))
        free = (i for i in range(before + 1, after) if i not in taken and read[i].words)
        ranks[index] = next(free, None)
    return ranks


def _placed(
    fragment: PageFragment, found: Found, rank: int | None, read: Sequence[PageFragment], local: LocalWords
) -> PageFragment:
    """The fragment with its box and words, and with the kind that its place gives it."""
    is_formula = fragment.fragment_type is FragmentType.FORMULA and rank is not None
    words = list(read[rank].words or []) if is_formula and rank is not None else words_of(found, local)
    update: dict[str, object] = {"words": words, "bbox": box_of(words)}
    if local.tokens and found:
        update["confidence"] = round(share_found(found), 4)
    if words and rank is not None and fragment.fragment_type is FragmentType.TEXT:
        kind = read[rank].fragment_type
        update["fragment_type"] = kind if kind in _BY_PLACE else FragmentType.TEXT
    if words and isinstance(fragment.content, TableContent):
        update["content"] = with_cells(fragment.content, words)
    return fragment.model_copy(update=update)


def _rank(found: Found, local: LocalWords) -> int | None:
    """The local fragment in the middle of those that a text was found in; None if it was not found."""
    fragments = [local.fragment_of[i] for i in found if i is not None]
    return median_low(fragments) if fragments else None


def _is_data(found: Found, read: Sequence[PageFragment], local: LocalWords) -> bool:
    """Whether most of a text is the words of charts and forms."""
    places = [read[local.fragment_of[i]].fragment_type for i in found if i is not None]
    return 2 * sum(kind in _AS_DATA for kind in places) > len(places)


def _is_introduction(fragment: PageFragment, found: Found) -> bool:
    """Whether an answer's first text announces the transcription: it ends in a colon and is not there."""
    text = fragment.content.content
    is_short = fragment.fragment_type is FragmentType.TEXT and len(text) <= _LONGEST_INTRODUCTION
    return is_short and text.rstrip("*_ ").endswith((":", "：")) and not share_found(found)


def _kept(
    read: Sequence[PageFragment],
    texts: Sequence[Sequence[str]],
    found: Sequence[Found],
    local: LocalWords,
) -> list[int]:
    """The local fragments that stay: what models do not transcribe, and sure texts that the answer lacks."""
    used = {i for places in found for i in places}
    answer = Counter(token for text in texts for token in text)
    kept = []
    for index, fragment in enumerate(read):
        own = [i for i in local.tokens_of(index) if local.sure[i] and is_telling(local.tokens[i])]
        if fragment.fragment_type in _LOCAL_ALONE:
            kept.append(index)
        elif fragment.fragment_type is not FragmentType.FORMULA and len(own) >= _ENOUGH_WORDS:
            tokens = Counter(local.tokens[i] for i in own)
            in_place = sum(i in used for i in own) / len(own)
            anywhere = (tokens & answer).total() / len(own)
            if in_place < _LEFT_OUT and anywhere < _NOT_ELSEWHERE:
                kept.append(index)
    return kept


def _without_said(
    fragment: PageFragment, index: int, found: Sequence[Found], local: LocalWords
) -> PageFragment:
    """A local fragment that stays; a picture's text goes if the model has read it as text of the page."""
    if fragment.fragment_type is not FragmentType.FIGURE or not fragment.words:
        return fragment
    own = set(local.tokens_of(index))
    if not own or 2 * len(own.intersection(chain.from_iterable(found))) < len(own):
        return fragment
    return fragment.model_copy(update={"content": fragment.content.model_copy(update={"content": ""})})
