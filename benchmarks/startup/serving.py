"""How long ``octavo serve`` takes to be ready, in a fresh folder and in a used one, and to a first answer."""

from __future__ import annotations

import statistics
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from benchmarks.service import Service, submit

_TEXT = "The service has just been started, and this is the first page that it is to read.\n"
_PATIENCE = 60.0
_PAUSE = 0.02


@dataclass(frozen=True, slots=True)
class Started:
    """Seconds from the start of the process.

    ``ready``: ``/readyz`` says yes. ``answered``: a job that was submitted at once has its result.
    """

    ready: float
    answered: float


def measure(python: str, environment: Mapping[str, str], runs: int) -> dict[str, Started]:
    """The medians of ``runs`` starts in fresh folders (``cold``), and of as many in used ones (``warm``)."""
    found: dict[str, list[Started]] = {"cold": [], "warm": []}
    for _ in range(runs):
        with TemporaryDirectory(prefix="octavo-startup-") as folder:
            for kind in ("cold", "warm"):
                found[kind].append(_start(Service(Path(folder), dict(environment), python=python)))
    return {kind: _median(all_of_them) for kind, all_of_them in found.items()}


def _start(service: Service) -> Started:
    with service.client() as client:
        began = time.perf_counter()
        service.launch()
        try:
            _wait_for(client, f"{service.url}/readyz", service)
            ready = time.perf_counter() - began
            job = submit(client, raw_text=_TEXT, mime_type="text/plain")
            _result(client, job)
            return Started(ready, time.perf_counter() - began)
        finally:
            service.stop()


def _wait_for(client: httpx.Client, url: str, service: Service) -> None:
    limit = time.monotonic() + _PATIENCE
    while time.monotonic() < limit:
        try:
            if client.get(url).is_success:
                return
        except httpx.TransportError:
            assert service.process is not None
            assert service.process.poll() is None, service.log
        time.sleep(_PAUSE)
    raise AssertionError(f"not ready after {_PATIENCE:.0f} s:\n{service.log}")


def _result(client: httpx.Client, job: str) -> None:
    limit = time.monotonic() + _PATIENCE
    while time.monotonic() < limit:
        result = client.get(f"parse/{job}").json()
        if result["status"] == "successful":
            return
        assert result["status"] != "failure", result
        time.sleep(_PAUSE)
    raise AssertionError(f"no answer after {_PATIENCE:.0f} s")


def _median(runs: list[Started]) -> Started:
    return Started(
        statistics.median(run.ready for run in runs), statistics.median(run.answered for run in runs)
    )
