"""A reader whose document has taken it over: it tries what it can with the rights of its process."""

from __future__ import annotations

import ctypes
import mmap
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Protocol

PTRACE_ATTACH, NEW_USERS = 16, 0x10000000
STANDARD_ERROR = 2
SPINNING = "while True: pass"


class Attempts(Protocol):
    """What can be asked of it."""

    def attempt(self, name: str, target: str) -> str: ...

    def pid(self) -> int: ...


class Hostile:
    """``Attempts``: tells what came of each."""

    def attempt(self, name: str, target: str) -> str:
        """``done``, or the name of the error that it failed with."""
        try:
            answer = getattr(self, f"_{name}")(target)
        except (OSError, ValueError) as error:
            return type(error).__name__
        return "done" if answer is None else str(answer)

    def pid(self) -> int:
        return os.getpid()

    # ------------------------------------------------------------------ network

    def _ipv4(self, target: str) -> None:
        socket.create_connection(("127.0.0.1", int(target)), timeout=5)

    def _ipv6(self, target: str) -> None:
        socket.socket(socket.AF_INET6, socket.SOCK_STREAM)

    def _udp(self, target: str) -> None:
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", int(target)))

    def _dns(self, target: str) -> None:
        socket.getaddrinfo(target, 80)

    def _netlink(self, target: str) -> None:
        socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)

    def _packet(self, target: str) -> None:
        socket.socket(socket.AF_PACKET, socket.SOCK_RAW)

    def _unix(self, target: str) -> None:
        socket.socket(socket.AF_UNIX).connect(target)

    def _datagram(self, target: str) -> None:
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b"x", target)

    # ------------------------------------------------------------------ files

    def _read(self, target: str) -> None:
        Path(target).read_bytes()

    def _list(self, target: str) -> None:
        list(Path(target).iterdir())

    def _write(self, target: str) -> None:
        Path(target).write_bytes(b"x")

    def _append(self, target: str) -> None:
        with Path(target).open("ab") as file:
            file.write(b"x")

    def _truncate(self, target: str) -> None:
        os.truncate(target, 0)

    def _remove(self, target: str) -> None:
        Path(target).unlink()

    def _rename(self, target: str) -> None:
        Path(target).rename(Path(os.environ["HOME"], "mine"))

    def _link(self, target: str) -> None:
        os.link(target, Path(os.environ["HOME"], "mine"))

    def _close_off(self, target: str) -> None:
        Path(target).chmod(0)

    def _date(self, target: str) -> None:
        os.utime(target, (0, 0))

    # ------------------------------------------------------------------ processes

    def _fork(self, target: str) -> None:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)

    def _run(self, target: str) -> str:
        code = subprocess.run(target.split(), capture_output=True, check=False).returncode
        return "done" if code == 0 else "failed"

    def _signal(self, target: str) -> None:
        os.kill(int(target), 0)

    def _signal_all(self, target: str) -> None:
        os.kill(-1, 0)

    def _trace(self, target: str) -> None:
        self._system_call("ptrace", PTRACE_ATTACH, int(target), 0, 0)

    def _peek(self, target: str) -> None:
        self._system_call("process_vm_readv", int(target), 0, 0, 0, 0, 0)

    def _limit(self, target: str) -> None:
        resource.prlimit(int(target), resource.RLIMIT_NOFILE, (1, 1))

    def _leave(self, target: str) -> None:
        os.setsid()

    def _namespace(self, target: str) -> None:
        self._system_call("unshare", NEW_USERS)

    def _mount(self, target: str) -> None:
        self._system_call("mount", 0, target.encode(), b"tmpfs", 0, 0)

    def _own_limit(self, target: str) -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

    def _system_call(self, name: str, *arguments: object) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        if getattr(libc, name)(*arguments) < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    def _secrets(self, target: str) -> str:
        """How often ``target`` is in the environment, now or when the process began."""
        began = Path("/proc/self/environ").read_bytes() if sys.platform == "linux" else b""
        return str(began.count(target.encode()) + sum(target in value for value in os.environ.values()))

    def _handles(self, target: str) -> str:
        """What it holds open, besides the standard streams."""
        kinds = [_what(handle) for handle in _handles() if int(handle.name) > STANDARD_ERROR]
        return " ".join(sorted({kind for kind in kinds if kind}))

    # ------------------------------------------------------------------ appetite

    def _multiply(self, target: str) -> None:
        while True:
            os.fork()

    def _thread(self, target: str) -> None:
        threading.stack_size(64 << 10)
        while True:
            threading.Thread(target=threading.Event().wait, daemon=True).start()

    def _fill(self, target: str) -> None:
        for number in range(1 << 20):
            Path(os.environ["HOME"], str(number)).write_bytes(b"x" * int(target))

    def _fill_unseen(self, target: str) -> None:
        held = []
        for _ in range(900):
            path = Path(os.environ["HOME"], "unseen")
            held.append(path.open("wb"))
            path.unlink()
            held[-1].write(b"x" * int(target))
            held[-1].flush()
        time.sleep(60)

    def _grow(self, target: str) -> None:
        """Takes memory past Python, as a library in C does, and uses it."""
        area = mmap.mmap(-1, int(target))
        for page in range(0, int(target), 4096):
            area[page] = 1
        time.sleep(60)

    def _spin(self, target: str) -> None:
        exec(SPINNING)

    def _spin_on(self, target: str) -> None:
        """Answers, and goes on in the background."""
        threading.Thread(target=exec, args=(SPINNING,), daemon=True).start()

    def _half_an_answer(self, target: str) -> None:
        """Promises more bytes than ever come."""
        for handle in _handles():
            if _what(handle) == "socket":
                os.write(int(handle.name), (1000).to_bytes(4, "big") + b"x")
        time.sleep(60)

    def _nonsense(self, target: str) -> None:
        """Answers what nobody asked, in place of what was asked."""
        for handle in _handles():
            if _what(handle) == "socket":
                os.write(int(handle.name), (3).to_bytes(4, "big") + b"\xc1\xc1\xc1")
        time.sleep(60)

    def _outlive(self, target: str) -> str:
        """A grandchild that nobody waits for, and that no signal but one ends."""
        child = os.fork()
        if child == 0:
            for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
                signal.signal(number, signal.SIG_IGN)
            while True:
                time.sleep(60)
        return str(child)


def _handles() -> list[Path]:
    return list(Path("/proc/self/fd").iterdir())


def _what(handle: Path) -> str:
    """The kind of file behind a handle; nothing for one that is closed by now."""
    try:
        return str(handle.readlink()).split(":")[0]
    except OSError:
        return ""
