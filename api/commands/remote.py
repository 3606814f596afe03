"""Reading by a service: what ``workers.local.LocalParser`` does, done over there."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from api.commands.client import Client, Refused, ServiceError
from schemas.documents import ParsedDocument
from schemas.errors import Interrupted
from schemas.jobs import JobStatus
from schemas.options import Configuration, FormFilling
from schemas.progress import JobProgress, Report
from schemas.requests import JobType

if TYPE_CHECKING:
    from types import TracebackType

Watch = Callable[[Report, int], None]
"""Hears how far a document is, and how many pages are to be read of it."""

_SOONEST, _LATEST, _PACE = 0.1, 1.0, 1.3
"""Seconds between two looks at a job: soon at first, less often the longer nothing has moved."""


def _silent(_report: Report, _pages: int) -> None:
    """Nobody watches."""


class Parser(Protocol):
    """Reads files, as ``workers.local.LocalParser`` does."""

    def parse(
        self, path: Path, configuration: Configuration | None = None, page_range: str = "", watch: Watch = ...
    ) -> ParsedDocument:
        """The document at ``path``; ``watch`` hears of every step."""

    def edit(self, path: Path, filling: FormFilling, watch: Watch = ...) -> ParsedDocument:
        """The form at ``path`` filled in."""

    def __enter__(self) -> Parser: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class SourceParser(Protocol):
    """Reads documents, here or by a service; ``source`` is a file or an ``http(s)`` address.

    What cannot be read raises an ``OctavoError``, whose message says why.
    """

    def parse(
        self,
        source: Path | str,
        configuration: Configuration | None = None,
        page_range: str = "",
        watch: Watch = ...,
        *,
        mime_type: str | None = None,
    ) -> ParsedDocument:
        """The document at ``source``; ``watch`` hears of every step, ``mime_type`` says what it is."""

    def edit(
        self, source: Path | str, filling: FormFilling, watch: Watch = ..., *, mime_type: str | None = None
    ) -> ParsedDocument:
        """The form at ``source`` filled in."""


class StoredDocument(ParsedDocument):
    """A document that a service has read and keeps; ``parse_id`` is its job."""

    parse_id: str


class JobFailed(Refused):
    """The job of this one document ended without a result."""


class RemoteParser:
    """Uploads a file (or names an address), submits it, follows the job and fetches its result.

    Any number of threads may read at a time. ``calls``: how a parse is submitted, as a job of which type;
    ``labels`` are kept with every job.

    Every method raises ``Refused`` (this document cannot be read; the message says why), ``ServiceError``
    (the service cannot be used) and ``Interrupted`` (after ``interrupt``).
    """

    def __init__(
        self,
        client: Client,
        calls: JobType = JobType.PARSE,
        labels: dict[str, Any] | None = None,
        stopped: threading.Event | None = None,
    ) -> None:
        self._client, self._calls, self._labels = client, calls, labels or {}
        self._stopped = stopped or threading.Event()

    @classmethod
    def of(
        cls, server: str, key: str, calls: JobType = JobType.PARSE, labels: dict[str, Any] | None = None
    ) -> RemoteParser:
        """One that asks the service at ``server``.

        Raises:
            ServiceError: the address or the key is none.
        """
        stopped = threading.Event()  # waiting ends at once when it is set
        return cls(Client.of(server, key, sleep=stopped.wait), calls, labels, stopped)

    def __enter__(self) -> RemoteParser:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)

    def greet(self) -> None:
        """Makes sure that a service answers and lets in, before anything is sent; it is not waited for.

        Raises:
            ServiceError: it does not.
        """
        self._client.greet()

    def interrupt(self) -> None:
        """Has every thread that reads cancel its job, and give up."""
        self._stopped.set()

    def parse(
        self,
        source: Path | str,
        configuration: Configuration | None = None,
        page_range: str = "",
        watch: Watch = _silent,
        *,
        mime_type: str | None = None,
    ) -> StoredDocument:
        """The document at ``source``; ``watch`` hears how far it is."""
        asked = (configuration or Configuration()).model_dump(mode="json", exclude_unset=True)
        return self._done(self._calls, source, {**asked, "page_range": page_range}, watch, mime_type)

    def edit(
        self,
        source: Path | str,
        filling: FormFilling,
        watch: Watch = _silent,
        *,
        mime_type: str | None = None,
    ) -> StoredDocument:
        """The form at ``source`` filled in."""
        asked = {"form_filling": filling.model_dump(mode="json")}
        return self._done(JobType.EDIT, source, asked, watch, mime_type)

    def _done(
        self, calls: JobType, source: Path | str, asked: dict[str, Any], watch: Watch, mime_type: str | None
    ) -> StoredDocument:
        watch(Report(stage="sending"), 0)
        body = {**asked, **self._source(source), "mime_type": mime_type, "labels": self._labels}
        self._judge()
        job: str = self._client.ask("POST", str(calls), json=body)["parse_id"]
        with self._cancelled(job):
            self._follow(job, watch)
        return StoredDocument.model_validate(self._client.ask("GET", f"parse/{job}"))

    def _source(self, source: Path | str) -> dict[str, str]:
        if isinstance(source, str):
            return {"file_url": source}
        try:
            with source.open("rb") as file:
                sent = self._client.ask("PUT", "files", files={"file": (source.name, file)}, again=file)
        except OSError as error:
            raise Refused(f"It cannot be opened: {error.strerror}.") from None
        return {"file_id": sent["file_id"], "file_name": source.name}

    def _follow(self, job: str, watch: Watch) -> None:
        """Waits until the job ended well."""
        pause, seen = _SOONEST, ""
        while True:
            self._judge()
            found = JobProgress.model_validate(self._client.ask("GET", f"parse/{job}/progress"))
            if found.attributes.status == JobStatus.SUCCESSFUL:
                return
            if found.attributes.status == JobStatus.FAILURE:
                raise JobFailed(found.message or "The job failed, and does not say why.")
            watch(_report(found), found.total or 0)
            pause = _SOONEST if str(found.message) != seen else min(pause * _PACE, _LATEST)
            seen = str(found.message)
            self._client.sleep(pause)

    def _judge(self) -> None:
        if self._stopped.is_set():
            raise Interrupted("It was cancelled.")

    @contextmanager
    def _cancelled(self, job: str) -> Iterator[None]:
        """Cancels the job if the block is interrupted; nobody would fetch its result."""
        try:
            yield
        except (Interrupted, KeyboardInterrupt):
            with suppress(ServiceError):  # it has ended, or nobody answers
                self._client.ask("POST", f"parse/{job}/cancel", tries=1)
            raise


def _report(found: JobProgress) -> Report:
    """What is told of a job; of one that waits, its place."""
    if found.attributes.status != JobStatus.PENDING:
        return found.attributes
    place = found.attributes.queue_position
    return found.attributes.model_copy(update={"stage": f"waiting, place {place}" if place else "waiting"})
