"""The parent's end of a child: calls over a pipe of typed messages, and what is told when it is lost."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable
from multiprocessing.context import ForkServerProcess
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import msgspec
import psutil

from schemas import errors
from workers import codec, forkserver
from workers.children.inside import Orders, serve
from workers.children.limits import Limits
from workers.children.spares import Spare
from workers.children.watch import WATCH, Ward
from workers.jobs import telemetry
from workers.jobs.metering import CHILDREN_LOST
from workers.sandbox import Rules

log = logging.getLogger(__name__)

T = TypeVar("T")

_TRIES = 3
_FORK_PAUSES = (0.05, 0.5, 2.0)
_LONGEST_ANSWER = 2 << 30
"""Bytes: more than the pixels of the largest page, or a file that was filled in."""
_NO_ANSWER = (EOFError, OSError, ValueError, TypeError, RecursionError, msgspec.MsgspecError)
"""Nothing comes, or nothing of the type that was promised: who sends that is not to be asked again."""


class Child:
    """One child process and its pipe. Not for several threads at once: its owner holds a lock.

    ``rules`` say what it may do besides the ``limits``; None: everything that this process may. ``scratch``
    is removed when it has ended. ``spare``: the process it is, made by ``spare_child`` for the interface.
    """

    def __init__(
        self,
        make: Callable[[], object],
        interface: type,
        limits: Limits,
        rules: Rules | None = None,
        scratch: TemporaryDirectory[str] | None = None,
        spare: Spare | None = None,
    ) -> None:
        self._interface = interface
        self._signatures: dict[str, codec.Signature] = {}
        orders = Orders(make, limits, rules, telemetry.log_setup())
        if spare is None:
            self._pipe, theirs = forkserver.context().Pipe()
            self._process = forked(serve, interface, theirs, orders)
            theirs.close()
        else:
            self._pipe, self._process = spare.pipe, spare.process
            with contextlib.suppress(OSError):  # it has just died: the first call hears of it
                spare.pipe.send(orders)
        self._ended = False
        self._scratch = scratch
        self._ward = Ward(self._process.pid or 0, limits)
        WATCH.add(self._ward)

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.is_alive()

    def memory(self) -> int:
        """Resident bytes, 0 when it is gone."""
        try:
            return int(psutil.Process(self._process.pid).memory_info().rss)
        except psutil.Error:
            return 0

    def call(self, method: str, *arguments: Any, timeout: float) -> Any:
        """The method's answer.

        Raises:
            DocumentError: as the method itself raised it.
            ReaderLost: the child crashed or, ``ReaderStuck``, outgrew its limits or took longer than
                ``timeout`` seconds.
        """
        if method not in self._signatures:
            self._signatures[method] = codec.Signature(self._interface, method)
        try:
            with WATCH.call(self._ward, timeout):
                self._pipe.send_bytes(codec.call(method, arguments, telemetry.bound()))
                reply = codec.read_reply(self._pipe.recv_bytes(_LONGEST_ANSWER))
            if reply.error is not None:
                raise _rebuilt(reply.error, reply.message)
            return self._signatures[method].answer(reply.value)
        except _NO_ANSWER as error:
            raise self._lost() from error

    def _lost(self) -> errors.ReaderLost:
        """Ends it for good, and tells why it was lost."""
        self._process.join(1.0)
        verdict = self._ward.verdict
        if verdict is not None:
            self.kill(verdict.cause)
            return errors.ReaderStuck(verdict.reason)
        cause = _cause(self._process.exitcode)
        self.kill(cause)
        ending = f"was ended by {cause}" if cause.startswith("SIG") else "ended unexpectedly"
        return errors.ReaderLost(f"the process that worked on it {ending}{_MOST_OFTEN.get(cause, '')}")

    def kill(self, cause: str | None = None) -> None:
        """Ends it now with all that it started; ``cause`` is counted, unless it was ended before."""
        if self._ended:
            return
        if cause is not None:
            CHILDREN_LOST.add(child=self._interface.__name__.lower(), cause=cause)
        self._ended = True
        WATCH.discard(self._ward)
        self._ward.kill()
        self._process.join(5.0)
        self._pipe.close()
        if self._scratch is not None:
            self._scratch.cleanup()


_MOST_OFTEN = {"SIGKILL": ", most often because the machine had no memory left"}


def spare_child(interface: type) -> Spare:
    """A process that waits to be a child that serves ``interface``."""
    ours, theirs = forkserver.context().Pipe()
    process = forked(serve, interface, theirs)
    theirs.close()
    return Spare(process, ours)


def forked(target: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """A child that has started and calls ``target``; a fork server that dies meanwhile is replaced."""
    for pause in _FORK_PAUSES:
        try:
            return _started(target, arguments)
        except (EOFError, OSError) as error:
            log.warning("the fork server was lost (%s) and is started again", type(error).__name__)
            time.sleep(pause)  # until the system has told of its death, nobody starts another
    return _started(target, arguments)


def _started(target: Callable[..., object], arguments: tuple[object, ...]) -> ForkServerProcess:
    process = forkserver.context().Process(target=target, args=arguments, daemon=True)
    forkserver.start()
    process.start()
    return process


def warm_up() -> None:
    """Starts the fork server, with its imports done, before the first piece of work asks for a child."""
    started = time.perf_counter()
    forked(os.getpid).join()
    log.debug("fork server ready after %.1f s", time.perf_counter() - started)


def again_if_lost(ask: Callable[[], T], is_over: Callable[[], bool]) -> T:
    """What ``ask`` gives, asked anew when its child was lost, up to three times: it may have been chance.

    Raises:
        Interrupted: ``is_over``: whoever owns the child ended it.
        ReaderLost: the third child was lost too, or, ``ReaderStuck``, one took too long or too much.
    """
    tries = 0
    while True:
        if is_over():
            raise errors.Interrupted("the worker is going down")
        try:
            return ask()
        except errors.ReaderStuck:
            raise
        except errors.ReaderLost as lost:
            tries += 1
            if is_over():
                continue
            if tries == _TRIES:
                raise
            log.warning("a child was lost and another takes its place: %s", lost.message)


def _cause(exitcode: int | None) -> str:
    """What ended a process: the name of a signal, or ``exit``."""
    if exitcode is not None and exitcode < 0:
        with contextlib.suppress(ValueError):
            return signal.Signals(-exitcode).name
    return "exit"


def _rebuilt(name: str, message: str) -> errors.DocumentError:
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, errors.DocumentError):
        return kind(message)
    return errors.PageUnreadable(message)
