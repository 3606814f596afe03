"""What operators hear of work: where log lines are, spans and times of stages, and how pages went."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from opentelemetry.trace import SpanKind

from pipelines.work import PageRecord
from workers.jobs import telemetry, tracing
from workers.jobs.ledger.shards import Claim
from workers.jobs.metering import PAGES, STAGE_SECONDS

log = logging.getLogger(__name__)


@contextmanager
def claimed(claim: Claim) -> Iterator[None]:
    """Around the work on a claim, which goes on from the trace of the request that made the job."""
    began = time.perf_counter()
    told: dict[str, str | int] = {
        "octavo.job": claim.job_id,
        "octavo.shard": claim.ordinal,
        "octavo.queue": claim.queue,
        "octavo.attempt": claim.attempt,
    }
    name, parent = f"work on {claim.kind.value}", tracing.continued(claim.traceparent)
    with (
        tracing.span(name, told, kind=SpanKind.CONSUMER, parent=parent),
        telemetry.bind(job=claim.job_id, shard=claim.ordinal),
    ):
        if claim.attempt > 1:
            log.info("taken up again: attempt %d", claim.attempt)
        yield
        log.info("the %s ended after %.1f s", name, time.perf_counter() - began)


@contextmanager
def stage(name: str, pages: Sequence[int]) -> Iterator[None]:
    """Around a stage; see ``RunContext.stage``."""
    about: dict[str, str | int] = {"stage": name}
    if pages:
        about["page"] = pages[0] if len(pages) == 1 else f"{pages[0]}-{pages[-1]}"
    with (
        telemetry.bind(**about),
        tracing.span(name, {f"octavo.{field}": value for field, value in about.items()}),
        STAGE_SECONDS.time(stage=name),
    ):
        yield


def count_pages(format_name: str, records: Sequence[PageRecord]) -> None:
    """Counts pages that were read; the log has those that could not be."""
    for record in records:
        PAGES.add(format=format_name, outcome=record.fault.code.lower() if record.fault else "ok")
        if fault := record.fault:
            with telemetry.bind(page=record.number, stage=fault.stage):
                log.warning("the page could not be read: %s", fault.code)
