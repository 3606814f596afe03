"""A child's life: it gives up what it does not need, then answers calls until its parent is gone."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import forkserver, resource_tracker
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TextIO, cast

from pipelines.readers.base import Reader
from schemas import errors
from workers import bare, codec, sandbox
from workers.children.limits import Limits
from workers.jobs import telemetry
from workers.jobs.telemetry import LogSetup

log = logging.getLogger(__name__)

_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of linux/prctl.h


@dataclass(frozen=True, slots=True)
class Orders:
    """What a child is told: what makes what it serves, and its limits, rules and log.

    ``rules``: None for limits alone.
    """

    make: Callable[[], object]
    limits: Limits
    rules: sandbox.Rules | None
    logs: LogSetup | None


def serve(interface: type, pipe: Connection, orders: Orders | None = None) -> None:
    """Answers calls to what ``orders`` make. None: they are the first that comes over the pipe."""
    _be_nobody_s(pipe)
    if orders is None:
        try:
            orders = cast("Orders", pipe.recv())  # from the parent, which nobody else can speak for
        except (EOFError, OSError):
            return
    try:
        _forget_surroundings(orders.rules)
    except FileNotFoundError:  # whoever wanted this child has ended meanwhile, with its folder
        sys.exit(1)
    if orders.logs is not None:
        telemetry.configure_logging(orders.logs, libraries=False, stream=_own_stderr(interface))
    try:
        orders.limits.set()
        if orders.rules is not None:
            sandbox.enter(orders.rules)
        _answer_all(orders.make(), interface, pipe)
    except Exception:
        log.exception("a child could not go on")
        sys.exit(1)


def _be_nobody_s(pipe: Connection) -> None:
    """Has a group of processes of its own, by which all of it can be ended, and ends with the fork server.

    That in turn ends with its parent, if no child holds its pipes.
    """
    with contextlib.suppress(PermissionError):  # it leads a group
        os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    forkserver._forkserver._forkserver_alive_fd = None  # type: ignore[attr-defined]  # noqa: SLF001
    resource_tracker._resource_tracker._fd = None  # type: ignore[attr-defined]  # noqa: SLF001
    _let_go_of_all_but(pipe.fileno())
    if sys.platform == "linux":
        parent = os.getppid()
        ctypes.CDLL(None).prctl(_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit(1)


def _let_go_of_all_but(kept: int) -> None:
    """Lets go of what was open in the fork server; who still writes there, writes to nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for handle in {int(one.name) for one in Path("/dev/fd").iterdir()} - {0, 1, 2, kept, nowhere}:
        with contextlib.suppress(OSError):  # the one of the listing is closed by now
            os.fstat(handle)
            os.dup2(nowhere, handle, inheritable=False)


def _forget_surroundings(rules: sandbox.Rules | None) -> None:
    """Leaves of the environment what is allowed; temporary files go where the child may write."""
    for name in os.environ.keys() - bare.allowed(os.environ).keys():
        del os.environ[name]
    if rules is not None and rules.writes:
        home = str(rules.writes[0])
        os.environ.update(HOME=home, TMPDIR=home)
        os.chdir(home)
        tempfile.tempdir = None
        sys.dont_write_bytecode = True


def _own_stderr(interface: type) -> TextIO | None:
    """Where a reader writes its log; nothing else is heard of it: libraries in C may quote the document."""
    if interface is not Reader:
        return None
    stderr = os.fdopen(os.dup(2), "w", buffering=1, encoding="utf-8", errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    return stderr


def _answer_all(served: object, interface: type, pipe: Connection) -> None:
    signatures: dict[str, codec.Signature] = {}
    while True:
        try:
            request = codec.read_call(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        if request.method not in signatures:
            signatures[request.method] = codec.Signature(interface, request.method)
        with telemetry.bind(**request.about):
            answer = _answer(served, request, signatures[request.method])
        try:
            pipe.send_bytes(answer)
        except OSError:
            return


def _answer(served: object, request: codec.Call, signature: codec.Signature) -> bytes:
    try:
        return codec.reply(getattr(served, request.method)(*signature.arguments(request.arguments)))
    except errors.DocumentError as error:
        return codec.error_reply(type(error).__name__, error.message)
    except MemoryError:
        return codec.error_reply("PageUnreadable", TOO_MUCH_MEMORY)
    except PermissionError as error:
        log.warning("%s was refused what no child may do, at %s", request.method, _where(error))
        return codec.error_reply("PageUnreadable", "reading it would take rights that no reader has")
    except Exception as error:  # a page's fault, whatever it is, must not cost the next page
        log.warning("%s failed: %s at %s", request.method, type(error).__name__, _where(error))
        return codec.error_reply("PageUnreadable", f"the reader failed on it ({type(error).__name__})")


TOO_MUCH_MEMORY = "it needs more memory than a reader may have (OCTAVO_READER_MEMORY_BYTES)"


def _where(error: BaseException) -> str:
    """File and line of an error, without its message, which may hold text of the document."""
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
