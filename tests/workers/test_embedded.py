"""The laptop's process tree: what ends is started again, and all of it goes with its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import redis

from schemas.settings import Settings
from tests.waiting import soon
from workers.embedded import Supervisor, valkey_command

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]


def children() -> set[int]:
    return {p.pid for p in psutil.Process().children() if p.status() != psutil.STATUS_ZOMBIE}


def test_a_process_that_ends_is_started_again_until_all_are_stopped() -> None:
    others = children()
    supervisor = Supervisor()
    supervisor.start("sleeper", SLEEPER)
    first = children() - others
    assert len(first) == 1
    os.kill(next(iter(first)), signal.SIGKILL)
    assert soon(lambda: len(children() - others - first) == 1)
    supervisor.stop()
    assert children() <= others


def test_a_process_that_will_not_stop_is_killed() -> None:
    others = children()
    stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)"
    supervisor = Supervisor()
    supervisor.start("stubborn", [sys.executable, "-c", stubborn])
    time.sleep(0.5)
    began = time.monotonic()
    supervisor.stop(patience=0.2)
    assert time.monotonic() - began < 5
    assert children() <= others


def test_valkey_answers_is_replaced_when_killed_and_goes_with_its_parent(tmp_path: Path) -> None:
    socket = tmp_path / "run" / "valkey.sock"
    parent = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sys, time; from pathlib import Path; from workers.embedded import *\n"
            "Supervisor().start('broker', valkey_command(Path(sys.argv[1]))); time.sleep(60)",
            str(socket),
        ],
        cwd=Path(__file__).parents[2],
    )
    client = redis.Redis(unix_socket_path=str(socket), retry=None)

    def answers() -> bool:
        try:
            return bool(client.ping())
        except redis.ConnectionError:
            return False

    def server() -> list[psutil.Process]:
        return [p for p in psutil.Process(parent.pid).children(recursive=True) if "valkey-server" in p.name()]

    assert soon(answers)
    assert client.config_get("port") == {"port": "0"} or client.config_get("port") == {b"port": b"0"}
    killed = server()
    killed[0].kill()
    assert soon(lambda: answers() and server() != killed)
    parent.kill()
    parent.wait()
    assert soon(lambda: not answers())


def test_the_broker_s_url_is_the_socket_s() -> None:
    assert Settings(data_dir=Path("/data")).broker == "redis+socket:///data/run/valkey.sock"
    assert valkey_command(Path("s"))[-1] == "s"


def test_a_data_folder_too_deep_for_a_socket_has_its_socket_elsewhere() -> None:
    deep = Settings(data_dir=Path("/data") / "/".join(["folder"] * 20))
    assert len(str(deep.socket)) <= 100
    assert deep.socket == Settings(data_dir=deep.data_dir).socket
    assert deep.socket != Settings(data_dir=deep.data_dir / "other").socket
    assert str(deep.socket) in deep.broker
