"""Parts of a result, cut to the room there is: a document never floods a conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from api.mcp.answers import (
    DocumentAnswer,
    FailedPage,
    Fragment,
    Heading,
    PagesAnswer,
    PageText,
    TableOutline,
    Warned,
)
from api.mcp.library import Render, Standing
from api.mcp.tables import tables_of
from schemas.documents import DocumentWarning, Page, ParsedDocument, WarningKind
from schemas.fragments import FragmentType, HeaderContent, PageFragment

_MOST_HEADINGS = 60
_MOST_TABLES = 40
_MOST_WARNINGS = 20
_LONGEST_HEADING = 120
_LEFT = 200
"""Characters of a page that are not worth beginning it for."""
_PAGE_LINE = 40
"""Characters of the line that each page has above it."""

_GRAVE = (WarningKind.INSTRUCTION_IN_TEXT, WarningKind.HIDDEN_TEXT)


def in_order(page: Page) -> list[PageFragment]:
    """The fragments of a page in reading order; those without a place come last."""
    return sorted(
        page.page_fragments,
        key=lambda one: (one.reading_order is None or one.reading_order < 0, one.reading_order or 0),
    )


def warnings_of(warnings: Sequence[DocumentWarning], pages: set[int] | None = None) -> list[Warned]:
    """The warnings about these pages (None: all), those first that speak of who wrote the document."""
    chosen = [one for one in warnings if pages is None or one.page_number is None or one.page_number in pages]
    chosen.sort(key=lambda one: (one.kind not in _GRAVE, one.page_number or 0))
    return [Warned.of(one) for one in chosen]


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes parts of results; ``render`` makes Markdown of fragments."""

    render: Render

    def document(
        self, parse_id: str, name: str, standing: Standing, document: ParsedDocument, room: int
    ) -> DocumentAnswer:
        """What the document is, and as much of its beginning as there is room for, in characters."""
        headings = list(_headings(document))
        tables = [
            TableOutline(table_id=t.id, page=t.page, rows=len(t.rows), columns=t.columns, begins=t.begins())
            for t in tables_of(document)
        ]
        warnings = warnings_of(document.warnings)
        beginning = self.pages(parse_id, document, [page.page_number for page in document.pages], room)
        return DocumentAnswer(
            parse_id=parse_id,
            name=name,
            status=standing.status,
            pages_done=document.parsed_pages_count,
            total_pages=document.total_pages,
            characters=len(document.document_markdown),
            warnings=warnings[:_MOST_WARNINGS],
            warnings_left_out=max(0, len(warnings) - _MOST_WARNINGS),
            failed_pages=[FailedPage.of(fault) for fault in document.page_errors[:_MOST_WARNINGS]],
            outline=headings[:_MOST_HEADINGS],
            headings_left_out=max(0, len(headings) - _MOST_HEADINGS),
            tables=tables[:_MOST_TABLES],
            tables_left_out=max(0, len(tables) - _MOST_TABLES),
            beginning=beginning.model_copy(update={"warnings": []}),
        )

    def pages(
        self,
        parse_id: str,
        document: ParsedDocument,
        numbers: Sequence[int],
        room: int,
        *,
        from_character: int = 0,
        boxes: bool = False,
    ) -> PagesAnswer:
        """The pages with these numbers, as many characters as there is room for."""
        by_number = {page.page_number: page for page in document.pages}
        given: list[PageText] = []
        rest, character = [number for number in numbers if number in by_number], from_character
        while rest:
            text = self._boxed(by_number[rest[0]]) if boxes else self._plain(by_number[rest[0]])
            enough = len(text.text) - character <= room
            if given and (room <= 0 or (not enough and room < max(_LEFT, len(text.text) // 4))):
                break
            end = len(text.text) if enough else character + room
            given.append(_cut(text, character, end))
            room -= end - character + _PAGE_LINE
            if not enough:
                character = end
                break
            rest, character = rest[1:], 0
        return PagesAnswer(
            parse_id=parse_id,
            total_pages=document.total_pages,
            pages=given,
            warnings=warnings_of(document.warnings, {page.page for page in given}),
            next_pages=ranges(rest) if rest else None,
            next_character=character if rest else 0,
        )

    def _plain(self, page: Page) -> PageText:
        text = self.render(in_order(page))
        return PageText(page=page.page_number, text=text, characters=len(text))

    def _boxed(self, page: Page) -> PageText:
        """The page with a fragment a line; ``text`` is what counts for the room."""
        fragments = [
            Fragment(
                fragment_id=one.ref_id,
                type=one.fragment_type.value,
                text=self.render([one]),
                box=one.bbox,
                confidence=one.confidence,
            )
            for one in in_order(page)
        ]
        text = "".join(one.text for one in fragments)
        return PageText(page=page.page_number, text=text, fragments=fragments, characters=len(text))


def _cut(page: PageText, start: int, end: int) -> PageText:
    """The page from one character to another; fragments are there as far as they begin in between."""
    whole = start == 0 and end >= page.characters
    update: dict[str, object] = {"text": page.text[start:end], "from_character": start, "complete": whole}
    if page.fragments is not None:
        kept, at = [], 0
        for one in page.fragments:
            low, high = max(start - at, 0), min(end - at, len(one.text))
            if low < high or (not one.text and start <= at < end):
                kept.append(one.model_copy(update={"text": one.text[low:high]}))
            at += len(one.text)
        update |= {"fragments": kept, "text": ""}
    return page.model_copy(update=update)


def _headings(document: ParsedDocument) -> Iterator[Heading]:
    for page in document.pages:
        for fragment in in_order(page):
            if isinstance(fragment.content, HeaderContent) and (
                text := " ".join(fragment.content.content.split())
            ):
                level = 0 if fragment.fragment_type is FragmentType.TITLE else fragment.content.level
                yield Heading(page=page.page_number, level=level, text=text[:_LONGEST_HEADING])


def ranges(numbers: Sequence[int]) -> str:
    """Page numbers in the API's words: ``1-3,7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(a) if a == b else f"{a}-{b}" for a, b in runs)
