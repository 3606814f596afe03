"""Reading by a service: what ``workers.local.LocalParser`` does, done over there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from api.commands.client import Client, ServiceError
from schemas.documents import ParsedDocument
from schemas.jobs import JobStatus
from schemas.options import Configuration, FormFilling
from schemas.progress import JobProgress, Report

if TYPE_CHECKING:
    from types import TracebackType

Watch = Callable[[Report, int], None]
"""Hears how far a document is, and how many pages are to be read of it."""

_ROUND_SECONDS = 0.25


def _silent(_report: Report, _pages: int) -> None:
    """Nobody watches."""


class Parser(Protocol):
    """Reads files one after another, here (``LocalParser``) or elsewhere (``RemoteParser``)."""

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


class RemoteParser:
    """Uploads a file, submits it, follows the job and fetches its result.

    Every method raises ``Refused`` (this document cannot be read; the message says why) and
    ``ServiceError`` (the service cannot be used).
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def __enter__(self) -> RemoteParser:
        self._client.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._client.__exit__(kind, error, trace)

    def parse(
        self,
        path: Path,
        configuration: Configuration | None = None,
        page_range: str = "",
        watch: Watch = _silent,
    ) -> ParsedDocument:
        """The document at ``path``; ``watch`` hears how far it is."""
        asked = (configuration or Configuration()).model_dump(mode="json", exclude_unset=True)
        return self._done("parse", path, {**asked, "page_range": page_range}, watch)

    def edit(self, path: Path, filling: FormFilling, watch: Watch = _silent) -> ParsedDocument:
        """The form at ``path`` filled in."""
        return self._done("edit", path, {"form_filling": filling.model_dump(mode="json")}, watch)

    def _done(self, call: str, path: Path, body: dict[str, Any], watch: Watch) -> ParsedDocument:
        with path.open("rb") as file:
            sent = self._client.ask("PUT", "files", files={"file": (path.name, file)}, again=file)
        body |= {"file_id": sent["file_id"], "file_name": path.name}
        job: str = self._client.ask("POST", call, json=body)["parse_id"]
        self._follow(job, watch)
        return ParsedDocument.model_validate(self._client.ask("GET", f"parse/{job}"))

    def _follow(self, job: str, watch: Watch) -> None:
        """Waits until the job ended well."""
        while True:
            found = JobProgress.model_validate(self._client.ask("GET", f"parse/{job}/progress"))
            if found.attributes.status == JobStatus.SUCCESSFUL:
                return
            if found.attributes.status == JobStatus.FAILURE:
                raise ServiceError(found.message or "The job failed.")
            watch(found.attributes, found.total or 0)
            self._client.sleep(_ROUND_SECONDS)
