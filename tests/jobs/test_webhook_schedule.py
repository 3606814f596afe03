"""When a delivery is tried again, however its attempts go and its senders die."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.webhooks import RETRY_DELAYS, RETRY_JITTER, DeliveryStatus, EventType, next_attempt
from tests.clock import Clock
from workers.jobs.ledger.deliveries import Deliveries
from workers.jobs.ledger.dispatch import Dispatch, Outcome, Outgoing
from workers.jobs.ledger.engine import Ledger, migrate, open_engine
from workers.jobs.ledger.webhooks import Webhooks

CLAIM = 60.0
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('schedule') / 'ledger.db'}")
    migrate(engine)
    yield Ledger(engine)
    engine.dispose()


def test_the_words_of_the_contract() -> None:
    assert [delay.total_seconds() for delay in RETRY_DELAYS] == [5, 300, 1800, 7200, 18000, 36000, 36000]


@given(st.integers(1, 20), st.floats(0, 1))
def test_a_delay_is_the_schedules_and_a_little_more(failed: int, jitter: float) -> None:
    due = next_attempt(NOW, failed, jitter)
    if failed > len(RETRY_DELAYS):
        assert due is None
        return
    assert due is not None
    least = RETRY_DELAYS[failed - 1]
    assert least <= due - NOW <= least * (1 + RETRY_JITTER)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_jitter_is_later(one: float, other: float) -> None:
    first, second = (next_attempt(NOW, 7, jitter) for jitter in sorted((one, other)))
    assert first is not None
    assert second is not None
    assert first <= second


STEPS = st.one_of(
    st.tuples(st.just("claim"), st.booleans()),
    st.tuples(st.just("record"), st.sampled_from([None, 200, 302, 500])),
    st.tuples(st.just("die"), st.none()),
    st.tuples(st.just("forward"), st.sampled_from([1.0, CLAIM + 1, 400.0, 44000.0])),
)


@settings(max_examples=60)
@given(st.lists(STEPS, max_size=60), st.floats(0, 1))
def test_however_attempts_go_each_counts_once(
    empty: Ledger, steps: list[tuple[str, bool | int | float | None]], jitter: float
) -> None:
    clock = Clock()
    ledger = Ledger(empty.engine, clock)
    webhooks, deliveries = Webhooks(ledger), Deliveries(ledger)
    dispatch = Dispatch(ledger, jitter=lambda: jitter)
    endpoint = webhooks.create("walk/walk", url="http://x", name="", event_types=[], enabled=True, secret="s")
    sent = deliveries.send_sample("walk/walk", endpoint.id, EventType.CREATED)
    held: list[tuple[Outgoing, datetime]] = []
    taken, failures, recorded = False, 0, 0
    for what, argument in steps:
        if what == "claim":
            found = dispatch.claim(failing=bool(argument), limit=9, at_once=9, lease_seconds=CLAIM)
            assert len(found) <= 1
            assert not found or not any(until > clock.moment for _, until in held), "claimed twice"
            assert not found or not taken
            held += [(one, clock.moment + timedelta(seconds=CLAIM)) for one in found]
        elif what == "record" and held:
            outgoing, _ = held.pop(0)
            status = argument if isinstance(argument, int) else None
            if dispatch.record(outgoing, Outcome(clock(), 0.1, status)):
                assert not held, "a newer claim was there"
                recorded += 1
                taken, failures = status == 200, failures + (status != 200)
        elif what == "die" and held:
            held.pop()
        elif what == "forward" and isinstance(argument, float):
            clock.forward(argument)
    row = deliveries.get("walk/walk", endpoint.id, sent.id)
    assert (row.attempts, row.tries) == (recorded, failures)
    expected = DeliveryStatus.FAILED if failures > len(RETRY_DELAYS) else DeliveryStatus.PENDING
    assert row.status == (DeliveryStatus.DELIVERED if taken else expected)
    webhooks.delete("walk/walk", endpoint.id)
