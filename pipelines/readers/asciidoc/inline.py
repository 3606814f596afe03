"""AsciiDoc's running text as HTML: marks, links, footnotes, references to attributes."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape
from typing import Final

from pipelines.readers.html.writing import formula

# Stand for pieces that are finished: private characters, which ``unreserved`` takes out of the text.
_KEEP, _KEPT = "\ue000", "\ue001"
_KEPT_PIECE = re.compile(f"{_KEEP}(\\d+){_KEPT}")
_RESERVED = re.compile(f"[{_KEEP}{_KEPT}]")

BUILT_IN: Final = {
    "amp": "&", "apos": "'", "asterisk": "*", "backslash": "\\", "backtick": "`", "blank": "", "brvbar": "¦",
    "caret": "^", "cpp": "C++", "cxx": "C++", "deg": "°", "empty": "", "endsb": "]", "gt": ">", "ldquo": "“",
    "lsquo": "‘", "lt": "<", "nbsp": "\xa0", "plus": "+", "pp": "++", "quot": '"', "rdquo": "”", "rsquo": "’",
    "sp": " ", "startsb": "[", "tilde": "~", "two-colons": "::", "two-semicolons": ";;", "vbar": "|",
    "wj": "", "zwsp": "",
}  # fmt: skip
_LONGEST_VALUE = 1000
# References to attributes may add this many characters to a document.
_MOST_ADDED = 1_000_000

_REFERENCE = re.compile(r"(?<!\\)\{([\w][\w-]*)\}")
_LITERAL = re.compile(
    r"\\([*_`#^~{<\[+|\\])"
    r"|(?P<pass>\+\+\+.+?\+\+\+|\$\$.+?\$\$|pass:[a-z,]*\[[^\]]{0,2000}\])"
    r"|(?P<stem>(?:stem|latexmath|asciimath):\[(?P<tex>(?:\\\]|[^\]]){0,2000})\])"
    r"|``(?P<double>(?:[^`]|`(?!`))+)``"
    r"|(?<![\w`\"'])`(?P<code>[^`\s](?:[^`]*[^`\s])?)`(?![\w`\"'])"
    r"|(?<![\w+])\+(?P<plain>[^+\s](?:[^+]*[^+\s])?)\+(?![\w+])",
    re.DOTALL,
)
_FOOTNOTE = re.compile(r"footnote(?:ref)?:(?P<name>[\w-]*)\[(?P<text>[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]")
_MACRO = re.compile(
    r"(?<!\w)(?P<name>link|mailto|xref|image|icon|kbd|btn|menu|anchor|indexterm2?|ruby):"
    r"(?P<target>[^\s\[\]:][^\s\[\]]{0,500})?\[(?P<text>[^\[\]]*)\]"
)
_ADDRESS = re.compile(
    r"(?P<open>&lt;)?(?<![\w/])(?P<url>(?:https?|ftp)://[^\s\[\]<>&]*(?:&amp;[^\s\[\]<>&]*)*)"
    r"(?:\[(?P<text>[^\[\]]*)\])?(?(open)&gt;)"
)
_CROSS_REFERENCE = re.compile(r"&lt;&lt;(?P<target>[^<>&,]+)(?:,(?P<text>[^<>&]*))?&gt;&gt;")
_ANCHOR = re.compile(r"\[\[[^\[\]]*\]\]|\[#[\w-]+\](?!#)")
_HIDDEN_TERM = re.compile(r"\(\(\([^()]*\)\)\)")
_TERM = re.compile(r"\(\(([^()]+)\)\)")
_ROLES = re.compile(
    r"(?:\[\.?(?P<role>[\w.\s-]+)\])?"
    r"(?:##(?P<wide>[^#]+)##|(?<![\w&#])#(?P<text>[^#\s](?:[^#]*[^#\s])?)#(?!\w))"
)
_LINK_OPTIONS = re.compile(r",\s*(?:window|role|opts|title|width|height|align|id|xrefstyle)\s*=.*$")
_ROLE_TAGS = {"line-through": "del", "strike": "del", "underline": "ins"}


def _mark(sign: str, tag: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Patterns of a mark with its sign doubled (anywhere) and single (around words)."""
    s = re.escape(sign)
    text = f"([^{s}\\s](?:[^{s}]*[^{s}\\s])?)"
    return (
        (re.compile(f"(?:\\[[^\\[\\]]*\\])?{s}{s}([^{s}]+){s}{s}"), f"<{tag}>\\1</{tag}>"),
        (re.compile(f"(?:\\[[^\\[\\]]*\\])?(?<![\\w{s}&]){s}{text}{s}(?![\\w{s}])"), f"<{tag}>\\1</{tag}>"),
    )


_MARKS = (
    *_mark("*", "b"),
    *_mark("_", "i"),
    (re.compile(r"\^([^\s^]+)\^"), r"<sup>\1</sup>"),
    (re.compile(r"~([^\s~]+)~"), r"<sub>\1</sub>"),
    (re.compile(r'"`([^`]+)`"'), r"“\1”"),
    (re.compile(r"'`([^`]+)`'"), r"‘\1’"),
    (re.compile(r"\(C\)"), "©"),
    (re.compile(r"\(R\)"), "®"),
    (re.compile(r"\(TM\)"), "™"),
    (re.compile(r"(?<=\w)--(?=\w)|(?<=\s)--(?=\s)"), "—"),
    (re.compile(r"\.\.\."), "…"),
    (re.compile(r"(?<!-)-&gt;"), "→"),
    (re.compile(r"=&gt;"), "⇒"),
    (re.compile(r"&lt;-(?!-)"), "←"),
    (re.compile(r"(?<=\s)\+(?=\n)"), "<br>"),
)


class RunningText:
    """Turns text into HTML; knows the document's attributes and gathers its footnotes."""

    def __init__(self) -> None:
        self.attributes: dict[str, str] = dict(BUILT_IN)
        self.footnotes: list[str] = []
        self._named_notes: dict[str, int] = {}
        self._left = _MOST_ADDED

    def define(self, name: str, value: str | None) -> None:
        """Sets an attribute, or takes it back if ``value`` is None."""
        if value is None:
            self.attributes.pop(name, None)
        else:
            self.attributes[name] = self.filled(value)[:_LONGEST_VALUE]

    def filled(self, text: str) -> str:
        """``text`` with the values of the attributes that it refers to."""

        def value(reference: re.Match[str]) -> str:
            found = self.attributes.get(reference.group(1).lower())
            if found is None or len(found) > self._left:
                return reference.group()
            self._left -= len(found)
            return found

        return _REFERENCE.sub(value, text) if "{" in text else text

    def html(self, text: str) -> str:
        """A paragraph's text as HTML."""
        kept: list[str] = []

        def keep(html: str) -> str:
            kept.append(html)
            return f"{_KEEP}{len(kept) - 1}{_KEPT}"

        text = _LITERAL.sub(lambda found: keep(_literal(found)), self.filled(text))
        text = escape(text, quote=False)
        noted = len(self.footnotes)
        text = _FOOTNOTE.sub(lambda found: self._footnote(found, keep), text)
        text = _styled(text, keep)
        self.footnotes[noted:] = [_finished(note, kept) for note in self.footnotes[noted:]]
        return _finished(text, kept)

    def _footnote(self, found: re.Match[str], keep: Callable[[str], str]) -> str:
        name, text = found.group("name"), found.group("text").strip()
        number = self._named_notes.get(name) if name else None
        if number is None:
            self.footnotes.append(_styled(text, keep))
            number = len(self.footnotes)
            if name:
                self._named_notes[name] = number
        return keep(f"<sup>{number}</sup>")


def unreserved(text: str) -> str:
    """``text`` without the private characters that stand for finished pieces here."""
    return _RESERVED.sub("", text)


def _finished(text: str, kept: list[str]) -> str:
    # A kept piece may hold older ones: the text of a button in a link.
    for _ in range(3):
        text = _KEPT_PIECE.sub(lambda found: kept[int(found.group(1))], text)
    return text


def _styled(text: str, keep: Callable[[str], str]) -> str:
    text = _CROSS_REFERENCE.sub(lambda found: _reference(found, keep), text)
    text = _MACRO.sub(lambda found: _macro(found, keep), text)
    text = _ADDRESS.sub(lambda found: _address(found, keep), text)
    text = _HIDDEN_TERM.sub("", _ANCHOR.sub("", text))
    text = _ROLES.sub(_role, _TERM.sub(r"\1", text))
    for pattern, replacement in _MARKS:
        text = pattern.sub(replacement, text)
    return text


def _literal(found: re.Match[str]) -> str:
    if found.group(1):
        return escape(found.group(1))
    if found.group("stem"):
        return formula(found.group("tex").replace("\\]", "]").strip("$ "))
    if found.group("pass"):
        inner = found.group("pass")
        return escape(inner[inner.index("[") + 1 : -1] if inner.endswith("]") else inner.strip("+$"))
    if found.group("plain"):
        return escape(found.group("plain"))
    code = found.group("double") or found.group("code")
    if len(code) > 2 and code[0] == code[-1] == "+":
        code = code[1:-1]
    return f"<code>{escape(code)}</code>"


def _reference(found: re.Match[str], keep: Callable[[str], str]) -> str:
    target = found.group("target").strip().removeprefix("#")
    text = (found.group("text") or "").strip() or target
    return keep(f'<a href="#{escape(target)}">') + text + keep("</a>")


def _address(found: re.Match[str], keep: Callable[[str], str]) -> str:
    url, text = found.group("url"), found.group("text")
    trailing = ""
    if text is None and not found.group("open"):
        bare = url.rstrip(".,;:!?)")
        url, trailing = bare, url[len(bare) :]
    if text:
        return keep(f'<a href="{url}">') + _link_text(text) + keep("</a>")
    return keep(f'<a href="{url}">{url}</a>') + trailing


def _link_text(text: str) -> str:
    """The text of a link without the window and the role that may follow it."""
    if text.startswith('"') and '"' in text[1:]:
        return text[1 : text.index('"', 1)]
    return _LINK_OPTIONS.sub("", text).removesuffix("^")


def _macro(found: re.Match[str], keep: Callable[[str], str]) -> str:
    name, target = found.group("name"), found.group("target") or ""
    text = _link_text(found.group("text").strip())
    match name:
        case "link" | "mailto" | "xref":
            href = f"mailto:{target}" if name == "mailto" else target
            if name == "xref" and "." not in target and not target.startswith("#"):
                href = f"#{target}"
            return keep(f'<a href="{href}">') + (text or keep(target.removeprefix("#"))) + keep("</a>")
        case "image":
            return keep(f'<img alt="{escape(text.split(",")[0])}">')
        case "kbd":
            return keep(f"<code>{text}</code>")
        case "btn":
            return f"<b>{text}</b>"
        case "menu":
            parts = [target, *(part.strip() for part in text.split("&gt;"))]
            return "<b>" + " › ".join(part for part in parts if part) + "</b>"
        case "indexterm2":
            return text
        case _:
            return ""


def _role(found: re.Match[str]) -> str:
    text = found.group("wide") or found.group("text")
    tag = next((_ROLE_TAGS[r] for r in (found.group("role") or "").split(".") if r in _ROLE_TAGS), None)
    return f"<{tag}>{text}</{tag}>" if tag else text
