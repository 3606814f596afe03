"""The database connection: one door for reads, one for writes, on SQLite and Postgres alike."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from schemas.errors import OctavoError

if TYPE_CHECKING:
    from alembic.config import Config

_WRITES, _LASTING = "octavo_writes", "octavo_lasting"
_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 0x0C7A40
_WAL_SECONDS = 10.0
_WAL_BYTES = 64 << 20
_INCREMENTAL = 2
_USED = "octavo_used"
_IDLE_SECONDS = 1.0
_SPARE_PAGES = 1000
"""Free pages of a SQLite file that are kept: they are soon needed again."""


class DatabaseNewer(OctavoError):
    """The tables have a form that this version does not know."""


def utc_now() -> datetime:
    """The present moment, with its zone."""
    return datetime.now(UTC)


def open_engine(url: str) -> Engine:
    """An engine for ``sqlite:///path`` or ``postgresql://…``; the driver is chosen here.

    What rows hold is in none of its errors and log lines.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        if parsed.database:
            file = Path(parsed.database)
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file.touch(mode=0o600)  # what SQLite makes beside it has the same rights
        engine = create_engine(parsed, pool_size=16, max_overflow=64, hide_parameters=True)
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_size=8, max_overflow=24, hide_parameters=True
        )
        event.listen(engine, "checkin", _note_use)
        event.listen(engine, "checkout", partial(_make_sure, engine))
        return engine
    raise ValueError(
        f"OCTAVO_DATABASE_URL begins with {parsed.drivername!r}: use sqlite:///… or postgresql://…"
    )


def _note_use(_connection: Any, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _make_sure(engine: Engine, connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
    """Has a connection that lay idle asked whether it still leads anywhere; the pool then makes another.

    Those in steady use are not: a question each time would cost as much as a statement.
    """
    if time.monotonic() - record.info.get(_USED, math.inf) > _IDLE_SECONDS:
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not begin transactions by itself: _begin_sqlite says when and how.
    connection.isolation_level = None
    for pragma in (
        "busy_timeout=30000",
        "synchronous=FULL",
        "foreign_keys=ON",
        "auto_vacuum=INCREMENTAL",  # counts for a file that is made now
        f"journal_size_limit={_WAL_BYTES}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    _switch_to_wal(connection)


def _switch_to_wal(connection: Any) -> None:
    # Of several first connections to a new file, SQLite refuses all but one at once, without waiting.
    limit = time.monotonic() + _WAL_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if time.monotonic() > limit:
                raise
            time.sleep(0.01)


def _begin_sqlite(connection: Connection) -> None:
    # A write that begins as a reader can fail half-way when another writer got in between.
    options = connection.get_execution_options()
    if not options.get(_WRITES, False):
        connection.exec_driver_sql("BEGIN")
        return
    wanted = "FULL" if options.get(_LASTING, True) else "NORMAL"
    if connection.info.get("synchronous", "FULL") != wanted:
        connection.exec_driver_sql(f"PRAGMA synchronous={wanted}")
        connection.info["synchronous"] = wanted
    connection.exec_driver_sql("BEGIN IMMEDIATE")


class Ledger:
    """Short transactions over one engine. ``clock`` is the time that leases and rows go by."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = utc_now) -> None:
        self.engine = engine
        self.now = clock
        # There each statement of a reader sees what is there when it begins: a transaction would add nothing.
        autocommits = engine.dialect.name == "postgresql"
        self._reader = engine.execution_options(isolation_level="AUTOCOMMIT") if autocommits else engine
        self._writer = engine.execution_options(**{_WRITES: True})
        self._noter = engine.execution_options(**{_WRITES: True, _LASTING: False})

    @contextlib.contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; what it returns may be used after it closed."""
        with Session(self._reader, expire_on_commit=False) as session:
            yield session

    @contextlib.contextmanager
    def write(self, *, lasting: bool = True) -> Iterator[Session]:
        """One transaction: committed at the end of the block, undone by any exception.

        What is not ``lasting`` is SQLite's to put on the disk with the next that is, in their order: a crash
        of the machine may undo it, and nothing less. It is for what a worker notes of work in hand, which
        such a crash ends, too. Postgres, which may crash alone, puts everything there at once.
        """
        with (
            Session(self._writer if lasting else self._noter, expire_on_commit=False) as session,
            session.begin(),
        ):
            yield session

    def shrink(self, pages: int) -> bool:
        """Gives up to so many free pages of a SQLite file back to the disk; False: it has hardly any."""
        if self.engine.dialect.name != "sqlite":
            return False
        with contextlib.closing(self.engine.raw_connection()) as pooled:
            connection = cast(sqlite3.Connection, pooled.driver_connection)
            mode, free = (
                connection.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("auto_vacuum", "freelist_count")
            )
            if mode != _INCREMENTAL or free <= _SPARE_PAGES:
                return False
            # A script, since only that steps through a statement without columns to its end.
            connection.executescript(f"PRAGMA incremental_vacuum({min(pages, free - _SPARE_PAGES)})")
        return True

    def close(self) -> None:
        """Gives the connections back."""
        self.engine.dispose()


def migrate(engine: Engine) -> None:
    """Brings the tables to this version's form; safe to call from several processes at once.

    Raises:
        DatabaseNewer: a later version brought them to its own.
    """
    if is_current(engine):
        return
    import alembic.command  # only where there is something to do

    config = _alembic()
    with engine.execution_options(**{_WRITES: True}).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        revision = _revision(connection)
        if revision is not None and revision not in revisions():
            raise DatabaseNewer(
                f"The database has the form {revision} of a later version of Octavo, which this one does not"
                " know: run that version, or restore a backup from before (docs/operations.md)."
            )
        config.attributes["connection"] = connection
        alembic.command.upgrade(config, "head")


def _alembic() -> Config:
    """Alembic, told where the migrations lie."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    return config


def is_current(engine: Engine) -> bool:
    """Whether the tables have this version's form."""
    with engine.connect() as connection:
        return _revision(connection) == revisions()[-1]


@cache
def revisions() -> tuple[str, ...]:
    """The forms that the tables had, the present one last: each migration's file is named by its own."""
    return tuple(
        sorted(path.stem[:4] for path in (_MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))
    )


def _revision(connection: Connection) -> str | None:
    """The form of the tables as Alembic notes it; None before the first migration."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
