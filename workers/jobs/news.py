"""News of jobs: a worker says at the broker that a job has moved on, and those who wait for it look at once.

No more than a hint, as the doorbell is: it may be lost, the ledger is the truth, and who waits also looks by
the clock.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from workers.jobs.broker import connection, url_of_redis

if TYPE_CHECKING:
    from redis import Redis

log = logging.getLogger(__name__)

_CHANNEL = "octavo:news"
_PATIENCE_SECONDS = 0.25
"""How long a worker waits for the broker to take what it tells."""
_AWAY_SECONDS = 5.0
"""How long a broker that did not take it is left alone."""
_AGAIN_SECONDS = 0.5
"""After which a listener that lost the broker tries to hear it again."""


class News:
    """What is told and heard at the broker; without one that can do this, nothing is."""

    def __init__(self, broker_url: str) -> None:
        self._url = broker_url
        self._away_until = 0.0

    @cached_property
    def _broker(self) -> Redis | None:
        return connection(self._url, _PATIENCE_SECONDS)

    def tell(self, job_id: str) -> None:
        """Says that the job has moved on. Never raises; may be called from any thread."""
        if self._broker is None or time.monotonic() < self._away_until:
            return
        try:
            self._broker.publish(_CHANNEL, job_id)
        except Exception as error:
            self._away_until = time.monotonic() + _AWAY_SECONDS
            log.debug("the broker takes no news: %s", type(error).__name__)

    async def listen(self, heard: Callable[[str], None]) -> None:
        """Calls ``heard`` with the id of each job that moves on, until it is cancelled."""
        from redis.asyncio import Redis as AsyncRedis

        while self._broker is not None:
            try:
                async with (
                    AsyncRedis.from_url(url_of_redis(self._url), decode_responses=True) as broker,
                    broker.pubsub(ignore_subscribe_messages=True) as told,
                ):
                    await told.subscribe(_CHANNEL)
                    async for message in told.listen():
                        heard(message["data"])
            except Exception as error:
                log.debug("no news are heard from the broker: %s", type(error).__name__)
            await asyncio.sleep(_AGAIN_SECONDS)

    def close(self) -> None:
        """Gives the connections back."""
        if "_broker" in self.__dict__ and self._broker is not None:
            self._broker.close()
