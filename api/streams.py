"""Event streams: one poller a process for all who wait; none of them holds a thread or a connection.

The poller looks at all jobs by the clock, and at once at those that a worker tells of.
"""

from __future__ import annotations

import asyncio
import logging
import math
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi.responses import StreamingResponse
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.concurrency import run_in_threadpool
from starlette.types import Send

from api.pieces import gathered
from schemas.errors import NotFound
from workers.jobs.blobs import BlobStore
from workers.jobs.ledger.tables import Job
from workers.jobs.results import deleted_event, event_of
from workers.jobs.services import Services

log = logging.getLogger(__name__)

T = TypeVar("T")

KEEP_ALIVE_SECONDS = 15.0
_SOONEST, _LATEST, _PACE = 0.1, 0.5, 1.3
_KEEP_ALIVE = b": still at it\n\n"
_KEYS_SECONDS = 1.0
"""How long a key that was revoked may go on listening."""


class StreamCut(Exception):
    """The stream must end as if the connection broke: a clean end would make clients ask again at once.

    Its text says why.
    """


@dataclass(slots=True)
class _Watched:
    """A job somebody waits for, as last seen; ``gone`` when it was deleted."""

    job: Job
    waiting: int = 0
    gone: bool = False
    moved: asyncio.Event = field(default_factory=asyncio.Event)
    _told: tuple[int, bytes] = (0, b"")

    def update(self, job: Job, blobs: BlobStore) -> bytes:
        """The event that says how a job that has not ended stands, made once for all who wait for it."""
        if self._told[0] != job.version:
            self._told = job.version, b"".join(event_of(job, blobs))
        return self._told[1]

    def wake(self) -> None:
        self.moved.set()
        self.moved = asyncio.Event()


class JobStreams:
    """The event streams of one process. All methods belong to its event loop."""

    def __init__(self, services: Services, keep_alive: float = KEEP_ALIVE_SECONDS) -> None:
        self._services = services
        self._keep_alive = keep_alive
        self._watched: dict[str, _Watched] = {}
        self._poller: asyncio.Task[None] | None = None
        self._heard: set[str] = set()
        self._look_at = math.inf
        self._sooner = asyncio.Event()
        self._cut = self._away = False
        self._listening: Counter[str] = Counter()
        self._shut_out: set[str] = set()
        self._keys_due = 0.0
        # Of its own, so that busy routes cannot keep all waiters from their news.
        self._limiter = CapacityLimiter(1)

    @property
    def waiting(self) -> int:
        """How many streams are open."""
        return sum(watched.waiting for watched in self._watched.values())

    def cut(self) -> None:
        """Breaks all streams off: the service is going down."""
        self._cut = True
        for watched in self._watched.values():
            watched.wake()
        if self._poller is not None:
            self._poller.cancel()

    async def follow(self, job: Job, key_id: str | None = None) -> AsyncIterator[bytes]:
        """The events of ``job`` from where it stands to its end, for who has the key ``key_id``.

        Raises:
            StreamCut: the service is going down, or the key is not valid any more.
        """
        watched, blobs = self._watch(job), self._services.blobs
        if key_id is not None:
            self._listening[key_id] += 1
        try:
            while True:
                if job.ended:
                    async for piece in gathered(await run_in_threadpool(event_of, job, blobs)):
                        yield piece
                    return
                yield watched.update(job, blobs)
                while not await self._moved(watched, job.version, key_id):
                    yield _KEEP_ALIVE
                if watched.gone:
                    for piece in deleted_event(job):
                        yield piece
                    return
                job = watched.job
        finally:
            self._leave(watched, key_id)

    async def until_ended(self, job: Job, seconds: float, key_id: str | None = None) -> Job:
        """``job`` once it has ended, or as it stands after so many seconds, for who has the key ``key_id``.

        Raises:
            NotFound: it was deleted meanwhile.
            StreamCut: the service is going down, or the key is not valid any more.
        """
        watched = self._watch(job)
        if key_id is not None:
            self._listening[key_id] += 1
        try:
            async with asyncio.timeout(seconds):
                while not job.ended:
                    await self._moved(watched, job.version, key_id)
                    if watched.gone:
                        raise NotFound(f"The job {job.id!r} was deleted while its result was waited for.")
                    job = watched.job
        except TimeoutError:
            pass
        finally:
            self._leave(watched, key_id)
        return job

    async def _moved(self, watched: _Watched, seen: int, key_id: str | None) -> bool:
        """Waits until the job is not as ``seen``; False: not for as long as a connection may be silent."""
        self._judge(key_id)
        if watched.gone or watched.job.version != seen:
            return True
        try:
            await asyncio.wait_for(watched.moved.wait(), self._keep_alive)
        except TimeoutError:
            return False
        self._judge(key_id)
        return True

    def _judge(self, key_id: str | None) -> None:
        if self._cut:
            raise StreamCut("the service is going down")
        if key_id in self._shut_out:
            raise StreamCut("its key is not valid any more")

    def _watch(self, job: Job) -> _Watched:
        watched = self._watched.setdefault(job.id, _Watched(job))
        watched.waiting += 1
        self._hear(job.id)  # it may have moved on since it was read, and before anybody heard of it here
        self._look_within(_SOONEST)
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll(), name="job-streams")
        return watched

    def _leave(self, watched: _Watched, key_id: str | None) -> None:
        if key_id is not None:
            self._listening -= Counter([key_id])  # keys that nobody listens with are dropped
        watched.waiting -= 1
        if not watched.waiting and self._watched.get(watched.job.id) is watched:
            del self._watched[watched.job.id]

    async def _poll(self) -> None:
        pause = _SOONEST
        while self._watched:
            self._look_at = math.inf
            self._heard.clear()
            try:
                await self._look_at_keys()
                pause = _SOONEST if await self._look(self._watched) else min(pause * _PACE, _LATEST)
            except Exception as error:
                self._missed(error)
                pause = _LATEST
            self._look_within(pause)
            try:
                await self._until_due()
            except Exception as error:
                self._missed(error)

    def _look_within(self, seconds: float) -> None:
        """Has the poller look at all jobs in so many seconds, or sooner."""
        self._look_at = min(self._look_at, asyncio.get_running_loop().time() + seconds)
        self._sooner.set()

    async def listen(self) -> None:
        """Hears from the workers which jobs have moved on; until it is cancelled."""
        await self._services.news.listen(self._hear)

    def _hear(self, job_id: str) -> None:
        if job_id in self._watched:
            self._heard.add(job_id)
            self._sooner.set()

    async def _until_due(self) -> None:
        """Waits for the time to look at all jobs; looks at those that are told of meanwhile."""
        while (left := self._look_at - asyncio.get_running_loop().time()) > 0:
            self._sooner.clear()
            if self._heard:
                heard, self._heard = self._heard, set()
                await self._look(heard)
                continue
            with suppress(TimeoutError):
                await asyncio.wait_for(self._sooner.wait(), left)

    def _missed(self, error: Exception) -> None:
        """Says once that the ledger is away; an error of another kind is told whole."""
        if not isinstance(error, DBAPIError | PoolExhausted):
            log.error("the streams' poller failed and goes on", exc_info=error)
        elif not self._away:
            log.warning("the ledger cannot be asked for news, the streams wait: %s", type(error).__name__)
        self._away = True

    async def _look_at_keys(self) -> None:
        """Finds out now and then which of those that are listened with are not valid any more."""
        now = asyncio.get_running_loop().time()
        if now < self._keys_due:
            return
        self._keys_due = now + _KEYS_SECONDS
        invalid, listening = self._services.access.invalid, set(self._listening)
        self._shut_out = await to_thread.run_sync(invalid, listening, limiter=self._limiter)
        for watched in self._watched.values() if self._shut_out else ():
            watched.wake()

    async def _look(self, job_ids: Iterable[str]) -> bool:
        """One query for all these; True when there was news."""
        known = {one: self._watched[one].job.version for one in job_ids if one in self._watched}
        changed, gone = await to_thread.run_sync(self._services.jobs.changed, known, limiter=self._limiter)
        if self._away:
            log.info("the ledger is there again")
            self._away = False
        for job in changed:
            if (watched := self._watched.get(job.id)) is not None:
                watched.job = job
                watched.wake()
        for job_id in gone:
            # Whoever asks for a job of this id from now on finds none: the next watch starts anew.
            if (watched := self._watched.pop(job_id, None)) is not None:
                watched.gone = True
                watched.wake()
        return bool(changed or gone)


class EventStream(StreamingResponse):
    """A stream of server-sent events that can break off."""

    media_type = "text/event-stream"

    def __init__(self, content: AsyncIterator[bytes]) -> None:
        super().__init__(content, headers={"Cache-Control": "no-cache", "X-Accel-Buffering": "no"})

    async def stream_response(self, send: Send) -> None:
        """Sends the events; ``StreamCut`` leaves the answer unfinished: the server drops the connection."""
        try:
            await super().stream_response(send)
        except StreamCut as cut:
            log.info("an event stream was cut: %s", cut)
