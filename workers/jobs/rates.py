"""How often somebody may come: counted at the broker, for all processes together.

By the Generic Cell Rate Algorithm (ITU-T I.371), a leaky bucket that keeps one number: a minute's worth may
come at once, and room for one more comes back evenly over the minute. Where the broker does not answer, each
process counts for itself: nobody is refused for want of a broker.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from workers.jobs.broker import connection

if TYPE_CHECKING:
    from pyrate_limiter import GCRA, Rate
    from redis import Redis

log = logging.getLogger(__name__)

_MINUTE = 60_000
_PATIENCE_SECONDS = 0.25
"""How long a request waits for the broker's answer."""
_AWAY_SECONDS = 5.0
"""How long a broker that did not answer is left alone: each request would wait for it in vain."""
_MOST_IN_MEMORY = 10_000


class Rates:
    """Counts of what comes; may be used from any thread. ``now`` is in milliseconds, the same everywhere."""

    def __init__(self, broker_url: str, now: Callable[[], int] = lambda: time.time_ns() // 10**6) -> None:
        self._broker_url = broker_url
        self.now = now
        self._away_until = 0.0
        self._lock = threading.Lock()
        self._in_memory: dict[str, tuple[float, ...]] = {}

    @cached_property
    def _broker(self) -> Redis | None:
        return connection(self._broker_url, _PATIENCE_SECONDS)

    @cached_property
    def _gcra(self) -> GCRA:
        from pyrate_limiter import GCRA

        return GCRA()

    def take(self, what: str, per_minute: int) -> int:
        """Counts one more of ``what``.

        Returns:
            0, or the seconds until there is room for one: then it was not counted.
        """
        from pyrate_limiter import Rate

        rate, now = Rate(per_minute, _MINUTE), self.now()
        key = f"octavo:rate:{per_minute}:{what}"  # under another limit everything begins anew
        wait = self._ask_broker(key, rate, now)
        if wait is None:
            wait = self._ask_memory(key, rate, now)
        return math.ceil(wait / 1000)

    def _ask_broker(self, key: str, rate: Rate, now: int) -> int | None:
        """Milliseconds to wait; None where there is no broker that answers."""
        if self._broker is None or time.monotonic() < self._away_until:
            return None
        try:
            from pyrate_limiter import RedisStateStore

            store = RedisStateStore(self._broker, key)
            decision = store.check(self._gcra, [rate], now, 1)  # type: ignore[no-untyped-call]
        except Exception as error:  # a URL that only kombu understands is told of here, too
            self._away_until = time.monotonic() + _AWAY_SECONDS
            log.warning("the broker does not answer, this process counts alone: %s", type(error).__name__)
            return None
        return decision.retry_after_ms or 0

    def _ask_memory(self, key: str, rate: Rate, now: int) -> int:
        with self._lock:
            state = self._in_memory.get(key) or self._gcra.initial([rate])
            self._in_memory[key], decision = self._gcra.step([rate], state, now, 1)
            if len(self._in_memory) > _MOST_IN_MEMORY:
                self._forget(now)
        return decision.retry_after_ms or 0

    def _forget(self, now: int) -> None:
        """Drops what is as if it had never been, else all: strangers must not fill the memory."""
        kept = {key: state for key, state in self._in_memory.items() if state[0] > now * 1000}
        self._in_memory = kept if len(kept) <= _MOST_IN_MEMORY / 2 else {}

    def close(self) -> None:
        """Gives the connections back."""
        if "_broker" in self.__dict__ and self._broker is not None:
            self._broker.close()
