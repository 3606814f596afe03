"""Logs: which job, shard, page and stage a line is about, as text or as JSON, and no document in it.

Messages of Octavo's own are written without text of documents, names of files and secrets. What others
write is kept out: lines of libraries below WARNING, and the messages of their exceptions.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import msgspec
from pythonjsonlogger.json import JsonFormatter

from schemas.settings import LogFormat
from workers.jobs import tracing

_OURS = ("api", "models", "octavo", "pipelines", "schemas", "workers")
_LONGEST_CHAIN = 8
"""Errors that are told of where one was the cause of the next."""
_DATABASE_AWAY = ("OperationalError", "InterfaceError")
"""SQLAlchemy's, by name: where documents are read it is not loaded."""

_bound: ContextVar[dict[str, str | int] | None] = ContextVar("octavo_log_fields", default=None)


@contextmanager
def bind(**fields: str | int) -> Iterator[None]:
    """Puts ``fields`` (``job``, ``shard``, ``page``, ``stage``…) on every log line of the block."""
    token = _bound.set({**(_bound.get() or {}), **fields})
    try:
        yield
    finally:
        _bound.reset(token)


def bound() -> dict[str, str | int]:
    """The fields bound here and now, and the trace that this is part of."""
    fields = dict(_bound.get() or {})
    trace = tracing.trace_id()
    return {**fields, "trace_id": trace} if trace else fields


class LogSetup(msgspec.Struct, frozen=True):
    """How a process writes its log."""

    level: str = "INFO"
    format: LogFormat = LogFormat.TEXT


_setup: LogSetup | None = None


def log_setup() -> LogSetup | None:
    """How this process was told to write its log; None: it was not told."""
    return _setup


def configure_logging(setup: LogSetup, *, libraries: bool = True, stream: TextIO | None = None) -> None:
    """Sends all logs of this process to ``stream`` (standard error), warnings and uncaught errors too.

    Without ``libraries`` nothing is heard of them: for a process in which they read documents.
    """
    global _setup
    _setup = setup
    handler = logging.StreamHandler(stream)
    handler.addFilter(Fields())
    handler.setFormatter(_Json() if setup.format is LogFormat.JSON else _Text())
    level = logging.getLevelName(setup.level.upper())
    others = max(level, logging.WARNING) if libraries else logging.CRITICAL
    logging.basicConfig(level=others, handlers=[handler], force=True)
    for name in _OURS:
        logging.getLogger(name).setLevel(level)
    if libraries:
        logging.getLogger("celery").setLevel(max(level, logging.INFO))
    for chatty in ("celery.app.trace", "celery.worker.strategy"):
        logging.getLogger(chatty).setLevel(others)
    logging.captureWarnings(True)
    logging.raiseExceptions = False  # else a line that cannot be written is, with all it was made of
    sys.excepthook = _uncaught
    threading.excepthook = lambda args: _uncaught(args.exc_type, args.exc_value, args.exc_traceback)


def _uncaught(kind: type[BaseException], error: BaseException | None, _trace: Any) -> None:
    if issubclass(kind, KeyboardInterrupt | SystemExit):
        return
    logging.getLogger("octavo").critical("an error that nobody expected", exc_info=error)


class Fields(logging.Filter):
    """Gives each record ``bound``, its fields, and ``octavo_fields``, the same written ``job=… page=…``."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through."""
        fields = bound()
        record.bound = fields
        record.octavo_fields = "".join(f" {name}={value}" for name, value in fields.items())
        return True


class _Discreet(logging.Formatter):
    """Tells of errors where they happened and of what kind they are."""

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the name is logging's
        return "\n".join(_told(ei[1])) if ei[1] else ""


class _Text(_Discreet):
    """``2026-01-31 12:00:00,000 INFO    workers.run job=… shard=0: …``."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-7s %(name)s%(octavo_fields)s: %(message)s")


class _Json(_Discreet, JsonFormatter):
    """One object a line."""

    def __init__(self) -> None:
        names = {"asctime": "time", "levelname": "level", "name": "logger", "exc_info": "exception"}
        JsonFormatter.__init__(self, ["asctime", "levelname", "name", "message"], rename_fields=names)
        self._skip_fields.update(("bound", "octavo_fields"))

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802
        moment = datetime.fromtimestamp(record.created, UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def add_fields(
        self, log_data: dict[str, Any], record: logging.LogRecord, message_dict: dict[str, Any]
    ) -> None:
        super().add_fields(log_data, record, message_dict)
        log_data.update(getattr(record, "bound", {}))


def _told(error: BaseException) -> Iterator[str]:
    """An error with its causes, the first cause first, as Python tells it but for what it must not."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and following not in chain and len(chain) < _LONGEST_CHAIN:
        chain.append(following)
        hidden = following.__suppress_context__
        following = following.__cause__ or (None if hidden else following.__context__)
    for one in reversed(chain):
        yield "Traceback (most recent call last):"
        yield "".join(traceback.format_tb(one.__traceback__)).rstrip()
        said = _said(one)
        yield f"{type(one).__module__}.{type(one).__qualname__}" + (f": {said}" if said else "")


def _said(error: BaseException) -> str:
    """An error's message, of a kind whose messages hold nothing of a document: what broke, not on what."""
    if isinstance(error, OSError):
        return error.strerror or ""
    if type(error).__name__ in _DATABASE_AWAY:
        return str(getattr(error, "orig", "")).partition("\n")[0]
    return ""
