"""How tools get at documents: what a caller names is found, read in a thread, and followed with progress."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from inspect import getdoc
from pathlib import PurePosixPath
from typing import Annotated, Any, TypeVar
from urllib.parse import urlsplit

import anyio
from anyio import to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from api.mcp.folders import Folders
from api.mcp.library import Library, Shelf, Source, Standing, Unusable
from api.mcp.search import Index
from api.mcp.views import Reader
from schemas.documents import ParsedDocument
from schemas.errors import OctavoError
from schemas.ids import is_file_id, is_id
from schemas.jobs import JobStatus
from schemas.page_range import parse_page_range, select_pages

T = TypeVar("T")
Call = Context[Any, Any]

_ROUND_SECONDS = 0.25
_QUIET_SECONDS = 2.0
"""Between two notes of progress, if no page was done."""
_A_LITTLE = 0.01
"""Progress may only grow: what moves within a page counts this."""

READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
FETCHES = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=True)

Document = Annotated[
    str,
    Field(
        description="What to read: a path below the server's folders, an http(s) URL, a file_id (file_…),"
        " or the parse_id (parse_…) of a reading: its document."
    ),
]
ParseId = Annotated[str, Field(description="The parse_id that parse_document gave.")]
Pages = Annotated[str, Field(description="Pages, like 1-3 or 2,5-7; empty: all.")]
Wait = Annotated[
    int,
    Field(
        ge=0,
        le=600,
        description="Seconds to wait for the end; after them the answer says 'processing'.",
    ),
]
Room = Annotated[int, Field(ge=500, le=200_000, description="The most characters of text in the answer.")]

WAIT = 45
"""Below the minute after which many clients give a call up."""
ROOM = 12_000


@dataclass(slots=True)
class Desk:
    """``library`` gives that of the caller of now. ``urls``: whether documents are fetched from the web."""

    library: Callable[[], Library]
    folders: Folders
    reader: Reader
    urls: bool = True
    _indexes: Shelf[tuple[ParsedDocument, Index]] = field(default_factory=Shelf)

    async def ask(self, work: Callable[..., T], *arguments: Any) -> T:
        """What ``work`` gives, in a thread; what it says on purpose reaches the caller.

        Raises:
            ToolError: ``work`` raised an ``OctavoError``.
        """
        try:
            return await to_thread.run_sync(partial(work, *arguments))
        except OctavoError as error:
            raise ToolError(error.message) from None

    def source(self, library: Library, document: str) -> Source:
        """The document that a caller names.

        Raises:
            Unusable: there is none, or it may not be read.
        """
        document = document.strip()
        if re.match(r"https?://", document, re.IGNORECASE):
            if not self.urls:
                raise Unusable("This server fetches nothing from the web.")
            return Source(PurePosixPath(urlsplit(document).path).name or document, url=document)
        if is_file_id(document):
            return Source(document, file_id=document)
        if document.startswith("parse_") and is_id(document):
            return library.source(document)
        path = self.folders.find(document)
        return Source(path.name, path=path)

    async def follow(
        self, call: Call, document: str, begin: Callable[[Library, Source], str], seconds: float
    ) -> tuple[str, Standing]:
        """Begins a reading and waits so long for its end. A caller who gives up ends it.

        Raises:
            ToolError: it cannot be begun.
        """
        library = self.library()

        def begun() -> str:
            return begin(library, self.source(library, document))

        parse_id = await self.ask(begun)
        try:
            return parse_id, await self.wait(call, parse_id, seconds)
        except anyio.get_cancelled_exc_class():
            with anyio.CancelScope(shield=True):
                await self.ask(library.cancel, parse_id)
            raise

    async def wait(self, call: Call, parse_id: str, seconds: float) -> Standing:
        """How a reading stands at its end, or after so many seconds; tells progress meanwhile."""
        library, limit = self.library(), anyio.current_time() + seconds
        told, before, later = 0.0, Standing(JobStatus.PENDING), 0.0
        while True:
            standing = await self.ask(library.standing, parse_id)
            if standing.status.ended or anyio.current_time() >= limit:
                return standing
            moved = standing.pages_done > before.pages_done or anyio.current_time() >= later
            if standing != before and moved:
                told, before = max(float(standing.pages_done), told + _A_LITTLE), standing
                later = anyio.current_time() + _QUIET_SECONDS
                await call.report_progress(told, standing.pages, standing.message or standing.status.value)
            await anyio.sleep(_ROUND_SECONDS)

    async def result(self, parse_id: str) -> ParsedDocument:
        """A result that is there.

        Raises:
            ToolError: there is none with this id, it is not done, or it failed.
        """

        def found() -> ParsedDocument:
            library = self.library()
            standing = library.standing(parse_id)
            if standing.status is JobStatus.FAILURE:
                raise Unusable(f"{parse_id} failed: {standing.message}")
            if not standing.status.ended:
                raise Unusable(f"{unfinished(standing)} Wait for it with get_document.")
            return library.result(parse_id)

        return await self.ask(found)

    async def index(self, parse_id: str) -> Index:
        """The words of a result. The caller's right to it is asked for each time."""
        document = await self.result(parse_id)

        def made() -> Index:
            held, index = self._indexes.have(parse_id, lambda: (document, Index(document)))
            return index if held is document else Index(document)

        return await to_thread.run_sync(made)


def add_tool(server: MCPServer, tool: Callable[..., Any], title: str, annotations: ToolAnnotations) -> None:
    """Adds a tool, whose docstring is its description."""
    server.add_tool(tool, title=title, description=getdoc(tool), annotations=annotations)


def unfinished(standing: Standing) -> str:
    """How far a reading is, in words."""
    of = (
        f"{standing.pages_done} of {standing.pages} pages are done" if standing.pages else "it waits its turn"
    )
    about = f" ({standing.message})" if standing.message else ""
    return f"It is still being read: {of}{about}."


def numbers(pages: str, document: ParsedDocument) -> list[int]:
    """The pages of a result that are named.

    Raises:
        ToolError: they make no sense, or there are none such.
    """
    try:
        chosen = set(select_pages(parse_page_range(pages), document.total_pages))
    except OctavoError as error:
        raise ToolError(error.message) from None
    read = [page.page_number for page in document.pages if page.page_number in chosen]
    if not read:
        raise ToolError(f"No page {pages} was read; the document has {document.total_pages} pages.")
    return read
