"""The running text of paragraphs: runs, changes, fields, links, notes and comments (§17.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.docx.changes import CHANGES, Change, Revisions, formula_in
from pipelines.readers.docx.drawings import Drawn, alternative, drawn_in
from pipelines.readers.docx.fields import CONTENTS, PAGE_NUMBERS, Field, link_to, simple_field
from pipelines.readers.docx.names import MC, M, R, W, value
from pipelines.readers.docx.notes import Comments, Notes, html_comment
from pipelines.readers.docx.parts import Parts
from pipelines.readers.docx.shading import PAPER, faintness, unseen_drawing
from pipelines.readers.docx.styles import PLAIN, Look, Style, Styles, look_of
from pipelines.readers.hidden import HiddenTally
from pipelines.readers.inline import Inline, Mark
from pipelines.readers.ooxml.omml import latex
from pipelines.readers.ooxml.symbols import symbol, without_private_codes
from schemas.reading import HiddenReason

# Elements nested deeper than this hold no text that Word would show.
_DEEPEST = 40
# More fields in each other, or comments on the same text, are not told apart.
_MOST_OPEN = 30
_SCRIPTS = {"superscript": Mark("sup"), "subscript": Mark("sub")}
PAGE_NUMBER = "\0"
"""Stands for the number of a page in the verbatim text of a running head."""

Marks = tuple[Mark, ...]


@dataclass(slots=True)
class Line:
    """What a paragraph holds: its text, and in order what is drawn in it, each with whether text came before.

    ``verbatim`` is the text with all its white space; ``formulas`` are its equations, ``sequence`` is what
    a number in it counts. ``is_marked``: changes or comments show in it. ``is_entry``: it is made by the
    field of a table of contents. ``bold``: all of its words are.
    """

    inline: Inline = field(default_factory=Inline)
    verbatim: list[str] = field(default_factory=list)
    drawn: list[tuple[Drawn, bool]] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    sequence: str = ""
    has_words: bool = False
    is_marked: bool = False
    is_entry: bool = False
    bold: bool = True


@dataclass(slots=True)
class Story:
    """A text of its own: the body, a note, a box, a running head. ``part`` is the name of its part.

    ``whole_fields``: every field that begins also ends. Of a ``running`` head the page numbers are left out.
    """

    part: str
    whole_fields: bool = True
    running: bool = False
    note_label: str = ""
    fields: list[Field] = field(default_factory=list)

    @classmethod
    def of(cls, root: _Element, part: str, *, running: bool = False, note_label: str = "") -> Story:
        """The story that an element holds."""
        kinds = [char.get(W + "fldCharType") for char in root.iter(W + "fldChar")]
        return cls(part, kinds.count("begin") == kinds.count("end"), running, note_label)


class _Place(NamedTuple):
    """Where the walk through a paragraph is: the marks on its text, and how this looks."""

    line: Line
    style: Style
    heading: bool
    marks: Marks
    look: Look = PLAIN
    depth: int = 0


_Handler = Callable[[_Element, _Place], None]


class TextWalk:
    """Reads paragraphs in the order of the document, as fields and comments go on from one to the next.

    ``ground`` is the colour that what comes next stands on; ``hidden`` counts what does not show.
    """

    def __init__(
        self,
        parts: Parts,
        styles: Styles,
        footnotes: Notes,
        endnotes: Notes,
        comments: Comments,
        revisions: Revisions,
    ) -> None:
        self.story = Story.of(parts.body, parts.main)
        self.hidden = HiddenTally()
        self.ground = PAPER
        self._parts, self._styles, self._revisions, self._comments = parts, styles, revisions, comments
        self._open_comments: dict[str, Mark] = {}
        self._anchored: set[str] = set()
        in_paragraph: dict[str, _Handler] = {
            "r": self._run,
            "hyperlink": self._hyperlink,
            "fldSimple": self._simple_field,
            "sdt": self._inside,
            "commentRangeStart": self._begin_comment,
            "commentRangeEnd": self._end_comment,
            **dict.fromkeys(("ins", "del", "moveFrom", "moveTo"), self._changed),
            **dict.fromkeys(("smartTag", "customXml", "bdo", "dir", "sdtContent"), self._inside),
        }
        in_run: dict[str, _Handler] = {
            **dict.fromkeys(("t", "delText"), lambda e, at: self._say(e.text or "", at)),
            **dict.fromkeys(("tab", "ptab"), lambda _, at: self._say("\t", at)),
            **dict.fromkeys(("br", "cr"), self._break_line),
            "noBreakHyphen": lambda _, at: self._say("-", at),
            "sym": self._symbol,
            "fldChar": self._field_char,
            **dict.fromkeys(("instrText", "delInstrText"), self._instruction),
            "footnoteReference": lambda e, at: self._note_mark(footnotes.label(e), at),
            "endnoteReference": lambda e, at: self._note_mark(endnotes.label(e), at),
            **dict.fromkeys(("footnoteRef", "endnoteRef"), self._own_note_mark),
            "commentReference": self._comment_reference,
            **dict.fromkeys(("drawing", "pict", "object"), self._drawing),
            "ruby": self._ruby,
        }
        self._handlers: dict[str, _Handler] = {
            **{W + name: handler for name, handler in (in_paragraph | in_run).items()},
            M + "oMath": self._formula,
            M + "oMathPara": self._formula,
            MC + "AlternateContent": lambda e, at: self._inside(alternative(e), at),
        }

    def read(
        self, content: Iterable[_Element], line: Line, style: Style, marks: Marks, *, heading: bool
    ) -> None:
        """Adds what a paragraph holds to ``line``; its text is under ``marks``."""
        self._each(content, _Place(line, style, heading, marks))
        if not self.story.whole_fields:
            self.story.fields.clear()
        # A comment on several paragraphs is told once: of its part in the first.
        for told in self._anchored & self._open_comments.keys():
            del self._open_comments[told]

    @contextmanager
    def on(self, ground: str) -> Iterator[None]:
        """What is read meanwhile stands on another ground, if ``ground`` says one."""
        outer, self.ground = self.ground, ground or self.ground
        try:
            yield
        finally:
            self.ground = outer

    def _each(self, elements: Iterable[_Element], at: _Place) -> None:
        for element in elements:
            handler = self._handlers.get(str(element.tag))
            if handler is not None:
                handler(element, at)

    def _inside(
        self, content: Iterable[_Element], at: _Place, marks: Marks = (), look: Look | None = None
    ) -> None:
        """Reads what an element holds, under further marks and with another look."""
        if at.depth < _DEEPEST:
            inner = _Place(at.line, at.style, at.heading, at.marks + marks, look or at.look, at.depth + 1)
            self._each(content, inner)

    def _changed(self, element: _Element, at: _Place) -> None:
        change = Change.of(element)
        if not self._revisions.shows(change):
            return
        is_new = not any(mark.kind == change.kind and mark.attributes for mark in at.marks)
        is_told = self._revisions is Revisions.MARKED and is_new
        self._inside(element, at, (change.mark,) if is_told else ())

    def _hyperlink(self, element: _Element, at: _Place) -> None:
        related = self._parts.related(self.story.part, element.get(R + "id"))
        link = link_to(related.target, element.get(W + "anchor")) if related and related.external else None
        self._inside(element, at, (link,) if link else ())

    def _simple_field(self, element: _Element, at: _Place) -> None:
        self._open_field(simple_field(element), at)
        self._inside(element, at)
        self.story.fields.pop()

    # Runs

    def _run(self, run: _Element, at: _Place) -> None:
        properties = self._revisions.properties(run, "rPr")
        style_id = value(properties, "rStyle")
        own = look_of(properties)
        if style_id is not None:
            own = own.over(self._styles.of(style_id, "character").look)
        self._inside(run, at, self._marks(own, style_id, at), own.over(at.style.look))

    def _marks(self, own: Look, style_id: str | None, at: _Place) -> Marks:
        """How a run stands out from its paragraph; a heading does as a whole."""
        marks = []
        if own.bold and not at.heading:
            marks.append(Mark("bold"))
        if own.italic and not at.heading:
            marks.append(Mark("italic"))
        if own.struck:
            marks.append(Mark("del"))
        if own.script in _SCRIPTS:
            marks.append(_SCRIPTS[own.script])
        if style_id and self._is_code(style_id, at):
            marks.append(Mark("code"))
        return tuple(marks)

    def _is_code(self, style_id: str, at: _Place) -> bool:
        """Whether a run's style sets it in a font for code that its paragraph is not in."""
        own = self._styles.of(style_id, "character").look
        return own.monospaced and not at.style.look.monospaced

    def _say(self, text: str, at: _Place) -> None:
        """Adds text where it is shown: not hidden, and no field's instruction."""
        fields, line = self.story.fields, at.line
        if reason := self._why_unseen(at.look):
            self.hidden.add(reason, text)
            return
        if not all(one.shown for one in fields):
            pending = next((one for one in reversed(fields) if not one.result), None)
            if pending is not None:
                pending.instruction.append(text)
            return
        if self.story.running and any(one.name in PAGE_NUMBERS for one in fields):
            line.verbatim.append(PAGE_NUMBER)
            return
        text = without_private_codes(text, at.look.font)
        if at.look.capitals:
            text = text.upper()
        if text.strip():
            line.has_words = True
            line.bold &= bool(at.look.bold)
            line.is_entry = line.is_entry or any(one.name in CONTENTS for one in fields)
            self._anchored |= self._open_comments.keys()
        marks = self._all_marks(at)
        line.is_marked = line.is_marked or any(mark.attributes for mark in marks)
        line.inline.add(text, marks)
        line.verbatim.append(text)

    def _why_unseen(self, look: Look) -> HiddenReason | None:
        if look.hidden:
            return HiddenReason.SWITCHED_OFF
        return faintness(look.color, look.size, look.ground or self.ground)

    def _all_marks(self, at: _Place) -> list[Mark]:
        """The marks of the place, with those of comments and of a field that is a link."""
        links = [one.link for one in self.story.fields if one.link]
        linked = any(mark.kind == "link" for mark in at.marks)
        return [*self._open_comments.values(), *(links[-1:] if not linked else ()), *at.marks]

    def _break_line(self, _element: _Element, at: _Place) -> None:
        if not at.look.hidden and all(one.shown for one in self.story.fields):
            at.line.inline.break_line(self._all_marks(at))
            at.line.verbatim.append("\n")

    def _symbol(self, element: _Element, at: _Place) -> None:
        try:
            code = int(element.get(W + "char") or "", 16)
        except ValueError:
            return
        self._say(symbol(code, element.get(W + "font")), at)

    def _ruby(self, element: _Element, at: _Place) -> None:
        base, above = element.find(W + "rubyBase"), element.find(W + "rt")
        if base is not None:
            self._inside(base, at)
        if above is not None:
            self._say("(", at)
            self._inside(above, at)
            self._say(")", at)

    def _drawing(self, element: _Element, at: _Place) -> None:
        if reason := unseen_drawing(element):
            self.hidden.add(reason, " ".join(text.text or "" for text in element.iter(W + "t")))
        elif not at.look.hidden and all(one.shown for one in self.story.fields):
            at.line.drawn.extend((drawn, at.line.has_words) for drawn in drawn_in(element))

    # Formulas

    def _formula(self, element: _Element, at: _Place) -> None:
        if self._revisions is not Revisions.MARKED:
            self._say_formula(latex(formula_in(element, self._revisions)), at)
            return
        change = next((Change.of(found) for found in element.iter(*CHANGES)), None)
        after = latex(formula_in(element, Revisions.ACCEPTED)) if change else latex(element)
        before = latex(formula_in(element, Revisions.REJECTED)) if change else after
        if change is None or before == after:
            self._say_formula(after, at)
            return
        for kind, tex in (("del", before), ("ins", after)):
            self._say_formula(tex, at._replace(marks=(*at.marks, change._replace(kind=kind).mark)))

    def _say_formula(self, tex: str, at: _Place) -> None:
        if not tex:
            return
        marks = self._all_marks(at)
        at.line.formulas.append(tex)
        at.line.has_words |= bool(marks)
        at.line.inline.add_verbatim(f"${tex}$", marks, "math")

    # Fields

    def _open_field(self, found: Field, at: _Place) -> None:
        self.story.fields.append(found)
        at.line.sequence = at.line.sequence or found.sequence

    def _field_char(self, element: _Element, at: _Place) -> None:
        fields = self.story.fields
        match element.get(W + "fldCharType"):
            case "begin":
                if len(fields) >= _MOST_OPEN:
                    fields.clear()
                fields.append(Field(form=element.find(W + "ffData")))
            case "separate" if fields:
                fields[-1].settle()
                at.line.sequence = at.line.sequence or fields[-1].sequence
            case "end" if fields:
                self._say(fields.pop().at_end(), at)

    def _instruction(self, element: _Element, _at: _Place) -> None:
        if self.story.fields and not self.story.fields[-1].result:
            self.story.fields[-1].instruction.append(element.text or "")

    # Notes and comments

    def _note_mark(self, label: str, at: _Place) -> None:
        marks = tuple(mark for mark in at.marks if mark.kind != "sup")
        self._say(label, at._replace(marks=(*marks, Mark("sup"))))

    def _own_note_mark(self, _element: _Element, at: _Place) -> None:
        self._note_mark(self.story.note_label, at)
        self.story.note_label = ""

    def _begin_comment(self, element: _Element, _at: _Place) -> None:
        comment_id = element.get(W + "id") or ""
        mark = self._comments.mark(comment_id)
        is_new = comment_id not in self._anchored and len(self._open_comments) < _MOST_OPEN
        if mark is not None and is_new:
            self._open_comments[comment_id] = mark

    def _end_comment(self, element: _Element, _at: _Place) -> None:
        self._open_comments.pop(element.get(W + "id") or "", None)

    def _comment_reference(self, element: _Element, at: _Place) -> None:
        comment_id = element.get(W + "id") or ""
        text = self._comments.text(comment_id)
        if text and comment_id not in self._anchored:
            self._anchored.add(comment_id)
            at.line.inline.add_verbatim(html_comment(text), at.marks, "markup")
