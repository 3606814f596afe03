"""Who is killed when: drawn from a seed. What then happens to be in hand is chance's affair."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import psutil

from benchmarks.chaos.ground import ASLEEP, Ground
from benchmarks.chaos.supervised import until

_OFTEN = {"child": 3, "worker": 2}
_FIND_SECONDS = 10.0
_LONGEST_DELAY = 2.0
_LONGEST_DOWN = 3.0
_NAP_SECONDS = 25.0


@dataclass(frozen=True, slots=True)
class Strike:
    """``victim`` is killed ``delay`` seconds after ``ended`` jobs have ended.

    It is down for ``down`` seconds where the harness starts it again. ``choice``, from 0 to 1, says which of
    several processes it is.
    """

    ended: int
    delay: float
    victim: str
    down: float
    choice: float


@dataclass
class Kills:
    """What was done: the kinds of processes killed, in order, and the strikes that found none."""

    done: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)


def strikes(count: int, ends: int, victims: Sequence[str], rng: random.Random) -> list[Strike]:
    """``count`` strikes until ``ends`` jobs have ended: every kind of victim in turn, in a random order."""
    ended = sorted(rng.randint(0, ends) for _ in range(count))
    deck = _deck(victims, rng)
    return [
        Strike(n, rng.uniform(0, _LONGEST_DELAY), next(deck), rng.uniform(0, _LONGEST_DOWN), rng.random())
        for n in ended
    ]


def _deck(victims: Sequence[str], rng: random.Random) -> Iterator[str]:
    while True:
        cards = [victim for victim in victims for _ in range(_OFTEN.get(victim, 1))]
        rng.shuffle(cards)
        yield from cards


class Killer(threading.Thread):
    """Carries the strikes out, one after another; ``ended`` tells how many jobs have ended."""

    def __init__(
        self, ground: Ground, plan: Sequence[Strike], ended: Callable[[], int], tell: Callable[[str], None]
    ) -> None:
        super().__init__(daemon=True)
        self._ground, self._plan, self._ended, self._tell = ground, plan, ended, tell
        self._over = threading.Event()
        self._begun = threading.Condition()
        self._waiting = list(plan)
        self.kills = Kills()
        self.error: Exception | None = None

    def run(self) -> None:
        """See the class."""
        began = time.monotonic()
        try:
            for strike in self._plan:
                while self._ended() < strike.ended and not self._over.wait(0.05):
                    pass
                if self._over.wait(strike.delay):
                    return
                self._begin()
                process = self._strike(strike)
                (self.kills.done if process else self.kills.missed).append(strike.victim)
                if process is not None:
                    self._tell(f"{time.monotonic() - began:6.1f} s  {strike.victim}")
                    self._afterwards(process, strike)
        except Exception as error:
            self.error = error
            self.stop_waiting()

    def hold(self, ends: int) -> None:
        """Waits until all strikes that come by the time ``ends`` jobs have ended have begun.

        A quick machine would else be done before it was struck.
        """
        with self._begun:
            self._begun.wait_for(lambda: not self._waiting or self._waiting[0].ended > ends)

    def stop_waiting(self) -> None:
        """Lets all go on that ``hold``."""
        with self._begun:
            self._waiting.clear()
            self._begun.notify_all()

    def _begin(self) -> None:
        with self._begun:
            del self._waiting[:1]
            self._begun.notify_all()

    def stop(self) -> None:
        """Lets nobody be killed any more."""
        self._over.set()
        self.join()

    def _strike(self, strike: Strike) -> psutil.Process | None:
        """Kills a process of the kind, as soon as there is one; which one it was."""
        struck: list[psutil.Process] = []

        def try_it() -> bool:
            found = self._ground.victims()[strike.victim]()
            if found:
                process = found[int(strike.choice * len(found))]
                with suppress(psutil.NoSuchProcess):
                    (process.suspend if strike.victim == ASLEEP else process.kill)()
                    struck.append(process)
            return bool(struck) or self._over.is_set()

        until(try_it, _FIND_SECONDS, pause=0.02)
        return struck[0] if struck else None

    def _afterwards(self, process: psutil.Process, strike: Strike) -> None:
        if strike.victim == ASLEEP:
            self._over.wait(_NAP_SECONDS)
            with suppress(psutil.NoSuchProcess):
                process.resume()
        else:
            self._over.wait(strike.down)
            self._ground.revive(strike.victim)
