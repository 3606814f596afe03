"""Mathematics inside running text: which words of a row are a formula."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from pipelines.pages.formulas.latex import inline_latex
from pipelines.pages.formulas.symbols import FUNCTIONS, OPERATORS, RELATIONS, is_math_symbol
from pipelines.readers.pdf.glyphs import is_math_font, is_tex_roman
from schemas.geometry import BBox
from schemas.reading import Word

_CLOSING = ".,;:"
_BRACKETS = str.maketrans("", "", "()[]{}|,.")
_SIGNS = "+-−±"
# Words this close (font sizes) touch.
_TOUCH = 0.15
# What stands this far off (font sizes) is something else.
_FAR = 2.0
# Beside a relation, italic words up to this long are products of variables.
_PRODUCT = 2
_LEAST_SYMBOLS = 2
# Signs that texts have too relate nothing.
_RELATED = (RELATIONS | OPERATORS) - frozenset("/-·:")


class Part(NamedTuple):
    """Words of a row; ``latex`` is set where they are a formula, ``tail`` is punctuation that follows it."""

    words: list[Word]
    latex: str | None = None
    tail: str = ""


def parts(words: Sequence[Word], bars: Sequence[BBox]) -> Iterator[Part]:
    """The words of a row in order, formulas apart from text. Only what is certain is a formula."""
    kinds = _kinds(words)
    plain: list[Word] = []
    at = 0
    while at < len(words):
        end = at
        while end < len(words) and kinds[end] is not None and not (end > at and _stops(words, end)):
            end += 1
        found = _formula(words, kinds, at, end, bars) if end > at else None
        if found is None:
            end = max(end, at + 1)
            plain += words[at:end]
        else:
            start, end, latex, tail = found
            plain += words[at:start]
            if plain:
                yield Part(plain)
            plain = []
            yield Part(list(words[start:end]), latex, tail)
        at = end
    if plain:
        yield Part(plain)


def _kinds(words: Sequence[Word]) -> list[bool | None]:
    """For each word: True if it is mathematics by itself, False if it may be beside such, None if not."""
    tex = sum(len(w.text) for w in words if is_tex_roman(w.font))
    foreign = tex < sum(len(w.text) for w in words) / 2
    kinds: list[bool | None] = []
    for i, word in enumerate(words):
        strong = is_math_font(word.font) or (foreign and is_tex_roman(word.font)) or _has_symbol(word)
        beside = (words[i - 1].text[-1] if i else "") + (words[i + 1].text[0] if i + 1 < len(words) else "")
        kinds.append(True if strong else False if _may_belong(word, beside, _touches(words, i)) else None)
    return kinds


def _stops(words: Sequence[Word], index: int) -> bool:
    """Whether a sentence, or a part of one, ends before a word, or it stands far off."""
    word, before = words[index], words[index - 1]
    gap = (word.bbox.x1 - before.bbox.x2) / max(word.size, 1.0)
    return gap > _FAR or (before.text[-1] in ".;:" and (word.space_before or gap > _TOUCH))


def _has_symbol(word: Word) -> bool:
    if any(is_math_symbol(char) and char not in "=+<>−" for char in word.text):
        return True
    bare = word.text.translate(_BRACKETS)
    return 0 < len(bare) <= _PRODUCT and all("α" <= char <= "ω" or "Α" <= char <= "Ω" for char in bare[:1])


def _touches(words: Sequence[Word], index: int) -> bool:
    if not index:
        return False
    return words[index].bbox.x1 - words[index - 1].bbox.x2 < _TOUCH * words[index].size


def _may_belong(word: Word, beside: str, touches: bool) -> bool:
    bare = word.text.translate(_BRACKETS)
    if not bare or bare.strip(_SIGNS).isdigit() or all(c in OPERATORS or c in RELATIONS for c in bare):
        return True
    if word.superscript or word.subscript:
        return True
    if word.italic and bare.isalpha():
        return len(bare) == 1 or (len(bare) <= _PRODUCT and any(char in RELATIONS for char in beside))
    names = re.findall(r"[^\W\d_]+", bare)
    if names and all(name in FUNCTIONS for name in names):
        return True
    return bool(touches and bare.lstrip("/").isalpha())


def _formula(
    words: Sequence[Word], kinds: Sequence[bool | None], start: int, end: int, bars: Sequence[BBox]
) -> tuple[int, int, str, str] | None:
    """The formula among the words of a range that may be one: where it is, its LaTeX, and what follows."""
    while start < end and not _opens(words, kinds, start):
        start += 1
    while start < end and not _ends(words, kinds, start, end):
        end -= 1
    if start == end or not _balanced(words[start:end]):
        return None
    chosen = list(words[start:end])
    last = chosen[-1]
    body = last.text.rstrip(_CLOSING)
    tail = last.text[len(body) :]
    if not body:
        return None
    if tail:
        width = last.bbox.width * len(body) / len(last.text)
        chosen[-1] = replace(last, text=body, bbox=last.bbox._replace(x2=last.bbox.x1 + width))
    if not _is_certain(chosen):
        return None
    latex = inline_latex(chosen, bars)
    return None if latex is None else (start, end, latex, tail)


def _opens(words: Sequence[Word], kinds: Sequence[bool | None], at: int) -> bool:
    """Whether a formula may begin with this word: it is one, or leans on one."""
    first = words[at].text[0]
    if words[at].superscript or words[at].subscript or first in _CLOSING or first in ")]}":
        return False
    return _leans(words, kinds, at, 1)


def _ends(words: Sequence[Word], kinds: Sequence[bool | None], start: int, end: int) -> bool:
    """Whether a formula may end with the last word of a range: not with an operator, unless it is raised."""
    last = end - 1
    text = words[last].text.rstrip(_CLOSING)
    if words[last].superscript or words[last].subscript:
        return bool(text)
    if not text or text[-1] in RELATIONS or text[-1] in OPERATORS or text[-1] in "([{":
        return False
    return last == start or _leans(words, kinds, last, -1)


def _leans(words: Sequence[Word], kinds: Sequence[bool | None], at: int, step: int) -> bool:
    """Whether a word is mathematics, or goes on into such by touch or over operators on that side."""
    if kinds[at]:
        return True
    text = words[at].text
    operand = words[at].italic or text[0].isdigit() or not text.translate(_BRACKETS)
    here = at
    while 0 <= here + step < len(words) and kinds[here + step] is not None:
        beside = words[here + step]
        if operand and _is_operator(beside):
            return True
        linked = _is_operator(beside) or _is_operator(words[here])
        if not (linked or _touches(words, max(here, here + step))):
            return False
        here += step
        if kinds[here] or beside.superscript or beside.subscript:
            return True
    return False


def _is_operator(word: Word) -> bool:
    return all(char in OPERATORS or char in RELATIONS for char in word.text)


def _balanced(words: Sequence[Word]) -> bool:
    text = "".join(word.text for word in words)
    return all(text.count(one) == text.count(other) for one, other in ("()", "[]", "{}"))


def _is_certain(words: Sequence[Word]) -> bool:
    """Whether the words have the structure of mathematics: a script, or symbols around a relation."""
    bases = [w for w in words if not (w.superscript or w.subscript) and re.search(r"\w", w.text)]
    if not bases:
        return False
    if any(word.superscript or word.subscript for word in words):
        variable = bases[0].italic and len(bases[0].text) == 1 and bases[0].text.isalpha()
        if variable or any(is_math_font(w.font) or _has_symbol(w) for w in words):
            return True
    related = any(char in _RELATED for word in words for char in word.text)
    own = any(is_math_font(w.font) or _has_symbol(w) or w.italic for w in words)
    return related and own and len(words) >= _LEAST_SYMBOLS
