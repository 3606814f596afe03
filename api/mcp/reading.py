"""The tools that read: a document, its pages, its tables, its words."""

from __future__ import annotations

from typing import Annotated, Literal

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult
from pydantic import Field

from api.mcp.answers import (
    DocumentAnswer,
    ListAnswer,
    Listed,
    PagesAnswer,
    SearchAnswer,
    TableAnswer,
)
from api.mcp.desk import (
    FETCHES,
    READS,
    ROOM,
    WAIT,
    Call,
    Desk,
    Document,
    Pages,
    ParseId,
    Room,
    Wait,
    add_tool,
    numbers,
    unfinished,
)
from api.mcp.library import Asked, Library, Source, Standing
from api.mcp.tables import tables_of
from schemas.jobs import JobStatus
from schemas.options import OcrModel

Extra = Literal["forms", "charts", "barcodes", "signatures", "strikethrough"]

_EXTRAS: dict[Extra, tuple[str, str]] = {
    "forms": ("enrichment_options", "key_value_extraction"),
    "charts": ("enrichment_options", "chart_extraction"),
    "barcodes": ("parsing_options", "barcode_detection"),
    "signatures": ("parsing_options", "signature_detection"),
    "strikethrough": ("parsing_options", "remove_strikethrough_lines"),
}

OcrChoice = Annotated[
    OcrModel,
    Field(description="How pictures of text are read: model03 is the default; gemini3: a vision model."),
]


def options(ocr_model: OcrModel = OcrModel.MODEL03, extras: list[Extra] | None = None) -> Asked:
    """What a reading for a model is asked for: tables as Markdown, whole over pages, headings with levels."""
    asked: Asked = {
        "parsing_options": {
            "ocr_model": ocr_model.value,
            "table_output_mode": "markdown",
            "table_merging": True,
            "cross_page_header_detection": True,
        },
        "enrichment_options": {},
    }
    for extra in extras or ():
        group, name = _EXTRAS[extra]
        asked[group][name] = True
    return asked


_LEAST_OF_A_CELL = 8
"""Characters, of a row that is too wide."""


class ReadingTools:
    """The tools, over a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add_to(self, server: MCPServer) -> None:
        """Adds the tools to a server."""
        add_tool(server, self.parse_document, "Read a document", FETCHES)
        add_tool(server, self.get_document, "A reading: how far, and what it is", READS)
        add_tool(server, self.get_pages, "Pages of a document", READS)
        add_tool(server, self.search_result, "Search a document", READS)
        add_tool(server, self.get_table, "A table", READS)
        add_tool(server, self.list_documents, "What there is to read", READS)

    async def parse_document(
        self,
        document: Document,
        ctx: Call,
        pages: Pages = "",
        also: Annotated[
            list[Extra] | None,
            Field(description="What to look for besides text, headings and tables; each takes time."),
        ] = None,
        ocr_model: OcrChoice = OcrModel.MODEL03,
        max_characters: Room = ROOM,
        wait_seconds: Wait = WAIT,
    ) -> Annotated[CallToolResult, DocumentAnswer]:
        """Reads a PDF, scan, picture, Word, Excel, PowerPoint, mail, web page or book into Markdown.

        Gives a parse_id, warnings, the outline with page numbers, the tables and the first pages. Of a long
        document the rest comes by search_result, get_pages and get_table: search before reading all of it.
        """
        asked = options(ocr_model, also)

        def begin(library: Library, source: Source) -> str:
            return library.begin(source, asked, pages)

        parse_id, standing = await self._desk.follow(ctx, document, begin, wait_seconds)
        return await self._told(parse_id, standing, max_characters)

    async def get_document(
        self, parse_id: ParseId, ctx: Call, max_characters: Room = 2_000, wait_seconds: Wait = WAIT
    ) -> Annotated[CallToolResult, DocumentAnswer]:
        """Waits for a reading that is 'processing'; gives outline, tables, warnings of one that is done."""
        standing = await self._desk.wait(ctx, parse_id, wait_seconds)
        return await self._told(parse_id, standing, max_characters)

    async def _told(self, parse_id: str, standing: Standing, room: int) -> CallToolResult:
        source = await self._desk.ask(self._desk.library().source, parse_id)
        if standing.status is JobStatus.SUCCESSFUL:
            found = await self._desk.result(parse_id)
            return (
                await self._desk.ask(self._desk.reader.document, parse_id, source.name, standing, found, room)
            ).result()
        if standing.status is JobStatus.FAILURE:
            raise ToolError(f"{source.name} could not be read: {standing.message}")
        message = f"{unfinished(standing)} Call get_document with this parse_id to wait on."
        answer = DocumentAnswer(
            parse_id=parse_id,
            name=source.name,
            status=standing.status,
            message=message,
            pages_done=standing.pages_done,
            total_pages=standing.pages,
        )
        return answer.result()

    async def get_pages(
        self,
        parse_id: ParseId,
        pages: Pages = "",
        with_boxes: Annotated[
            bool,
            Field(description="Each fragment with its id, its type and its box, in place of running text."),
        ] = False,
        from_character: Annotated[int, Field(ge=0, description="Of the first page: where to go on.")] = 0,
        max_characters: Room = ROOM,
    ) -> Annotated[CallToolResult, PagesAnswer]:
        """The Markdown of pages of a document that was read; says how to go on where it is cut."""
        document = await self._desk.result(parse_id)
        chosen = numbers(pages, document)

        def given() -> PagesAnswer:
            return self._desk.reader.pages(
                parse_id, document, chosen, max_characters, from_character=from_character, boxes=with_boxes
            )

        return (await self._desk.ask(given)).result()

    async def search_result(
        self,
        parse_id: ParseId,
        query: Annotated[
            str,
            Field(
                min_length=1,
                max_length=1_000,
                description='Words, in the document\'s language; "in quotes" those that stand together.',
            ),
        ],
        pages: Pages = "",
        limit: Annotated[int, Field(ge=1, le=50)] = 8,
    ) -> Annotated[CallToolResult, SearchAnswer]:
        """The places of a document that fit the words best: page, section, snippet, and the box on the page.

        It matches words, not meaning: try synonyms. Rows of tables are found, too.
        """
        index = await self._desk.index(parse_id)
        chosen = set(numbers(pages, await self._desk.result(parse_id))) if pages.strip() else None
        return (await self._desk.ask(index.search, parse_id, query, limit, chosen)).result()

    async def get_table(
        self,
        parse_id: ParseId,
        table_id: Annotated[str, Field(description="As parse_document and get_document list them.")],
        first_row: Annotated[int, Field(ge=0)] = 0,
        max_rows: Annotated[int, Field(ge=1, le=1_000)] = 100,
        max_characters: Room = ROOM,
    ) -> Annotated[CallToolResult, TableAnswer]:
        """Rows of a table, cell by cell; one that goes on over pages is whole."""
        document = await self._desk.result(parse_id)
        table = next((one for one in await self._desk.ask(tables_of, document) if one.id == table_id), None)
        if table is None:
            raise ToolError(f"There is no table {table_id!r}; get_document lists them.")
        rows: list[list[str]] = []
        room = max_characters
        for row in table.rows[first_row : first_row + max_rows]:
            wide = sum(map(len, row)) + 3 * len(row)
            if wide > room and rows:
                break
            room -= wide
            # A row alone may be longer than the answer: what spans many columns is in each of them.
            share = max(max_characters // max(len(row), 1), _LEAST_OF_A_CELL)
            most = max_characters if wide <= max_characters else share
            rows.append([cell[:most] for cell in row])
        after = first_row + len(rows)
        return TableAnswer(
            parse_id=parse_id,
            table_id=table_id,
            page=table.page,
            box=table.box,
            total_rows=len(table.rows),
            columns=table.columns,
            first_row=first_row,
            rows=rows,
            next_row=after if after < len(table.rows) else None,
        ).result()

    async def list_documents(
        self,
        of: Annotated[
            Literal["files", "readings", "uploads"],
            Field(
                description="files: those in the server's folders; readings: what was read, newest first;"
                " uploads: files of the service."
            ),
        ] = "files",
        name: Annotated[str, Field(description="Only those with this in their name.")] = "",
        limit: Annotated[int, Field(ge=1, le=100)] = 30,
        cursor: Annotated[
            str | None, Field(max_length=1_000, description="Where an earlier answer said it goes on.")
        ] = None,
    ) -> Annotated[CallToolResult, ListAnswer]:
        """Documents that can be read, and what was read: `document` is what the other tools take."""
        if of == "files":
            start = int(cursor) if cursor and cursor.isdecimal() else 0
            entries, after = await self._desk.ask(self._desk.folders.files, name, start, limit)
            cursor = None if after is None else str(after)
        else:
            library = self._desk.library()
            listing = await self._desk.ask(
                library.readings if of == "readings" else library.uploads, name, cursor, limit
            )
            entries, cursor = listing.entries, listing.cursor
        shown = [
            Listed(document=e.id, name=e.name, made_at=e.made_at, status=e.status, pages=e.pages, size=e.size)
            for e in entries
        ]
        return ListAnswer(entries=shown, cursor=cursor).result()
