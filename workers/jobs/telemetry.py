"""Which job, shard, page and stage a log line is about."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

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
    """The fields bound here and now."""
    return dict(_bound.get() or {})


class Fields(logging.Filter):
    """Gives each record ``octavo_fields``: the bound ones, written ``job=… page=…``."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through."""
        record.octavo_fields = "".join(f" {name}={value}" for name, value in bound().items())
        return True


def configure_logging(level: str) -> None:
    """Sends all logs of this process to standard error, with the bound fields on each line."""
    handler = logging.StreamHandler()
    handler.addFilter(Fields())
    handler.setFormatter(
        logging.Formatter("%(asctime)s %(levelname)-7s %(name)s%(octavo_fields)s: %(message)s")
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for library in ("alembic", "celery.app.trace", "celery.worker.strategy", "uvicorn.error"):
        logging.getLogger(library).setLevel(max(logging.getLogger().level, logging.WARNING))
