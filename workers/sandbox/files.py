"""Landlock: the kernel keeps a process, and all that it starts, to the files that it was granted.

Three system calls of Linux 5.13 and later (https://docs.kernel.org/userspace-api/landlock.html), called
directly. What was opened before stays open; what only looks (``stat``) is not kept from it. Later kernels
hold more: TCP since 6.7, signals and abstract sockets since 6.12.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import stat
import sys
from collections.abc import Iterable
from enum import IntFlag
from functools import cache
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on every architecture that Python runs on
_ASK_VERSION = 1
_PATH_BENEATH = 1
_NO_NEW_PRIVILEGES = 38  # PR_SET_NO_NEW_PRIVS of linux/prctl.h

SIGNALS_SINCE = 6
"""The version of Landlock that keeps signals, and abstract sockets, inside."""


class _File(IntFlag):
    """Rights over files (``LANDLOCK_ACCESS_FS_*`` of linux/landlock.h)."""

    EXECUTE = 1 << 0
    WRITE = 1 << 1
    READ = 1 << 2
    LIST = 1 << 3
    REMOVE_FOLDER = 1 << 4
    REMOVE_FILE = 1 << 5
    MAKE_CHARACTER_DEVICE = 1 << 6
    MAKE_FOLDER = 1 << 7
    MAKE_FILE = 1 << 8
    MAKE_SOCKET = 1 << 9
    MAKE_FIFO = 1 << 10
    MAKE_BLOCK_DEVICE = 1 << 11
    MAKE_LINK = 1 << 12
    MOVE = 1 << 13
    TRUNCATE = 1 << 14
    CONTROL_DEVICE = 1 << 15


_FIRST = _File.MAKE_LINK * 2 - 1
_KNOWN_SINCE = ((2, _File.MOVE), (3, _File.TRUNCATE), (5, _File.CONTROL_DEVICE))
_OF_A_FILE = _File.EXECUTE | _File.WRITE | _File.READ | _File.TRUNCATE | _File.CONTROL_DEVICE

READ = _File.READ | _File.LIST
RUN = READ | _File.EXECUTE
USE = READ | _File.WRITE | _File.CONTROL_DEVICE
"""Of a device: all that can be done with one."""
WRITE = (
    READ
    | _File.WRITE
    | _File.TRUNCATE
    | _File.REMOVE_FOLDER
    | _File.REMOVE_FILE
    | _File.MAKE_FOLDER
    | _File.MAKE_FILE
    | _File.MAKE_SOCKET
    | _File.MAKE_FIFO
    | _File.MAKE_LINK
    | _File.MOVE
)

_TCP = 0b11  # bind and connect
_SCOPES = 0b11  # abstract sockets and signals


class _Ruleset(ctypes.Structure):
    """``landlock_ruleset_attr``: everything that is forbidden unless granted."""

    _fields_ = [("files", ctypes.c_uint64), ("network", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


class _Beneath(ctypes.Structure):
    """``landlock_path_beneath_attr``: what is allowed below an open path."""

    _pack_ = 1
    _fields_ = [("rights", ctypes.c_uint64), ("parent", ctypes.c_int32)]


def version() -> int:
    """Landlock's version in this kernel; 0 where there is none, or it was switched off."""
    if sys.platform != "linux":
        return 0
    with contextlib.suppress(OSError):
        return _call(_CREATE, None, 0, _ASK_VERSION)
    return 0


def restrict(grants: Iterable[tuple[Path, int]]) -> None:
    """Keeps this process, which must have one thread, to the paths granted: each with its rights.

    Paths that are not there are passed over. Nothing that is granted can be taken back, nothing added.

    Raises:
        OSError: the kernel would not.
    """
    known = _known(version())
    ruleset = _create(known)
    try:
        for path, rights in grants:
            _grant(ruleset, path, rights & known)
        if _libc().prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
            raise _error()
        _call(_RESTRICT, ruleset, 0)
    finally:
        os.close(ruleset)


def _known(since: int) -> int:
    return _FIRST | sum(right for least, right in _KNOWN_SINCE if since >= least)


def _create(rights: int) -> int:
    since = version()
    network, scopes = (_TCP if since >= 4 else 0), (_SCOPES if since >= SIGNALS_SINCE else 0)
    attributes = _Ruleset(rights, network, scopes)
    # Older kernels know the beginning of the structure only.
    size = 8 if since < 4 else 16 if since < SIGNALS_SINCE else 24
    return _call(_CREATE, ctypes.byref(attributes), size, 0)


def _grant(ruleset: int, path: Path, rights: int) -> None:
    try:
        opened = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
    except OSError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(opened).st_mode):
            rights &= _OF_A_FILE
        rule = _Beneath(rights, opened)
        _call(_ADD, ruleset, _PATH_BENEATH, ctypes.byref(rule), 0)
    finally:
        os.close(opened)


def _call(number: int, *arguments: object) -> int:
    call = _libc().syscall
    words = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    result: int = call(ctypes.c_long(number), *words)
    if result < 0:
        raise _error()
    return result


@cache
def _libc() -> ctypes.CDLL:
    """The C library, whose ``syscall`` returns a long."""
    library = ctypes.CDLL(None, use_errno=True)
    library.syscall.restype = ctypes.c_long
    return library


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
