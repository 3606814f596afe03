"""What is imported at once is not collected meanwhile, and what comes after is."""

from __future__ import annotations

import gc
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
