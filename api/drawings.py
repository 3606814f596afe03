"""Pictures of pages, from a process that draws them: started for who will look, and again when it is lost."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import sys

from schemas.errors import NotFound, QuotaExceeded
from schemas.pictures import PictureAnswer, PictureRequest
from schemas.requests import JobRequest
from workers.jobs.ledger.tables import Job

_LOST = "The process that drew the page was lost; ask again."
_PATIENCE = 5.0
_MOST_WAITING = 32


class Drawings:
    """The process, and who waits for it. All methods belong to the event loop."""

    def __init__(self, environment: dict[str, str] | None = None) -> None:
        self._environment = environment
        self._numbers = itertools.count()
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._answering: asyncio.Task[None] | None = None
        self._waiting: dict[int, asyncio.Future[bytes]] = {}

    async def draw(self, job: Job, page_number: int, width: int) -> bytes:
        """A page (1-based) of the job's document as WebP, ``width`` pixels wide.

        Raises:
            NotFound: there is no such page, it cannot be drawn, or the document is gone.
            QuotaExceeded: too many pages wait already.
        """
        if job.source_key is None:
            raise NotFound("The page cannot be drawn: its document was not fetched yet.")
        wanted = PictureRequest(
            number=next(self._numbers),
            job_id=job.id,
            source_key=job.source_key,
            source=JobRequest.model_validate(job.request).source,
            page_number=page_number,
            width=width,
        )
        return await (await self._ask(wanted))

    async def prepare(self) -> None:
        """Starts the process, if it does not run: it then gets ready by itself."""
        async with self._starting:
            if self._process is None or self._process.returncode is not None:
                self._process, self._waiting = await self._start(), {}
                # Kept: the loop itself would let go of it.
                self._answering = asyncio.create_task(_answer(self._process, self._waiting))

    async def close(self) -> None:
        """Ends the process."""
        if self._process is None or self._process.stdin is None:
            return
        self._process.stdin.close()
        try:
            await asyncio.wait_for(self._process.wait(), _PATIENCE)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def _ask(self, wanted: PictureRequest) -> asyncio.Future[bytes]:
        await self.prepare()
        assert self._process is not None  # noqa: S101 - it is there now
        if len(self._waiting) >= _MOST_WAITING:
            many = "Many pages wait to be drawn here already: ask again in a moment."
            raise QuotaExceeded(many, limit="pictures", retry_after=2)
        answer = self._waiting[wanted.number] = asyncio.get_running_loop().create_future()
        assert self._process.stdin is not None  # noqa: S101 - it is a pipe
        self._process.stdin.write(wanted.model_dump_json().encode() + b"\n")
        with contextlib.suppress(ConnectionError):  # those who wait are told when the end is seen
            await self._process.stdin.drain()
        return answer

    async def _start(self) -> asyncio.subprocess.Process:
        pipe = asyncio.subprocess.PIPE
        return await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            "-m",
            "workers.drawing",
            stdin=pipe,
            stdout=pipe,
            env=self._environment,
            start_new_session=True,  # Ctrl-C is for its parent, whose end it hears of
        )


async def _answer(process: asyncio.subprocess.Process, waiting: dict[int, asyncio.Future[bytes]]) -> None:
    """Hands out what the process answers, until it ends."""
    assert process.stdout is not None  # noqa: S101 - it is a pipe
    with contextlib.suppress(asyncio.IncompleteReadError):
        while line := await process.stdout.readline():
            said = PictureAnswer.model_validate_json(line)
            picture = await process.stdout.readexactly(said.size)
            answer = waiting.pop(said.number)
            if answer.done():
                continue  # who asked has gone
            if said.error is None:
                answer.set_result(picture)
            else:
                answer.set_exception(NotFound(f"The page cannot be drawn: {said.error.rstrip('.')}."))
    await process.wait()
    for answer in waiting.values():
        if not answer.done():
            answer.set_exception(NotFound(_LOST))
