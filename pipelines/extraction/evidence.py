"""What a document offers to whoever fills schemas: fragments with words, fields, pictures."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace

from pipelines.documents.markdown import fragment_markdown, ordered
from pipelines.work import PageRecord
from schemas.documents import Page, WarningKind
from schemas.fragments import FigureContent, FragmentType, HeaderContent, PageFragment
from schemas.geometry import BBox
from schemas.options import TableOutputMode
from schemas.reading import FormEntry, FormField, Word

_FIGURE_SHARE = 0.04
"""Of the page: logos, stamps and signatures are smaller, what a page shows is larger."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word where it stands on its page as displayed, in page units."""

    text: str
    page: int
    bbox: BBox
    confidence: float | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A fragment of a page. ``text`` is its Markdown; without geometry it has no ``words``."""

    page: int
    fragment: PageFragment
    text: str
    words: tuple[PlacedWord, ...] = ()

    @property
    def ref_id(self) -> str:
        """The fragment's name in the document."""
        return self.fragment.ref_id or ""

    @property
    def level(self) -> int | None:
        """The level of a heading; None of anything else."""
        content = self.fragment.content
        return content.level if isinstance(content, HeaderContent) else None


@dataclass(frozen=True, slots=True)
class PlacedField:
    """A field of an interactive form; its box is on the page as displayed."""

    page: int
    field: FormField


@dataclass(frozen=True, slots=True)
class PlacedEntry:
    """A field of a form as it is read, whether the file knows of it or it is only printed."""

    page: int
    entry: FormEntry

    @property
    def words(self) -> tuple[PlacedWord, ...]:
        """The words of its value."""
        return _placed(self.page, self.entry.words)

    @property
    def label(self) -> tuple[PlacedWord, ...]:
        """The words of its printed name."""
        return _placed(self.page, self.entry.label)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A document, or a part of one. ``blocks`` are in reading order.

    ``pictures`` are JPEG files of pages as displayed, kept where a model is to look at them; ``illustrated``
    are the pages with figures; ``hidden``, by page, are the places of text that is in the file and does not
    show.
    """

    pages: tuple[int, ...]
    blocks: tuple[Block, ...]
    fields: tuple[PlacedField, ...] = ()
    entries: tuple[PlacedEntry, ...] = ()
    pictures: dict[int, bytes] = field(default_factory=dict)
    illustrated: frozenset[int] = frozenset()
    hidden: dict[int, tuple[BBox, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, records: Sequence[PageRecord], pages: Sequence[Page]) -> Evidence:
        """The whole document: ``pages`` are the finished pages of ``records``, with their words."""
        blocks = tuple(_block(page.page_number, one) for page in pages for one in ordered(page))
        return cls(
            pages=tuple(page.page_number for page in pages),
            blocks=blocks,
            fields=tuple(PlacedField(record.number, one) for record in records for one in record.fields),
            entries=tuple(PlacedEntry(record.number, one) for record in records for one in record.entries),
            pictures={record.number: record.picture for record in records if record.picture},
            illustrated=frozenset(
                page.page_number
                for page in pages
                if page.dimensions and has_figure(page.page_fragments, *page.dimensions)
            ),
            hidden={record.number: places for record in records if (places := _hidden(record))},
        )

    def of_pages(self, numbers: Collection[int]) -> Evidence:
        """What stands on some pages."""
        return replace(
            self,
            pages=tuple(page for page in self.pages if page in numbers),
            blocks=tuple(block for block in self.blocks if block.page in numbers),
            fields=tuple(one for one in self.fields if one.page in numbers),
            entries=tuple(one for one in self.entries if one.page in numbers),
            pictures={page: picture for page, picture in self.pictures.items() if page in numbers},
            illustrated=self.illustrated & frozenset(numbers),
            hidden={page: places for page, places in self.hidden.items() if page in numbers},
        )

    def of_blocks(self, blocks: Sequence[Block]) -> Evidence:
        """Some fragments, with the fields that lie in them; the pages are those that the fragments are on."""
        there = self.of_pages({block.page for block in blocks})
        return replace(
            there,
            blocks=tuple(blocks),
            fields=tuple(one for one in there.fields if _is_in(blocks, one.page, one.field.bbox)),
            entries=tuple(one for one in there.entries if _is_in(blocks, one.page, one.entry.bbox)),
        )


def has_figure(fragments: Iterable[PageFragment], width: float, height: float) -> bool:
    """Whether a page of this size has a figure, or a chart that was not read, larger than a logo."""
    return any(
        isinstance(fragment.content, FigureContent)
        and not (fragment.fragment_type is FragmentType.CHART and fragment.content.content)
        and fragment.bbox is not None
        and fragment.bbox.bbox().area > _FIGURE_SHARE * width * height
        for fragment in fragments
    )


def _block(page: int, fragment: PageFragment) -> Block:
    words = tuple(
        PlacedWord(word.text, page, word.bbox.bbox(), word.confidence) for word in fragment.words or ()
    )
    return Block(page, fragment, fragment_markdown(fragment, TableOutputMode.MARKDOWN), words)


def _hidden(record: PageRecord) -> tuple[BBox, ...]:
    told = (warning for warning in record.warnings if warning.kind is WarningKind.HIDDEN_TEXT)
    return tuple(warning.bbox.bbox() for warning in told if warning.bbox)


def _placed(page: int, words: Sequence[Word]) -> tuple[PlacedWord, ...]:
    return tuple(PlacedWord(word.text, page, word.bbox, word.confidence) for word in words)


def _is_in(blocks: Sequence[Block], page: int, place: BBox | None) -> bool:
    """Whether a place on a page lies in one of the fragments."""
    boxes = (block.fragment.bbox for block in blocks if block.page == page)
    return place is not None and any(box.bbox().holds(*place.center) for box in boxes if box)
