"""LaTeX's text as HTML: one pass over its commands, groups and environments."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from html import escape

from pipelines.readers.html.writing import code_block, figure, formula, link
from pipelines.readers.latex.names import (
    ACCENTS,
    ARGUMENTS,
    CITATIONS,
    DECLARATIONS,
    DROPPED,
    FIGURES,
    HEADINGS,
    LISTS,
    MARKS,
    MATH,
    QUOTES,
    REFERENCES,
    RULES,
    SPACES,
    STEPS,
    TABLE_PARTS,
    TABLES,
    TITLED,
    accented,
    symbol,
)
from pipelines.readers.latex.source import VERBATIM, Aside, brace_pairs
from pipelines.readers.latex.tables import Table

_TOKEN = re.compile(
    r"\\(?P<turn>begin|end)[ \t]*\{(?P<env>[^{}\n]{1,60})\}"
    r"|\\(?P<word>[A-Za-z@]+)\*?[ \t]*(?:\n(?![ \t]*\n)[ \t]*)?"
    r"|\\(?P<sign>.)"
    r"|(?P<brace>[{}])"
    r"|(?P<math>\$\$?)"
    r"|(?P<cell>&)"
    r"|(?P<paragraph>\n[ \t]*\n\s*)"
    r"|(?P<aside>\ue000\d+\ue001)"
    r"|(?P<typed>~|``|''|`|'|---?)"
    r"|[^\\{}$&~`'\n\ue000-]+|.",
    re.DOTALL,
)
_TYPED = {"~": " ", "``": "“", "''": "”", "`": "‘", "'": "’", "--": "–", "---": "—", "-": "-"}
_OPTION = re.compile(r"\s*\[((?:[^\[\]{}]|\{[^{}]*\}|\[[^\[\]]{0,200}\]){0,1000})\]")
_INLINE_MATH = re.compile(r"((?:[^$\\\n]|\\.|\n(?![ \t]*\n))*)\$")
_SHOWN_MATH = re.compile(r"((?:[^$\\]|\\.)*)\$\$")
_LABEL = re.compile(r"\\(?:label\{[^{}]*\}|nonumber\b|notag\b)")
_DEEPEST_ARGUMENT = 3
_NUMBER = re.compile(r"\d{1,3}")
_TRIMMED = re.compile(r"\([lr{}\d.a-z]{0,40}\)")
_GAP = re.compile(r"\s*")


@dataclass(slots=True)
class _Scope:
    """A group or environment that is open; ``outer`` is what was written before it where it has its own."""

    name: str
    end: Callable[[str], str] | str = ""
    outer: list[str] | None = None
    table: Table | None = None
    marks: list[str] = field(default_factory=list)


class Writer:
    """Reads a text once from start to end; what is open lies on a stack, so that depth cannot hurt.

    ``aside`` has the texts that LaTeX does not read, ``statements`` what environments of the author's own
    are called (``thm``: Theorem); the text is an argument ``depth`` arguments deep.
    """

    def __init__(self, text: str, aside: list[Aside], statements: Mapping[str, str], depth: int = 0) -> None:
        self._text, self._aside, self._at = text, aside, 0
        self._statements, self._depth = statements, depth
        self._pairs = brace_pairs(text)
        self._out: list[str] = []
        self._scopes = [_Scope("")]
        self._counts: dict[str, int] = {}
        self._notes: list[str] = []
        self._unclosed: set[str] = set()
        used = [name for name in HEADINGS[:3] if f"\\{name}" in text] or ["section"]
        self._top = HEADINGS.index(used[0]) - 2
        self._commands = self._known_commands()

    def _known_commands(self) -> dict[str, Callable[[], None]]:
        def all_of(names: Iterable[str], command: Callable[[str], None]) -> dict[str, Callable[[], None]]:
            return {name: partial(command, name) for name in names}

        return {
            **all_of(DROPPED, lambda name: self._drop(DROPPED[name])),
            **all_of(HEADINGS, self._heading),
            **all_of(MARKS, lambda name: self._wrap(f"<{MARKS[name]}>", f"</{MARKS[name]}>")),
            **all_of(DECLARATIONS, self._declare),
            **all_of(ACCENTS, self._accent),
            **all_of(RULES, self._rule),
            **all_of(TABLE_PARTS, self._end_part),
            **all_of(SPACES, lambda _: self._out.append(" ")),
            **all_of(STEPS, lambda name: self._out.append(f"<br>{STEPS[name]}")),
            **all_of(("newline", "linebreak"), lambda _: self._out.append("<br>")),
            **all_of(("tabularnewline", "cr"), lambda _: self._row()),
            **all_of(CITATIONS, lambda _: self._cite()),
            **all_of(REFERENCES, lambda _: self._out.append(f"[{escape(self._argument())}]")),
            **all_of(("footnote", "footnotetext", "thanks"), lambda _: self._footnote()),
            **all_of(("url", "nolinkurl"), lambda _: self._address()),
            **all_of(("author", "date", "subtitle"), lambda _: self._wrap("<p>", "</p>")),
            **all_of(("caption", "subcaption"), lambda _: self._caption()),
            "title": lambda: self._wrap("<h1>", "</h1>"),
            "frametitle": lambda: self._wrap("<h2>", "</h2>"),
            "captionof": self._caption_of,
            "href": self._link,
            "includegraphics": self._picture,
            "item": self._item,
            "bibitem": self._source,
            "multicolumn": self._multicolumn,
            "multirow": self._multirow,
            "ensuremath": lambda: self._out.append(formula(self._argument())),
            "par": lambda: self._out.append("\n<p>"),
            "and": lambda: self._out.append(", "),
            "xspace": self._space,
            "verb": lambda: None,
        }

    def html(self) -> str:
        """The whole text as HTML."""
        while self._at < len(self._text):
            found = _TOKEN.match(self._text, self._at)
            if found is None:
                break
            self._at = found.end()
            self._token(found)
        while len(self._scopes) > 1:
            self._close()
        notes = (f"<p><sup>{n}</sup> {note}</p>" for n, note in enumerate(self._notes, 1))
        return "\n".join(["".join(self._out), *notes])

    def _token(self, found: re.Match[str]) -> None:
        kind = found.lastgroup
        text = found.group()
        if kind == "env":
            name = found.group("env").strip()
            self._begin(name) if found.group("turn") == "begin" else self._end(name)
        elif kind == "word":
            self._command(found.group("word"))
        elif kind == "sign":
            self._sign(found.group("sign"))
        elif kind == "brace":
            self._brace(text)
        elif kind == "math":
            self._dollar(text)
        elif kind == "cell":
            self._cell()
        elif kind == "paragraph":
            self._out.append("\n<p>")
        elif kind == "aside":
            self._show_aside(self._aside[int(text[1:-1])])
        else:
            self._out.append(_TYPED.get(text) or escape(text, quote=False))

    # Scopes

    def _open(self, name: str, end: Callable[[str], str] | str = "", *, own: bool = False) -> _Scope:
        """Opens a scope; ``own``: what is written in it is handed to ``end``, which makes HTML of it."""
        scope = _Scope(name, end, self._out if own else None)
        if own:
            self._out = []
        self._scopes.append(scope)
        self._counts[name] = self._counts.get(name, 0) + 1
        return scope

    def _close(self) -> None:
        scope = self._scopes.pop()
        self._counts[scope.name] -= 1
        self._out += reversed(scope.marks)
        if scope.outer is not None:
            inner, self._out = "".join(self._out), scope.outer
            self._out.append(scope.end(inner) if callable(scope.end) else inner + scope.end)
        elif isinstance(scope.end, str):
            self._out.append(scope.end)

    def _brace(self, brace: str) -> None:
        if brace == "{":
            self._open("{")
        elif self._scopes[-1].name == "{":
            self._close()

    def _wrap(self, start: str, end: str) -> None:
        """Puts the next argument, a group or a single character, between ``start`` and ``end``."""
        self._option()
        gap = _GAP.match(self._text, self._at)
        self._at = gap.end() if gap else self._at
        character = self._text[self._at : self._at + 1]
        if character == "{":
            self._at += 1
            self._out.append(start)
            self._open("{", end)
        elif character.isalnum():
            self._at += 1
            self._out.append(f"{start}{character}{end}")

    def _argument(self) -> str:
        """The next group as it is written, passed over; nothing if there is none."""
        gap = _GAP.match(self._text, self._at)
        start = gap.end() if gap else self._at
        end = self._pairs.get(start)
        if end is None:
            return ""
        self._at = end + 1
        return self._text[start + 1 : end]

    def _option(self) -> str | None:
        found = _OPTION.match(self._text, self._at)
        if found is None:
            return None
        self._at = found.end()
        return found.group(1)

    def _inner(self, text: str) -> str:
        """A short argument as HTML, for where it does not stay in its place."""
        if self._depth >= _DEEPEST_ARGUMENT:
            return escape(text)
        return Writer(text, self._aside, self._statements, self._depth + 1).html().strip()

    # Commands

    def _command(self, name: str) -> None:
        known = self._commands.get(name)
        said = "" if known else symbol(name)
        if known:
            known()
        elif said:
            self._out.append(escape(said))
        elif self._text.startswith("[", self._at) and not self._text[self._at - 1].isspace():
            # The arguments of a command that is not known are read as text, its options are not.
            self._option()

    def _drop(self, arguments: int) -> None:
        self._option()
        for _ in range(arguments):
            self._argument()
            self._option()

    def _heading(self, name: str) -> None:
        level = min(6, HEADINGS.index(name) - self._top)
        self._wrap(f"<h{level}>", f"</h{level}>")

    def _declare(self, name: str) -> None:
        self._out.append(f"<{DECLARATIONS[name]}>")
        self._scopes[-1].marks.append(f"</{DECLARATIONS[name]}>")

    def _sign(self, sign: str) -> None:
        if sign == "\\":
            self._option()
            self._row()
        elif sign in "([":
            self._math_until("\\)" if sign == "(" else "\\]", block=sign == "[")
        elif sign in ACCENTS:
            self._accent(sign)
        elif sign in "%&#_{}$":
            self._out.append(escape(sign))
        elif sign in " ,;:~\n\t":
            self._out.append(" ")

    def _accent(self, sign: str) -> None:
        r"""A letter with an accent: ``\'e``, ``\'{e}``, ``\c{c}``, ``\"{\i}``."""
        letter = self._argument()
        if not letter and self._text.startswith("\\", self._at):
            found = _TOKEN.match(self._text, self._at)
            letter = found.group().strip() if found else ""
            self._at = found.end() if found else self._at
        elif not letter and self._text[self._at : self._at + 1].isalpha():
            letter = self._text[self._at]
            self._at += 1
        self._out.append(escape(accented(sign, letter.strip())))

    def _space(self) -> None:
        if self._text[self._at : self._at + 1].isalnum():
            self._out.append(" ")

    def _caption(self) -> None:
        table = self._table()
        self._option()
        if table is None:
            self._wrap("<figcaption>", "</figcaption>")
        elif self._text.startswith("{", self._at):
            self._at += 1
            self._open("{", table.take_caption, own=True)

    def _caption_of(self) -> None:
        self._drop(1)
        self._caption()

    def _footnote(self) -> None:
        self._option()
        if self._pairs.get(self._at) is None:
            return
        self._at += 1
        self._open("{", self._noted, own=True)

    def _noted(self, html: str) -> str:
        self._notes.append(html)
        return f"<sup>{len(self._notes)}</sup>"

    def _link(self) -> None:
        self._out.append(f'<a href="{escape(_address(self._argument()))}">')
        self._wrap("", "</a>")

    def _address(self) -> None:
        target = _address(self._argument())
        self._out.append(link(target, escape(target)))

    def _picture(self) -> None:
        self._option()
        self._argument()
        self._out.append('<img alt="">')

    def _cite(self) -> None:
        notes = [self._inner(note) for note in (self._option(), self._option()) if note]
        keys = re.sub(r"\s*,\s*", ", ", self._argument().strip())
        self._out.append(f"[{', '.join([escape(keys), *notes[-1:]])}]")

    # Environments

    def _begin(self, name: str) -> None:
        bare = name.removesuffix("*")
        if bare in MATH:
            self._math_until(f"\\end{{{name}}}", block=bare != "math", inner=MATH[bare])
        elif name in TABLES:
            self._begin_table(name)
        elif name in LISTS:
            self._option()
            self._out.append(f"<{LISTS[name]}>")
            self._open(name, f"</{LISTS[name]}>")
        elif name in FIGURES:
            self._option()
            for _ in range(FIGURES[name]):
                self._argument()
            self._out.append("<figure>")
            self._open(name, "</figure>")
        else:
            self._begin_other(name)

    def _begin_other(self, name: str) -> None:
        option = self._option()
        for _ in range(ARGUMENTS.get(name, 0)):
            self._argument()
        end = ""
        if name in QUOTES:
            self._out.append("<blockquote>")
            end = "</blockquote>"
        elif name == "abstract":
            self._out.append("<h2>Abstract</h2><p>")
        elif name == "thebibliography":
            self._out.append("<h2>References</h2><ul>")
            end = "</ul>"
        elif name in self._statements:
            said = f" ({self._inner(option)})" if option else ""
            self._out.append(f"\n<p><b>{escape(self._statements[name])}{said}.</b> ")
        elif name in TITLED:
            self._out.append(f"\n<p><b>{self._inner(self._argument())}</b>\n<p>")
        elif name == "frame":
            title = self._inner(self._argument())
            self._out.append(f"<h2>{title}</h2>\n<p>" if title else "\n<p>")
        else:
            self._out.append("\n<p>")
        self._open(name, end + "\n<p>")

    def _end(self, name: str) -> None:
        """Closes an environment and what was left open in it; an end without a beginning is passed over."""
        if not self._counts.get(name):
            return
        while self._scopes[-1].name != name:
            self._close()
        self._close()

    def _item(self) -> None:
        said = self._option()
        in_list = next((scope.name for scope in reversed(self._scopes) if scope.name in LISTS), "itemize")
        if LISTS[in_list] == "dl":
            self._out.append(f"\n<dt>{self._inner(said or '')}</dt><dd>")
        else:
            label = f"{self._inner(said)} " if said else ""
            self._out.append(f"\n<li>{label}")

    def _source(self) -> None:
        self._option()
        self._out.append(f"\n<li>[{escape(self._argument())}] ")

    def _show_aside(self, aside: Aside) -> None:
        if aside.kind == "verb":
            self._out.append(f"<code>{escape(aside.text)}</code>")
        elif aside.kind in {"tikzpicture", "pgfpicture"}:
            self._out.append(figure(""))
        else:
            self._out.append(code_block(aside.text, aside.language))

    # Mathematics

    def _dollar(self, sign: str) -> None:
        found = (_INLINE_MATH if sign == "$" else _SHOWN_MATH).match(self._text, self._at)
        if found is None or not found.group(1).strip():
            self._at = found.end() if found else self._at
            self._out.append("" if found else sign)
            return
        self._at = found.end()
        self._out.append(formula(self._tex(found.group(1)), block=sign == "$$"))

    def _math_until(self, closing: str, *, block: bool, inner: str = "") -> None:
        end = self._text.find(closing, self._at) if closing not in self._unclosed else -1
        if end < 0:
            self._unclosed.add(closing)
            return
        tex, self._at = self._tex(self._text[self._at : end]), end + len(closing)
        self._out.append(
            formula(f"\\begin{{{inner}}}\n{tex}\n\\end{{{inner}}}" if inner else tex, block=block)
        )

    def _tex(self, tex: str) -> str:
        """A formula as it is written, without labels and empty lines."""
        tex = VERBATIM.sub(lambda found: self._aside[int(found.group(1))].text, _LABEL.sub("", tex))
        return "\n".join(line.strip() for line in tex.split("\n") if line.strip())

    # Tables

    def _begin_table(self, name: str) -> None:
        self._option()
        for _ in range(TABLES[name]):
            self._argument()
            self._option()
        table = Table()
        self._open(name, table.html, own=True).table = table

    def _table(self) -> Table | None:
        """The table whose cell this is; None within a group, where ``&`` is no more than a character."""
        return self._scopes[-1].table

    def _cell(self) -> None:
        table = self._table()
        if table is None:
            self._out.append("&amp;")
        else:
            table.end_cell(self._taken())

    def _row(self) -> None:
        table = self._table()
        if table is None:
            self._out.append("<br>")
        else:
            table.end_row(self._taken())

    def _taken(self) -> str:
        """What was written of the cell that ends here, the marks that hold to its end included."""
        marks = self._scopes[-1].marks
        html = "".join([*self._out, *reversed(marks)])
        self._out.clear()
        marks.clear()
        return html

    def _rule(self, name: str) -> None:
        table = self._table()
        self._option()
        trimmed = _TRIMMED.match(self._text, self._at)
        self._at = trimmed.end() if trimmed else self._at
        for _ in range(RULES[name]):
            self._argument()
        if table and name in {"hline", "midrule", "toprule", "bottomrule"}:
            table.rule(name)

    def _end_part(self, name: str) -> None:
        table = self._table()
        if table:
            table.end_part(name)

    def _multicolumn(self) -> None:
        table, count = self._table(), _NUMBER.fullmatch(self._argument().strip())
        self._argument()
        if table and count:
            table.across = max(1, int(count.group()))

    def _multirow(self) -> None:
        table = self._table()
        self._option()
        count = _NUMBER.fullmatch(self._argument().strip())
        self._option()
        self._argument()
        self._option()
        if table and count:
            table.down = max(1, int(count.group()))


def _address(text: str) -> str:
    r"""An address as it is meant: ``\%`` and ``\_`` are the signs themselves."""
    return re.sub(r"\\([%#_&~{}])", r"\1", text).strip()
