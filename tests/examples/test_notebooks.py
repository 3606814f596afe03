"""The notebooks find what they say they find, today as when their outputs were kept."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from nbformat import NotebookNode
from PIL import Image

from tests.examples.conftest import EXAMPLES
from tests.fakes.chat_server import ScriptedServer, says

NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))


def answers(notebook: NotebookNode) -> list[tuple[str, str]]:
    """The first line (file, page, heading) and the text of each citation, in their order."""
    found = []
    for cell in notebook.cells:
        printed = "".join(o.get("text", "") for o in cell.get("outputs", []) if o.output_type == "stream")
        if any("image/png" in output.get("data", {}) for output in cell.get("outputs", [])):
            place, _, text = printed.partition("\n")
            found.append((place, text.strip()))
    return found


def pictures(notebook: NotebookNode) -> list[bytes]:
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [base64.b64decode(o.data["image/png"]) for o in outputs if "image/png" in o.get("data", {})]


def executed(name: str) -> NotebookNode:
    """The notebook, its cells run anew in its own folder."""
    notebook = nbformat.read(EXAMPLES / name, as_version=4)
    client = NotebookClient(notebook, timeout=250, resources={"metadata": {"path": str(EXAMPLES)}})
    return client.execute()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_what_is_kept_is_whole_small_and_says_nothing_of_where_it_was_made(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert {output.output_type for output in outputs} <= {"stream", "execute_result"}
    assert not any(output.get("name") == "stderr" for output in outputs)
    assert path.stat().st_size < 200_000
    assert not any(word in path.read_text(encoding="utf-8") for word in ("/tmp/", "/home/", "127.0.0.1:"))


@pytest.mark.end_to_end
def test_chroma(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with ScriptedServer(says("Yes, up to one third of it [1].")).running() as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        monkeypatch.setenv("OPENAI_API_KEY", "any")
        monkeypatch.setenv("OPENAI_MODEL", "some")
        notebook = executed("rag_chroma.ipynb")
    notice, iced, ladder = answers(notebook)
    assert notice[0] == "lease.pdf, page 3, Commercial lease agreement"
    assert "nine months’ notice" in notice[1]
    assert iced[0].startswith("heat-pump-manual.pdf, page 3")
    assert "never use hot water or tools" in iced[1]
    assert ladder[0].startswith("insurance-certificate.pdf, page 1")
    assert "height above" in ladder[1]
    asked = str(model.requests[0])
    assert "Up to one third of the floor area may be sublet" in asked
    assert "Yes, up to one third of it [1]." in notebook.cells[-1].outputs[0].text


@pytest.mark.end_to_end
def test_qdrant(server: str) -> None:
    notebook = executed("rag_qdrant.ipynb")
    kept = nbformat.read(EXAMPLES / "rag_qdrant.ipynb", as_version=4)
    assert answers(notebook) == answers(kept)
    limoges, premium, lift, sieve = answers(notebook)
    assert limoges[1].startswith("Date: 28 May; Description: Transfer abroad · Limoges Porcelaine")
    assert limoges[1].endswith("Out: 705.60; Balance: 7,206.35")  # without an In
    assert premium[0] == "bank-statement.pdf, page 2"
    assert premium[1].startswith("Date: 15 Jun")
    assert "between 22:00 and 06:00" in lift[1]
    assert "rinse it under the tap" in sieve[1]
    for content in pictures(notebook):
        red, green, blue = np.moveaxis(np.array(Image.open(io.BytesIO(content)).convert("RGB")), 2, 0)
        assert red.shape[1] == 760
        assert ((red > 190) & (green < 110) & (blue < 60)).sum() > 300  # the frames
