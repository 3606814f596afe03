"""What integrations.md shows of the files beside it, run with these files at hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.documentation.sample_documents import draw
from tests.documentation.snippets import ROOT, blocks

pytestmark = pytest.mark.end_to_end


def test_the_readers_work_as_shown(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    draw(tmp_path)
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs" / "integrations.md"
    langchain, llamaindex = [block.code for block in blocks(page) if block.said == "run by"]
    exec(langchain, {})
    printed = capsys.readouterr().out
    assert "contract.docx 1" in printed
    assert "statement.pdf 1" in printed
    assert "'x1': " in printed
    names: dict[str, Any] = {}
    exec(llamaindex, names)
    sources = {Path(piece.metadata["source"]).name for piece in names["pieces"] if "source" in piece.metadata}
    assert {"contract.docx", "invoice.pdf", "scan.png", "statement.pdf"} <= sources
