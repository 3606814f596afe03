"""A whole service at work: the real command in a folder of its own, and the steps to use it.

The load benchmark and the end-to-end tests both stand on this.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil
import pymupdf


def free_port() -> int:
    """A port of the loopback that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def role(process: psutil.Process) -> str:
    """What a process of the service is.

    Raises:
        psutil.Error: it has ended.
    """
    words = process.cmdline()
    command = " ".join(words)
    if "valkey-server" in command:
        return "Valkey"
    if "workers.embedded" in command:
        return "Valkey's keeper"
    if "forkserver" in command or "resource_tracker" in command:
        # Readers, the model child and their server look alike from outside.
        return "readers and models"
    return "worker" if "worker" in words else "API"


@dataclass
class Service:
    """``octavo serve`` as a process, with a client that talks to it."""

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ("serve",)
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    python: str = sys.executable

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        """What its processes have written."""
        return (self.folder / "service.log").read_text(encoding="utf-8", errors="replace")

    def start(self) -> Service:
        """Starts it and waits until it is ready."""
        self.launch()
        self.wait_ready()
        return self

    def launch(self) -> None:
        """Starts it: a worker alone never answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("OCTAVO_")},
            "OCTAVO_DATA_DIR": str(self.folder / "data"),
            "OCTAVO_PORT": str(self.port),
            **self.environment,
        }
        with (self.folder / "service.log").open("ab") as log:
            self.process = subprocess.Popen(
                [self.python, "-P", "-m", "api", *self.arguments], env=environment, stdout=log, stderr=log
            )

    def wait_ready(self, patience: float = 60.0) -> None:
        """Waits until it can work; AssertionError with its log if it ends or takes too long."""
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
        """The Celery worker among its processes."""
        return next(p for p in self.tree() if "worker" in p.cmdline())

    def stop(self, number: int = signal.SIGINT, patience: float = 20.0) -> int:
        """Sends a signal and waits for the end; the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(patience)

    def client(self, key: str = "any") -> httpx.Client:
        """A client of its API."""
        return httpx.Client(
            base_url=f"{self.url}/documents/v2/", headers={"Authorization": f"Bearer {key}"}, timeout=120
        )


def pdf(pages: list[str]) -> bytes:
    """A born-digital PDF with one paragraph a page."""
    document: Any = pymupdf.open()  # type: ignore[no-untyped-call]
    for text in pages:
        page = document.new_page(width=612, height=792)
        page.insert_textbox((72, 72, 540, 720), text, fontsize=12)
    return bytes(document.tobytes())


def scanned(pages: list[str], dpi: int = 110) -> bytes:
    """The same as pictures without a text layer."""
    source: Any = pymupdf.open(stream=pdf(pages))  # type: ignore[no-untyped-call]
    target: Any = pymupdf.open()  # type: ignore[no-untyped-call]
    for page in source:
        picture = page.get_pixmap(dpi=dpi)
        target.new_page(width=612, height=792).insert_image((0, 0, 612, 792), pixmap=picture)
    return bytes(target.tobytes())


def joined(*documents: bytes) -> bytes:
    """One PDF with the pages of all."""
    target: Any = pymupdf.open()  # type: ignore[no-untyped-call]
    for data in documents:
        target.insert_pdf(pymupdf.open(stream=data))  # type: ignore[no-untyped-call]
    return bytes(target.tobytes())


def upload(client: httpx.Client, data: bytes, name: str = "document.pdf") -> str:
    """The id of the uploaded file."""
    answer = client.put("files", files={"file": (name, data)})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["file_id"])


def submit(client: httpx.Client, **body: Any) -> str:
    """The id of the new parse job."""
    answer = client.post("parse", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["parse_id"])


def ended(client: httpx.Client, parse_id: str, patience: float = 120.0) -> dict[str, Any]:
    """The result once the job has ended."""
    limit = time.monotonic() + patience
    while time.monotonic() < limit:
        result: dict[str, Any] = client.get(f"parse/{parse_id}").json()
        if result["status"] in ("successful", "failure"):
            return result
        time.sleep(0.1)
    raise AssertionError(f"{parse_id} has not ended after {patience} s: {result}")
