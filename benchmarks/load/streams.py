"""Hundreds who wait for the end of jobs at one API process, each on a connection of its own."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from benchmarks.load.watch import Answers, Watch, running, timed
from benchmarks.service import Service, submit

_TEXT = "The quick brown fox jumps over the lazy dog."
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Streams:
    """So many ``streams`` at once for so many ``jobs``; ``ended`` of them got the one end that is theirs.

    ``answers`` to other requests before anybody waited, while all waited, and while the jobs ended;
    ``memory`` of the API then, in bytes.
    """

    streams: int
    jobs: int
    ended: int
    events: int
    answers: dict[str, Answers]
    memory: dict[str, int]


def measure(streams: int, jobs: int, seconds: float, tell: Callable[[str], None]) -> Streams:
    """Opens ``streams`` event streams for ``jobs`` jobs, waits ``seconds``, then lets a worker begin."""
    environment = {"OCTAVO_LOG_LEVEL": "WARNING"}
    with running(environment, "serve", "--no-worker") as api, api.client() as client, Watch(api) as watch:
        made = [submit(client, raw_text=f"{n} {_TEXT}", mime_type="text/plain") for n in range(jobs)]
        worker = Service(api.folder, environment, ("worker",))
        return asyncio.run(_measured(api, worker, made, streams, seconds, watch, tell))


async def _measured(
    api: Service,
    worker: Service,
    jobs: list[str],
    streams: int,
    seconds: float,
    watch: Watch,
    tell: Callable[[str], None],
) -> Streams:
    limits = httpx.Limits(max_connections=None)
    headers = {"Authorization": "Bearer any"}
    base = f"{api.url}/documents/v2/"
    async with (
        httpx.AsyncClient(base_url=base, headers=headers, limits=limits, timeout=None) as waiting,
        httpx.AsyncClient(base_url=base, headers=headers, timeout=120) as asking,
    ):
        answers = {"nobody waited": await _asked(asking, jobs[0], seconds)}
        memory = {"nobody waited": watch.sizes().memory["API"]}
        opened: list[str] = []
        tasks = [asyncio.create_task(_heard(waiting, jobs[n % len(jobs)], opened)) for n in range(streams)]
        while len(opened) < streams:
            await asyncio.sleep(_LOOK_SECONDS)
        tell(f"{streams} streams are open")
        answers["all waited"] = await _asked(asking, jobs[0], seconds)
        memory["all waited"] = watch.sizes().memory["API"]
        worker.launch()
        try:
            answers["the jobs ended"] = await _asked(asking, jobs[0], seconds)
            memory["the jobs ended"] = watch.sizes().memory["API"]
            heard = await asyncio.gather(*tasks)
        finally:
            await asyncio.to_thread(worker.stop)
        memory["over"] = watch.sizes().memory["API"]
    tell("all streams have ended")
    ended = sum(names[-1:] == ["parse_done"] and names.count("parse_done") == 1 for names in heard)
    return Streams(streams, len(jobs), ended, sum(map(len, heard)), answers, memory)


async def _heard(client: httpx.AsyncClient, job: str, opened: list[str]) -> list[str]:
    """The names of a stream's events, to its end; without the last where its data is not the job's."""
    names: list[str] = []
    data = ""
    async with client.stream("GET", f"parse/{job}", headers={"Accept": "text/event-stream"}) as answer:
        opened.append(job)
        async for line in answer.aiter_lines():
            if line.startswith("event: "):
                names.append(line.removeprefix("event: "))
                data = ""
            data += line.removeprefix("data: ") if line.startswith("data: ") else ""
    result = json.loads(data)
    right = result["parse_id"] == job and result["status"] == "successful"
    return names if right else names[:-1]


async def _asked(client: httpx.AsyncClient, job: str, seconds: float) -> Answers:
    """One request after another, of two kinds."""
    times: list[float] = []
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        for path in (f"parse/{job}/progress", "parse?limit=10"):
            with timed(times):
                (await client.get(path)).raise_for_status()
    return Answers.of(times)
