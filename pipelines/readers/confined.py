"""Runs another program with as little as it needs: no network if the kernel can do that, limits, no orphan.

A program of its own, of the standard library alone: ``python confined.py BYTES SECONDS STARTER PROGRAM …``
becomes ``PROGRAM``, which may write files of BYTES, compute for SECONDS, leads a group of processes if it
may, and ends with the process STARTER that started it.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import sys

_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000  # CLONE_NEWUSER, CLONE_NEWNET of linux/sched.h
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h


def confine(file_bytes: int, seconds: int, starter: int) -> None:
    """Takes from this process what the program that it becomes shall not have."""
    with contextlib.suppress(PermissionError):  # else it is of its starter's group, and ends with that
        os.setsid()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _lower(resource.RLIMIT_FSIZE, file_bytes)
    _lower(resource.RLIMIT_CPU, seconds)
    if sys.platform == "linux":
        _leave_network()
        # After the namespaces: new rights make the kernel forget this.
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != starter:
            sys.exit("the process that wanted this is gone")


def _lower(limit: int, value: int) -> None:
    _, most = resource.getrlimit(limit)
    value = value if most == resource.RLIM_INFINITY else min(value, most)
    resource.setrlimit(limit, (value, value))


def _leave_network() -> None:
    """Goes to a network namespace without interfaces, as the same user; stays where that is forbidden."""
    trial = os.fork()  # some systems let one in and then forbid to be anybody there
    if trial == 0:
        os._exit(0 if _enter_namespaces() else 1)
    if os.waitpid(trial, 0)[1] == 0:
        _enter_namespaces()


def _enter_namespaces() -> bool:
    user, group = os.getuid(), os.getgid()
    if ctypes.CDLL(None).unshare(_NEW_USERS | _NEW_NETWORK) != 0:
        return False
    try:
        _write("setgroups", "deny")
        _write("uid_map", f"{user} {user} 1")
        _write("gid_map", f"{group} {group} 1")
    except OSError:
        return False
    return True


def _write(name: str, line: str) -> None:
    descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
    try:
        os.write(descriptor, line.encode())
    finally:
        os.close(descriptor)


if __name__ == "__main__":
    confine(*map(int, sys.argv[1:4]))
    os.execv(sys.argv[4], sys.argv[4:])  # noqa: S606 - a program and arguments, no shell
