"""Whose turn it is: projects share what there is, lanes within them, and nobody waits for ever."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, event, select

from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from tests.chance import NoChance
from tests.clock import Clock
from workers.jobs.ledger.claims import Turns
from workers.jobs.ledger.engine import Ledger, migrate, open_engine
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.shards import Claim, Shards
from workers.jobs.ledger.tables import Dataset, Job, Shard, ShardKind

REQUEST = JobRequest(
    job_type=JobType.PARSE,
    source=SourceFields(file_url="https://example.org/a.pdf"),
    configuration=Configuration(),
)


class Desk:
    """A ledger with jobs of several projects, and one worker that claims."""

    def __init__(self, ledger: Ledger, clock: Clock, chance: random.Random | None = None) -> None:
        self.ledger, self.clock = ledger, clock
        self.jobs = Jobs(ledger)
        self.shards = self.worker(chance or NoChance())
        with ledger.write() as session:
            session.execute(delete(Job))

    def worker(self, chance: random.Random) -> Shards:
        return Shards(self.ledger, turns=Turns(chance))

    def submit(self, project: str, dataset_id: str | None = None) -> str:
        return self.jobs.create(project, REQUEST, dataset_id=dataset_id).id

    def dataset(self, project: str) -> str:
        now = self.ledger.now()
        with self.ledger.write() as session:
            row = Dataset(
                id=f"dataset_{now.microsecond}", project=project, name=now.isoformat(), configuration={},
                created_at=now, updated_at=now,
            )  # fmt: skip
            session.add(row)
        return row.id

    def claim(self) -> Claim:
        claim = self.shards.claim_next("cpu", "w", 30)
        assert claim is not None
        return claim

    def end(self, claim: Claim) -> None:
        assert self.shards.fail(claim, "over")

    def serve(self, times: int) -> list[str]:
        """The jobs that are done one after the other."""
        done = []
        for _ in range(times):
            claim = self.claim()
            done.append(claim.job_id)
            self.end(claim)
        return done


@pytest.fixture(scope="module")
def moving() -> Clock:
    return Clock()


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.services)])
def shared(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, moving: Clock
) -> Iterator[Ledger]:
    """One ledger for all examples of a property."""
    url = f"sqlite:///{tmp_path_factory.mktemp('turns') / 'ledger.db'}"
    if request.param == "postgres":
        create: Callable[[], str] = request.getfixturevalue("new_postgres_database")
        url = create()
    ledger = Ledger(open_engine(url), moving)
    migrate(ledger.engine)
    yield ledger
    ledger.close()


@pytest.fixture
def desk(shared: Ledger, moving: Clock) -> Desk:
    return Desk(shared, moving)


def test_a_busy_project_waits_for_an_idle_one(desk: Desk) -> None:
    busy = [desk.submit("a/a") for _ in range(3)]
    idle = desk.submit("b/b")
    assert [desk.claim().job_id for _ in range(4)] == [idle, *busy]
    desk.submit("a/a")
    late = desk.submit("c/c")
    assert desk.claim().job_id == late


def test_a_single_worker_serves_projects_in_turn(desk: Desk) -> None:
    for _ in range(5):
        desk.submit("a/a")
    for _ in range(2):
        desk.submit("b/b")
    served = []
    for _ in range(7):
        claim = desk.claim()
        desk.end(claim)
        served.append(claim.project)
    assert served == ["b/b", "a/a", "b/b", "a/a", "a/a", "a/a", "a/a"]


def test_a_dataset_s_jobs_wait_for_what_was_submitted_alone(desk: Desk) -> None:
    dataset = desk.dataset("a/a")
    batch = [desk.submit("a/a", dataset) for _ in range(3)]
    alone = desk.submit("a/a")
    assert desk.serve(4) == [alone, *batch]


def test_a_page_does_not_wait_for_the_rest_of_a_long_document(desk: Desk) -> None:
    long = desk.submit("a/a")
    first = desk.claim()
    desk.shards.split(first, 10, [1], [[n] for n in range(2, 11)])
    rest = desk.claim()
    short = desk.submit("a/a")
    assert desk.claim().job_id == short
    assert (rest.job_id, desk.claim().job_id) == (long, long)


def test_a_long_document_is_put_together_before_the_next_is_begun(desk: Desk) -> None:
    long = desk.submit("a/a")
    desk.shards.complete_pages(desk.claim())
    desk.submit("a/a")
    claim = desk.claim()
    assert (claim.job_id, claim.kind) == (long, ShardKind.ASSEMBLE)


def test_a_dataset_s_job_whose_pages_are_read_is_ended_before_others_are_read(desk: Desk) -> None:
    dataset = desk.dataset("a/a")
    done, _ = desk.submit("a/a", dataset), desk.submit("a/a", dataset)
    desk.shards.complete_pages(desk.claim())
    claim = desk.claim()
    assert (claim.job_id, claim.kind) == (done, ShardKind.ASSEMBLE)


def test_a_batch_and_the_rest_of_a_long_document_have_as_much_at_work_each(desk: Desk) -> None:
    long = desk.submit("a/a")
    first = desk.claim()
    desk.shards.split(first, 10, [1], [[n] for n in range(2, 11)])
    desk.shards.complete_pages(first)
    dataset = desk.dataset("a/a")
    for _ in range(9):
        desk.submit("a/a", dataset)
    at_work = [desk.claim() for _ in range(6)]
    assert sum(claim.job_id == long for claim in at_work) == 3
    for claim in at_work:
        if claim.job_id != long:  # short ones end again and again, while long ones go on
            desk.end(claim)
            assert desk.claim().job_id != long


def test_a_batch_has_its_share_beside_any_number_of_single_documents(shared: Ledger, moving: Clock) -> None:
    desk = Desk(shared, moving, random.Random(7))
    dataset = desk.dataset("a/a")
    batch = [desk.submit("a/a", dataset) for _ in range(5)]
    served: list[str] = []
    while not set(batch) <= set(served):
        desk.submit("a/a")
        served += desk.serve(1)
        assert len(served) < 200
    assert served.index(batch[0]) < 30
    assert [job for job in served if job in batch] == batch


def test_what_is_to_be_tried_again_later_keeps_nobody_waiting(desk: Desk) -> None:
    desk.submit("a/a")
    waits = desk.claim()
    desk.shards.retry_later(waits, "not yet")
    other = desk.submit("b/b")
    assert desk.claim().job_id == other
    assert desk.shards.claim_next("cpu", "w", 30) is None
    desk.clock.forward(3600)
    assert desk.shards.claimable("cpu") == 2  # the other's lease has run out by now


def test_lost_work_comes_first(desk: Desk) -> None:
    lost = desk.submit("b/b")
    desk.claim()
    desk.submit("a/a")
    desk.clock.forward(31)
    assert desk.claim().job_id == lost


def test_workers_that_live_short_leave_nobody_out(desk: Desk) -> None:
    projects = ["p/1", "p/2", "p/3"]
    for project in 10 * projects:
        desk.submit(project)
    chance, seen = random.Random(3), set()
    for _ in range(10):
        desk.shards = desk.worker(chance)  # one claim, and it is started anew
        claim = desk.claim()
        desk.end(claim)
        seen.add(claim.project)
    assert seen == set(projects)


def test_claimable_stops_counting(desk: Desk) -> None:
    for _ in range(6):
        desk.submit("a/a")
    desk.claim()
    assert (desk.shards.claimable("cpu"), desk.shards.claimable("cpu", most=3)) == (5, 3)
    assert desk.shards.claimable("gpu") == 0
    desk.clock.forward(31)
    assert desk.shards.claimable("cpu") == 6


Steps = st.lists(st.tuples(st.sampled_from(["submit", "claim", "end"]), st.integers(0, 4)), max_size=60)


@settings(max_examples=30)
@given(steps=Steps, seed=st.integers(0, 99))
def test_the_project_that_is_served_has_the_least_running(
    shared: Ledger, moving: Clock, steps: list[tuple[str, int]], seed: int
) -> None:
    desk = Desk(shared, moving, random.Random(seed))
    waiting: Counter[str] = Counter()
    running: list[Claim] = []
    for what, which in steps:
        if what == "submit":
            desk.submit(f"p/{which}")
            waiting[f"p/{which}"] += 1
        elif what == "end" and running:
            desk.end(running.pop(which % len(running)))
        elif what == "claim":
            claim = desk.shards.claim_next("cpu", "w", 10_000)
            assert (claim is None) == (waiting.total() == 0)
            if claim is not None:
                at_work = Counter(one.project for one in running)
                least = min(at_work[project] for project, count in waiting.items() if count)
                assert at_work[claim.project] == least
                waiting[claim.project] -= 1
                running.append(claim)


@settings(max_examples=10)
@given(counts=st.lists(st.integers(1, 8), min_size=1, max_size=6), seed=st.integers(0, 99))
def test_between_two_turns_of_one_all_others_have_theirs(
    shared: Ledger, moving: Clock, counts: list[int], seed: int
) -> None:
    desk = Desk(shared, moving, random.Random(seed))
    left = {f"p/{n}": count for n, count in enumerate(counts)}
    for project, count in left.items():
        for _ in range(count):
            desk.submit(project)
    since = dict.fromkeys(left, 0)
    while any(left.values()):
        claim = desk.claim()
        desk.end(claim)
        left[claim.project] -= 1
        since = {project: gone + 1 for project, gone in since.items()} | {claim.project: 0}
        assert all(since[project] < len(left) for project, count in left.items() if count)


@pytest.mark.services
def test_claimers_neither_wait_for_each_other_nor_go_away_empty(
    new_postgres_database: Callable[[], str], clock: Clock
) -> None:
    ledger = Ledger(open_engine(new_postgres_database()), clock)
    migrate(ledger.engine)
    desk = Desk(ledger, clock)
    held, free = desk.submit("a/a"), desk.submit("b/b")
    with ledger.write() as session:
        # Another worker that is in the middle of its claim.
        session.scalars(select(Shard).where(Shard.job_id == held).with_for_update()).all()
        with ThreadPoolExecutor(1) as pool:
            claim = pool.submit(desk.claim).result(timeout=20)
        assert claim.job_id == free
    assert desk.claim().job_id == held
    ledger.close()


def test_a_claim_looks_at_no_more_rows_for_a_longer_queue(tmp_path: Path, clock: Clock) -> None:
    """Counted in steps of SQLite's machine, not in time."""
    ledger = Ledger(open_engine(f"sqlite:///{tmp_path / 'ledger.db'}"), clock)
    migrate(ledger.engine)
    desk = Desk(ledger, clock)
    ticks = 0

    def tick() -> int:
        nonlocal ticks
        ticks += 1
        return 0

    event.listen(ledger.engine, "checkout", lambda raw, *_: raw.set_progress_handler(tick, 100))

    def cost(projects: int) -> int:
        nonlocal ticks
        for n in range(150):
            desk.submit(f"p/{n % projects}")
        desk.claim()
        ticks = 0
        for _ in range(10):
            desk.end(desk.claim())
        return ticks

    few, many = cost(2), cost(150)
    assert many < 1.5 * few
    ledger.close()
