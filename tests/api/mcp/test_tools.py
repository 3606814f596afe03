"""The tools as a client calls them, over a library whose parser reads nothing."""

from __future__ import annotations

import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, MCPError
from mcp.types import CallToolResult

from api.mcp.desk import Desk
from api.mcp.folders import Folders
from api.mcp.local import LocalLibrary
from api.mcp.server import make_server
from api.mcp.views import Reader
from schemas.settings import Settings
from tests.api.mcp.made import MadeUpParser, document, table
from tests.waiting import soon

SCHEMA = {"type": "object", "title": "Lease", "properties": {"tenant": {"type": "string"}}}
Talk = Callable[[Client], Awaitable[Any]]


class Bench:
    """A server over a folder of documents, and what was read for it."""

    def __init__(self, folder: Path, results: Path | None = None) -> None:
        self.papers = folder / "papers"
        self.papers.mkdir(exist_ok=True)
        for name in ("lease.pdf", "bad.pdf"):
            (self.papers / name).write_bytes(name.encode())
        self.parser = MadeUpParser()
        self.library = LocalLibrary(Settings(data_dir=folder), lambda: self.parser, results)
        reader = Reader(lambda fragments: "\n\n".join(one.content.content for one in fragments))
        self.desk = Desk(lambda: self.library, Folders.of([self.papers]), reader)

    def talk(self, talk: Talk) -> Any:
        """What comes of talking to the server."""

        async def talked() -> Any:
            async with Client(make_server(self.desk, "1")) as client:
                return await talk(client)

        return anyio.run(talked)

    def call(self, name: str, **arguments: Any) -> CallToolResult:
        return self.talk(lambda client: client.call_tool(name, arguments))  # type: ignore[no-any-return]


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    if bench.parser.held:
        bench.parser.held.set()
    bench.library.close()


def said(result: CallToolResult) -> str:
    return result.content[0].text  # type: ignore[union-attr]


def data(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, said(result)
    assert result.structured_content is not None
    return result.structured_content


def test_every_tool_says_what_it_does_takes_and_gives(bench: Bench) -> None:
    tools = bench.talk(lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == {
        "parse_document",
        "get_document",
        "get_pages",
        "search_result",
        "get_table",
        "list_documents",
        "extract_data",
        "get_data",
        "classify_pages",
        "fill_form",
    }
    for tool in tools:
        assert tool.description
        assert tool.output_schema
        assert tool.annotations.read_only_hint == (tool.name != "fill_form")
        assert tool.annotations.destructive_hint is not True
        described = tool.input_schema["properties"]
        needed = tool.input_schema.get("required", [])
        assert all(described[name].get("description") for name in needed if name != "classes"), tool.name


def test_a_document_is_read_searched_and_shown(bench: Bench) -> None:
    read = bench.call("parse_document", document="lease.pdf")
    told = data(read)
    assert told["status"] == "successful"
    assert [one["text"] for one in told["outline"]] == ["Lease", "Rent", "Termination"]
    assert told["beginning"]["pages"][0]["text"].startswith("Lease")
    assert said(read).index("instruction_in_text") < said(read).index("Between Ada Marsh")
    found = data(bench.call("search_result", parse_id=told["parse_id"], query="ninety days"))
    assert (found["hits"][0]["page"], found["hits"][0]["section"]) == (3, "Lease › Termination")
    shown = data(bench.call("get_pages", parse_id=told["parse_id"], pages="3"))
    assert "ninety days" in shown["pages"][0]["text"]
    rents = data(bench.call("get_table", parse_id=told["parse_id"], table_id="2.2", max_rows=2))
    assert (rents["rows"], rents["next_row"]) == ([["Year", "Rent"], ["2031", "1,250.00"]], 2)


def test_a_row_that_is_too_wide_is_cut(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    wide = document([table([["x" * 2_000] * 200, ["y"] * 200], 0)])
    monkeypatch.setattr(bench.parser, "parse", lambda *_, **__: wide)
    parse_id = data(bench.call("parse_document", document="lease.pdf"))["parse_id"]
    told = data(bench.call("get_table", parse_id=parse_id, table_id="1.0", max_characters=4_000))
    assert [sum(map(len, row)) for row in told["rows"]] == [4_000]
    assert told["next_row"] == 1


def test_the_same_document_is_read_once_and_other_options_are_another_reading(bench: Bench) -> None:
    first, again = (data(bench.call("parse_document", document="lease.pdf"))["parse_id"] for _ in range(2))
    other = data(bench.call("parse_document", document="lease.pdf", also=["forms"]))["parse_id"]
    assert first == again != other
    (bench.papers / "lease.pdf").write_bytes(b"changed")
    assert data(bench.call("parse_document", document="lease.pdf"))["parse_id"] not in (first, other)
    assert len(bench.parser.read) == 3


def test_data_comes_with_pages_boxes_and_words(bench: Bench) -> None:
    told = data(bench.call("extract_data", document="lease.pdf", schema=SCHEMA))
    assert told["records"][0]["data"]["tenant"] == "Ada Marsh"
    assert told["records"][0]["values"][0]["places"][0]["words"] == "Ada Marsh"
    options = bench.parser.asked[0].structured_extraction_options[0]
    assert (options.schema_name, options.provide_citations) == ("Lease", True)


def test_data_that_is_long_comes_in_parts(bench: Bench) -> None:
    parse_id = data(bench.call("extract_data", document="lease.pdf", schema=SCHEMA))["parse_id"]

    first = data(bench.call("get_data", parse_id=parse_id, max_characters=500))
    rest = data(bench.call("get_data", parse_id=parse_id, first_value=1))
    assert first["total_values"] == 2
    assert [value["path"] for one in rest["records"] for value in one["values"]] == ["rents[0].year"]
    assert rest["records"][0]["data"] is None


def test_a_form_is_filled_in_and_saved_as_a_new_file_only(bench: Bench) -> None:
    arguments = {"document": "lease.pdf", "prompt": "Name: Ada", "save_as": "filled.pdf"}
    told = data(bench.call("fill_form", **arguments))
    assert told["saved_as"] == "filled.pdf"
    assert told["not_placed"] == ["hat size: no field"]
    assert '→ page 1, text: Name: "Ada"' in said(
        bench.call("fill_form", document="lease.pdf", prompt="Name: Ada")
    )
    assert (bench.papers / "filled.pdf").read_bytes() == b"PDF"
    again = bench.call("fill_form", **arguments)
    assert again.is_error
    assert "is there already" in said(again)


@pytest.mark.parametrize(
    ("tool", "arguments", "message"),
    [
        ("parse_document", {"document": "bad.pdf"}, "It is no document."),
        ("parse_document", {"document": "../lease.pdf"}, "no file"),
        ("parse_document", {"document": "file_abc"}, "without a service"),
        ("parse_document", {"document": "http://127.0.0.1/a.pdf"}, "not a public host"),
        ("parse_document", {"document": "lease.pdf", "max_characters": 5}, "max_characters"),
        ("get_pages", {"parse_id": "parse_1"}, "no reading"),
        ("get_pages", {"parse_id": "../../etc/passwd"}, "no reading"),
        ("search_result", {"parse_id": "parse_1", "query": "a"}, "no reading"),
        ("extract_data", {"document": "lease.pdf", "schema": {"type": "array"}}, "must be of type object"),
        ("fill_form", {"document": "lease.pdf", "save_as": "../x.pdf"}, "not in a folder"),
        ("fill_form", {"document": "lease.pdf", "save_as": "x.sh"}, "must end in"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(
    bench: Bench, tool: str, arguments: dict[str, Any], message: str
) -> None:
    result = bench.call(tool, **arguments)
    assert result.is_error
    assert message in said(result)


def test_without_urls_nothing_is_fetched(bench: Bench) -> None:
    bench.desk.urls = False
    assert "nothing from the web" in said(bench.call("parse_document", document="https://example.org/a.pdf"))


def test_pages_that_are_not_there_are_said_so(bench: Bench) -> None:
    parse_id = data(bench.call("parse_document", document="lease.pdf"))["parse_id"]
    assert "No page 9" in said(bench.call("get_pages", parse_id=parse_id, pages="9"))
    assert "page_range" in said(bench.call("get_pages", parse_id=parse_id, pages="x"))


def test_a_long_reading_is_answered_before_it_ends_and_waited_for(bench: Bench) -> None:
    bench.parser.held = threading.Event()
    begun = data(bench.call("parse_document", document="lease.pdf", wait_seconds=0))
    assert begun["status"] in ("pending", "processing")
    early = bench.call("get_pages", parse_id=begun["parse_id"])
    assert early.is_error
    assert "get_document" in said(early)
    listed = data(bench.call("list_documents", of="readings"))["entries"]
    assert [one["document"] for one in listed] == [begun["parse_id"]]
    bench.parser.held.set()
    assert data(bench.call("get_document", parse_id=begun["parse_id"]))["status"] == "successful"


def test_progress_is_told_and_only_grows(bench: Bench) -> None:
    bench.parser.held = held = threading.Event()
    told: list[tuple[float, float | None, str | None]] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        told.append((progress, total, message))
        if progress >= 1:
            held.set()

    async def talk(client: Client) -> None:
        await client.call_tool("parse_document", {"document": "lease.pdf"}, progress_callback=hear)

    bench.talk(talk)
    assert told
    assert [one[0] for one in told] == sorted({one[0] for one in told})
    assert told[-1][1] == 3


def test_who_gives_up_ends_the_reading(bench: Bench) -> None:
    bench.parser.held = threading.Event()

    async def talk(client: Client) -> None:
        async def hear(progress: float, total: float | None, message: str | None) -> None:
            if total:
                scope.cancel()

        with anyio.CancelScope() as scope:
            await client.call_tool("parse_document", {"document": "lease.pdf"}, progress_callback=hear)

    with suppress(MCPError):
        bench.talk(talk)
    (entry,) = bench.library.readings("", None, 5).entries
    assert soon(lambda: bench.library.standing(entry.id).message == "The reading was cancelled.")
    bench.parser.held.set()
    assert data(bench.call("parse_document", document="lease.pdf"))["status"] == "successful"


def test_who_gives_up_ends_no_reading_that_others_wait_for(bench: Bench) -> None:
    bench.parser.held = threading.Event()
    first = data(bench.call("parse_document", document="lease.pdf", wait_seconds=0))["parse_id"]

    async def talk(client: Client) -> None:
        async def hear(progress: float, total: float | None, message: str | None) -> None:
            if total:
                scope.cancel()

        with anyio.CancelScope() as scope:
            await client.call_tool("parse_document", {"document": "lease.pdf"}, progress_callback=hear)

    with suppress(MCPError):
        bench.talk(talk)
    bench.parser.held.set()
    assert data(bench.call("get_document", parse_id=first))["status"] == "successful"


def test_resources_have_the_whole(bench: Bench) -> None:
    parse_id = data(bench.call("parse_document", document="lease.pdf"))["parse_id"]
    for name, part in (("markdown", "ninety days"), ("result", '"page_fragments"'), ("data", "Ada Marsh")):
        read = bench.talk(lambda client, name=name: client.read_resource(f"octavo://parse/{parse_id}/{name}"))
        assert part in read.contents[0].text

    async def miss(client: Client) -> None:
        with pytest.raises(MCPError, match="no reading"):
            await client.read_resource("octavo://parse/parse_1/markdown")

    bench.talk(miss)


def test_prompts_name_the_tools(bench: Bench) -> None:
    asked = bench.talk(
        lambda client: client.get_prompt("ask_document", {"document": "lease.pdf", "question": "When?"})
    )
    assert "search_result" in asked.messages[0].content.text


def test_results_are_kept_in_a_folder_for_the_next_start(tmp_path: Path) -> None:
    first = Bench(tmp_path, tmp_path / "kept")
    parse_id = data(first.call("parse_document", document="lease.pdf"))["parse_id"]
    first.library.close()
    assert first.parser.closed
    (tmp_path / "kept" / "parse_half.about.json").write_text("{")
    second = Bench(tmp_path, tmp_path / "kept")
    try:
        assert data(second.call("parse_document", document="lease.pdf"))["parse_id"] == parse_id
        assert "ninety" in data(second.call("get_pages", parse_id=parse_id, pages="3"))["pages"][0]["text"]
        assert not second.parser.read
    finally:
        second.library.close()
    assert (tmp_path / "kept").stat().st_mode & 0o077 == 0
