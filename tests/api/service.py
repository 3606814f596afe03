"""A service whose worker reads nothing: services on SQLite and a folder, and results made up by the tests."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from schemas.documents import Chunk, Page, ParsedDocument
from schemas.fragments import FragmentType, PageFragment, TextContent
from schemas.geometry import PageSize
from schemas.settings import Settings
from workers.jobs.ledger.engine import migrate, open_engine
from workers.jobs.ledger.shards import Claim
from workers.jobs.ledger.tables import ShardKind
from workers.jobs.results import write_result
from workers.jobs.services import Services

KEY = "test-key-0001"
PDF = b"%PDF-1.7\nnot read by anybody in these tests\n"


class CountingDoorbell:
    """Counts the rings."""

    def __init__(self) -> None:
        self.rings: list[str] = []

    def ring(self, queue: str) -> None:
        self.rings.append(queue)

    def close(self) -> None:
        pass


def make_services(folder: Path, **settings: Any) -> Services:
    """Services in ``folder``, tables made, keys installed; ``KEY`` opens the default project.

    One thread reads, so that documents are cut alike on all machines.
    """
    settings.setdefault("workers", 1)
    settings.setdefault("api_keys", (SecretStr(KEY),))
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / "octavo.db").exists():
        shutil.copy(_empty_database(), folder / "octavo.db")
    services = Services.from_settings(Settings(data_dir=folder, **settings), CountingDoorbell())
    services.access.refresh()
    return services


@cache
def _empty_database() -> Path:
    """A database with tables and nothing in them: copying one is quicker than making them for each test."""
    path = Path(tempfile.mkdtemp(prefix="octavo-tests-")) / "octavo.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
    return path


def document(pages: int = 2, text: str = "Grüße, «World»") -> ParsedDocument:
    """A document of text pages."""
    size = PageSize(width=612, height=792)
    fragment = PageFragment(
        fragment_type=FragmentType.TEXT, content=TextContent(content=text), reading_order=0, bbox=None
    )
    return ParsedDocument(
        total_pages=pages,
        parsed_pages_count=pages,
        pages=[Page.of(n, size, [fragment]) for n in range(1, pages + 1)],
        chunks=[Chunk(content=text, page_number=0)],
        document_markdown=text,
    )


class FakeWorker:
    """Does everything a worker does but read."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def claim(self) -> Claim:
        claimed = self.services.shards.claim_next("cpu", "fake", 60)
        assert claimed is not None
        return claimed

    def work(self, result: ParsedDocument | None = None) -> str:
        """Takes the next job from its claim to its result."""
        result = result or document()
        claim = self.claim()
        self.services.shards.split(claim, result.total_pages, [1], [])
        assert self.services.shards.complete_pages(claim)
        return self.assemble(result)

    def assemble(self, result: ParsedDocument) -> str:
        claim = self.claim()
        assert claim.kind is ShardKind.ASSEMBLE
        key = f"jobs/{claim.job_id}/result.json"
        self.services.blobs.put_bytes(key, write_result(result))
        assert self.services.shards.finish(claim, key, result.parsed_pages_count, result.total_pages)
        return claim.job_id

    def fail(self, message: str) -> str:
        claim = self.claim()
        assert self.services.shards.fail(claim, message)
        return claim.job_id
