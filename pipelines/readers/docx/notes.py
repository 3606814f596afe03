"""Footnotes, endnotes and comments: what stands outside the text and is referred to from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from lxml.etree import _Element

from pipelines.readers.docx.changes import DELETIONS, signature
from pipelines.readers.docx.names import W, number, value
from pipelines.readers.inline import Mark
from pipelines.readers.numerals import numeral


class Note(NamedTuple):
    """A note that the text refers to, and the mark it has there."""

    label: str
    element: _Element


class Notes:
    """Footnotes or endnotes, numbered as they are referred to."""

    def __init__(self, root: _Element | None, properties: _Element | None, form: str) -> None:
        """``properties``: the document's ``footnotePr`` or ``endnotePr``; ``form``: the usual numerals."""
        self._notes = {} if root is None else {note.get(W + "id"): note for note in root}
        self._form = value(properties, "numFmt") or form
        self._next = number(value(properties, "numStart"), 1) or 1
        self._labels: dict[str | None, str] = {}
        self.referred: list[Note] = []

    def label(self, reference: _Element) -> str:
        """The mark of a reference; empty where the text has a mark of its own, or there is no such note."""
        note_id = reference.get(W + "id")
        note = self._notes.get(note_id)
        if note is None:
            return ""
        if note_id not in self._labels:
            own = (reference.get(W + "customMarkFollows") or "0") not in {"0", "false", "off"}
            self._labels[note_id] = "" if own else numeral(self._next, self._form)
            self._next += not own
            self.referred.append(Note(self._labels[note_id], note))
        return self._labels[note_id]


class Comments:
    """The comments of a document."""

    def __init__(self, root: _Element | None) -> None:
        self._comments = {} if root is None else {c.get(W + "id"): c for c in root.iter(W + "comment")}

    def text(self, comment_id: str | None) -> str:
        """What a comment says; empty for one that is not there."""
        element = self._comments.get(comment_id)
        return " ".join(" ".join(_words(element)).split()) if element is not None else ""

    def mark(self, comment_id: str | None) -> Mark | None:
        """A comment as a mark of the text that it is about; None for one that says nothing."""
        text = self.text(comment_id)
        if not text:
            return None
        author, date = signature(self._comments[comment_id])
        said = (("class", "comment"), ("data-note", text), ("data-author", author), ("data-date", date))
        return Mark("span", comment_id or "", tuple((name, text) for name, text in said if text))


def html_comment(text: str) -> str:
    """A comment on nothing that could be marked, as an HTML comment (HTML Standard §13.1.6)."""
    return f"<!-- Comment: {text.replace('--', '- -').rstrip('-')} -->"


def _words(comment: _Element) -> Iterator[str]:
    """The paragraphs of a comment without what was deleted in them."""
    for paragraph in comment.iter(W + "p"):
        yield "".join(
            text.text or "" if text.tag == W + "t" else " "
            for text in paragraph.iter(W + "t", W + "tab", W + "br")
            if next(text.iterancestors(*DELETIONS), None) is None
        )
