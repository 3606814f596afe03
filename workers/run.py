"""A worker's work: claim a shard, read its pages window by window, and join the pages when the last is done.

The ledger is the truth. A worker that dies anywhere here leaves a lease that runs out; the next claim goes on
after the last window that was checkpointed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import socket
import tempfile
import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import cast

import psutil

from pipelines.edit import edit, read_form
from pipelines.parse import assemble, read_pages
from pipelines.work import PageRecord, RunContext
from schemas.documents import ParsedDocument
from schemas.errors import DocumentError, DownloadFailed, Interrupted, NoSuchPages
from schemas.formats import format_named, format_of_mime_type
from schemas.options import FormFilling
from schemas.page_range import chosen_pages, in_parts
from schemas.reading import DocumentInfo
from schemas.settings import Settings
from workers import codec
from workers.children import EngineChild, ReaderChild, Readers, warm_up
from workers.jobs import telemetry
from workers.jobs.ledger.shards import Claim
from workers.jobs.ledger.tables import ShardKind
from workers.jobs.outbound import Outbound
from workers.jobs.results import write_result
from workers.jobs.services import Services
from workers.leases import Lease, Leases
from workers.marks import mark, reading_mark
from workers.presence import Presence
from workers.sender import Sender
from workers.sweep import Sweeper

log = logging.getLogger(__name__)


class Worker:
    """Reads documents for the jobs of one ledger; ``run_one`` may be called from several threads."""

    def __init__(self, settings: Settings, services: Services) -> None:
        self._settings, self._services = settings, services
        self._shards = services.shards
        self._stopping = threading.Event()
        self._readers = Readers(settings, self._scratch_root)
        self._engines = EngineChild(settings)
        self._outbound = Outbound(
            settings.file_url_allow, settings.max_upload_bytes, settings.download_timeout
        )
        stall = 2 * max(settings.page_timeout, settings.download_timeout)
        self._leases = Leases(self._shards, settings.lease_seconds, stall, self._stopping)
        self._sender = Sender(settings, services)
        self.owner = f"{socket.gethostname()}/{os.getpid()}/{uuid.uuid4().hex[:8]}"
        self.reading_mark = reading_mark(settings)

    def start(self, queues: list[str]) -> None:
        """Makes ready: the fork server, the threads that renew leases, sweep and send webhooks."""
        self._clear_scratch()
        warm_up()
        self._every(1.0, self._leases.renew_all)
        sweeper = Sweeper(self._services, self.owner, self._stopping)
        for work in (sweeper.look_after_jobs, sweeper.keep_house):
            self._every(self._settings.sweep_seconds, work)
        presence = Presence(self._services.workers, self.owner, queues, self.reading_mark)
        for run in (self._sender.run, presence.run):
            threading.Thread(target=run, args=(self._stopping,), daemon=True).start()

    def stop(self) -> None:
        """Ends what is in hand at once; it goes back to the ledger and is not counted as an attempt."""
        self._stopping.set()
        self._readers.close()
        self._engines.close()

    def run_one(self, queue: str) -> bool:
        """Claims one shard and works on it; False when there was none."""
        if self._stopping.is_set():
            return False
        claim = self._shards.claim_next(queue, self.owner, self._settings.lease_seconds)
        if claim is None:
            return False
        with telemetry.bind(job=claim.job_id, shard=claim.ordinal), self._leases.hold(claim) as lease:
            try:
                if claim.kind is ShardKind.PAGES:
                    self._read(claim, lease)
                else:
                    self._assemble(claim, lease)
            except Interrupted:
                self._shards.release(claim)
            except DocumentError as error:
                self._give_up(claim, error.message, retry=error.retryable)
            except Exception:
                log.exception("unexpected failure in a worker")
                self._give_up(
                    claim, "An unexpected error stopped this job; the server's log has it.", retry=True
                )
        return True

    def _give_up(self, claim: Claim, message: str, retry: bool) -> None:
        """Ends the job, or puts the shard back where another attempt may help."""
        if self._stopping.is_set():
            self._shards.release(claim)
        elif retry:
            self._shards.retry_later(claim, message)
        else:
            self._shards.fail(claim, message)

    # ------------------------------------------------------------------ pages

    def _read(self, claim: Claim, lease: Lease) -> None:
        """Reads the shard's pages, window by window; the last shard to end rings for the assembly."""
        with self._opened(claim, lease) as (reader, info, source_key):
            numbers = self._pages_of(claim, info.page_count)
            self._read_windows(claim, lease, reader, source_key, numbers, info)
        lease.check()
        if self._shards.complete_pages(claim, lease.progress.report()):
            self._services.doorbell.ring(claim.queue)

    def _read_windows(
        self,
        claim: Claim,
        lease: Lease,
        reader: ReaderChild,
        source_key: str,
        numbers: list[int],
        info: DocumentInfo,
    ) -> None:
        configuration, filling = claim.request.configuration, claim.request.form_filling
        done = {c.fingerprint: c for c in self._shards.checkpoints(claim.job_id)}
        context = RunContext(check=lease.check, progress=lease.progress.page)
        lease.progress.begin(len(numbers))
        for index, pages in enumerate(in_parts(numbers, self._settings.page_window)):
            fingerprint = self._fingerprint(claim, source_key, pages)
            if fingerprint in done:
                lease.progress.keep(len(pages), done[fingerprint].failed)
                continue
            log.debug("reading pages %d to %d", pages[0], pages[-1])
            if filling is None:
                records = read_pages(reader, self._engines, info, pages, configuration, context)
            else:
                records = read_form(reader, self._engines, info, pages, filling, context)
            lease.check()  # a page that failed because the worker goes down is not a page that failed
            key = f"jobs/{claim.job_id}/windows/{fingerprint}"
            self._services.blobs.put_bytes(key, codec.encode(records))
            failed = sum(record.fault is not None for record in records)
            if not self._shards.checkpoint(claim, index, pages, fingerprint, key, failed=failed):
                raise Interrupted("the lease was lost")

    def _pages_of(self, claim: Claim, page_count: int) -> list[int]:
        """The shard's page numbers; the first shard learns the page count and leaves the rest to others."""
        if claim.pages is not None:
            return claim.pages
        numbers = chosen_pages(claim.request.source.page_range, page_count)
        if len(numbers) > self._settings.max_pages:
            raise NoSuchPages(
                f"The document has {len(numbers)} pages to read, the limit is {self._settings.max_pages}:"
                " name fewer with page_range."
            )
        own, *others = in_parts(numbers, self._settings.shard_pages)
        for _ in self._shards.split(claim, page_count, own, others):
            self._services.doorbell.ring(claim.queue)
        return own

    @contextlib.contextmanager
    def _opened(self, claim: Claim, lease: Lease) -> Iterator[tuple[ReaderChild, DocumentInfo, str]]:
        """The job's document, open in a reader of its own, with what is known of it and its blob's key."""
        with self._scratch() as folder, self._readers.reader() as reader:
            lease.progress.tell("opening the document")
            source_key, path = self._source(claim, lease, reader, folder)
            lease.check()
            yield reader, reader.open(path, _format(claim, reader, path, source_key)), source_key

    def _source(self, claim: Claim, lease: Lease, reader: ReaderChild, folder: Path) -> tuple[str, Path]:
        """The document in ``folder``: its blob's key and its path.

        A URL is fetched once; its bytes are kept, so that every shard and attempt reads the same document.
        """
        # With its extension: what is inside a signed envelope has no other name.
        path = folder / f"source{PurePosixPath(claim.source_key or '').suffix}"
        if claim.source_key is not None:
            self._services.blobs.fetch(claim.source_key, path)
            return claim.source_key, path
        if claim.request.source.file_url is None:
            raise DownloadFailed("The job's document is gone: its file was deleted before it could be read.")
        download = self._outbound.fetch(claim.request.source.file_url, path, check=lease.check)
        mime_type = claim.request.source.mime_type or download.mime_type
        found = format_named(reader.detect(path, mime_type, download.file_name))
        key = f"jobs/{claim.job_id}/source{found.suffix if found else ''}"
        self._services.blobs.put_file(key, path)
        if not self._shards.set_source(claim, key):
            raise Interrupted("the lease was lost")
        return key, path

    # ------------------------------------------------------------------ the whole document

    def _assemble(self, claim: Claim, lease: Lease) -> None:
        """Joins the windows into the result and ends the job."""
        # By page: windows overlap when a job was begun with other settings or by another version.
        records: dict[int, PageRecord] = {}
        kept = self._shards.checkpoints(claim.job_id)
        for number, checkpoint in enumerate(kept):
            lease.check()
            lease.progress.tell("joining the pages", number, len(kept))
            data = self._services.blobs.get_bytes(checkpoint.blob_key)
            window = cast(list[PageRecord], codec.decode(data, list[PageRecord]))
            records.update((record.number, record) for record in window)
        document = self._document(claim, lease, [records[number] for number in sorted(records)])
        lease.check()
        key = f"jobs/{claim.job_id}/result.json"
        self._services.blobs.put_bytes(key, write_result(document))
        lease.check()
        self._shards.finish(claim, key, document.parsed_pages_count, document.total_pages, document.usage)

    def _document(self, claim: Claim, lease: Lease, records: list[PageRecord]) -> ParsedDocument:
        total, worst = claim.total_pages or len(records), self._settings.max_bad_page_share
        context = RunContext(check=lease.check, tell=lease.progress.tell)
        filling, configuration = claim.request.form_filling, claim.request.configuration
        if filling is None:
            return assemble(records, total, configuration, self._engines, context, max_bad_page_share=worst)
        with self._opened(claim, lease) as (reader, _, _):
            return edit(records, total, filling, reader, self._engines, context, max_bad_page_share=worst)

    # ------------------------------------------------------------------ the ground

    def _every(self, seconds: float, work: Callable[[], None]) -> None:
        """Does ``work`` again and again on a thread of its own; a failure is logged and does not end it."""

        def loop() -> None:
            while not self._stopping.wait(seconds):
                try:
                    work()
                except Exception:
                    log.exception("a background step failed and is tried again")

        threading.Thread(target=loop, daemon=True).start()

    @property
    def _scratch_root(self) -> Path:
        return self._settings.folder / "scratch"

    @contextlib.contextmanager
    def _scratch(self) -> Iterator[Path]:
        self._scratch_root.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f"{os.getpid()}-", dir=self._scratch_root) as folder:
            yield Path(folder)

    def _clear_scratch(self) -> None:
        """Removes what workers that were killed left behind."""
        for folder in self._scratch_root.glob("*-*"):
            pid = folder.name.split("-")[0]
            if pid.isdigit() and not psutil.pid_exists(int(pid)):
                shutil.rmtree(folder, ignore_errors=True)

    def _fingerprint(self, claim: Claim, source_key: str, pages: list[int]) -> str:
        """What a window's reading depends on: the same mark, the same records."""
        asked = (claim.request.configuration.model_dump_json(), _blanks_wanted(claim.request.form_filling))
        return mark(self.reading_mark, source_key, pages, *asked)


def _format(claim: Claim, reader: ReaderChild, path: Path, source_key: str) -> str:
    """The name of the format that the source is in."""
    source = claim.request.source
    if source.file_id is None and source.file_url is None:
        # raw_text is what it is said to be, whatever it looks like.
        said = format_of_mime_type(source.mime_type)
        return said.name if said else reader.detect(path, source.mime_type, None)
    # The key of an uploaded file ends like the name of its first upload, which may not be the name of today.
    name = source_key if source.file_id is None else source.file_name
    return reader.detect(path, source.mime_type, name)


def _blanks_wanted(filling: FormFilling | None) -> str | None:
    """What the reading of a form's pages depends on: the prompt is no part of it."""
    return filling.model_dump_json(include={"no_acroform", "no_widget_detection"}) if filling else None
