"""The examples of the documentation, and what they read."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.service import Service

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"
sys.path.append(str(EXAMPLES))


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sample documents."""
    from sample_documents import draw_documents

    folder = tmp_path_factory.mktemp("documents")
    draw_documents(folder)
    return folder


@pytest.fixture
def server(service: Service, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of the service, told to the examples as users tell it."""
    monkeypatch.setenv("OCTAVO_SERVER", service.url)
    monkeypatch.setenv("OCTAVO_API_KEY", "any")
    return service.url
