"""How often somebody may come: in memory, and at a real broker for several processes; who has no good key."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.errors import QuotaExceeded
from workers.jobs import rates as room
from workers.jobs import strangers as memory
from workers.jobs.ledger.engine import Ledger, migrate, open_engine
from workers.jobs.ledger.keys import Keys
from workers.jobs.rates import Rates
from workers.jobs.strangers import TRIES_PER_MINUTE, Strangers

NOWHERE = "amqp://somewhere"
"""A broker that does not count."""


@pytest.fixture
def ledger_keys(tmp_path: Path) -> Iterator[Keys]:
    engine = open_engine(f"sqlite:///{tmp_path / 'ledger.db'}")
    migrate(engine)
    yield Keys(Ledger(engine))
    engine.dispose()


class Watch:
    """Milliseconds that go by when told."""

    def __init__(self) -> None:
        self.moment = 1_800_000_000_000

    def __call__(self) -> int:
        return self.moment

    def forward(self, seconds: float) -> None:
        self.moment += int(1000 * seconds)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture(params=["memory", pytest.param("broker", marks=pytest.mark.services)])
def rates(request: pytest.FixtureRequest, watch: Watch) -> Iterator[Rates]:
    url = NOWHERE if request.param == "memory" else request.getfixturevalue("redis_url")
    rates = Rates(url, watch)
    yield rates
    rates.close()


def test_a_minute_s_worth_may_come_at_once_and_then_evenly(rates: Rates, watch: Watch) -> None:
    assert [rates.take("a", 6) for _ in range(8)] == [0] * 6 + [10, 10]
    watch.forward(9)
    assert rates.take("a", 6) == 1
    watch.forward(1)
    assert [rates.take("a", 6) for _ in range(2)] == [0, 10]
    assert rates.take("b", 6) == 0
    watch.forward(3600)
    assert [rates.take("a", 6) for _ in range(7)] == [0] * 6 + [10]


def test_a_limit_that_changes_counts_at_once(rates: Rates) -> None:
    assert [rates.take("a", 2) for _ in range(3)] == [0, 0, 30]
    assert rates.take("a", 100) == 0


@given(pauses=st.lists(st.integers(0, 5000), max_size=60), limit=st.integers(1, 20))
def test_never_more_than_its_share_and_who_waits_as_told_gets_through(pauses: list[int], limit: int) -> None:
    watch = Watch()
    rates = Rates(NOWHERE, watch)
    began, taken = watch(), 0
    for pause in pauses:
        watch.moment += pause
        taken += not rates.take("a", limit)
        assert taken <= limit * (1 + (watch() - began) / 60_000)
    if wait := rates.take("a", limit):
        watch.forward(wait)
        assert rates.take("a", limit) == 0


@pytest.mark.services
def test_processes_count_together_and_leave_nothing_at_the_broker(redis_url: str, watch: Watch) -> None:
    from redis import Redis

    one, other = Rates(redis_url, watch), Rates(redis_url, watch)
    assert [rates.take("a", 4) for rates in (one, other, one, other, one)] == [0, 0, 0, 0, 15]
    with Redis.from_url(redis_url) as client:
        (key,) = client.scan_iter()
        assert 0 < client.pttl(key) <= 120_000
    one.close()
    other.close()


@pytest.mark.parametrize(
    "url",
    [
        "redis+socket:///nowhere/valkey.sock",
        "redis+socket:///nowhere/valkey.sock?virtual_host=1",
        "redis://127.0.0.1:1/0",
    ],
)
def test_without_a_broker_each_process_counts_for_itself(
    url: str, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    rates = Rates(url, watch)
    with caplog.at_level(logging.WARNING):
        assert [rates.take("a", 2) for _ in range(3)] == [0, 0, 30]
    assert caplog.text.count("the broker does not answer") == 1


@pytest.mark.parametrize("url", ["amqp://guest@nowhere//", "redis://a:1;redis://b:2", "sentinel://a:1", ""])
def test_a_broker_of_another_kind_is_not_asked(url: str, watch: Watch) -> None:
    assert [Rates(url, watch).take("a", 1) for _ in range(2)] == [0, 0]
    rates = Rates(url, watch)
    assert [rates.take("a", 1) for _ in range(2)] == [0, 60]


@pytest.mark.services
def test_the_broker_of_one_machine_is_asked_by_its_socket(tmp_path: Path, watch: Watch) -> None:
    import subprocess

    from tests.waiting import soon
    from workers.embedded import valkey_command

    socket = tmp_path / "v.sock"
    server = subprocess.Popen(valkey_command(socket))
    try:
        assert soon(socket.exists)
        url = f"redis+socket://{socket}"
        one, other = Rates(url, watch), Rates(url, watch)
        assert [rates.take("a", 1) for rates in (one, other)] == [0, 60]
    finally:
        server.kill()
        server.wait()


def test_many_who_came_once_are_forgotten(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_MOST_IN_MEMORY", 10)
    rates = Rates(NOWHERE, watch)
    for number in range(100):
        watch.forward(30)
        rates.take("often", 1)
        assert rates.take(f"once {number}", 60) == 0
        assert len(rates._in_memory) <= 11
    assert rates.take("often", 1) > 0
    for number in range(100):
        rates.take(f"at once {number}", 1)
        assert len(rates._in_memory) <= 11


# --------------------------------------------------------------------------- strangers


def tries(strangers: Strangers, address: str | None, secret: str = "guess", number: int = 1) -> int:
    """How many of so many tries were looked at."""
    looked = 0
    for _ in range(number):
        try:
            strangers.judge(address, secret)
            looked += 1
            strangers.turn_away(address)
        except QuotaExceeded:
            pass
    return looked


def test_who_guesses_is_soon_not_even_looked_at(rates: Rates, watch: Watch) -> None:
    strangers = Strangers(rates)
    assert tries(strangers, "203.0.113.7", number=1000) == TRIES_PER_MINUTE + 1
    watch.forward(10 * 60)
    # After ten minutes a minute's worth again, and no more.
    assert tries(strangers, "203.0.113.7", number=1000) == TRIES_PER_MINUTE + 1


def test_keys_that_nobody_can_guess_are_always_looked_at(ledger_keys: Keys, watch: Watch) -> None:
    _, secret = ledger_keys.issue("acme/p")
    strangers = Strangers(Rates(NOWHERE, watch))
    tries(strangers, "203.0.113.7", number=100)
    strangers.judge("203.0.113.7", secret)
    with pytest.raises(QuotaExceeded):
        strangers.judge("203.0.113.7", secret[:-1])
    with pytest.raises(QuotaExceeded):  # and yet it is said that there were too many
        strangers.turn_away("203.0.113.7")


def test_a_key_that_was_good_from_there_passes_and_others_wait_as_long_as_told(watch: Watch) -> None:
    strangers = Strangers(Rates(NOWHERE, watch))
    strangers.welcome("203.0.113.7", "good")
    tries(strangers, "203.0.113.7", number=100)
    strangers.judge("203.0.113.7", "good")
    strangers.judge("203.0.113.8", "another")
    with pytest.raises(QuotaExceeded) as refused:
        strangers.judge("203.0.113.7", "another")
    assert refused.value.limit == "authentication"
    watch.forward(refused.value.retry_after)
    strangers.judge("203.0.113.7", "another")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        (None, "no address", True),
    ],
)
def test_what_counts_as_one_address(one: str | None, other: str, same: bool, watch: Watch) -> None:
    strangers = Strangers(Rates(NOWHERE, watch))
    tries(strangers, one, number=100)
    assert tries(strangers, other) == (0 if same else 1)


def test_what_is_remembered_of_strangers_is_bounded(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_REMEMBERED", 5)
    monkeypatch.setattr(memory, "TRIES_PER_MINUTE", 1)
    strangers = Strangers(Rates(NOWHERE, watch))
    for number in range(20):
        tries(strangers, f"203.0.113.{number}", number=3)
        strangers.welcome("198.51.100.1", f"key {number}")
    assert len(strangers._shut_until) == len(strangers._good) == 5
    assert tries(strangers, "203.0.113.19") == 0
