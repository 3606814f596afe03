"""The real SDK against a real server; only the reading itself is made up."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest

from tests.api.service import KEY, FakeWorker
from tests.api.test_streams import Served
from workers.jobs.services import Services

SCRIPT = """
import asyncio, pathlib, sys, tempfile
from tensorlake.documentai import DocumentAI, MimeType, ParseStatus, ParsingOptions, ChunkingStrategy
from tensorlake.documentai.models import DocumentAIError

url, key = sys.argv[1:]
client = DocumentAI(api_key=key, server_url=url)
path = pathlib.Path(tempfile.mkdtemp()) / "Two Pages.pdf"
path.write_bytes(b"%PDF-1.7 two pages")

file_id = client.upload(path)
assert client.upload(path) == file_id
listed = client.files(filename="Two")
assert [(f.id, f.name, f.file_size, f.mime_type) for f in listed.items] == [
    (file_id, "Two Pages.pdf", 18, "application/pdf")
], listed

options = ParsingOptions(chunking_strategy=ChunkingStrategy.PAGE)
parse_id = client.parse(file_id=file_id, page_range="1-2", labels={"a": "b"}, parsing_options=options)
result = client.wait_for_completion(parse_id)
assert result.status == ParseStatus.SUCCESSFUL, result
assert (result.parsed_pages_count, result.total_pages, result.labels) == (2, 2, {"a": "b"})
assert [p.page_number for p in result.pages] == [1, 2]
assert result.pages[0].page_fragments[0].content.content == "Grüße, «World»"
assert client.get_parsed_result(parse_id).model_dump() == result.model_dump()
assert client.result(parse_id).model_dump() == result.model_dump()
assert client.parse_and_wait(raw_text="# x", mime_type=MimeType.TEXT).status == ParseStatus.SUCCESSFUL
assert client.read(file_id=file_id).startswith("parse_")

async def at_once():
    return await asyncio.gather(*(client.parse_and_wait_async(file_id=file_id) for _ in range(6)))

assert [r.status for r in asyncio.run(at_once())] == [ParseStatus.SUCCESSFUL] * 6

page = client.list_parse_results(limit=3, status=ParseStatus.SUCCESSFUL)
assert len(page.items) == 3 and page.has_more
older = client.list_parse_results(limit=3, cursor=page.next_cursor)
assert not {r.parse_id for r in page.items} & {r.parse_id for r in older.items}
assert not client.list_datasets().items

def code_of(call, *arguments, **named):
    try:
        call(*arguments, **named)
    except DocumentAIError as error:
        return getattr(error.code, "value", error.code)
    raise AssertionError("no error")

assert code_of(client.parse, file_id=file_id, page_range="0") == "INVALID_PAGE_RANGE"
assert code_of(client.parse, file_id="file_unknown") == "ENTITY_NOT_FOUND"
assert code_of(client.get_parsed_result, "parse_unknown") == "ENTITY_NOT_FOUND"
assert code_of(client.list_parse_results, limit=-1) == "INVALID_QUERY_PARAMS"
assert code_of(DocumentAI(api_key="unknown", server_url=url).files) == "unauthorized"

client.delete_parse(parse_id)
assert code_of(client.get_parsed_result, parse_id) == "ENTITY_NOT_FOUND"
client.delete_file(file_id)
assert not client.files().items
print("all good")
"""


@pytest.fixture
def working(services: Services) -> Iterator[None]:
    """A thread that ends every job well."""
    stop = threading.Event()
    worker = FakeWorker(services)

    def work() -> None:
        while not stop.wait(0.05):
            while services.shards.claimable("cpu"):
                worker.work()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    stop.set()
    thread.join()


@pytest.mark.parametrize("ending", ["", "/"])
def test_the_sdk(services: Services, working: None, ending: str) -> None:
    served = Served(services)
    try:
        # In a process of its own: the SDK's native part does not outlive a fork.
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, f"http://127.0.0.1:{served.port}{ending}", KEY],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    finally:
        served.stop()
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "all good"
