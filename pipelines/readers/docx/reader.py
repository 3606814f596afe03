"""A Word document as one page: its text in the order of the file, without boxes."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from lxml.etree import _Element

from models.base import Image
from pipelines.readers.base import DEFAULT_SETUP, FlowReader, ReaderSetup
from pipelines.readers.docx.blocks import Block, contents, joined, with_captions
from pipelines.readers.docx.body import BlockWalk
from pipelines.readers.docx.changes import Revisions
from pipelines.readers.docx.forms.form import DocxForm
from pipelines.readers.docx.names import W
from pipelines.readers.docx.notes import Comments, Notes
from pipelines.readers.docx.numbering import Numbering
from pipelines.readers.docx.objects import Objects
from pipelines.readers.docx.parts import Parts
from pipelines.readers.docx.running import running_parts
from pipelines.readers.docx.shading import paper
from pipelines.readers.docx.styles import Styles
from pipelines.readers.docx.text import Story, TextWalk
from pipelines.readers.flow import as_fragments
from pipelines.readers.libreoffice import converted
from pipelines.readers.media import pixels_of
from pipelines.readers.ooxml.package import PartMissing
from schemas.errors import DocumentError, DocumentUnreadable
from schemas.forms import Blank, FilledForm, Filling
from schemas.fragments import FragmentType
from schemas.reading import FlowPage, FlowView


class DocxReader(FlowReader):
    """A Word document (DOCX, DOCM, DOTX, DOTM).

    Page headers come first and footers last, each text once and without page numbers; before the footers
    the foot- and endnotes that the text refers to.
    Raises ``DocumentEmpty`` and ``DocumentUnreadable``.
    """

    def __init__(self, path: Path, setup: ReaderSetup = DEFAULT_SETUP) -> None:
        self._setup = setup
        self._parts = Parts(path, setup)
        self._styles = Styles(self._parts.xml(self._parts.of_kind("styles")))
        self._blocks: list[Block] = []

    def flow_page(self, number: int, view: FlowView) -> FlowPage:
        """See ``FlowReader``."""
        return self.read(Revisions.MARKED if view.tracked_changes else Revisions.ACCEPTED, view)

    def read(self, revisions: Revisions, view: FlowView) -> FlowPage:
        """The document with its changes shown, accepted or rejected; ``view`` tells the rest."""
        parts = self._parts
        settings = parts.xml(parts.of_kind("settings"))
        comments = Comments(parts.xml(parts.of_kind("comments")) if view.comments else None)
        footnotes = _notes(parts, settings, "footnote", "decimal")
        endnotes = _notes(parts, settings, "endnote", "lowerRoman")
        text = TextWalk(parts, self._styles, footnotes, endnotes, comments, revisions)
        numbering = Numbering(parts.xml(parts.of_kind("numbering")))
        objects = Objects(parts, charts=view.charts)
        text.ground = paper(parts.body)
        walk = BlockWalk(self._styles, numbering, text, objects, revisions)
        blocks = list(_running_heads(walk, parts, settings, "header"))
        body = walk.blocks(parts.body)
        with_captions(body)
        blocks += joined(body)
        for kind, notes in (("footnotes", footnotes), ("endnotes", endnotes)):
            blocks += _referred(walk, notes, parts.of_kind(kind) or "")
        blocks += _running_heads(walk, parts, settings, "footer")
        self._blocks = blocks
        return FlowPage(
            as_fragments(contents(blocks)),
            hidden=text.hidden.found(),
            pictures=[index for index, block in enumerate(blocks) if block.picture],
        )

    def picture(self, number: int, index: int) -> Image | None:
        """See ``FlowReader``; of the page as it was read last."""
        found = self._blocks[index].picture if 0 <= index < len(self._blocks) else None
        data = self._parts.bytes(found.name) if found else None
        pixels = pixels_of(data, self._setup) if data else None
        if found is None or pixels is None:
            return None
        height, width = pixels.shape[:2]
        left, top, right, bottom = (min(max(share, 0.0), 1.0) for share in found.crop)
        shown = pixels[
            int(top * height) : height - int(bottom * height), int(left * width) : width - int(right * width)
        ]
        return shown if shown.size else None

    def blanks(self, number: int) -> list[Blank]:
        """See ``FlowReader``."""
        return DocxForm(self._parts, self._styles).blanks()

    def fill(self, blanks: Sequence[Blank], fillings: Sequence[Filling], *, interactive: bool) -> FilledForm:
        """See ``FlowReader``; as PDF where LibreOffice is there. Fields stay fields: Word has no other way.

        Raises:
            DocumentUnreadable: some part of the document is damaged.
        """
        try:
            filled = DocxForm(self._parts, self._styles).fill(fillings)
        except PartMissing as damaged:
            raise DocumentUnreadable(
                "Part of the Word document is damaged, so that no copy of it can be written. Open it in Word "
                "and save it again."
            ) from damaged
        if self._setup.soffice is not None:
            self._as_pdf(filled)
        return filled

    def _as_pdf(self, filled: FilledForm) -> None:
        with tempfile.NamedTemporaryFile(dir=self._setup.scratch, suffix=".docx") as copy:
            copy.write(filled.docx or b"")
            copy.flush()
            try:
                filled.pdf = converted(Path(copy.name), "pdf", self._setup).read_bytes()
            except DocumentError as error:
                filled.warnings.append(f"The filled document is not shown as PDF: {error.message}")

    def close(self) -> None:
        """See ``FlowReader``."""
        self._parts.package.close()


def _notes(parts: Parts, settings: _Element | None, kind: str, form: str) -> Notes:
    properties = [root.find(f".//{W}{kind}Pr") for root in (parts.body, settings) if root is not None]
    own = next((found for found in properties if found is not None), None)
    return Notes(parts.xml(parts.of_kind(f"{kind}s")), own, form)


def _referred(walk: BlockWalk, notes: Notes, part: str) -> Iterator[Block]:
    """The notes that the text refers to; notes may refer to further ones."""
    for note in notes.referred:
        blocks = walk.story(note.element, Story.of(note.element, part, note_label=note.label))
        yield from joined(blocks)


def _running_heads(walk: BlockWalk, parts: Parts, settings: _Element | None, kind: str) -> Iterator[Block]:
    """The page headers or footers, each text once; a table in one is lines of text."""
    seen: set[str] = set()
    fragment = FragmentType.PAGE_HEADER if kind == "header" else FragmentType.PAGE_FOOTER
    for name in running_parts(parts, settings, kind):
        root = parts.xml(name)
        story = Story.of(root, name, running=True) if root is not None else None
        for block in walk.story(root, story, in_cell=True) if root is not None and story else ():
            if block.is_figure or (block.markdown and block.markdown not in seen):
                seen.add(block.markdown)
                yield block if block.is_figure else replace(block, kind=fragment)
