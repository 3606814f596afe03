"""What one job, shard and window ask of the database, the blob store and the broker: counted, not guessed."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

import redis
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.engine import Engine

from api.app import create_app
from benchmarks.scale.documents import report
from benchmarks.scale.jobs import KEY, services_in
from schemas.progress import Report
from workers.jobs.blobs.base import BlobStore, Stored
from workers.jobs.doorbell import CeleryDoorbell
from workers.jobs.services import Services
from workers.run import Worker

READS, WRITES, STATEMENTS = "read transactions", "write transactions", "statements"
ROWS, NEW_ROWS = "rows written", "new rows"
PUTS, GETS, DELETES, LISTS = "puts", "gets", "deletes", "lists"
PUT_BYTES, GOT_BYTES, RINGS = "bytes put", "bytes got", "rings"
KINDS = (READS, WRITES, STATEMENTS, ROWS, NEW_ROWS, PUTS, GETS, DELETES, LISTS, PUT_BYTES, GOT_BYTES, RINGS)

Counts = dict[str, float]
"""How many of each of ``KINDS``."""

_HEADERS = {"Authorization": f"Bearer {KEY}"}
_SHORT, _SHARD, _LONG = 4, 8, 16
"""Windows of the documents that are compared: two of one shard, and one of two shards."""
_RINGS = 2000
_QUIET_SECONDS = 1.0
_SEED = 13


def measure(folder: Path, database_url: str | None = None, **settings: object) -> dict[str, Counts]:
    """The counts of each thing that a job is made of.

    ``upload`` of a file; ``submit``; ``poll``, one look at the progress; ``job``, the work on it beside its
    ``shard``s and ``window``s of pages; ``renewal`` of a lease, about once a second while pages are read;
    ``result``, once fetched; ``delete``. ``small job`` is all work on a document of one page.
    """
    # One thread: where several are idle, they share a document in shards that are smaller.
    services = services_in(folder, database_url, workers=1, **settings)
    desk = _Desk(services)
    try:
        pages = services.settings.page_window
        small = desk.job(1)
        short, shard, long = (desk.job(windows * pages) for windows in (_SHORT, _SHARD, _LONG))
        window = _times(_less(shard["work"], short["work"]), 1 / (_SHARD - _SHORT))
        a_shard = _less(_less(long["work"], shard["work"]), _times(window, _LONG - _SHARD))
        rest = _less(_less(shard["work"], a_shard), _times(window, _SHARD))
        # The pages of the three differ, and so do their bytes: the longest is taken, divided by its windows.
        source = long["upload"][PUT_BYTES]
        read = long["work"][GOT_BYTES] - _LONG // _SHARD * source
        window |= {PUT_BYTES: long["work"][PUT_BYTES] / _LONG, GOT_BYTES: read / _LONG}
        a_shard |= {PUT_BYTES: 0.0, GOT_BYTES: source}
        rest |= {PUT_BYTES: 0.0, GOT_BYTES: 0.0}
        # Each window is a blob that goes with the job.
        window |= {DELETES: (shard["delete"][DELETES] - short["delete"][DELETES]) / (_SHARD - _SHORT)}
        shard["delete"][DELETES] -= _SHARD * window[DELETES]
        return {
            **{name: shard[name] for name in ("upload", "submit", "poll", "result", "delete")},
            "job": rest,
            "shard": a_shard,
            "window": window,
            "renewal": desk.renewal(),
            "small job": small["work"],
        }
    finally:
        desk.close()


class _Desk:
    """The API and a worker in this process, every question counted."""

    def __init__(self, services: Services) -> None:
        self._counter: Counter[str] = Counter()
        _listen(services.ledger.engine, self._counter)
        blobs, bell = _CountingBlobs(services.blobs, self._counter), _Bell(self._counter)
        self._services = replace(services, blobs=blobs, doorbell=bell)
        self._services.access.refresh()
        self._worker = Worker(services.settings, self._services)
        self._client = TestClient(create_app(self._services), base_url="http://localhost", headers=_HEADERS)

    def close(self) -> None:
        self._worker.stop()
        self._services.close()

    def job(self, pages: int) -> dict[str, Counts]:
        """A document of so many pages from its upload to the deletion of the job."""
        found: dict[str, Counts] = {}
        data = report(pages, _SEED + pages)
        file, found["upload"] = self._asked("PUT", "/files", files={"file": ("a.pdf", data)})
        asked = {"file_id": file["file_id"], "parsing_options": {"disable_layout_detection": True}}
        job, found["submit"] = self._asked("POST", "/parse", json=asked)
        path = f"/parse/{job['parse_id']}"
        self._counter.clear()
        while self._worker.run_one("cpu"):
            pass
        found["work"] = self._counted()
        _, found["poll"] = self._asked("GET", f"{path}/progress")
        result, found["result"] = self._asked("GET", path)
        if result["parsed_pages_count"] != pages:
            raise RuntimeError(
                f"{result['parsed_pages_count']} of {pages} pages were read: {result['error']}"
            )
        _, found["delete"] = self._asked("DELETE", path)
        return found

    def renewal(self) -> Counts:
        """One renewal of the lease of a claim whose work has moved."""
        data = report(1, _SEED)
        file, _ = self._asked("PUT", "/files", files={"file": ("b.pdf", data)})
        self._asked("POST", "/parse", json={"file_id": file["file_id"]})
        claim = self._services.shards.claim_next("cpu", "counting", 60.0)
        if claim is None:
            raise RuntimeError("the job that was just submitted does not wait")
        self._counter.clear()
        self._services.shards.renew(claim, 60.0, Report(stage="read", pages_done=1))
        return self._counted()

    def _asked(self, method: str, path: str, **how: Any) -> tuple[Any, Counts]:
        self._counter.clear()
        answer = self._client.request(method, f"/documents/v2{path}", **how)
        answer.raise_for_status()
        return answer.json() if answer.content else None, self._counted()

    def _counted(self) -> Counts:
        return {kind: float(self._counter[kind]) for kind in KINDS}


class _Bell:
    """Counts its rings."""

    def __init__(self, counter: Counter[str]) -> None:
        self._counter = counter

    def ring(self, queue: str) -> None:
        """See ``Doorbell``."""
        self._counter[RINGS] += 1

    def close(self) -> None:
        """See ``Doorbell``."""


class _CountingBlobs(BlobStore):
    """Passes everything on and counts it; below a prefix, each blob that goes is one delete."""

    def __init__(self, inner: BlobStore, counter: Counter[str]) -> None:
        self._inner, self._counter = inner, counter

    def put(self, key: str, source: BinaryIO, **how: Any) -> None:
        """See ``BlobStore``."""
        begin = source.tell()
        self._inner.put(key, source, **how)
        self._counter.update({PUTS: 1, PUT_BYTES: source.tell() - begin})

    def stream(self, key: str) -> Iterator[bytes]:
        """See ``BlobStore``."""
        pieces = list(self._inner.stream(key))
        self._counter.update({GETS: 1, GOT_BYTES: sum(map(len, pieces))})
        return iter(pieces)

    def fetch(self, key: str, target: Path) -> None:
        """See ``BlobStore``."""
        self._inner.fetch(key, target)
        self._counter.update({GETS: 1, GOT_BYTES: target.stat().st_size})

    def exists(self, key: str) -> bool:
        """See ``BlobStore``."""
        self._counter[GETS] += 1
        return self._inner.exists(key)

    def delete(self, key: str) -> None:
        """See ``BlobStore``."""
        self._counter[DELETES] += 1
        self._inner.delete(key)

    def delete_prefix(self, prefix: str) -> None:
        """See ``BlobStore``."""
        self._counter.update({LISTS: 1, DELETES: sum(1 for _ in self._inner.walk(prefix))})
        self._inner.delete_prefix(prefix)

    def walk(self, prefix: str) -> Iterator[Stored]:
        """See ``BlobStore``."""
        self._counter[LISTS] += 1
        return self._inner.walk(prefix)

    def folders(self, prefix: str) -> Iterator[str]:
        """See ``BlobStore``."""
        self._counter[LISTS] += 1
        return self._inner.folders(prefix)

    def drop_unfinished(self, older_than: timedelta) -> int:
        """See ``BlobStore``."""
        return self._inner.drop_unfinished(older_than)

    def check(self) -> None:
        """See ``BlobStore``."""
        self._inner.check()


def _listen(engine: Engine, counter: Counter[str]) -> None:
    """Counts statements, the rows that they write, and transactions by whether they wrote."""

    def after(connection: Any, cursor: Any, statement: str, *_: object) -> None:
        word = statement.split(maxsplit=1)[0].upper()
        if word in ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE"):
            return
        counter[STATEMENTS] += 1
        if word in ("INSERT", "UPDATE", "DELETE") and cursor.rowcount > 0:
            counter[ROWS] += cursor.rowcount
            counter[NEW_ROWS] += cursor.rowcount if word == "INSERT" else 0
            connection.info["wrote"] = True

    def ended(connection: Any) -> None:
        counter[WRITES if connection.info.pop("wrote", False) else READS] += 1

    event.listen(engine, "after_cursor_execute", after)
    event.listen(engine, "commit", ended)
    event.listen(engine, "rollback", ended)


def broker(url: str) -> dict[str, float]:
    """Of rings that nobody hears: commands each, the most that are kept, and bytes of its memory each."""
    bell = CeleryDoorbell(url)
    with redis.Redis.from_url(url) as client:
        before, commands = _memory(client), _commands(client)
        for _ in range(_RINGS):
            bell.ring("nobody")
        spent = _settled(client) - commands
        bell.close()
        kept = int(client.llen("nobody"))
        return {
            "commands a ring": spent / _RINGS,
            "most rings kept": float(kept),
            "bytes a ring": (_memory(client) - before) / max(1, kept),
        }


def _settled(client: redis.Redis) -> int:
    """The commands so far, once no more come but our own question for them."""
    last = 0
    while (now := _commands(client)) > last + 1:
        last = now
        time.sleep(_QUIET_SECONDS)
    return now


def _memory(client: redis.Redis) -> int:
    return int(client.info("memory")["used_memory"])


def _commands(client: redis.Redis) -> int:
    return int(client.info("stats")["total_commands_processed"])


def _less(one: Counts, other: Counts) -> Counts:
    return {kind: one[kind] - other[kind] for kind in KINDS}


def _times(one: Counts, factor: float) -> Counts:
    return {kind: one[kind] * factor for kind in KINDS}
