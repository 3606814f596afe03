"""Words of a Markdown text, and how many of them are right, wherever they stand."""

from __future__ import annotations

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from benchmarks.scores.tally import Tally

_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_LINK = re.compile(r"\[([^\]]*)\]\([^)]*\)")
_BLOCK_TAG = re.compile(r"</?(?:table|thead|tbody|tr|td|th|br|p|div|li|ul|ol|h[1-6])\b[^<>]*>", re.IGNORECASE)
_INLINE_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_RULER = re.compile(r"^[ \t]*(?:-{3,}|\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?)?)[ \t]*$", re.MULTILINE)
_LINE_MARK = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?|[-*+•][ \t]+)+", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*```\w*[ \t]*$", re.MULTILINE)
_PIPE = re.compile(r"(?<!\\)\|")
_PAIRED = re.compile(r"((?<!\*)\*{1,3}(?!\*)|~~|(?<!\w)_{1,3})(?=\S)([^\n]*?[^\s*])\1(?![\w*])")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain_text(markdown: str) -> str:
    """The text without Markdown and HTML marks, the same for every engine; line breaks stay.

    Numbers of lists stay: on forms and receipts they are printed. Bullets, table pipes and rulers go.
    """
    text = _PICTURE.sub(" ", _COMMENT.sub(" ", markdown))
    text = _FENCE.sub(" ", _RULER.sub(" ", text))
    text = _PIPE.sub(" ", _LINK.sub(r"\1", text))
    text = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))
    text = _LINE_MARK.sub("", text)
    text = _PAIRED.sub(r"\2", _PAIRED.sub(r"\2", text))  # twice: bold around italic
    return html.unescape(_ESCAPE.sub(r"\1", text))


def words(text: str) -> list[str]:
    """The words of a plain text, parted at white space, lower case, NFKC."""
    return unicodedata.normalize("NFKC", text).lower().split()


def score_words(true: Iterable[str], found: Iterable[str]) -> Tally:
    """How many words the two multisets share."""
    a, b = Counter(true), Counter(found)
    return Tally((a & b).total(), a.total(), b.total())
