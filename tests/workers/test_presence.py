"""A worker's word that it is alive."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.api.service import make_services
from tests.waiting import soon
from workers.presence import Presence, resident_bytes


def test_it_is_there_until_it_stops(tmp_path: Path) -> None:
    services = make_services(tmp_path)
    stopping = threading.Event()
    presence = Presence(services.workers, "me", ["cpu"], "mark")
    thread = threading.Thread(target=presence.run, args=(stopping,))
    thread.start()
    assert soon(lambda: len(services.workers.alive()) == 1)
    (me,) = services.workers.alive()
    assert (me.owner, me.queues, me.reading_mark) == ("me", ["cpu"], "mark")
    assert me.rss > 1 << 20
    stopping.set()
    thread.join()
    assert services.workers.alive() == []
    services.close()


def test_a_ledger_that_is_away_does_not_end_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    services = make_services(tmp_path)
    stopping = threading.Event()
    tries: list[int] = []

    def away(*_: object) -> None:
        tries.append(1)
        stopping.set()
        raise ConnectionError("away")

    monkeypatch.setattr(type(services.workers), "tell", away)
    monkeypatch.setattr(type(services.workers), "forget", away)
    Presence(services.workers, "me", ["cpu"], "mark").run(stopping)
    assert len(tries) == 2
    services.close()


def test_memory_of_children_counts() -> None:
    held = 200 << 20
    program = f"held = bytearray(b'x') * {held}; print('ready', flush=True); input()"
    alone = resident_bytes()
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        assert resident_bytes() - alone > held / 2
        child.kill()
