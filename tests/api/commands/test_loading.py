"""What is imported at once is not collected meanwhile, and what comes after is."""

from __future__ import annotations

import gc
import subprocess
import sys
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
    # In a process of its own: OpenVINO leaves others a stack for signals that it frees later.
    done = subprocess.run([sys.executable, "-c", _LOADS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["loaded", "interrupted", "again"]


_LOADS = """
import contextlib, signal
from api.commands.loading import loading

try:
    with loading():
        with contextlib.suppress(BaseException):  # as some libraries do
            signal.raise_signal(signal.SIGINT)
            print("loaded")
except KeyboardInterrupt:
    print("interrupted")
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt:
    print("again")
"""
