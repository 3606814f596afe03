"""The tools that make data of documents: schemas filled, pages sorted, forms filled in."""

from __future__ import annotations

import json
from base64 import b64decode
from typing import Annotated, Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, ToolAnnotations
from pydantic import BaseModel, Field

from api.mcp.answers import ClassesAnswer, DataAnswer, Filled, FormAnswer, FormField, PageClassAnswer, Value
from api.mcp.citations import filled_of
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
    unfinished,
)
from api.mcp.library import Library, Source, Standing
from api.mcp.reading import options
from api.mcp.views import warnings_of
from schemas.documents import ParsedDocument
from schemas.jobs import JobStatus
from schemas.options import FormFilling

_MOST_FIELDS = 200
_MOST_REASONS = 50
_LONGEST_REASON = 200
_SUFFIXES = (".pdf", ".docx")

WRITES = ToolAnnotations(
    read_only_hint=False, destructive_hint=False, idempotent_hint=False, open_world_hint=True
)


class PageClass(BaseModel):
    """A class that pages may belong to."""

    name: str
    description: str = Field("", description="What such a page is, in one plain sentence")


class DataTools:
    """The tools, over a desk."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def add_to(self, server: MCPServer) -> None:
        """Adds the tools to a server."""
        add_tool(server, self.extract_data, "Fill a JSON Schema from a document", FETCHES)
        add_tool(server, self.get_data, "More of extracted data", READS)
        add_tool(server, self.classify_pages, "Sort pages into classes", FETCHES)
        add_tool(server, self.fill_form, "Fill in a form", WRITES)

    async def extract_data(
        self,
        document: Document,
        schema: Annotated[
            dict[str, Any],
            Field(
                description="A JSON Schema whose root is an object. Descriptions help. An array of"
                " objects is filled from rows of tables. Dates: string with format date."
            ),
        ],
        ctx: Call,
        pages: Pages = "",
        prompt: Annotated[str, Field(description="What else a language model should know.")] = "",
        max_characters: Room = ROOM,
        wait_seconds: Wait = WAIT,
    ) -> Annotated[CallToolResult, DataAnswer]:
        """Fills a schema: each value comes with the page, the box and the printed words that say it.

        What was not found is null: that is an answer, do not guess. A value without places stands nowhere.
        """
        asked = options()
        asked["parsing_options"]["include_words"] = True
        asked["structured_extraction_options"] = [
            {
                "schema_name": str(schema.get("title") or "data")[:100],
                "json_schema": schema,
                "prompt": prompt or None,
                "provide_citations": True,
                "provide_confidence": True,
            }
        ]

        def begin(library: Library, source: Source) -> str:
            return library.begin(source, asked, pages)

        parse_id, standing = await self._desk.follow(ctx, document, begin, wait_seconds)
        if standing.status is not JobStatus.SUCCESSFUL:
            message = _still(standing, "get_data")
            return DataAnswer(parse_id=parse_id, status=standing.status, message=message).result()
        found = await self._desk.result(parse_id)
        return (await self._desk.ask(_data, parse_id, found, 0, max_characters)).result()

    async def get_data(
        self,
        parse_id: ParseId,
        ctx: Call,
        first_value: Annotated[int, Field(ge=0, description="Where an earlier answer said it goes on.")] = 0,
        max_characters: Room = ROOM,
        wait_seconds: Wait = WAIT,
    ) -> Annotated[CallToolResult, DataAnswer]:
        """The data that extract_data made, from some value on; waits for one that is 'processing'."""
        standing = await self._desk.wait(ctx, parse_id, wait_seconds)
        if not standing.status.ended:
            message = _still(standing, "get_data")
            return DataAnswer(parse_id=parse_id, status=standing.status, message=message).result()
        found = await self._desk.result(parse_id)
        return (await self._desk.ask(_data, parse_id, found, first_value, max_characters)).result()

    async def classify_pages(
        self,
        document: Document,
        classes: Annotated[list[PageClass], Field(min_length=1, max_length=50)],
        ctx: Call,
        pages: Pages = "",
        wait_seconds: Wait = 300,
    ) -> Annotated[CallToolResult, ClassesAnswer]:
        """Says which pages belong to which class, with what speaks for it; a page may be in several."""
        asked = options()
        asked["page_classifications"] = [one.model_dump() for one in classes]

        def begin(library: Library, source: Source) -> str:
            return library.begin(source, asked, pages)

        parse_id, standing = await self._desk.follow(ctx, document, begin, wait_seconds)
        if standing.status is not JobStatus.SUCCESSFUL:
            message = _still(standing, "classify_pages, with the same words,")
            return ClassesAnswer(parse_id=parse_id, status=standing.status, message=message).result()
        return _classes(parse_id, await self._desk.result(parse_id)).result()

    async def fill_form(
        self,
        document: Document,
        ctx: Call,
        prompt: Annotated[
            str,
            Field(
                description="What to write, like 'Name: Ada Lovelace; married: yes'; empty: list the fields."
            ),
        ] = "",
        save_as: Annotated[
            str,
            Field(
                description="A new file below the server's folders, .pdf or .docx; it must not be there yet."
            ),
        ] = "",
        wait_seconds: Wait = 300,
    ) -> Annotated[CallToolResult, FormAnswer]:
        """Fills in a form (PDF, printed, scanned, Word), or lists its fields; tells what has no place."""
        target = await self._desk.ask(self._desk.folders.new_file, save_as) if save_as else None
        if target and target.suffix.lower() not in _SUFFIXES:
            raise ToolError("save_as must end in .pdf or .docx.")
        filling = FormFilling(fill_prompt=prompt or None)

        def begin(library: Library, source: Source) -> str:
            return library.begin_filling(source, filling)

        parse_id, standing = await self._desk.follow(ctx, document, begin, wait_seconds)
        if standing.status is not JobStatus.SUCCESSFUL:
            message = _still(standing, "fill_form, with the same words,")
            return FormAnswer(parse_id=parse_id, status=standing.status, message=message).result()
        found = await self._desk.result(parse_id)
        answer = _form(parse_id, found)
        if target:
            content = (
                found.filled_docx_base64 if target.suffix.lower() == ".docx" else found.filled_pdf_base64
            )
            if content is None:
                raise ToolError(
                    f"The form could not be made into a {target.suffix} file; name the other kind."
                )
            with target.open("xb") as file:  # nothing that came there since is written over
                file.write(b64decode(content))
            answer.saved_as = self._desk.folders.shown(target)
        return answer.result()


def _still(standing: Standing, tool: str) -> str:
    """What to do about a reading without a result.

    Raises:
        ToolError: it failed.
    """
    if standing.status is JobStatus.FAILURE:
        raise ToolError(f"The document could not be read: {standing.message}")
    return f"{unfinished(standing)} Call {tool} to wait on."


def _data(parse_id: str, document: ParsedDocument, first: int, room: int) -> DataAnswer:
    """The records from a value on: data while it is short, values as many as there is room for."""
    records: list[Filled] = []
    number = total = 0
    wholes = filled_of(document)
    warnings = warnings_of(document.warnings)[:20]
    following: int | None = None
    for whole in wholes:
        total += len(whole.values)
        size = len(json.dumps(whole.data, ensure_ascii=False))
        with_data = first == 0 and following is None and size <= room // 2
        room -= size if with_data else 0
        kept: list[Value] = []
        for value in whole.values:
            if number >= first and following is None:
                room -= len(value.model_dump_json())
                if room < 0 and (kept or records):
                    following = number
                else:
                    kept.append(value)
            number += 1
        if with_data or kept:
            data = whole.data if with_data else None
            records.append(Filled(schema_name=whole.schema_name, pages=whole.pages, data=data, values=kept))
    return DataAnswer(
        parse_id=parse_id,
        status=JobStatus.SUCCESSFUL,
        records=records,
        total_values=total,
        first_value=first,
        next_value=following,
        warnings=warnings,
    )


def _classes(parse_id: str, document: ParsedDocument) -> ClassesAnswer:
    classes = [
        PageClassAnswer(
            name=one.page_class,
            pages=one.page_numbers,
            reasons={
                page: reason[:_LONGEST_REASON]
                for page, reason in list(one.classification_reasons.items())[:_MOST_REASONS]
            },
        )
        for one in document.page_classes or ()
    ]
    sorted_in = {page for one in classes for page in one.pages}
    left = [page.page_number for page in document.pages if page.page_number not in sorted_in]
    warnings = warnings_of(document.warnings)[:20]
    return ClassesAnswer(
        parse_id=parse_id,
        status=JobStatus.SUCCESSFUL,
        classes=classes,
        pages_without_class=left,
        warnings=warnings,
    )


def _form(parse_id: str, document: ParsedDocument) -> FormAnswer:
    told = document.form_filling_metadata or {}
    fields = [
        FormField(
            name=str(one["name"]),
            type=str(one["type"]),
            page=one["page_number"],
            value=one["value"],
            filled=bool(one["filled"]),
        )
        for one in told.get("detected_widgets", ())
    ]
    left = [
        ": ".join(part for part in (one["text"], one["reason"]) if part) for one in told.get("not_placed", ())
    ]
    return FormAnswer(
        parse_id=parse_id,
        status=JobStatus.SUCCESSFUL,
        fields=fields[:_MOST_FIELDS],
        fields_left_out=max(0, len(fields) - _MOST_FIELDS),
        not_placed=left,
    )
