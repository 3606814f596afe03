"""Work that waits while the database or the blob store is away."""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from schemas.errors import DocumentUnreadable, Interrupted
from workers.ground import is_away, steadily
from workers.jobs.blobs import BlobMissing, BlobStoreAway


class Waiting:
    """Counts what was waited, without waiting."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


def failing(*errors: Exception) -> Callable[[], str]:
    left = list(errors)

    def call() -> str:
        if left:
            raise left.pop(0)
        return "done"

    return call


def test_it_goes_on_when_the_ground_is_there_again() -> None:
    waiting = Waiting()
    away = [BlobStoreAway("no answer") for _ in range(12)]
    assert steadily(failing(*away), lambda: None, waiting) == "done"
    assert 12 * 0.1 < sum(waiting.seconds) < 12 * 10
    assert max(waiting.seconds) <= 0.5


def test_what_is_not_the_grounds_fault_is_raised_at_once() -> None:
    waiting = Waiting()
    for error in (BlobMissing("a"), DocumentUnreadable("no"), ValueError("a bug")):
        with pytest.raises(type(error)):
            steadily(failing(error), lambda: None, waiting)
    assert waiting.seconds == []


def test_the_word_to_stop_ends_the_waiting() -> None:
    waiting = Waiting()

    def check() -> None:
        if len(waiting.seconds) >= 3:
            raise Interrupted("stop")

    with pytest.raises(Interrupted):
        steadily(failing(*[BlobStoreAway("gone")] * 100), check, waiting)
    assert len(waiting.seconds) == 3


def test_a_database_that_cannot_be_opened_is_away(tmp_path: Path) -> None:
    engine = create_engine(f"sqlite:///{tmp_path / 'no such folder' / 'ledger.db'}")
    with pytest.raises(OperationalError) as raised, engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert is_away(raised.value)


def test_a_database_that_refuses_connections_is_away() -> None:
    engine = create_engine("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(OperationalError) as raised, engine.connect():
        pass
    assert is_away(raised.value)


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (OSError(errno.ENOSPC, "no space left"), True),
        (ConnectionResetError(), True),
        (FileNotFoundError(errno.ENOENT, "a part of this program is missing"), False),
        (DBAPIError("", {}, Exception(), connection_invalidated=True), True),
        (DBAPIError("", {}, Exception()), False),
        (IntegrityError("", {}, Exception()), False),
        (MemoryError(), False),
        (KeyError("x"), False),
    ],
)
def test_whose_fault_it_is(error: Exception, away: bool) -> None:
    assert is_away(error) is away
