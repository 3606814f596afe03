"""``octavo mcp``: documents for language models and their programs, over the Model Context Protocol."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from api.commands.client import Key, Server, ServiceError
from api.commands.terminal import Ending, notes, settings_or_exit, stop
from schemas.errors import OctavoError

if TYPE_CHECKING:
    import socket

    from api.commands.remote import Parser
    from api.mcp.desk import Desk
    from api.mcp.http import Admit
    from api.mcp.library import Library
    from schemas.settings import Settings

PORT = 8701
"""Where the server listens with ``--http``: beside the service."""


def mcp(
    root: Annotated[
        list[Path] | None,
        typer.Option(
            "--root",
            file_okay=False,
            help="A folder whose documents may be read, and no others; again for more. Default: the"
            " current folder; with --http none.",
        ),
    ] = None,
    server: Server = None,
    key: Key = "any",
    results: Annotated[
        Path | None,
        typer.Option(file_okay=False, help="Keep what was read in this folder (without --server)."),
    ] = None,
    urls: Annotated[bool, typer.Option(help="Read documents from http and https addresses, too.")] = True,
    http: Annotated[
        bool, typer.Option("--http", help="Streamable HTTP, at /mcp, for several clients.")
    ] = False,
    host: Annotated[str, typer.Option(help="Address to listen on, with --http.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on, with --http.")] = PORT,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="A name by which clients know this server, with --http; again for more."),
    ] = None,
) -> None:
    """Serve documents to language models: parse, search, extract, classify, over the Model Context Protocol.

    A client like Claude Desktop, VS Code or Cursor starts it and speaks to it over standard input. It reads
    documents by itself, or has them read by a service (--server).

    With --http it serves several clients at once. Without --server it lets in who has a key that is
    configured here (OCTAVO_API_KEYS); with --server each client sends the key that the service knows it by.
    """
    os.umask(0o077)
    try:
        if http:
            _serve(root or [], server, results, host, port, allow_host or [], urls=urls)
        else:
            with _library(server, key, results) as library:
                from api.mcp.server import make_server

                desk = _desk(lambda: library, root or [Path.cwd()], urls=urls)
                make_server(desk, _version()).run("stdio")
    except ServiceError as error:
        stop(error.message, Ending.NO_SERVICE)
    except OctavoError as error:
        stop(error.message)


def _serve(
    root: list[Path],
    server: str | None,
    results: Path | None,
    host: str,
    port: int,
    names: list[str],
    *,
    urls: bool,
) -> None:
    """Over HTTP, until it is stopped."""
    import uvicorn

    from api.mcp.http import Keys, auth_settings, is_loopback, security
    from api.mcp.server import make_server

    names_allowed = security(host, names)
    with _by_key(server, results, relays=not is_loopback(host)) as (library, admit):
        if admit is None and not is_loopback(host):
            stop(
                f"No API key is configured, so not {host} but 127.0.0.1 alone is served: set OCTAVO_API_KEYS."
            )
        url = f"http://{f'[{host}]' if ':' in host else host}:{port}"
        keys = (auth_settings(url), Keys(admit)) if admit else (None, None)
        made = make_server(_desk(library, root, urls=urls), _version(), *keys)
        app = made.streamable_http_app(host=host, transport_security=names_allowed)
        door = _door(host, port)
        about = "with a key" if admit else "for everybody on this machine: no API key is configured"
        notes.print(escape(f"Octavo's MCP server answers at {url}/mcp, {about}."), soft_wrap=True)
        config = uvicorn.Config(
            app,
            loop="asyncio",
            ws="none",
            server_header=False,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=2,
        )
        uvicorn.Server(config).run(sockets=[door])


def _door(host: str, port: int) -> socket.socket:
    """Listens, before anything is said; what it cannot listen on ends the command."""
    import socket

    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or "there is no such port"
        stop(f"It cannot listen on {host}, port {port}: {reason}. Name another with --port.")


@contextmanager
def _library(server: str | None, key: str, results: Path | None) -> Iterator[Library]:
    """The library of one caller."""
    from api.mcp.local import LocalLibrary
    from api.mcp.service import ServiceLibrary

    library: LocalLibrary | ServiceLibrary
    if server:
        library = ServiceLibrary.of(server, key)
    else:
        settings = settings_or_exit()
        library = LocalLibrary(settings, lambda: _parser(settings), results)
    try:
        yield library
    finally:
        library.close()


def _parser(settings: Settings) -> Parser:
    from workers.local import LocalParser  # engines and all: clients do not wait for it at the start

    return LocalParser(settings)


@contextmanager
def _by_key(
    server: str | None, results: Path | None, *, relays: bool
) -> Iterator[tuple[Callable[[], Library], Admit | None]]:
    """The library of each caller, and who judges its key; None: nobody has to."""
    from api.mcp.http import ByKey, configured
    from workers.jobs.configuration import Configuration

    if not server:
        with _library(None, "", results) as library:
            yield lambda: library, configured(Configuration(settings_or_exit()))
        return
    services = ByKey(server, relays=relays)
    try:
        yield services.library, None if not relays and services.admit("any") else services.admit
    finally:
        services.close()


def _desk(library: Callable[[], Library], root: list[Path], *, urls: bool) -> Desk:
    from api.mcp.desk import Desk
    from api.mcp.folders import Folders
    from api.mcp.views import Reader
    from pipelines.documents.markdown import joined
    from schemas.options import TableOutputMode

    reader = Reader(lambda fragments: joined(fragments, TableOutputMode.MARKDOWN))
    return Desk(library, Folders.of(root), reader, urls=urls)


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("octavo")
    except PackageNotFoundError:  # a bare checkout
        return "0"
