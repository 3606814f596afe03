"""The ``octavo`` command: the composition root, which may import anything, as ``api.commands`` may."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from api.commands.accounts import audit, usage
from api.commands.console import opened
from api.commands.datasets import app as datasets
from api.commands.doctor import doctor
from api.commands.editing import edit
from api.commands.files import app as files
from api.commands.jobs import app as jobs
from api.commands.keys import app as keys
from api.commands.mcp import mcp
from api.commands.reading import classify, extract, parse
from api.commands.renewing import reencrypt
from api.commands.sweeping import sweep
from api.commands.terminal import notes, settings_or_exit, stop
from api.commands.webhooks import app as webhooks
from schemas.settings import LogFormat, Sandbox, Settings

if TYPE_CHECKING:
    from workers.jobs.services import Services

app = typer.Typer(
    name="octavo",
    help="Documents in; Markdown, tables and boxes out. "
    "`octavo serve` starts the service; `parse`, `extract`, `classify` and `edit` take files here and now.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command()(parse)
app.command()(extract)
app.command()(classify)
app.add_typer(jobs, name="jobs")
app.add_typer(files, name="files")
app.add_typer(webhooks, name="webhooks")
app.add_typer(datasets, name="dataset")
app.add_typer(keys, name="keys")
app.command()(edit)
app.command()(mcp)
app.command()(sweep)
app.command()(usage)
app.command()(audit)
app.command()(reencrypt)
app.command()(doctor)

WELCOME = """
[bold]Octavo answers at {url}[/bold]   (data in {data}; Ctrl-C stops everything)

  curl -H 'Authorization: Bearer <key>' -F file=@invoice.pdf {url}/documents/v2/files

  from tensorlake.documentai import DocumentAI
  client = DocumentAI(api_key="<key>", server_url="{url}")
  result = client.parse_and_wait(file_id=client.upload("invoice.pdf"))
  print(result.chunks[0].content)

<key> is any word as long as none is configured. API reference: {url}/docs
"""


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (OCTAVO_HOST).")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on (OCTAVO_PORT).")] = None,
    worker: Annotated[bool, typer.Option(help="Also run a worker beside the API.")] = True,
) -> None:
    """Start the service: API, worker and broker in one process tree."""
    from api.app import create_app
    from api.server import Server
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
        supervisor = Supervisor()
        try:
            if settings.broker_url is None:
                supervisor.start("broker", valkey_command(settings.socket))
            if worker:
                supervisor.start("worker", [sys.executable, "-P", "-m", "api", "worker", "--with-parent"])
            Server(create_app(services), settings.host, settings.port, lambda: _welcome(settings)).run()
        finally:
            supervisor.stop()


@app.command("worker")
def run_worker(
    queue: Annotated[
        list[str] | None,
        typer.Option(help="A queue to serve, like gpu or cpu=4; again for more (OCTAVO_QUEUES)."),
    ] = None,
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True)] = False,
) -> None:
    """Start a worker alone: on more machines, beside `octavo serve --no-worker`."""
    from workers.celery_app import run_worker as work
    from workers.embedded import end_with_parent
    from workers.jobs.configuration import ConfigurationError
    from workers.jobs.tracing import sending

    settings = settings_or_exit(**({"queues": tuple(queue)} if queue else {}))
    _prepare(settings)
    if with_parent:
        end_with_parent()
    with sending("octavo-worker"), opened(settings) as services:
        try:
            work(settings, services)
        except ConfigurationError as error:
            stop(error.message)


@app.command()
def migrate() -> None:
    """Bring the database to this version's form (`serve` and `worker` do it too)."""
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
    logging.getLogger("octavo").warning(
        "no API key is configured: everybody on this machine may use the service"
    )


def _welcome(settings: Settings) -> None:
    """Tells where the service is and how to use it."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    url = f"http://{host}:{settings.port}"
    if settings.log_format is LogFormat.JSON:
        logging.getLogger("octavo").info("Octavo answers at %s", url)
    else:
        notes.print(WELCOME.format(url=url, data=escape(str(settings.folder))), soft_wrap=True)


def main() -> None:
    """The console command."""
    app()


if __name__ == "__main__":
    main()
