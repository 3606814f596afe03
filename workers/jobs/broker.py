"""The broker by Redis' own client, for what is no message of Celery."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from redis import Redis


def url_of_redis(broker_url: str) -> str:
    """A broker's URL as Redis' client writes it: kombu has another word for a socket."""
    return broker_url.replace("redis+socket://", "unix://", 1)


def connection(broker_url: str, seconds: float) -> Redis | None:
    """A client that waits for ``seconds`` at most; None where the broker is of another kind."""
    from redis import Redis  # who rings nobody and counts nothing loads none

    url = url_of_redis(broker_url)
    try:
        return Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds)
    except ValueError:
        return None
