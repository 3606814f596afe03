"""A whole service for tests: the real command, in a folder of its own, on a free port."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil
import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Service:
    """``octavo serve`` as a process, with a client that talks to it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("serve",)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return (self.folder / "service.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> Service:
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("OCTAVO_")},
            "OCTAVO_DATA_DIR": str(self.folder / "data"),
            "OCTAVO_PORT": str(self.port),
            **self.environment,
        }
        with (self.folder / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "api", *self.arguments], env=environment, stdout=log, stderr=log
            )
        self.wait_ready()
        return self

    def wait_ready(self, patience: float = 60.0) -> None:
        limit = time.monotonic() + patience
        while time.monotonic() < limit:
            assert self.process is not None
            assert self.process.poll() is None, self.log
            try:
                if httpx.get(f"{self.url}/readyz").is_success:
                    return
            except httpx.TransportError:
                time.sleep(0.05)
        raise AssertionError(f"not ready after {patience} s:\n{self.log}")

    def tree(self) -> list[psutil.Process]:
        """Every process of the service."""
        assert self.process is not None
        root = psutil.Process(self.process.pid)
        return [root, *root.children(recursive=True)]

    def worker(self) -> psutil.Process:
        return next(p for p in self.tree() if "worker" in p.cmdline())

    def stop(self, number: int = signal.SIGINT, patience: float = 20.0) -> int:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(patience)

    def client(self, key: str = "any") -> httpx.Client:
        return httpx.Client(
            base_url=f"{self.url}/documents/v2/", headers={"Authorization": f"Bearer {key}"}, timeout=120
        )


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests that do not harm it."""
    running = Service(tmp_path_factory.mktemp("service"), {"OCTAVO_FILE_URL_ALLOW": "127.0.0.1"}).start()
    yield running
    running.stop()
