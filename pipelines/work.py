"""Work in flight: a page on its way through the stages, and what is kept of it afterwards."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import ClassVar, Protocol, TypeVar

from models.base import Image
from pipelines.space import Pose
from schemas.documents import DocumentWarning, PageFault, WarningKind
from schemas.forms import Blank
from schemas.fragments import Content, FragmentType, PageFragment, Source
from schemas.geometry import BBox, Box, PageSize
from schemas.reading import Bookmark, FormEntry, FormField, Region, SourcePage, TextLine, Word

T = TypeVar("T")

DONE, FAILED = "done", "failed"
"""What ``RunContext.progress`` hears when a page is through all its stages, or will not be."""


class Tell(Protocol):
    """Hears what is done with the whole document, and of a stage with steps how many are done."""

    def __call__(self, message: str, done: int | None = None, total: int | None = None) -> None:
        """Called when a stage begins, and with each step."""
        ...


def _nobody_listens(message: str, done: int | None = None, total: int | None = None) -> None:
    """What is told goes nowhere."""


@dataclass(slots=True)
class Find:
    """What a stage saw on the page besides running text and made a fragment of: a barcode, a chart, a form.

    ``bbox`` is in units of the upright page; boxes in ``content`` (table cells) too. ``words`` are those that
    it took out of the page's lines: ``Assemble`` puts the fragment in its place in the order.
    """

    kind: FragmentType
    bbox: BBox
    content: Content
    confidence: float | None = None
    source: Source | None = None
    words: list[Word] = field(default_factory=list)


@dataclass(slots=True)
class PageWork:
    """A page in flight: changed in place by the stages, never stored. ``image`` is freed with its window.

    ``image`` is upright, at ``scale`` pixels a page unit, ``angle`` degrees clockwise and then ``turns``
    clockwise quarter turns away from the page as displayed: its ``pose``. ``lines``, ``regions``, ``rules``
    and ``bars`` are in units of the upright page until ``assemble`` maps the fragments back.

    A page that comes ready has no ``source``, but a ``size`` where its format has geometry, and ``pictures``:
    the indices of figures with pixels, and what each was when the reader gave it.

    ``fields``, ``entries`` (as displayed) and ``picture`` (a JPEG of the page as displayed) are kept only for
    what is made of the whole document: extraction; ``blanks`` (as displayed) for filling them in.
    """

    number: int
    source: SourcePage | None = None
    image: Image | None = None
    scale: float = 1.0
    turns: int = 0
    angle: float = 0.0
    scanned: bool = False
    lines: list[TextLine] | None = None
    regions: list[Region] | None = None
    rules: list[BBox] = field(default_factory=list)
    bars: list[BBox] = field(default_factory=list)
    finds: list[Find] = field(default_factory=list)
    fragments: list[PageFragment] | None = None
    size: PageSize | None = None
    pictures: dict[int, int] = field(default_factory=dict)
    warnings: list[DocumentWarning] = field(default_factory=list)
    fault: PageFault | None = None
    fields: list[FormField] = field(default_factory=list)
    entries: list[FormEntry] = field(default_factory=list)
    picture: bytes = b""
    blanks: list[Blank] = field(default_factory=list)
    ocr_input_tokens: int = 0
    ocr_output_tokens: int = 0
    summary_input_tokens: int = 0
    summary_output_tokens: int = 0

    @property
    def pose(self) -> Pose:
        """How the upright page lies to the page as displayed; only of a page that has a source."""
        if self.source is None:
            raise ValueError(f"page {self.number} was not read yet, or came ready")
        return Pose.of(self.source, self.turns, self.angle)

    def part(self, parts: Sequence[Sequence[PageFragment]]) -> None:
        """Puts several fragments, or none, in the place of each; a figure that stays comes first of its."""
        pictures, fragments = self.pictures, list[PageFragment]()
        self.pictures = {}
        for index, part in enumerate(parts):
            if index in pictures and part and part[0].fragment_type is FragmentType.FIGURE:
                self.pictures[len(fragments)] = pictures[index]
            fragments += part
        self.fragments = fragments

    def warn(self, kind: WarningKind, message: str, bbox: Box | None = None) -> None:
        """Adds a warning that names the page; ``bbox`` is on the page as displayed."""
        self.warnings.append(DocumentWarning(kind=kind, message=message, page_number=self.number, bbox=bbox))


@dataclass(slots=True)
class PageRecord:
    """What is kept of a page once its pixels are gone: enough for every document stage. Is checkpointed.

    ``part`` is the index of the document it belongs to, in an envelope of several; ``ready`` pages came with
    their structure; ``begins`` names the attached document whose first page it is.
    """

    number: int
    size: PageSize | None
    fragments: list[PageFragment]
    lines: Sequence[TextLine]
    warnings: list[DocumentWarning]
    fault: PageFault | None = None
    ocr_input_tokens: int = 0
    ocr_output_tokens: int = 0
    part: int = 0
    ready: bool = False
    begins: str = ""
    fields: list[FormField] = field(default_factory=list)
    entries: list[FormEntry] = field(default_factory=list)
    picture: bytes = b""
    summary_input_tokens: int = 0
    summary_output_tokens: int = 0
    bookmarks: list[Bookmark] = field(default_factory=list)
    blanks: list[Blank] = field(default_factory=list)


class Keep(Protocol):
    """Gives the result of a document's step: one that was kept of an earlier run, or what is made now.

    ``asked`` is all that the step's result depends on besides the records of the pages; it and the result,
    of type ``kind``, must be data.
    """

    def __call__(self, name: str, asked: object, kind: type[T], make: Callable[[], T]) -> T:
        """The result; ``make`` is called once or not at all."""
        ...


def _made(name: str, asked: object, kind: type[T], make: Callable[[], T]) -> T:
    return make()


@dataclass(slots=True)
class RunContext:
    """What a run is told from outside, and what it tells.

    ``check`` raises ``Interrupted`` when the work must stop; it is called between pages.
    ``progress`` hears a page's number and the stage it enters, at last ``DONE`` or ``FAILED``; ``tell`` what
    is done with the whole document. ``stage`` is entered around each stage, with the numbers of its pages (of
    the whole document: none).
    ``keep`` knows the results of steps over the whole document. ``seconds`` sums up by stage.
    """

    check: Callable[[], None] = lambda: None
    progress: Callable[[int, str], None] = lambda number, stage: None
    tell: Tell = _nobody_listens
    stage: Callable[[str, Sequence[int]], AbstractContextManager[object]] = lambda name, pages: nullcontext()
    keep: Keep = _made
    seconds: dict[str, float] = field(default_factory=dict)

    def step(self, name: str, asked: object, kind: type[T], make: Callable[[], T]) -> T:
        """The result of a step over the whole document; see ``Keep``."""
        started = time.perf_counter()
        with self.stage(name, ()):
            result = self.keep(name, asked, kind, make)
        self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - started
        return result


class PageStage(Protocol):
    """One step over a batch of pages, changed in place; safe to run again on the same page.

    ``reads`` and ``writes`` name fields of ``PageWork``; the plan refuses an order in which a stage
    reads what no earlier one wrote. ``batch`` is how many pages it wants at once.
    """

    name: ClassVar[str]
    reads: ClassVar[frozenset[str]]
    writes: ClassVar[frozenset[str]]
    batch: ClassVar[int]

    def __call__(self, pages: Sequence[PageWork]) -> None:
        """Does the step on every page of the batch that has no fault."""
        ...
