"""``OCTAVO_REUSE_RESULTS``: a job gets the result of an earlier one that would be the same."""

from __future__ import annotations

import logging

import msgspec

from schemas.documents import Usage
from workers.jobs.blobs import BlobDamaged, BlobMissing
from workers.jobs.results import outputs_of
from workers.marks import mark
from workers.sources import Document
from workers.work import Work

log = logging.getLogger(__name__)


class _Outputs(msgspec.Struct):
    """What is asked of a stored result."""

    usage: dict[str, int]


def content_mark(work: Work, document: Document) -> str | None:
    """What a job's result depends on: its document's bytes, its options, and how this worker reads.

    None where results are not given again: that was not asked for, the job has begun, or it fills in a form
    (what is filled in may be of the day).
    """
    request = work.claim.request
    if not work.settings.reuse_results or work.claim.pages is not None or request.form_filling is not None:
        return None
    options = (request.configuration, request.source.page_range, work.settings.max_bad_page_share)
    return mark(document.digest(), document.format_name, *options, work.tools.reading_mark)


def reuse_result(work: Work, marked: str) -> bool:
    """Ends the job with a copy of an earlier result; False where there is none."""
    claim, blobs, reuse = work.claim, work.services.blobs, work.services.reuse
    earlier = work.steadily(lambda: reuse.find(claim, marked))
    if earlier is None or earlier.result_key is None:
        return False
    key, old_key = f"{work.folder}/result.json", earlier.result_key
    try:
        outputs = work.steadily(lambda: blobs.get_bytes(old_key))
    except (BlobMissing, BlobDamaged):  # it is just being deleted, or is none any more
        return False
    work.steadily(lambda: blobs.put_bytes(key, outputs))
    plain = b"".join(work.steadily(lambda: list(outputs_of(blobs, key))))
    usage = Usage.model_validate(msgspec.json.decode(plain, type=_Outputs).usage)
    log.info("the result of %s is given again", earlier.id)
    work.surely(lambda: reuse.take(claim, earlier, key, usage))
    return True
