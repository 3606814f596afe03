"""What a process that runs as root may do beyond others: given up, but for files, which Landlock keeps."""

from __future__ import annotations

import ctypes
import os
import sys

_VERSION = 0x20080522  # _LINUX_CAPABILITY_VERSION_3 of linux/capability.h
_DAC_OVERRIDE, _DAC_READ_SEARCH = 1, 2
"""A document on root's command line may be somebody else's."""
_KEPT = 1 << _DAC_OVERRIDE | 1 << _DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("process", ctypes.c_int)]


class _Half(ctypes.Structure):
    """32 of 64 capabilities."""

    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def give_up() -> None:
    """Gives up this process's capabilities for good; together with "no new privileges" programs get none.

    Raises:
        OSError: the kernel would not.
    """
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    header, halves = _Header(_VERSION, 0), (_Half * 2)()
    if libc.capget(ctypes.byref(header), halves) != 0:
        raise _error()
    for half, kept in zip(halves, (_KEPT, 0), strict=True):
        half.effective, half.permitted, half.inheritable = half.effective & kept, half.permitted & kept, 0
    if libc.capset(ctypes.byref(header), halves) != 0:
        raise _error()


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
