"""Seccomp: system calls that a process, and all that it starts, may not make; by libseccomp.

A list of what is refused, not of what is allowed: readers run LibreOffice, models run CUDA, and what those
call differs from one version to the next. A call that is refused fails as one without permission would.
"""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any

_NAMESPACES = (0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000)
"""``CLONE_NEW*`` of linux/sched.h: mounts, cgroups, names, IPC, users, processes, network."""
_THREAD = 0x00010000  # CLONE_THREAD
_WORD = 0xFFFFFFFF  # as much of an argument as the kernel looks at where it wants an ``int``
_KIND_OF_SOCKET = 0xF  # SOCK_TYPE_MASK of linux/net.h
_TYPE_INTO_TERMINAL = 0x5412  # TIOCSTI
_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h

_NEVER = """
    ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd pidfd_open
    pidfd_send_signal rt_sigqueueinfo rt_tgsigqueueinfo setsid setpgid
    connect accept accept4 sendmmsg
    unshare setns chroot pivot_root mount umount umount2 move_mount open_tree open_tree_attr fsopen fsmount
    fsconfig fspick mount_setattr quotactl quotactl_fd swapon swapoff acct
    bpf perf_event_open userfaultfd io_uring_setup io_uring_enter io_uring_register keyctl add_key request_key
    init_module finit_module delete_module kexec_load kexec_file_load reboot syslog lookup_dcookie nfsservctl
    iopl ioperm modify_ldt vm86 vm86old vhangup personality remap_file_pages
    settimeofday stime clock_settime clock_settime64 clock_adjtime clock_adjtime64 adjtimex
    sethostname setdomainname setpriority ioprio_set sched_setscheduler sched_setparam sched_setattr
    migrate_pages
    open_by_handle_at name_to_handle_at fanotify_init fanotify_mark inotify_init inotify_init1
    inotify_add_watch
    chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat chown32 fchown32 lchown32
    setxattr lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat
    utime utimes utimensat utimensat_time64 futimesat truncate truncate64 mknod mknodat
"""
"""Of other processes, of the machine, of the kernel's less trodden paths; and what files are, where Landlock
knows only what is in them."""

_NOT_FOR_READERS = """
    memfd_create memfd_secret shmget shmat shmctl shmdt semget semop semctl semtimedop msgget msgsnd msgrcv
    msgctl mq_open mq_unlink sched_setaffinity move_pages
"""
"""Memory that counts as nobody's, and what else CUDA needs."""

_NEW_PROCESSES = "fork vfork execve execveat"


@cache
def library() -> ModuleType | None:
    """pyseccomp; None where it, or libseccomp, is not installed or cannot be used."""
    try:
        import pyseccomp
    except (ImportError, RuntimeError, OSError):
        return None
    module: ModuleType = pyseccomp
    return module


def restrict(*, reader: bool) -> None:
    """Takes from this process what no child needs.

    Raises:
        OSError: the kernel would not.
        RuntimeError: there is no libseccomp.
    """
    rules = _filter()
    _refuse(rules, _NEVER)
    if reader:
        _refuse(rules, _NOT_FOR_READERS)
    _refuse_network(rules)
    _refuse_if(rules, "prlimit64", _is_not(0, 0))  # of others; its own limits it can only lower
    _refuse_if(rules, "ioctl", _is(1, _TYPE_INTO_TERMINAL))
    _refuse_if(rules, "prctl", _is(0, _PARENT_DEATH_SIGNAL), _is_not(1, signal.SIGKILL))
    for flag in _NAMESPACES:
        _refuse_if(rules, "clone", _has(0, flag, flag))
    _no_such_call(rules, "clone3")  # its flags lie where no filter sees them; libraries then use clone
    rules.load()


def alone(process: int) -> None:
    """Takes new processes from ``process``, this one, and every signal but those to itself.

    Raises:
        OSError: the kernel would not.
        RuntimeError: there is no libseccomp.
    """
    rules = _filter()
    _refuse(rules, _NEW_PROCESSES)
    _refuse_if(rules, "clone", _has(0, _THREAD, 0))
    _refuse(rules, "socket tkill")
    for call in ("kill", "tgkill"):
        _refuse_if(rules, call, _is_not(0, process))
    _refuse_if(rules, "prctl", _is(0, _PARENT_DEATH_SIGNAL))
    rules.load()


def _refuse_network(rules: Any) -> None:
    """No sockets but streams between processes of one machine, and those lead nowhere.

    LibreOffice does not start without one on which it would hear other instances of itself: it is told
    that it has one.
    """
    for call in ("bind", "listen"):
        _answer(rules, 0, call, ())
    _refuse_if(rules, "socket", _is_not(0, socket.AF_UNIX))
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_RDM, socket.SOCK_SEQPACKET):
        _refuse_if(rules, "socket", _is(0, socket.AF_UNIX), _has(1, _KIND_OF_SOCKET, kind))


def _filter() -> Any:
    """A filter, still without rules, for all threads of this process."""
    seccomp = _needed()
    rules = seccomp.SyscallFilter(seccomp.ALLOW)
    rules.set_attr(seccomp.Attr.CTL_TSYNC, 1)
    return rules


def _needed() -> ModuleType:
    found = library()
    if found is None:
        raise RuntimeError("libseccomp is not installed")
    return found


def _refuse(rules: Any, calls: str) -> None:
    for call in calls.split():
        _refuse_if(rules, call)


def _refuse_if(rules: Any, call: str, *conditions: object) -> None:
    """``call`` fails with EPERM where all conditions hold; one that this machine does not have is passed."""
    _answer(rules, errno.EPERM, call, conditions)


def _no_such_call(rules: Any, call: str) -> None:
    _answer(rules, errno.ENOSYS, call, ())


def _answer(rules: Any, error: int, call: str, conditions: Iterable[object]) -> None:
    seccomp = _needed()
    number = seccomp.resolve_syscall(seccomp.Arch.NATIVE, call)
    if number != _UNKNOWN:
        rules.add_rule(seccomp.ERRNO(error), number, *conditions)


_UNKNOWN = -1  # __NR_SCMP_ERROR of seccomp.h


def _is(argument: int, value: int) -> object:
    return _has(argument, _WORD, value)


def _is_not(argument: int, value: int) -> object:
    return _needed().Arg(argument, _needed().NE, value)


def _has(argument: int, mask: int, value: int) -> object:
    return _needed().Arg(argument, _needed().MASKED_EQ, mask, value)
