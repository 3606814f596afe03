"""Real servers for tests: Postgres, S3 and Redis, each started once a session in a temporary folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from benchmarks import servers
from benchmarks.servers import S3, Postgres, Redis, ServerUnavailable, temporary_folder

BUCKET = "octavo-tests"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A Postgres server on a unix socket."""
    with temporary_folder() as folder:
        server = Postgres(folder)
        try:
            yield server
        finally:
            server.stop()


@pytest.fixture(scope="session")
def new_postgres_database(postgres_server: Postgres) -> Callable[[], str]:
    """Call it for the URL of a fresh, empty database."""
    return postgres_server.new_database


@pytest.fixture(scope="module")
def postgres_url(new_postgres_database: Callable[[], str]) -> str:
    """`postgresql://…` of an empty database of the module's own."""
    return new_postgres_database()


@pytest.fixture(scope="session")
def redis_server() -> Iterator[str]:
    """A Valkey server on a TCP port of the loopback; yields `redis://127.0.0.1:PORT`."""
    server = Redis()
    try:
        yield server.url
    finally:
        server.stop()


@pytest.fixture
def redis_url(redis_server: str) -> str:
    """`redis://…/0` of a server that has been emptied."""
    import redis

    url = f"{redis_server}/0"
    with redis.Redis.from_url(url) as client:
        client.flushall()
    return url


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    """An S3-compatible server with one empty bucket. Give `environment` to the process that uses it.

    Without npm's registry the test is skipped, and in CI it fails.
    """
    with temporary_folder() as folder:
        try:
            server = S3(folder / "s3", BUCKET)
        except ServerUnavailable as error:
            unavailable(str(error))
        try:
            yield server
        finally:
            server.stop()


def npm_package(package: str) -> Path:
    """See `servers.npm_package`; without npm's registry the test is skipped, and in CI it fails."""
    try:
        return servers.npm_package(package)
    except ServerUnavailable as error:
        unavailable(str(error))


def unavailable(reason: str) -> NoReturn:
    """Skips the test; fails it in CI, where everything must be there."""
    if in_ci():
        pytest.fail(reason)
    pytest.skip(reason)


def in_ci() -> bool:
    """Whether this is a run that may leave nothing out."""
    return os.environ.get("CI", "").lower() in {"1", "true"}
