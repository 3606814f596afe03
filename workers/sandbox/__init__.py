"""What a process that works on a document may do, held by the kernel as far as this one can.

``Rules`` are made by the parent (``workers.sandbox.rules``); the child puts them upon itself before it reads
a byte (``enter``), and can never put them off.
"""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

import msgspec

from workers.sandbox import calls, files, privileges

log = logging.getLogger(__name__)


class Rules(msgspec.Struct, frozen=True):
    """What one child may do.

    Args:
        reads: files and folders that it may read.
        writes: folders in which it may do as it likes; the first is its home, too.
        devices: what of ``/dev`` it may use.
        programs: it may start programs that lie among what it reads.
        reader: it reads documents: what only models need it does not get.
        required: it must not go on where the kernel holds less than files and system calls.
    """

    reads: tuple[Path, ...] = ()
    writes: tuple[Path, ...] = ()
    devices: tuple[Path, ...] = ()
    programs: bool = False
    reader: bool = True
    required: bool = False


class Held(msgspec.Struct, frozen=True):
    """What the kernel holds. ``landlock``: its version, 0 where it holds no files; ``why`` it holds less."""

    landlock: int = 0
    seccomp: bool = False
    why: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether files and system calls both are."""
        return self.landlock > 0 and self.seccomp

    @property
    def signals(self) -> bool:
        """Whether LibreOffice, too, can send signals to nobody else."""
        return self.landlock >= files.SIGNALS_SINCE


class NotHeld(RuntimeError):
    """The kernel holds less than ``Rules.required`` asks for."""


def enter(rules: Rules) -> Held:
    """Puts ``rules`` upon this process, which must have one thread, as far as the kernel can.

    Raises:
        NotHeld: they are required, and it cannot.
    """
    held = _entered(rules) if sys.platform == "linux" else Held(why=(f"{sys.platform} cannot do it",))
    if rules.required and not held.whole:
        raise NotHeld("; ".join(held.why))
    return held


def _entered(rules: Rules) -> Held:
    why, landlock, seccomp = [], files.version(), False
    calls.library()  # while it can still be looked for
    try:
        privileges.give_up()
        if landlock:
            files.restrict(_grants(rules))
        else:
            why.append("this kernel has no Landlock: files are not held")
    except OSError as error:
        landlock = 0
        why.append(f"Landlock cannot be used ({error.strerror}): files are not held")
    try:
        calls.restrict(reader=rules.reader)
        if not rules.programs:
            calls.alone(os.getpid())
        seccomp = True
    except (OSError, RuntimeError) as error:
        why.append(f"libseccomp cannot be used ({error}): network and system calls are not held")
    return Held(landlock, seccomp, tuple(why))


def stay_alone() -> None:
    """From now on this process starts no other; where the kernel cannot hold it to that, nothing happens."""
    if sys.platform == "linux" and calls.library() is not None:
        calls.alone(os.getpid())


def _grants(rules: Rules) -> list[tuple[Path, int]]:
    reads = files.RUN if rules.programs else files.READ
    return [
        *((path, reads) for path in rules.reads),
        *((path, files.WRITE) for path in rules.writes),
        *((path, files.USE) for path in rules.devices),
    ]
