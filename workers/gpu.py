"""Room on the graphics card: models wait until there is some, and no job fails for want of it."""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import logging
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, Any, TypeVar

from models.batches import says_full
from schemas.errors import GpuFull, PageUnreadable
from schemas.settings import Cuda, Device, Settings
from workers import patience

log = logging.getLogger(__name__)

T = TypeVar("T")
FreeBytes = Callable[[], int | None]

_WAITING = "waiting for GPU memory"
_LOOK_EVERY_SECONDS = 1.0
_TRIES = 6
"""A call that runs out of memory so often, each time after there was room, needs more than there ever is."""


class OnGpu:
    """What ``make`` makes with the first call; its methods raise ``GpuFull`` where the card is full."""

    def __init__(self, make: Callable[[], object]) -> None:
        self._make = make
        self._made: object | None = None

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def called(*arguments: Any) -> Any:
            try:
                if self._made is None:
                    self._made = self._make()
                return getattr(self._made, name)(*arguments)
            except Exception as error:
                if says_full(error) or says_full(error.__cause__):
                    raise GpuFull("The graphics card has no memory left.") from error
                raise

        return called


class GpuRoom:
    """Lets models load one process after the other, each when ``needed`` bytes of the card are free.

    ``lock`` is a file that all processes share which use the card. ``free_bytes`` gives None where there is
    no card; then nothing waits.
    """

    def __init__(
        self,
        needed: int,
        lock: Path,
        free_bytes: FreeBytes,
        pause: Callable[[float], None] = patience.pause,
    ) -> None:
        self._needed, self._lock = needed, lock
        self._free_bytes, self._pause = free_bytes, pause

    @classmethod
    def of(cls, settings: Settings, runtime: str) -> GpuRoom:
        """Room for models that the package ``runtime`` runs, if it may run them on a card."""
        if not _may_use_card(settings, runtime):
            return cls.none()
        return cls(settings.gpu_memory_bytes, settings.folder / "run" / f"gpu-{_card()}.lock", free_bytes)

    @classmethod
    def none(cls) -> GpuRoom:
        """For models that use no card: nothing waits."""
        return cls(0, Path(), lambda: None)

    @contextlib.contextmanager
    def turn(self) -> Iterator[None]:
        """Around the load of models.

        Raises:
            Interrupted: the work must stop before it was our turn.
        """
        if self._free_bytes() is None:
            yield
            return
        self._lock.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with self._lock.open("a") as lock:
            self._wait_until(lambda: _taken(lock) and self._has_room())
            yield

    def steadily(self, call: Callable[[], T], drop: Callable[[], None]) -> T:
        """What ``call`` returns; when the card is full the model is dropped, and it is called again later.

        Raises:
            PageUnreadable: it was full again and again although there had been room.
            Interrupted: the work must stop.
        """
        for failures in range(1, _TRIES + 1):
            try:
                return call()
            except GpuFull:
                drop()
                if self._free_bytes() is None or failures == _TRIES:
                    break
            log.warning("the GPU is full: the models are loaded again when there is room")
            patience.tell(_WAITING)
            self._pause(2.0**failures)
        raise PageUnreadable("it needs more memory than there is")

    def _has_room(self) -> bool:
        free = self._free_bytes()
        return free is None or free >= self._needed

    def _wait_until(self, condition: Callable[[], bool]) -> None:
        if condition():
            return
        log.info("models wait for GPU memory")
        patience.tell(_WAITING)
        while not condition():
            self._pause(_LOOK_EVERY_SECONDS)


def is_for_card(settings: Settings, runtime: str) -> bool:
    """Whether models that the package ``runtime`` runs are meant for a card that is there."""
    if settings.device is Device.CUDA:
        return True
    return _may_use_card(settings, runtime) and free_bytes() is not None


def free_bytes() -> int | None:
    """What the card that models use has free, by NVML; None: there is no card, driver or NVML package."""
    try:
        nvml = importlib.import_module("pynvml")
    except ImportError:
        return None
    first = _card()
    try:
        nvml.nvmlInit()
        try:
            if first.isdecimal():
                card = nvml.nvmlDeviceGetHandleByIndex(int(first))
            else:
                card = nvml.nvmlDeviceGetHandleByUUID(first)
            return int(nvml.nvmlDeviceGetMemoryInfo(card).free)
        finally:
            nvml.nvmlShutdown()
    except nvml.NVMLError:
        return None


def _card() -> str:
    """The card that models use, as CUDA's own variable names it: by a number or a UUID."""
    return Cuda().visible_devices.split(",")[0].strip() or "0"


def _may_use_card(settings: Settings, runtime: str) -> bool:
    return settings.device is Device.CUDA or (settings.device is Device.AUTO and _is_for_cuda(runtime))


def _is_for_cuda(package: str) -> bool:
    """Whether a package that runs models is there in a build for CUDA."""
    try:
        return not version(package).endswith("+cpu")
    except PackageNotFoundError:
        return False


def _taken(lock: IO[str]) -> bool:
    """Whether the file is locked by us now, or was before."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
