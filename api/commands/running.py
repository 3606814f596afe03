"""``octavo serve``, ``worker`` and ``migrate``: the service, run here."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import socket
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from api.commands.console import opened
from api.commands.loading import loading
from api.commands.terminal import Ending, notes, settings_or_exit, stop

if TYPE_CHECKING:
    from schemas.settings import Settings
    from workers.jobs.services import Services

log = logging.getLogger("octavo")

_WELCOME = """
[bold]Octavo answers at {url}[/bold]   (data in {data}; Ctrl-C stops everything)

  A playground for your browser: {url}/

  curl -H 'Authorization: Bearer <key>' -F file=@invoice.pdf {url}/documents/v2/files

  from tensorlake.documentai import DocumentAI
  client = DocumentAI(api_key="<key>", server_url="{url}")
  result = client.parse_and_wait(file_id=client.upload("invoice.pdf"))
  print(result.chunks[0].content)

<key> is any word as long as none is configured. API reference: {url}/docs
"""


def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (OCTAVO_HOST).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on (OCTAVO_PORT; else 8700).")
    ] = None,
    worker: Annotated[
        bool, typer.Option(help="Also run a worker beside the API; without one jobs wait for one elsewhere.")
    ] = True,
) -> None:
    """Start the service: API, playground, worker and broker, as one tree of processes that Ctrl-C ends.

    Everything is kept in ./octavo-data (OCTAVO_DATA_DIR). As long as there is no API key, none is asked for
    and only this machine is answered; `octavo keys create` makes the first, --host 0.0.0.0 lets others in.
    """
    from schemas.settings import Sandbox
    from workers.embedded import Supervisor, valkey_command
    from workers.jobs.configuration import ConfigurationError
    from workers.jobs.tracing import sending
    from workers.sandbox.trial import make_sure

    settings = settings_or_exit(**{k: v for k, v in (("host", host), ("port", port)) if v is not None})
    _prepare(settings)
    with _alone_in(settings), sending("octavo-api"), opened(settings) as services:
        try:
            services.access.refresh()
            if worker and settings.sandbox is Sandbox.REQUIRED:
                make_sure(settings)
        except ConfigurationError as error:
            stop(error.message)
        _guard_door(settings, services)
        _try_door(settings)
        if not worker:
            log.info("no worker is started: jobs wait until `octavo worker` runs, here or elsewhere")
        supervisor = Supervisor()
        try:
            if settings.broker_url is None:
                supervisor.start("broker", valkey_command(settings.socket))
            if worker:
                supervisor.start("worker", [sys.executable, "-P", "-m", "api", "worker", "--with-parent"])
            with loading():  # while the others start
                from api.app import create_app
                from api.server import Server

            Server(create_app(services), settings.host, settings.port, lambda: _welcome(settings)).run()
        finally:
            supervisor.stop()


def run_worker(
    queue: Annotated[
        list[str] | None,
        typer.Option(help="A queue to serve, like gpu or cpu=4; again for more (OCTAVO_QUEUES)."),
    ] = None,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Start a worker alone: on further machines, or beside `octavo serve --no-worker`.

    All machines of a service have the same OCTAVO_DATABASE_URL, OCTAVO_BLOB_URL, OCTAVO_BROKER_URL and
    OCTAVO_SECRET_KEY. Ctrl-C ends it once the pages in hand are kept.
    """
    from workers import forkserver
    from workers.embedded import end_with_parent
    from workers.jobs.tracing import sending

    settings = settings_or_exit(**({"queues": tuple(queue)} if queue else {}))
    _prepare(settings)
    forkserver.start()  # its imports go on beside ours
    if with_parent:
        end_with_parent()
    elif settings.broker_url is None and not settings.socket.exists():
        log.warning(
            "no service runs on %s, whose broker this worker would use: start `octavo serve`, or set"
            " OCTAVO_BROKER_URL and OCTAVO_DATABASE_URL to those of the service",
            settings.folder,
        )
    with sending("octavo-worker"), opened(settings) as services:
        with loading():
            from workers.celery_app import run_worker as work
            from workers.jobs.configuration import ConfigurationError

        try:
            work(settings, services)
        except ConfigurationError as error:
            stop(error.message)


def migrate() -> None:
    """Bring the database to this version's form, and nothing else.

    `serve` and `worker` do it too when they start; for those who want it done before. Nothing is lost by it,
    but earlier versions may not work with the database any more: back it up first.
    """
    settings = settings_or_exit()
    _prepare(settings)
    with opened(settings):
        notes.print("The database is up to date.")


# --------------------------------------------------------------------------- the ground the commands stand on


def _prepare(settings: Settings) -> None:
    """Logging; and what this process and its children keep is for their user alone."""
    from workers.jobs.telemetry import LogSetup, configure_logging

    configure_logging(LogSetup(settings.log_level, settings.log_format))
    os.umask(0o077)


@contextlib.contextmanager
def _alone_in(settings: Settings) -> Iterator[None]:
    """Holds the data folder: a second service on it would end the first one's broker."""
    import fcntl

    folder = settings.folder / "run"
    try:
        settings.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.mkdir(exist_ok=True, mode=0o700)
    except OSError as error:
        stop(f"The data folder {settings.folder} cannot be used: {error.strerror}. Set OCTAVO_DATA_DIR.")
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            stop(f"Another Octavo already runs on {settings.folder}: stop it, or set OCTAVO_DATA_DIR.")
        yield


def _guard_door(settings: Settings, services: Services) -> None:
    """Without a key ever configured only this machine may be answered; another address ends the command."""
    if not services.access.is_open():
        return
    if settings.host not in ("127.0.0.1", "::1", "localhost"):
        stop(
            f"No API key is configured, so Octavo answers on 127.0.0.1 only, not on {settings.host}:"
            " set OCTAVO_API_KEYS, or keys in OCTAVO_CONFIG."
        )
    log.warning("no API key is configured: everybody on this machine may use the service")


def _try_door(settings: Settings) -> None:
    """Ends the command where the API could not listen: before anything is started."""
    host, port = settings.host, settings.port
    try:
        kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(kind, socket.SOCK_STREAM) as door:
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
    except OSError as error:
        advice = {
            errno.EADDRINUSE: f"Another program listens there (`ss -ltnp 'sport = :{port}'` says which):"
            " stop it, or choose another port with --port or OCTAVO_PORT.",
            errno.EACCES: "Ports below 1024 are the system's: choose another with --port or OCTAVO_PORT.",
        }.get(error.errno or 0, "Choose an address of this machine with --host or OCTAVO_HOST.")
        stop(f"Octavo cannot listen on {host}:{port} ({error.strerror}). {advice}", Ending.FAILED)


def _welcome(settings: Settings) -> None:
    """Tells where the service is and how to use it."""
    from schemas.settings import LogFormat

    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    url = f"http://{host}:{settings.port}"
    if settings.log_format is LogFormat.JSON:
        log.info("Octavo answers at %s", url)
    else:
        notes.print(_WELCOME.format(url=url, data=escape(str(settings.folder))), soft_wrap=True)
