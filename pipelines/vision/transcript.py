"""A vision model's answer as content. It is data: nothing in it is obeyed, fetched or shown as it came."""

from __future__ import annotations

import json
import re

from pipelines.readers.markdown import fragments_of_markdown, split_front_matter
from schemas.errors import DocumentUnreadable
from schemas.fragments import FragmentType, PageFragment, Source, TableContent

_LONGEST = 200_000
"""Characters of an answer that are looked at: no page has more."""
_THOUGHTS = re.compile(r"\A\s*<think>.*?</think>", re.DOTALL)
_SPECIAL_TOKEN = re.compile(r"<\|[^|<>\s]{1,40}\|>")
_FENCED = re.compile(
    r"\A(?P<before>[^`]*)```(?P<label>markdown|md|html|latex|tex|)[ \t]*\n"
    r"(?P<body>.*?)(?:\n```(?P<after>[^`]*))?\Z",
    re.DOTALL | re.IGNORECASE,
)
_LONGEST_REMARK = 200
"""Characters around a fence that says what language the answer is in; a fence without that stands alone."""
_DOCTAGS = re.compile(r"<doctag>|<loc_\d+>")
_REFUSAL = re.compile(
    r"i['’]?m (?:sorry|unable)\b|sorry[,.]|i am (?:sorry|unable)\b|i can(?:no|['’])t\b|as an ai\b",
    re.IGNORECASE,
)
_LONGEST_REFUSAL = 600
# Inline dollars as Pandoc reads them: no space inside, no letter before and no digit behind, so that prices
# are none. Lengths are bounded: an unclosed bracket must not be looked for to the end again and again.
_MATH = re.compile(
    r"(?P<code>```.*?(?:```|\Z)|`[^`\n]+`)"
    r"|(?P<environment>\\begin\{(?P<name>equation|align|gather|multline|eqnarray)(?P<star>\*?)\}.{1,4000}?"
    r"\\end\{(?P=name)(?P=star)\})"
    r"|\$\$(?P<dollars>.{1,4000}?)\$\$|\\\[(?P<brackets>.{1,4000}?)\\\]"
    r"|\\\((?P<parens>.{1,1000}?)\\\)"
    r"|(?<![\\$\w])\$(?P<dollar>[^\s$](?:[^$\n]{0,1000}?[^\s$\\])?)\$(?![\d$])",
    re.DOTALL,
)
_TABLE_TAG = re.compile(r"(</?table\b)", re.IGNORECASE)
_LINE_ENDS = re.compile(r"[ \t]*\n\s*")
_BOLD = re.compile(r"\*\*(\S(?:[^*\n]{0,500}?\S)?)\*\*")
_LIKE_MATH = re.compile(r"[\\^_=+<>{}|]|\A\S{1,12}\Z")


def unwrapped(text: str) -> str:
    """An answer without what is around the transcription: thoughts, special tokens, front matter, a fence."""
    text = _SPECIAL_TOKEN.sub("", _THOUGHTS.sub("", text[:_LONGEST])).strip()
    found = _FENCED.match(text)
    if found:
        around = len(found["before"]) + len(found["after"] or "")
        if around <= (_LONGEST_REMARK if found["label"] else 0):
            text = found["body"].strip()
    return split_front_matter(text)[1].strip()


def is_refusal(text: str) -> bool:
    """Whether an (unwrapped) answer says that there will be none."""
    return len(text) <= _LONGEST_REFUSAL and _REFUSAL.match(text) is not None


def is_foreign(text: str) -> bool:
    """Whether an (unwrapped) answer is in a format that some models have of their own: JSON, or DocTags."""
    if _DOCTAGS.search(text):
        return True
    if not text.startswith(("[", "{")):
        return False
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) or any(isinstance(part, dict) for part in found)


def fragments_of(text: str) -> list[PageFragment]:
    """The fragments of an (unwrapped) answer in Markdown, with HTML tables and TeX formulas; without boxes.

    Figures are left out: what a model says of a picture is not printed on the page. What cannot be parsed
    gives nothing.
    """
    try:
        found = fragments_of_markdown(_with_plain_tables(_with_math(text)))
    except DocumentUnreadable:
        return []
    return [
        fragment.model_copy(update={"source": Source.MODEL})
        for fragment in found
        if fragment.fragment_type is not FragmentType.FIGURE
    ]


def table_of(text: str) -> TableContent | None:
    """The largest table of an (unwrapped) answer, without cells' boxes; None if there is none."""
    tables = [f.content for f in fragments_of(text) if isinstance(f.content, TableContent)]
    return max(tables, key=lambda table: len(table.content), default=None)


def formula_of(text: str) -> str | None:
    """The TeX of an (unwrapped) answer that is one formula, between double dollars; None if it is empty."""
    tex = text.strip()
    for opening, closing in (("$$", "$$"), ("\\[", "\\]"), ("\\(", "\\)"), ("$", "$")):
        if tex.startswith(opening) and tex.endswith(closing) and len(tex) > len(opening) + len(closing):
            tex = tex[len(opening) : -len(closing)].strip()
            break
    # A dollar or a blank line would end the formula for every reader of the Markdown.
    return f"$${tex}$$" if tex and "$" not in tex and "\n\n" not in tex else None


def _with_plain_tables(markdown: str) -> str:
    """HTML tables as Markdown takes them whole: no blank line and no indentation inside, bold as a tag."""
    parts = _TABLE_TAG.split(markdown)
    depth = 0
    for index, part in enumerate(parts):
        if index % 2:
            depth = max(0, depth + (1 if part[1] != "/" else -1))
        elif depth:
            parts[index] = _BOLD.sub(r"<b>\1</b>", _LINE_ENDS.sub("\n", part))
    return "".join(parts)


def _with_math(markdown: str) -> str:
    """The formulas as ``math`` elements, so that no Markdown is seen in them."""
    return _MATH.sub(_math, markdown)


def _math(found: re.Match[str]) -> str:
    kind = str(found.lastgroup)
    tex = found[kind].strip()
    if kind == "code" or not tex or (kind == "dollar" and not _LIKE_MATH.search(tex)):
        return found.group()
    display = ' display="block"' if kind in {"dollars", "brackets", "environment"} else ""
    safe = "".join(c if c.isalnum() else f"&#{ord(c)};" for c in " ".join(tex.split()))
    return f'<math{display}><annotation encoding="application/x-tex">{safe}</annotation></math>'
