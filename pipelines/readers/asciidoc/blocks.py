"""The blocks of AsciiDoc as HTML: headings, paragraphs, lists, tables and what stands between delimiters."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import escape

from pipelines.readers.asciidoc.inline import RunningText
from pipelines.readers.asciidoc.tables import bar_lines, table_html
from pipelines.readers.html.writing import code_block, figure, formula

_ATTRIBUTE = re.compile(r":(!?)([\w][\w-]*)(!?):(?:\s+(.*))?$")
_HEADING = re.compile(r"(={1,6}|#{1,6})\s+(\S.*?)(?:\s+\1)?$")
_UNDERLINE = re.compile(r"([=\-~^+])\1{2,}$")
_STYLE = re.compile(r"\[(?!\[)([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]$")
_TITLE = re.compile(r"\.([^\s.].*)$")
_BLOCK_MACRO = re.compile(r"(image|video|audio|include|toc|ifdef|ifndef|ifeval|endif|stem)::(\S*?)\[(.*)\]$")
_DELIMITER = re.compile(
    r"(?:(-{4,}|\.{4,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--)|(`{3,})\s*([\w+#.-]*)|([|,:!]={3,}))$"
)
_RULE = re.compile(r"(?:'{3,}|<{3,}|-{3}|\*{3})$")
_ITEM = re.compile(
    r"(?P<indent>[ \t]*)(?:(?P<bullet>\*{1,6}|-|•)|(?P<dots>\.{1,5})|(?P<number>\d{1,9})[.)]"
    r"|(?P<letter>[a-zA-Z])\.|<(?P<callout>\d{1,4}|\.)>)[ \t]+(?P<text>\S.*)$"
)
_TERM = re.compile(r"(?P<indent>[ \t]*)(?P<term>\S.*?)(?P<sign>:{2,4}|;;)(?:[ \t]+(?P<text>\S.*))?$")
_CHECK = re.compile(r"\[([ xX*])\]\s+")
_ADMONITION = re.compile(r"(NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s+")
_ADMONITIONS = {"NOTE", "TIP", "IMPORTANT", "WARNING", "CAUTION"}
_STYLE_PART = re.compile(r"""\s*(?:([\w-]+)\s*=\s*)?(?:"([^"]*)"|'([^']*)'|([^,]*))\s*(?:,|$)""")
_NUMERALS = ("1", "a", "i", "A", "I")
_DEEPEST_CELL = 2


@dataclass(slots=True)
class _Style:
    """What stands in brackets above a block: ``[source,python]``, ``[%header,cols=2]``."""

    words: list[str] = field(default_factory=list)
    named: dict[str, str] = field(default_factory=dict)
    options: set[str] = field(default_factory=set)

    @property
    def name(self) -> str:
        return self.words[0] if self.words else ""

    def word(self, index: int) -> str:
        return self.words[index] if index < len(self.words) else ""

    def add(self, text: str) -> None:
        """Takes in one line of brackets."""
        for name, double, single, bare in _STYLE_PART.findall(text):
            value = double or single or bare.strip()
            if name:
                self.named[name] = value
                if name in {"options", "opts"}:
                    self.options.update(part.strip() for part in value.split(","))
            else:
                self.words.append(re.split(r"[#.%]", value)[0])
                self.options.update(re.findall(r"%([\w-]+)", value))


@dataclass(slots=True)
class _Open:
    """A block or a level of a list that is not at its end: ``key`` tells what ends or continues it."""

    key: tuple[str, str]
    end: str
    indent: int = 0

    @property
    def is_list(self) -> bool:
        return self.key[0] == "list"


class Blocks:
    """Reads the lines of a document, or of a cell ``depth`` cells deep, once from top to bottom."""

    def __init__(self, lines: list[str], running: RunningText, depth: int = 0) -> None:
        self._lines, self._at = [line.rstrip() for line in lines], 0
        self._running, self._depth = running, depth
        self._out: list[str] = []
        self._open: list[_Open] = []
        self._style, self._title = _Style(), ""
        self._attached = False
        self._in_header = False
        self._readers: tuple[Callable[[str], bool], ...] = (
            self._blank,
            self._comment,
            self._attribute,
            self._metadata,
            self._macro,
            self._heading,
            self._delimited,
            self._rule,
            self._item,
            self._term,
        )

    def html(self) -> str:
        """The whole text as HTML."""
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not any(read(line) for read in self._readers):
                self._paragraph(line)
        self._close(0)
        return "\n".join(self._out)

    # Lines that are no block

    def _blank(self, line: str) -> bool:
        if line:
            return False
        self._in_header = False
        self._at += 1
        return True

    def _comment(self, line: str) -> bool:
        if not line.startswith("//") or line.startswith("///"):
            return False
        self._at += 1
        return True

    def _attribute(self, line: str) -> bool:
        found = _ATTRIBUTE.match(line)
        if found is None:
            return False
        self._at += 1
        value = found.group(4) or ""
        while value.endswith(" \\") and self._at < len(self._lines):
            value = f"{value[:-2]} {self._lines[self._at].strip()}"
            self._at += 1
        unset = found.group(1) or found.group(3)
        self._running.define(found.group(2).lower(), None if unset else value)
        return True

    def _metadata(self, line: str) -> bool:
        """Styles and the title of the next block, anchors, and the sign that it belongs to the item above."""
        style, title = _STYLE.match(line), _TITLE.match(line)
        if line == "+" and self._open:
            self._attached = True
        elif style:
            self._style.add(self._running.filled(style.group(1)))
        elif title:
            self._title = self._running.html(title.group(1))
        elif not (line.startswith("[[") and line.endswith("]]")):
            return False
        self._at += 1
        return True

    # Blocks

    def _macro(self, line: str) -> bool:
        found = _BLOCK_MACRO.match(line)
        if found is None:
            return False
        name, target, text = found.groups()
        self._at += 1
        if name == "include":
            # Nothing is fetched: whoever reads it should know what is missing.
            self._begin()
            self._out.append(f"<p>{escape(line)}</p>")
        elif name in {"ifdef", "ifndef"}:
            self._condition(name, target, text)
        elif name in {"image", "video", "audio"}:
            self._begin()
            style = _Style()
            style.add(text)
            alt = self._running.filled(style.named.get("alt", style.name))
            self._out.append(figure(alt if name == "image" else alt or target, self._taken_title()))
        return True

    def _condition(self, name: str, target: str, text: str) -> None:
        """Leaves out what depends on an attribute that is not (or is) set."""
        names = re.split(r"[,+]", target)
        held = (all if "+" in target else any)(n.lower() in self._running.attributes for n in names)
        if held == (name == "ifdef"):
            if text:
                self._lines.insert(self._at, text)
        elif not text:
            depth = 1
            while depth and self._at < len(self._lines):
                found = _BLOCK_MACRO.match(self._lines[self._at])
                self._at += 1
                if found and (found.group(1) in {"ifdef", "ifndef", "ifeval"} and not found.group(3)):
                    depth += 1
                elif found and found.group(1) == "endif":
                    depth -= 1

    def _heading(self, line: str) -> bool:
        found = _HEADING.match(line)
        level, text = (len(found.group(1)), found.group(2)) if found else self._underlined(line)
        if not level:
            return False
        if not self._open or self._open[0].is_list:
            self._close(0)
        self._flush_title()
        self._style = _Style()
        self._attached = False
        self._out.append(f"<h{level}>{self._running.html(text)}</h{level}>")
        self._at += 1 if found else 2
        self._in_header = level == 1
        return True

    def _underlined(self, line: str) -> tuple[int, str]:
        """The level and text of a heading that is underlined by a line of its length; level 0: none."""
        above = self._lines[self._at - 1] if self._at else ""
        below = self._lines[self._at + 1] if self._at + 1 < len(self._lines) else ""
        found = _UNDERLINE.match(below)
        inside = any(not entry.is_list for entry in self._open)
        if not found or inside or _is_text(above) or _ITEM.match(line):
            return 0, ""
        if abs(len(below) - len(line)) > 1 or not _is_text(line):
            return 0, ""
        return "=-~^+".index(found.group(1)) + 1, line.strip()

    def _delimited(self, line: str) -> bool:
        found = _DELIMITER.match(line)
        if found is None:
            return False
        mark, fence, language, table = found.groups()
        self._at += 1
        if (mark and mark[0] in "=*_") or mark == "--":
            self._container(mark)
            return True
        body = self._until(fence or line)
        if mark and mark[0] == "/":
            return True
        self._begin()
        if table:
            self._table(body, table)
        elif mark and mark[0] == "+":
            self._passed("\n".join(body))
        else:
            is_code = self._style.name == "source" or not self._style.name
            self._caption()
            self._out.append(
                code_block("\n".join(body), language or (self._style.word(1) if is_code else ""))
            )
        self._style = _Style()
        return True

    def _until(self, mark: str) -> list[str]:
        """The lines up to the next ``mark``, which is passed over."""
        start = self._at
        while self._at < len(self._lines) and self._lines[self._at] != mark:
            self._at += 1
        self._at += 1
        return self._lines[start : self._at - 1]

    def _container(self, mark: str) -> None:
        """Begins or ends a block of blocks: an example, a sidebar, a quotation, an admonition."""
        key = ("block", mark)
        index = next((n for n, entry in enumerate(self._open) if entry.key == key), None)
        if index is not None:
            self._close(index)
            return
        if self._style.name in {"verse", "stem", "source", "listing", "literal"}:
            body = self._until(mark)
            self._begin()
            self._verbatim(body)
            return
        self._begin()
        style, self._style = self._style, _Style()
        is_quote = mark[0] == "_" or style.name == "quote"
        name = style.name if style.name in _ADMONITIONS else ""
        tag = "blockquote" if is_quote or name else "div"
        self._out.append(f"<{tag}>")
        if name:
            self._out.append(f"<p><b>{name.capitalize()}</b></p>")
        self._caption()
        self._open.append(_Open(key, f"{self._said_by(style) if is_quote else ''}</{tag}>"))

    def _verbatim(self, body: list[str]) -> None:
        """A block whose style says that its lines stay as they are."""
        style, self._style = self._style, _Style()
        self._caption()
        if style.name == "verse":
            self._out.append(f"<p>{'<br>'.join(self._running.html(line) for line in body)}</p>")
        elif style.name == "stem":
            self._out.append(formula("\n".join(body), block=True))
        else:
            self._out.append(code_block("\n".join(body), style.word(1) if style.name == "source" else ""))

    def _passed(self, text: str) -> None:
        if self._style.name in {"stem", "latexmath", "asciimath"}:
            tex = text.strip().removeprefix("\\[").removesuffix("\\]").strip("$ \n")
            self._out.append(formula(tex, block=True))
        else:
            self._out.append(code_block(text, "html"))

    def _table(self, body: list[str], mark: str) -> None:
        named = self._style.named
        formats = {"csv": ",", "dsv": ":", "tsv": "\t"}
        separator = formats.get(named.get("format", ""), mark[0])
        given = named.get("separator", "")
        if len(given) == 1 and separator not in "|!":
            separator = given
        title = self._taken_title()
        if title:
            self._out.append(f"<figure><figcaption>{title}</figcaption>")
        options = self._style.options
        self._out.append(table_html(body, separator, options, named.get("cols", ""), self._cell))
        if title:
            self._out.append("</figure>")

    def _cell(self, text: str, style: str) -> str:
        if style == "a" and self._depth < _DEEPEST_CELL:
            return Blocks(text.split("\n"), self._running, self._depth + 1).html()
        if style == "l":
            return code_block(text)
        paragraphs = [self._running.html(part.strip()) for part in re.split(r"\n\s*\n", text)]
        html = "".join(f"<p>{part}</p>" for part in paragraphs) if len(paragraphs) > 1 else paragraphs[0]
        tag = {"s": "b", "e": "i", "m": "code"}.get(style)
        return f"<{tag}>{html}</{tag}>" if tag and html else html

    def _rule(self, line: str) -> bool:
        if not _RULE.match(line):
            return False
        self._at += 1
        self._begin()
        self._out.append("<hr>")
        return True

    def _paragraph(self, line: str) -> None:
        self._begin(indented=line[0] in " \t")
        lines = self._joined(line)
        style, self._style = self._style, _Style()
        self._caption()
        if line[0] in " \t" or style.name in {"source", "listing", "literal", "verse", "stem"}:
            if self._in_header:
                lines = [part.strip() for part in lines]
            self._style = style
            self._verbatim(lines)
            return
        if bar_lines(lines) and len(lines) > 1:
            if all(part.endswith("|") for part in lines):
                lines = [part[:-1] for part in lines]
            self._out.append(table_html(lines, "|", style.options, "", self._cell))
            return
        admonition = _ADMONITION.match(lines[0])
        name = admonition.group(1) if admonition else style.name if style.name in _ADMONITIONS else ""
        if admonition:
            lines[0] = lines[0][admonition.end() :]
        joint = "<br>" if self._in_header else "\n"
        text = self._running.html("\n".join(lines)).replace("\n", joint)
        if name:
            self._out.append(f"<blockquote><p><b>{name.capitalize()}:</b> {text}</p></blockquote>")
        elif style.name == "quote":
            self._out.append(f"<blockquote><p>{text}</p>{self._said_by(style)}</blockquote>")
        else:
            self._out.append(f"<p>{text}</p>")

    def _said_by(self, style: _Style) -> str:
        """Who is quoted, and where from, as the words after ``quote`` say."""
        source = ", ".join(part for part in style.words[1:3] if part)
        return f"<p>— {self._running.html(source)}</p>" if source else ""

    def _joined(self, first: str) -> list[str]:
        """``first`` and the lines below it that belong to the same paragraph."""
        lines = [first]
        self._at += 1
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if not line or line == "+" or line.startswith("//"):
                break
            if _DELIMITER.match(line) or _STYLE.match(line) or _BLOCK_MACRO.match(line):
                break
            if self._open and self._open[-1].is_list and (_ITEM.match(line) or _TERM.match(line)):
                break
            if self._in_header and _ATTRIBUTE.match(line):
                break
            lines.append(line)
            self._at += 1
        return lines

    # Lists

    def _item(self, line: str) -> bool:
        found = _ITEM.match(line)
        if found is None:
            return False
        group = next(name for name in ("bullet", "dots", "number", "letter", "callout") if found.group(name))
        sign = found.group(group) if group in {"bullet", "dots"} else group
        self._level(sign, len(found.group("indent")), self._list_start(group, found))
        text, check = found.group("text"), ""
        checked = _CHECK.match(text) if group == "bullet" else None
        if checked:
            check = "[ ] " if checked.group(1) == " " else "[x] "
            text = text[checked.end() :]
        self._out.append(f"<li>{check}{self._running.html(self._text_of_item(text))}")
        return True

    def _list_start(self, group: str, found: re.Match[str]) -> str:
        if group == "bullet":
            return "<ul>"
        if group == "dots":
            numeral = _NUMERALS[len(found.group("dots")) - 1]
        else:
            letter = found.group("letter") or "1"
            numeral = "1" if not letter.isalpha() else "A" if letter.isupper() else "a"
        start = self._style.named.get("start") or (found.group("number") or "1")
        return f'<ol type="{numeral}" start="{escape(start)}">'

    def _term(self, line: str) -> bool:
        found = _TERM.match(line)
        if found is None or "://" in line.split("::")[0]:
            return False
        self._level(found.group("sign"), 0, "<dl>")
        self._out.append(f"<dt>{self._running.html(found.group('term'))}</dt><dd>")
        text = found.group("text")
        if text is None:
            while self._at + 1 < len(self._lines) and not self._lines[self._at + 1]:
                self._at += 1
            following = self._lines[self._at + 1] if self._at + 1 < len(self._lines) else ""
            if (
                not following
                or following == "+"
                or any(p.match(following) for p in (_ITEM, _TERM, _DELIMITER, _STYLE))
            ):
                self._at += 1
                return True
            self._at += 1
            text = following.strip()
        self._out.append(self._running.html(self._text_of_item(text)))
        return True

    def _text_of_item(self, first: str) -> str:
        return "\n".join(line.strip() for line in self._joined(first))

    def _level(self, sign: str, indent: int, start: str) -> None:
        """Opens the list that an item belongs to, or goes back to it where it is open already."""
        self._flush_title()
        self._attached = self._in_header = False
        key = ("list", sign)
        base = max((n + 1 for n, entry in enumerate(self._open) if not entry.is_list), default=0)
        same = [n for n in range(base, len(self._open)) if self._open[n].key == key]
        # Any sign further in than the item above begins a list of its own, as it does in Markdown.
        if same and self._open[-1].indent >= indent:
            self._close(next((n for n in reversed(same) if self._open[n].indent <= indent), same[0]) + 1)
            self._out.append("</dd>" if start == "<dl>" else "</li>")
        else:
            self._out.append(start)
            self._open.append(
                _Open(key, "</dd></dl>" if start == "<dl>" else f"</li></{start[1:3]}>", indent)
            )
        self._style = _Style()

    # Beginnings and ends

    def _begin(self, *, indented: bool = False) -> None:
        """A block begins: the lists above end, unless it is attached to their last item."""
        if not (self._attached or indented):
            while self._open and self._open[-1].is_list:
                self._close(len(self._open) - 1)
        self._attached = False

    def _close(self, count: int) -> None:
        """Closes what is open beyond the first ``count``."""
        while len(self._open) > count:
            self._out.append(self._open.pop().end)

    def _taken_title(self) -> str:
        title, self._title = self._title, ""
        return title

    def _caption(self) -> None:
        title = self._taken_title()
        if title:
            self._out.append(f"<p><b>{title}</b></p>")

    def _flush_title(self) -> None:
        """The title of a list: a paragraph above it, outside of the list before."""
        if self._title:
            self._begin()
            self._caption()


def _is_text(line: str) -> bool:
    return any(character.isalnum() for character in line) and not _STYLE.match(line)
