"""Keyed requests in the ledger, on SQLite and on a real Postgres."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from schemas.errors import InvalidField, InvalidJobState
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from tests.clock import Clock
from workers.jobs.ledger.engine import Ledger
from workers.jobs.ledger.jobs import Jobs
from workers.jobs.ledger.repeats import CLAIM, KEPT, EarlierAnswer, FirstTime, Repeats
from workers.jobs.ledger.tables import KeyedRequest

PROJECT = "default/default"


@pytest.fixture
def repeats(ledger: Ledger) -> Repeats:
    return Repeats(ledger)


def first(repeats: Repeats, project: str = PROJECT, key: str = "key", fingerprint: str = "a") -> FirstTime:
    found = repeats.claim(project, key, fingerprint)
    assert isinstance(found, FirstTime)
    return found


def test_the_first_answer_is_given_again(repeats: Repeats) -> None:
    repeats.answered(first(repeats), 200, '{"answer": "\\u0000ü"}')
    for _ in range(2):
        assert repeats.claim(PROJECT, "key", "a") == EarlierAnswer(200, '{"answer": "\\u0000ü"}')


def test_another_request_is_refused_whether_or_not_there_is_an_answer(repeats: Repeats) -> None:
    request = first(repeats)
    with pytest.raises(InvalidField):
        repeats.claim(PROJECT, "key", "b")
    repeats.answered(request, 200, "{}")
    with pytest.raises(InvalidField):
        repeats.claim(PROJECT, "key", "b")


def test_keys_are_a_projects_own(repeats: Repeats) -> None:
    assert first(repeats).job_id != first(repeats, "acme/other", fingerprint="b").job_id
    assert first(repeats, key="Key", fingerprint="c")


def test_nobody_else_works_on_it_meanwhile(repeats: Repeats) -> None:
    request = first(repeats)
    with pytest.raises(InvalidJobState):
        repeats.claim(PROJECT, "key", "a")
    repeats.answered(request, 200, "{}")
    assert isinstance(repeats.claim(PROJECT, "key", "a"), EarlierAnswer)


def test_what_was_refused_leaves_the_key_free(repeats: Repeats) -> None:
    repeats.refused(first(repeats))
    assert first(repeats, fingerprint="b")


def test_what_broke_off_may_come_again_at_once_for_the_same_job(repeats: Repeats) -> None:
    request = first(repeats)
    repeats.broken_off(request)
    again = first(repeats)
    assert (again.job_id, again.claim != request.claim) == (request.job_id, True)


def test_who_died_is_followed_by_another_and_says_nothing_more(repeats: Repeats, clock: Clock) -> None:
    lost = first(repeats)
    clock.forward(CLAIM.total_seconds() + 1)
    again = first(repeats)
    assert again.job_id == lost.job_id
    repeats.answered(lost, 200, '"late"')
    repeats.refused(lost)
    repeats.broken_off(lost)
    with pytest.raises(InvalidJobState):
        repeats.claim(PROJECT, "key", "a")
    repeats.answered(again, 200, '"in time"')
    assert repeats.claim(PROJECT, "key", "a") == EarlierAnswer(200, '"in time"')


def test_a_day_later_the_key_is_new(repeats: Repeats, clock: Clock) -> None:
    request = first(repeats)
    repeats.answered(request, 200, "{}")
    clock.forward(KEPT.total_seconds() + 1)
    assert first(repeats, fingerprint="b").job_id != request.job_id


def test_what_is_over_is_forgotten(repeats: Repeats, ledger: Ledger, clock: Clock) -> None:
    first(repeats)
    clock.forward(KEPT.total_seconds() / 2)
    first(repeats, key="younger")
    for count in (2, 1):
        repeats.forget()
        with ledger.read() as session:
            assert session.scalar(select(func.count()).select_from(KeyedRequest)) == count
        clock.forward(KEPT.total_seconds() / 2 + 1)


def test_of_many_at_once_one_works(repeats: Repeats) -> None:
    together = Barrier(8)

    def claim() -> bool:
        together.wait()
        try:
            return isinstance(repeats.claim(PROJECT, "key", "a"), FirstTime)
        except InvalidJobState:
            return False

    with ThreadPoolExecutor(8) as pool:
        assert sum(done.result() for done in [pool.submit(claim) for _ in range(8)]) == 1


def test_a_job_that_was_made_is_found_by_its_id(ledger: Ledger) -> None:
    jobs = Jobs(ledger)
    source = SourceFields(file_url="https://example.org/a.pdf")
    request = JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
    made = jobs.create(PROJECT, request, job_id="parse_1")
    again = jobs.create(PROJECT, request, job_id="parse_1")
    assert (again.id, again.created_at) == (made.id, made.created_at)
