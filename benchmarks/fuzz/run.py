"""Many changed files through readers in children, several at once; each is what its seed and number say."""

from __future__ import annotations

import functools
import random
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.fuzz.structure import changed
from benchmarks.fuzz.trial import Outcome, Trial, silent_trial
from schemas.errors import ReaderLost, ReaderStuck
from workers.children import Child, Limits

_FILES_A_CHILD = 100
_UNPACKED = 64 << 20

MakeTrial = Callable[[Path, int], Trial]
"""Makes what a child serves: its scratch folder, and the bytes that may be unpacked there."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a file may take: bytes of address space, seconds of the processor, and of the clock."""

    memory_bytes: int = 2 << 30
    cpu_seconds: float = 60.0
    seconds: float = 600.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A changed file that broke a promise: ``number`` of the run, made of the document ``name``."""

    number: int
    name: str
    why: str
    data: bytes = field(repr=False)


@dataclass(slots=True)
class Tally:
    """What a run came to: how many files ended with which error ("" for none, ``ReaderLost`` for a crash)."""

    seed: int
    endings: Counter[str] = field(default_factory=Counter)
    failures: list[Failure] = field(default_factory=list)
    slowest: float = 0.0
    largest: int = 0
    cpu_seconds: float = 0.0

    @property
    def files(self) -> int:
        """How many were tried."""
        return self.endings.total()


def file_of(seeds: Mapping[str, bytes], seed: int, number: int) -> tuple[str, bytes]:
    """The changed file of a run with this number, and the name of the document that it was made of."""
    chance = random.Random(f"{seed} {number}")
    name = sorted(seeds)[number % len(seeds)]
    return name, changed(seeds[name], chance)


def fuzz(
    seeds: Mapping[str, bytes],
    seed: int,
    numbers: Iterator[int],
    *,
    bounds: Bounds = Bounds(),
    threads: int = 2,
    layout_share: float = 0.0,
    tell: Callable[[Failure], None] = lambda _failure: None,
    make: MakeTrial = silent_trial,
) -> Tally:
    """Tries the files of these numbers; with ``layout_share`` of them the layout model is asked, too."""
    tally, lock = Tally(seed), threading.Lock()

    def work() -> None:
        with tempfile.TemporaryDirectory() as folder, _Children(Path(folder), bounds, make) as children:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                name, data = file_of(seeds, seed, number)
                layout = random.Random(number).random() < layout_share
                ending, why, outcome = children.tried(name, data, layout)
                with lock:
                    tally.endings[ending] += 1
                    tally.cpu_seconds += outcome.cpu_seconds
                    tally.slowest = max(tally.slowest, outcome.cpu_seconds)
                    tally.largest = max(tally.largest, outcome.peak_bytes)
                    for reason in why:
                        tally.failures.append(Failure(number, name, reason, data))
                        tell(tally.failures[-1])

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(work) for _ in range(threads)]:
            done.result()
    return tally


class _Children:
    """One child at a time, a new one after some files and whenever one was lost."""

    def __init__(self, folder: Path, bounds: Bounds, make: MakeTrial) -> None:
        self._folder, self._bounds, self._make = folder, bounds, make
        self._child: Child | None = None
        self._files = 0

    def __enter__(self) -> _Children:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def tried(self, name: str, data: bytes, layout: bool) -> tuple[str, list[str], Outcome]:
        """How a file ended, the promises that it broke, and what it took."""
        path = self._folder / name
        path.write_bytes(data)
        if self._child is None or self._files >= _FILES_A_CHILD:
            self._end()
            self._child = self._fresh()
        self._files += 1
        try:
            outcome: Outcome = self._child.call("read", path, layout, timeout=self._bounds.seconds)
        except ReaderStuck as stuck:
            self._end()
            return type(stuck).__name__, ["it hangs"], Outcome("", [], 0.0, 0)
        except ReaderLost as lost:  # its job would be told so, or its page
            self._end()
            return type(lost).__name__, [], Outcome("", [], 0.0, 0)
        return outcome.error, self._broken(outcome), outcome

    def _broken(self, outcome: Outcome) -> list[str]:
        broken = list(outcome.strays)
        if outcome.cpu_seconds > self._bounds.cpu_seconds:
            broken.append(f"it took {outcome.cpu_seconds:.0f} s of the processor")
        if outcome.peak_bytes > self._bounds.memory_bytes:
            broken.append(f"it took {outcome.peak_bytes >> 20} MiB")
        return broken

    def _fresh(self) -> Child:
        scratch = tempfile.mkdtemp(dir=self._folder)
        make = functools.partial(self._make, Path(scratch), _UNPACKED)
        return Child(make, Trial, Limits(self._bounds.memory_bytes, self._bounds.memory_bytes))

    def _end(self) -> None:
        if self._child is not None:
            self._child.kill()
        self._child, self._files = None, 0


def told(tally: Tally) -> list[str]:
    """The run in words."""
    ends = ", ".join(f"{count} {name or 'read'}" for name, count in tally.endings.most_common())
    return [
        f"seed {tally.seed}: {tally.files} changed files ({ends}), {len(tally.failures)} broke a promise",
        f"{tally.cpu_seconds:.0f} s of the processor, {tally.slowest:.1f} s for the slowest;"
        f" largest child: {tally.largest >> 20} MiB",
    ]
