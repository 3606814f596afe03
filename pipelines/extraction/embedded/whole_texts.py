"""Texts found by a label, up to where they end: with their sentence, or with their paragraph."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from pipelines.extraction.answers import Answer, Method
from pipelines.extraction.embedded.lexicon import phrase
from pipelines.extraction.embedded.sentences import sentences_of
from pipelines.extraction.evidence import Block, Evidence, PlacedWord
from pipelines.extraction.targets import Field, Scalar
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.typed import typed

_PARAGRAPHS = frozenset({"description", "note", "text", "abstract", "summary", "comment", "conclusion"})
"""What a field asks for by these names may have several sentences."""
_SHORTEST = 5
"""A value of fewer words is no sentence that was cut short."""
_CLOSED = re.compile(r"[.!?…:]['\"”»)]?$")


def whole_texts(
    answers: Mapping[tuple[str, ...], Answer], fields: Sequence[Field], evidence: Evidence
) -> dict[tuple[str, ...], Answer]:
    """The answers of fields for text that rows of a paragraph cut off, with the rest of it."""
    by_word = {id(word): block for block in evidence.blocks for word in block.words}
    whole = dict(answers)
    for one in fields:
        answer = answers.get(one.path)
        if answer is None or answer.method is not Method.LABEL or kind_of(one) is not Kind.TEXT:
            continue
        block = by_word.get(id(answer.words[0])) if len(answer.words) >= _SHORTEST else None
        if block is not None and (words := _whole(answer.words, block, one)):
            whole[one.path] = _said(answer, words, one)
    return whole


def _whole(words: Sequence[PlacedWord], block: Block, one: Field) -> Sequence[PlacedWord]:
    """From the first word to the end of what the field asks for; nothing where it is whole already."""
    begin = next((i for i, word in enumerate(block.words) if word is words[0]), None)
    if begin is None:
        return ()
    rest = block.words[begin:]
    wanted = {concept.name for concept in phrase(f"{one.name} {one.title}")}
    if not wanted & _PARAGRAPHS:
        rest = next(iter(sentences_of(rest)), ())
    same = tuple(rest[: len(words)]) == tuple(words)
    goes_on = len(rest) > len(words) and same and not _CLOSED.search(words[-1].text)
    return rest if goes_on or len(rest) < len(words) else ()


def _said(answer: Answer, words: Sequence[PlacedWord], one: Field) -> Answer:
    text = " ".join(word.text for word in words)
    value = typed(text, one.target, Kind.TEXT) if isinstance(one.target, Scalar) else None
    return answer if value is None else replace(answer, value=value, words=tuple(words))
