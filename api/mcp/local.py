"""A library without any service: documents are read in this process and its children, one after another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Lock

from api.commands.remote import Parser
from api.mcp.library import Asked, Entry, Listing, Shelf, Source, Standing, Unusable
from api.mcp.results import Kept, Results
from schemas.documents import ParsedDocument
from schemas.errors import Interrupted, OctavoError
from schemas.ids import new_id
from schemas.jobs import JobStatus
from schemas.options import Configuration, FormFilling
from schemas.progress import Report
from schemas.settings import Settings

_MOST_WAITING = 20
"""Documents that may wait for their turn."""

Work = Callable[[Parser, Path, "_Job"], ParsedDocument]


@dataclass(slots=True)
class _Job:
    """A reading that was begun since the start. ``key``: the same document and options have the same."""

    id: str
    source: Source
    key: str
    made_at: str
    standing: Standing = field(default_factory=lambda: Standing(JobStatus.PENDING, message="waiting"))
    stopped: Event = field(default_factory=Event)
    wanted: int = 1
    """How many asked for it, less those who gave up."""

    def watch(self, report: Report, pages: int) -> None:
        """Hears how far the reading is; ends it if that was asked for."""
        self.check()
        self.standing = Standing(
            JobStatus.PROCESSING, report.pages_done, pages or None, report.message(pages)
        )

    def check(self) -> None:
        """Raises ``Interrupted`` if the reading is to end."""
        if self.stopped.is_set():
            raise Interrupted("cancelled")


class LocalLibrary:
    """Reads with what ``open_parser`` gives; results lie in ``folder``, or until the end in a passing one.

    ``open_parser`` is called when the first document is to be read, and in the thread that reads them all.
    """

    def __init__(self, settings: Settings, open_parser: Callable[[], Parser], folder: Path | None) -> None:
        self._settings, self._open_parser = settings, open_parser
        self._passing = TemporaryDirectory(prefix="octavo-mcp-")
        self._results = Results(folder or Path(self._passing.name))
        self._shelf: Shelf[ParsedDocument] = Shelf()
        self._jobs: dict[str, _Job] = {}
        self._lock = Lock()
        self._thread = ThreadPoolExecutor(1, "octavo-mcp-reading")
        self._parser: Parser | None = None

    def close(self) -> None:
        """Ends what is being read, and the children."""
        for job in list(self._jobs.values()):
            job.stopped.set()
        self._thread.submit(self._close_parser)
        self._thread.shutdown(wait=True)
        self._passing.cleanup()

    def _close_parser(self) -> None:
        if self._parser is not None:
            self._parser.__exit__(None, None, None)

    def begin(self, source: Source, asked: Asked, page_range: str = "") -> str:
        """See ``Library``. Bytes that were read with the same options are not read again."""
        from workers.jobs.judging import judge_configuration

        configuration = Configuration.model_validate(asked)
        judge_configuration(self._settings, configuration)

        def work(parser: Parser, path: Path, job: _Job) -> ParsedDocument:
            return parser.parse(path, configuration, page_range, job.watch)

        return self._begin(source, json.dumps([asked, page_range], sort_keys=True), work)

    def begin_filling(self, source: Source, filling: FormFilling) -> str:
        """See ``Library``."""

        def work(parser: Parser, path: Path, job: _Job) -> ParsedDocument:
            return parser.edit(path, filling, job.watch)

        return self._begin(source, filling.model_dump_json(), work)

    def _begin(self, source: Source, options: str, work: Work) -> str:
        if source.file_id:
            raise Unusable(
                "This server reads without a service, so there are no uploaded files: name a path or a URL."
            )
        key = _key(source, options)
        with self._lock:
            if key and (earlier := self._earlier(key)):
                if shared := self._jobs.get(earlier):
                    shared.wanted += 1
                return earlier
            waiting = sum(not job.standing.status.ended for job in self._jobs.values())
            if waiting >= _MOST_WAITING:
                raise Unusable("Too many documents are being read; wait for them with get_document.")
            made_at = datetime.now(UTC).isoformat(timespec="seconds")
            job = _Job(new_id("parse"), source, key, made_at)
            self._jobs[job.id] = job
        self._thread.submit(self._run, job, work)
        return job.id

    def _earlier(self, key: str) -> str | None:
        """A reading with this key that went well, or may."""
        for job in self._jobs.values():
            if job.key == key and job.standing.status is not JobStatus.FAILURE and not job.stopped.is_set():
                return job.id
        return self._results.with_key(key)

    def _run(self, job: _Job, work: Work) -> None:
        """Does the work of a job, in the one thread that does; whatever happens becomes its standing."""
        try:
            job.check()
            if self._parser is None:
                self._parser = self._open_parser()
            with TemporaryDirectory(prefix="octavo-mcp-") as folder:
                path, name = self._fetched(job, Path(folder))
                document = work(self._parser, path, job)
            kept = Kept(
                id=job.id,
                name=name,
                made_at=job.made_at,
                key=job.key,
                pages=document.total_pages,
                path=job.source.path,
                url=job.source.url,
            )
            self._results.keep(kept, document)
            self._shelf.have(job.id, lambda: document)
            job.standing = Standing(JobStatus.SUCCESSFUL, document.parsed_pages_count, document.total_pages)
        except Interrupted:
            job.standing = Standing(JobStatus.FAILURE, message="The reading was cancelled.")
        except OctavoError as error:
            job.standing = Standing(JobStatus.FAILURE, message=error.message)
        except Exception as error:  # the thread must live on, and the caller be told
            job.standing = Standing(JobStatus.FAILURE, message=f"It failed here: {type(error).__name__}.")
            raise

    def _fetched(self, job: _Job, folder: Path) -> tuple[Path, str]:
        """The document's file and its name; one at a URL is downloaded, from public hosts only."""
        from workers.jobs.outbound import Outbound

        if job.source.path is not None:
            return job.source.path, job.source.name
        settings = self._settings
        outbound = Outbound(settings.file_url_allow, settings.max_upload_bytes, settings.download_timeout)
        job.standing = Standing(JobStatus.PROCESSING, message="downloading")
        path = folder / "download"
        name = outbound.fetch(job.source.url or "", path, check=job.check).file_name or job.source.name
        return path.rename(folder / f"source{Path(name).suffix.lower()}"), name

    def standing(self, parse_id: str) -> Standing:
        """See ``Library``."""
        if job := self._jobs.get(parse_id):
            return job.standing
        pages = self._results.get(parse_id).pages
        return Standing(JobStatus.SUCCESSFUL, pages, pages)

    def result(self, parse_id: str) -> ParsedDocument:
        """See ``Library``."""
        return self._shelf.have(parse_id, lambda: self._results.document(parse_id))

    def source(self, parse_id: str) -> Source:
        """See ``Library``."""
        if job := self._jobs.get(parse_id):
            return job.source
        kept = self._results.get(parse_id)
        return Source(kept.name, kept.path, kept.url)

    def cancel(self, parse_id: str) -> None:
        """See ``Library``. A page that is being read is read to its end; what others wait for goes on."""
        with self._lock:
            if job := self._jobs.get(parse_id):
                job.wanted -= 1
                if job.wanted <= 0:
                    job.stopped.set()

    def readings(self, name: str, cursor: str | None, limit: int) -> Listing:
        """See ``Library``."""
        unfinished = [
            Entry(job.id, job.source.name, job.made_at, job.standing.status.value, job.standing.pages)
            for job in self._jobs.values()
            if job.standing.status is not JobStatus.SUCCESSFUL
        ]
        done = [
            Entry(k.id, k.name, k.made_at, JobStatus.SUCCESSFUL.value, k.pages) for k in self._results.all()
        ]
        found = [entry for entry in unfinished + done if name.casefold() in entry.name.casefold()]
        found.sort(key=lambda entry: (entry.made_at, entry.id), reverse=True)
        start = int(cursor) if cursor and cursor.isdecimal() else 0
        after = start + limit
        return Listing(found[start:after], str(after) if after < len(found) else None)

    def uploads(self, name: str, cursor: str | None, limit: int) -> Listing:
        """See ``Library``: without a service there are none."""
        return Listing()


def _key(source: Source, options: str) -> str:
    """What the document and its options are, in a few characters; empty of a URL, which may change."""
    if source.path is None:
        return ""
    with source.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(f"{source.path.suffix}\n{options}".encode())
    return digest.hexdigest()
