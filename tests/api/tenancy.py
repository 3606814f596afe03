"""What tests of tenancy share: all routes of an app, and a project that has one of everything."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import select, update
from starlette.testclient import TestClient

from api.dependencies import CONVERT_PREFIX, PREFIX
from api.streams import JobStreams
from tests.api.service import PDF, FakeWorker, document
from workers.jobs.ledger.tables import Attempt, Base, Job, Shard
from workers.jobs.services import Services


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A route under one of its methods."""

    method: str
    path: str
    route: APIRoute

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def for_callers(self) -> bool:
        """Whether it is of the API: all others need no key."""
        return self.path.startswith((f"{PREFIX}/", f"{CONVERT_PREFIX}/"))


def endpoints(app: FastAPI) -> list[Endpoint]:
    """All operations of ``app``, with their full paths."""
    return [
        Endpoint(method, path, route)
        for path, route in _routes(app.routes, "")
        for method in sorted(route.methods or ())
    ]


def _routes(routes: Iterable[Any], prefix: str) -> Iterator[tuple[str, APIRoute]]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield prefix + route.path, route
        elif hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes, prefix + route.include_context.prefix)


class ReadAtOnce(JobStreams):
    """Who waits for a job has a worker read it; all other work is put aside."""

    async def until_ended(self, job: Job, seconds: float, key_id: str | None = None) -> Job:
        services = self._services
        with services.ledger.write() as session:
            session.execute(update(Shard).where(Shard.job_id != job.id).values(queue="elsewhere"))
        assert FakeWorker(services).work(document(1)) == job.id
        return services.jobs.get(job.project, job.id)


@dataclass(frozen=True, slots=True)
class Tenant:
    """A project with something of everything. ``mark`` is a word in all that it keeps and nobody else does.

    ``ids`` are those of its things, by the names that parameters of routes have for them.
    """

    project: str
    mark: str
    client: TestClient
    ids: dict[str, list[str]]
    secret: str

    @property
    def words(self) -> set[str]:
        """What tells of this project where it is shown."""
        return {self.mark, self.mark.lower(), self.secret}.union(*self.ids.values())


def settle(app: FastAPI, project: str, mark: str) -> Tenant:
    """Makes a project with files, jobs (one of them ended), a dataset, a webhook and what it was sent."""
    services: Services = app.state.services
    client = connect(app, services.keys.issue(project)[1])
    with services.ledger.write() as session:
        session.execute(update(Shard).values(queue="elsewhere"))  # so that the worker finds no other's work
    webhook = done(client.post("webhooks", json={"url": f"https://{mark}.example.org/hook", "name": mark}))
    upload = {"file": (f"{mark}.pdf", PDF + mark.encode())}
    file_id = done(client.put("files", files=upload, data={"labels": f'{{"kind": "{mark}"}}'}))["file_id"]
    dataset = done(client.post("datasets", json={"name": mark, "description": mark}))["dataset_id"]
    told = {"labels": {"kind": mark}}
    ended = done(client.post("parse", json={"file_id": file_id, **told}))["parse_id"]
    assert FakeWorker(services).work(document(text=mark)) == ended
    text = {"raw_text": mark, "mime_type": "text/plain", "file_name": f"{mark}.txt", **told}
    waiting = done(client.post("parse", json=text))["parse_id"]
    of_dataset = done(client.post(f"datasets/{dataset}/parse", json={"file_id": file_id}))["parse_id"]
    sent = done(client.get(f"webhooks/{webhook['id']}/deliveries"))["items"]
    with services.ledger.write() as session:
        for one in sent:
            tried = {"attempted_at": services.ledger.now(), "seconds": 1.0, "response": mark}
            session.add(Attempt(delivery_id=one["id"], number=1, status_code=500, **tried))
    ids = {
        "file_id": [file_id],
        "parse_id": [ended, waiting, of_dataset],
        "task_id": [ended, waiting, of_dataset],
        "dataset_id": [dataset],
        "webhook_id": [webhook["id"]],
        "delivery_id": [one["id"] for one in sent],
    }
    return Tenant(project, mark, client, ids, webhook["secret"])


def connect(app: FastAPI, secret: str) -> TestClient:
    """A client with a key."""
    headers = {"Authorization": f"Bearer {secret}"}
    base = f"http://localhost{PREFIX}/"
    return TestClient(app, base_url=base, headers=headers, raise_server_exceptions=False)


def done(answer: Any) -> Any:
    """What was answered, which must be well."""
    assert answer.is_success, answer.text
    return answer.json()


def kept(services: Services) -> set[str]:
    """All rows and blobs there are, each as a text."""
    rows = set[str]()
    with services.ledger.read() as session:
        for table in Base.metadata.sorted_tables:
            rows |= {f"{table.name} {dict(row._mapping)}" for row in session.execute(select(table))}
    blobs = services.settings.folder / "blobs"
    return rows | {
        f"blob {path.relative_to(blobs)} {hashlib.sha256(path.read_bytes()).hexdigest()}"
        for path in blobs.rglob("*")
        if path.is_file()
    }
