"""``octavo mcp`` as programs start it: over standard input by itself, over HTTP before a service."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from mcp import Client, StdioServerParameters, stdio_client
from mcp.client.streamable_http import streamable_http_client

from benchmarks.service import Service, free_port, pdf, scanned
from tests.waiting import soon

pytestmark = pytest.mark.end_to_end

SCHEMA = {"type": "object", "properties": {"invoice_number": {"type": "string"}, "total": {"type": "number"}}}
INVOICE = "Invoice number: 20417\n\nDate: 3 May 2031\n\nTotal: 118.50 EUR"


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "invoice.pdf").write_bytes(pdf([INVOICE, "Paid by bank transfer."]))
    (tmp_path / "papers" / "scan.pdf").write_bytes(scanned([INVOICE]))
    return tmp_path / "papers"


def environment(folder: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("OCTAVO_")}
    return {**kept, "OCTAVO_DATA_DIR": str(folder / "data")}


def test_a_client_starts_it_and_reads_searches_and_extracts(papers: Path) -> None:
    command = StdioServerParameters(
        command=sys.executable, args=["-P", "-m", "api", "mcp"], cwd=papers, env=environment(papers.parent)
    )

    async def talk() -> None:
        async with Client(stdio_client(command)) as client:

            async def call(name: str, **arguments: Any) -> dict[str, Any]:
                result = await client.call_tool(name, arguments)
                assert not result.is_error, result.content
                return result.structured_content or {}

            listed = await call("list_documents")
            assert [one["document"] for one in listed["entries"]] == ["invoice.pdf", "scan.pdf"]
            read = await call("parse_document", document="scan.pdf", wait_seconds=120)
            assert "20417" in read["beginning"]["pages"][0]["text"]
            found = await call("search_result", parse_id=read["parse_id"], query="total")
            assert "118.50" in " ".join(hit["snippet"] for hit in found["hits"])
            filled = await call("extract_data", document="invoice.pdf", schema=SCHEMA, wait_seconds=120)
            values = {one["path"]: one for one in filled["records"][0]["values"]}
            assert values["total"]["value"] == 118.5
            assert values["total"]["places"][0]["page"] == 1
            assert "118.50" in values["total"]["places"][0]["words"]

    anyio.run(talk)


@pytest.fixture
def served(service: Service, papers: Path) -> Iterator[str]:
    """The command over HTTP, before the service that all tests share."""
    port = free_port()
    arguments = ["mcp", "--http", "--port", str(port), "--server", service.url, "--root", str(papers)]
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "api", *arguments],
        env=environment(papers.parent),
        stderr=subprocess.PIPE,
        text=True,
    )

    def answers() -> bool:
        assert process.poll() is None, process.stderr and process.stderr.read()
        try:
            return httpx.get(f"http://127.0.0.1:{port}/").status_code == 404
        except httpx.TransportError:
            return False

    assert soon(answers, 60)
    yield f"http://127.0.0.1:{port}/mcp"
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)


def test_over_http_a_service_reads(served: str, service: Service) -> None:
    async def talk() -> None:
        async with Client(streamable_http_client(served)) as client:
            result = await client.call_tool(
                "parse_document", {"document": "invoice.pdf", "wait_seconds": 120}
            )
            read = result.structured_content
            assert read, result.content
            assert "20417" in read["beginning"]["pages"][0]["text"]
            with service.client() as http:
                assert http.get(f"parse/{read['parse_id']}").json()["status"] == "successful"
            page = await client.call_tool("get_pages", {"parse_id": read["parse_id"], "pages": "2"})
            assert page.structured_content
            assert page.structured_content["pages"][0]["text"] == "Paid by bank transfer."

    anyio.run(talk)


def test_another_address_is_not_served_without_a_key(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "api", "mcp", "--http", "--host", "0.0.0.0", "--allow-host", "papers"],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "OCTAVO_API_KEYS" in done.stderr


def test_a_port_that_is_taken_is_said_so(tmp_path: Path, service: Service) -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-m", "api", "mcp", "--http", "--port", str(service.port)],
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "--port" in done.stderr
    assert "answers at" not in done.stderr
