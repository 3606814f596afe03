"""The package langchain-tensorlake as it is published, told by its environment where the service is."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import ToolMessage

pytestmark = pytest.mark.end_to_end


def test_its_tool_answers_an_agent(
    server: str, documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain_tensorlake import document_markdown_tool

    monkeypatch.setenv("TENSORLAKE_API_URL", server)
    monkeypatch.setenv("TENSORLAKE_API_KEY", "any")
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing more")

    def call(path: Path, **options: Any) -> dict[str, Any]:
        arguments = {"path": str(path), "options": options}
        return {"type": "tool_call", "id": path.name, "name": document_markdown_tool.name, "args": arguments}

    async def agent() -> list[ToolMessage]:
        calls = [
            call(documents / "lease.pdf", page_range="4", table_output_mode="markdown"),
            call(documents / "insurance-certificate.pdf", chunking_strategy="none", signature_detection=True),
            call(broken),
        ]
        return await asyncio.gather(*map(document_markdown_tool.ainvoke, calls))

    lease, scan, failed = asyncio.run(agent())
    assert "| 5 | 1 March 2030 | 28 February 2031 | £28,400 | £7,100 |" in lease.content
    assert "1 April 2026 to 31 March 2027" in scan.content
    assert failed.content.startswith("Document parsing failed")
