"""What the service promises, each with all that broke it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from benchmarks.chaos.documents import Kind
from benchmarks.chaos.hearing import Endpoint
from benchmarks.chaos.outcome import Outcome
from schemas.jobs import JobStatus
from schemas.webhooks import EventType
from workers.jobs.ledger.tables import ShardState

_LARGEST_BYTES = 2 << 30
_SAME = ("status", "finished_at", "error", "document_markdown", "page_errors")


def accepted_once(outcome: Outcome) -> Iterator[str]:
    """Each document became one job, however often it was submitted; no other job is there."""
    for story in outcome.stories:
        if len(story.parse_ids) != 1:
            yield f"{story.document.name} was answered with the jobs {sorted(story.parse_ids)}"
    ids = sorted(parse_id for story in outcome.stories for parse_id in story.parse_ids)
    in_dataset = sorted(str(s.parse_id) for s in outcome.stories if s.document.in_dataset)
    for where, found, wanted in (
        ("the ledger", sorted(job.id for job in outcome.kept.jobs), ids),
        ("the API's list", sorted(outcome.listed), ids),
        ("the dataset", sorted(outcome.in_dataset), in_dataset),
    ):
        for parse_id in sorted(set(wanted) - set(found)):
            yield f"{parse_id} is not in {where}"
        for parse_id, times in (Counter(found) - Counter(wanted)).items():
            yield f"{parse_id} is in {where} {times} times too often"


def ended_once(outcome: Outcome) -> Iterator[str]:
    """Each job has ended, and its end is still the one that was first told of."""
    for job in outcome.kept.jobs:
        if not job.ended:
            yield f"{job.id} is {job.status} for ever: {job.message_update}"
    for story in outcome.stories:
        if story.end is None:
            yield f"{story.document.name} ({story.parse_id}): nobody heard of an end"
            continue
        now = outcome.ends.get(str(story.parse_id), {})
        for name in _SAME:
            if story.end.get(name) != now.get(name):
                yield f"{story.parse_id}: {name} was {story.end.get(name)!r} and is {now.get(name)!r}"
    for shard in outcome.kept.shards:
        if shard.state not in (ShardState.DONE, ShardState.FAILED):
            yield f"{shard.job_id}: its {shard.kind} shard {shard.ordinal} is {shard.state}"


def read_right(outcome: Outcome) -> Iterator[str]:
    """Each result has all its document's pages in order; what is poisoned failed with a reason."""
    for story in outcome.stories:
        for wrong in story.wrong:
            yield f"{story.document.name} ({story.parse_id}): {wrong}"


def read_once(outcome: Outcome) -> Iterator[str]:
    """No more windows were read again, and no more answers asked for again, than there were kills.

    A document that takes its worker down kills too, whoever else was read there.
    """
    kills, again = len(outcome.kills.done) + outcome.deaths, outcome.windows_again
    if not outcome.windows:
        yield "the log tells of no window: nothing was counted"
    if not outcome.answers and any(story.document.kind is Kind.EXTRACTION for story in outcome.stories):
        yield "the language model was never asked"
    if again > kills:
        worst = ", ".join(f"{job}: {told} ({n}x)" for (job, told), n in outcome.windows.most_common(8))
        yield f"{again} windows were read again after {kills} kills: {worst}"
    if outcome.answers_again > kills:
        yield f"{outcome.answers_again} answers were asked for again after {kills} kills"


def told_once(outcome: Outcome) -> Iterator[str]:
    """Each endpoint heard of each job what it wants to hear: verified, under one id for each event."""
    undelivered = (row for row in outcome.kept.deliveries if row.status != "delivered")
    yield from (f"{row.id} ({row.event_type} of {row.job_id}) is {row.status}" for row in undelivered)
    yield from (f"{one.path}: {one.id} could not be verified" for one in outcome.heard if one.job is None)
    for endpoint in outcome.endpoints:
        heard, wanted = _heard(outcome, endpoint), _wanted(outcome, endpoint)
        for job, status in sorted(wanted - heard.keys()):
            yield f"{endpoint.path} never heard that {job} is {status}"
        for (job, status), ids in heard.items():
            if (job, status) not in wanted:
                yield f"{endpoint.path} heard of {job}: {status}, and should not have"
            elif len(ids) > 1:
                yield f"{endpoint.path} heard that {job} is {status} under {len(ids)} ids"


def _wanted(outcome: Outcome, endpoint: Endpoint) -> set[tuple[str, str]]:
    """The jobs and their words that an endpoint is to hear of."""
    wanted = set()
    for job in outcome.kept.jobs:
        good = job.status == JobStatus.SUCCESSFUL
        for event, status in (
            (EventType.CREATED, JobStatus.PENDING.value),
            (EventType.COMPLETED if good else EventType.FAILED, job.status),
        ):
            if event in endpoint.events:
                wanted.add((job.id, status))
    return wanted


def _heard(outcome: Outcome, endpoint: Endpoint) -> dict[tuple[str, str], set[str]]:
    """The jobs and their words that it did hear of, with the ids that they came under."""
    heard: dict[tuple[str, str], set[str]] = {}
    for one in outcome.heard:
        if one.path == endpoint.path and one.job and one.status:
            heard.setdefault((one.job, one.status), set()).add(one.id)
    return heard


def kept_whole(outcome: Outcome) -> Iterator[str]:
    """No blob that the ledger names is missing, and none is there that nothing will ever remove."""
    kept = outcome.kept
    for job in kept.jobs:
        if job.result_key and job.result_key not in kept.blobs:
            yield f"the result of {job.id} is not there"
    for window in kept.checkpoints:
        if window.blob_key not in kept.blobs:
            yield f"a window of {window.job_id} is not there: {window.pages}"
    jobs = {job.id for job in kept.jobs}
    for key in sorted(kept.blobs - kept.swept):
        top, _, rest = key.partition("/")
        if top == "jobs" and rest.partition("/")[0] not in jobs:
            yield f"{key} is of no job, and no sweep takes it"


def left_nothing(outcome: Outcome) -> Iterator[str]:
    """No process outlives its service, and none grew past two gigabytes."""
    for command in outcome.left_running:
        yield f"still runs: {command}"
    for name, size in outcome.peaks.items():
        if size > _LARGEST_BYTES:
            yield f"{name} held {size / 2**20:.0f} MiB"


PROMISES: dict[str, Callable[[Outcome], Iterator[str]]] = {
    "every submit is one job": accepted_once,
    "every job ended once": ended_once,
    "every result is right": read_right,
    "work done is not done again": read_once,
    "every webhook arrived, verified": told_once,
    "no blob is lost or left": kept_whole,
    "nothing is left running": left_nothing,
}


def broken(outcome: Outcome) -> dict[str, list[str]]:
    """Each promise with what broke it."""
    return {name: list(check(outcome)) for name, check in PROMISES.items()}
