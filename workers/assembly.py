"""The last shard of a job: the pages' windows joined into the result."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from pipelines.parse import assemble
from pipelines.work import PageRecord, RunContext
from schemas.documents import ParsedDocument
from workers.jobs.blobs import BlobDamaged, BlobMissing
from workers.jobs.ledger.tables import Checkpoint
from workers.jobs.results import packed, write_result
from workers.observed import stage
from workers.resting import MOST_OPEN, RestingPage, taken_up
from workers.sources import fetched
from workers.steps import Damaged, Steps, unsealed
from workers.work import Work

log = logging.getLogger(__name__)


def assemble_job(work: Work) -> None:
    """Makes the result of a job whose pages are read, and ends the job.

    Raises:
        DocumentError: there can be no result.
        Interrupted: the work must stop.
    """
    claim, shards, blobs = work.claim, work.shards, work.services.blobs
    windows = work.steadily(lambda: work.services.windows.of(claim.job_id))
    records, lost = _records(work, windows)
    if lost:
        log.warning("%d windows of pages are gone from the blob store and are read again", len(lost))
        if work.steadily(lambda: work.services.windows.read_again(claim, lost)):
            work.services.doorbell.ring(claim.queue)
        return
    document = _document(work, records, [window.fingerprint for window in windows])
    work.lease.check()
    key, data = f"{work.folder}/result.json", packed(write_result(document))
    work.steadily(lambda: blobs.put_bytes(key, data))
    whole = not work.engines.failures and not any(window.flawed for window in windows)
    work.steadily(
        lambda: shards.finish(
            claim,
            key,
            document.parsed_pages_count,
            document.total_pages,
            document.usage,
            reading_mark=work.tools.reading_mark,
            reusable=whole,
        )
    )


def _records(work: Work, windows: Sequence[Checkpoint]) -> tuple[list[PageRecord], list[int]]:
    """The pages' records in order, and the ids of checkpoints whose blobs are missing or damaged."""
    # By page: windows overlap when a job was begun with other settings or by another version.
    records: dict[int, PageRecord] = {}
    lost: list[int] = []
    for number, window in enumerate(windows):
        work.lease.progress.tell("joining the pages", number, len(windows))
        try:
            for record in _window(work, window, packed=len(records) >= MOST_OPEN):
                records[record.number] = record
        except (BlobMissing, BlobDamaged, Damaged):
            lost.append(window.id)
    return [records[number] for number in sorted(records)], lost


def _window(work: Work, window: Checkpoint, *, packed: bool) -> list[PageRecord]:
    data = work.steadily(lambda: work.services.blobs.get_bytes(window.blob_key))
    return taken_up(unsealed(data, window.fingerprint, list[RestingPage]), packed=packed)


def _document(work: Work, records: list[PageRecord], windows: Sequence[str]) -> ParsedDocument:
    request, engines, worst = work.claim.request, work.engines.engines, work.settings.max_bad_page_share
    total = work.claim.total_pages or len(records)
    keep = Steps(work.kept, work.engines, work.tools.reading_mark, windows)
    context = RunContext(check=work.lease.check, tell=work.lease.progress.tell, stage=stage, keep=keep)
    filling, configuration = request.form_filling, request.configuration
    if filling is None:
        return assemble(records, total, configuration, engines, context, max_bad_page_share=worst)
    with fetched(work) as document:
        document.open()
        from pipelines.edit import edit  # few fill in forms

        return edit(records, total, filling, document.reader, engines, context, max_bad_page_share=worst)
