"""What is imported at once is not collected meanwhile, and what comes after is."""

from __future__ import annotations

import contextlib
import gc
import signal
from collections.abc import Iterator

import pytest

from api.commands.loading import loading


@pytest.fixture(autouse=True)
def _thawed() -> Iterator[None]:
    yield
    gc.unfreeze()


def test_the_collector_rests_in_the_block_and_works_after_it() -> None:
    with loading():
        assert not gc.isenabled()
    assert gc.isenabled()
    assert gc.get_freeze_count()


def test_the_collector_works_after_an_import_that_failed() -> None:
    with pytest.raises(ImportError), loading():
        raise ImportError
    assert gc.isenabled()


def test_ctrl_c_is_not_swallowed_by_what_is_loaded() -> None:
    reached: list[str] = []
    with pytest.raises(KeyboardInterrupt), loading():
        _load(reached)
    assert reached == ["loaded"]
    with pytest.raises(KeyboardInterrupt):  # as before from here on
        signal.raise_signal(signal.SIGINT)


def _load(reached: list[str]) -> None:
    """Is interrupted, and does what some libraries do about it."""
    with contextlib.suppress(BaseException):
        signal.raise_signal(signal.SIGINT)
        reached.append("loaded")
