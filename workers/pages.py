"""Reading a shard's pages, window by window: each window that is finished is a checkpoint."""

from __future__ import annotations

import logging
from typing import Any

from pipelines.parse import read_pages
from pipelines.readers.base import Reader
from pipelines.work import PageRecord, RunContext
from schemas.documents import Page, PagesRead
from schemas.formats import opens_quickly
from schemas.options import FormFilling
from schemas.page_range import chosen_pages, in_parts
from schemas.queues import Queue
from schemas.reading import DocumentInfo
from workers.jobs.ledger.shards import Claim
from workers.jobs.ledger.tables import Checkpoint
from workers.jobs.ledger.windows import Window
from workers.jobs.routing import assembly_queue
from workers.marks import mark
from workers.observed import count_pages, stage
from workers.resting import at_rest
from workers.reuse import content_mark, reuse_result
from workers.sources import Document, fetched
from workers.steps import sealed
from workers.work import Work

log = logging.getLogger(__name__)

_LATER: dict[str, Any] = {
    "pages": {"__all__": {"page_fragments": {"__all__": {"words": True, "content": {"image_base64": True}}}}}
}
"""What only the result has: nobody looks at it while a document is read."""


def read_shard(work: Work) -> Claim | None:
    """Reads the pages of a claimed shard. The last to end rings for the assembly, or has its claim.

    Raises:
        DocumentError: the document cannot be read.
        Interrupted: the work must stop.
    """
    claim, shards = work.claim, work.shards
    with fetched(work) as document:
        marked = content_mark(work, document)
        if marked is not None and reuse_result(work, marked):
            return None
        info = document.open()
        numbers = _pages_of(work, document, info.page_count, marked)
        window = _read_windows(work, document, info, numbers)
    queue = assembly_queue(claim.request, work.settings, claim.queue)
    report, seconds = work.lease.progress.report(), work.settings.lease_seconds
    last = work.steadily(lambda: shards.complete_pages(claim, report, queue, seconds, window))
    if isinstance(last, Claim):
        return last
    if last:
        work.services.doorbell.ring(queue)
    return None


def _pages_of(work: Work, document: Document, page_count: int, marked: str | None) -> list[int]:
    """The shard's page numbers; the first shard learns the page count and leaves the rest to others."""
    claim = work.claim
    if claim.pages is not None:
        return claim.pages
    numbers = chosen_pages(claim.request.source.page_range, page_count, work.settings.max_pages)
    own, *others = in_parts(numbers, _shard_pages(work, document, len(numbers)))
    for _ in work.steadily(lambda: work.shards.split(claim, page_count, own, others, marked)):
        work.services.doorbell.ring(claim.queue)
    return own


def _shard_pages(work: Work, document: Document, pages: int) -> int:
    """How many pages a shard has. Where nothing else waits, each thread here gets its share of the document.

    A share is whole windows: they are the same however a document is cut.
    """
    settings, queue = work.settings, work.claim.queue
    most, window = settings.shard_pages, settings.page_window
    if pages <= window or not opens_quickly(document.format_name) or _counts_tokens(work):
        return most
    if work.steadily(lambda: work.shards.claimable(queue, most=1)):
        return most
    share = -(-pages // settings.slots.get(Queue(queue), 1))
    return min(most, window * -(-share // window))


def _counts_tokens(work: Work) -> bool:
    """Whether language models are asked about the pages, which may use so many tokens for each shard."""
    options = work.claim.request.configuration.enrichment_options
    return work.settings.has_llm and (options.table_summarization or options.figure_summarization)


def _read_windows(work: Work, document: Document, info: DocumentInfo, numbers: list[int]) -> Window | None:
    """Reads what no checkpoint has; checkpoints of the same pages that no longer hold are dropped.

    Returns the last window that was read, which is in the blob store but no checkpoint yet.
    """
    windows = {
        _fingerprint(work, document.key, pages): pages
        for pages in in_parts(numbers, work.settings.page_window)
    }
    done = _still_good(work, windows)
    context = RunContext(check=work.lease.check, progress=work.lease.progress.page, stage=stage)
    work.lease.progress.begin(len(numbers))
    read: Window | None = None
    for index, (fingerprint, pages) in enumerate(windows.items()):
        if (kept := done.get(fingerprint)) is not None:
            work.lease.progress.keep(len(pages), kept.failed)
            continue
        if read is not None:
            _keep(work, read)
        log.debug("reading pages %d to %d", pages[0], pages[-1])
        failures = work.engines.failures
        records = _window(work, document.reader, info, pages, context)
        work.lease.check()  # a page that failed because the worker goes down is not a page that failed
        count_pages(document.format_name, records)
        failed = sum(record.fault is not None for record in records)
        read = Window(
            index,
            pages,
            fingerprint,
            _put(work, fingerprint, records),
            failed=failed,
            reading_mark=work.tools.reading_mark,
            flawed=failed > 0 or work.engines.failures > failures,
        )
    return read


def _still_good(work: Work, windows: dict[str, list[int]]) -> dict[str, Checkpoint]:
    """The checkpoints of the shard's windows, by fingerprint."""
    claim, kept = work.claim, work.services.windows
    if claim.is_first:
        return {}
    own = {number for pages in windows.values() for number in pages}
    good: dict[str, Checkpoint] = {}
    stale: list[int] = []
    for checkpoint in work.steadily(lambda: kept.of(claim.job_id)):
        if checkpoint.fingerprint in windows:
            good[checkpoint.fingerprint] = checkpoint
        elif not own.isdisjoint(checkpoint.pages):
            stale.append(checkpoint.id)
    if stale:
        work.surely(lambda: kept.drop(claim, stale))
    return good


def _window(
    work: Work, reader: Reader, info: DocumentInfo, pages: list[int], context: RunContext
) -> list[PageRecord]:
    request, engines = work.claim.request, work.engines.engines
    if request.form_filling is None:
        return read_pages(reader, engines, info, pages, request.configuration, context)
    from pipelines.edit import read_form  # few fill in forms

    return read_form(reader, engines, info, pages, request.form_filling, context)


def _keep(work: Work, window: Window) -> None:
    work.surely(lambda: work.services.windows.keep(work.claim, window))


def _put(work: Work, fingerprint: str, records: list[PageRecord]) -> str:
    """Puts a window's records into the blob store; returns their key."""
    key, early = f"{work.folder}/windows/{fingerprint}", _early(records).model_dump_json(exclude=_LATER)
    data = sealed(fingerprint, at_rest(records), early.encode("utf-8", "replace"))
    # One that is lost with its machine is read again.
    work.steadily(lambda: work.services.blobs.put_bytes(key, data, lasting=False))
    return key


def _early(records: list[PageRecord]) -> PagesRead:
    """The window for who watches: it needs no engine's types to be read."""
    return PagesRead(
        pages=[
            Page.of(record.number, record.size, record.fragments) for record in records if not record.fault
        ],
        page_errors=[record.fault for record in records if record.fault],
    )


def _fingerprint(work: Work, source_key: str, pages: list[int]) -> str:
    """What a window's reading depends on: the same mark, the same records."""
    request = work.claim.request
    asked = (request.configuration.model_dump_json(), _blanks_wanted(request.form_filling))
    return mark(work.tools.reading_mark, source_key, pages, *asked)


def _blanks_wanted(filling: FormFilling | None) -> str | None:
    """What the reading of a form's pages depends on: the prompt is no part of it."""
    return filling.model_dump_json(include={"no_acroform", "no_widget_detection"}) if filling else None
