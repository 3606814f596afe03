"""A running service, as the commands speak to it over HTTP: one way to ask, to try again and to fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Annotated, Any, BinaryIO

import httpx
import typer

from schemas.errors import OctavoError

LOCAL_SERVICE = "http://127.0.0.1:8700"
"""Where `make run` and `octavo serve` answer."""

_TRIES = 6
"""Of a request that the service could not take: with the pauses between, a restart of it is waited for."""
_LIST_PAGE = 200
_TIMEOUT_SECONDS = 300.0

Server = Annotated[
    str | None,
    typer.Option(
        "--server", envvar="OCTAVO_SERVER", help=f"The service that does the work, like {LOCAL_SERVICE}."
    ),
]
"""Of commands that can work here and now; None: here."""
ServerOrLocal = Annotated[
    str, typer.Option("--server", envvar="OCTAVO_SERVER", help="Where the service answers.")
]
"""Of commands that need a service; its default is ``LOCAL_SERVICE``."""
Key = Annotated[
    str,
    typer.Option(
        "--key", envvar="OCTAVO_API_KEY", help="The service's API key; any word if none is configured."
    ),
]


class ServiceError(OctavoError):
    """The service cannot be used; the message says why."""


class Refused(ServiceError):
    """The service refused one request; others may do."""


class Client:
    """Asks ``http``: its base URL is the API's prefix (``…/documents/v2/``), its headers have the key."""

    def __init__(
        self, http: httpx.Client, sleep: Callable[[float], None] = time.sleep, tries: int = _TRIES
    ) -> None:
        self._http, self._sleep, self._tries = http, sleep, tries

    @classmethod
    def of(cls, server: str, key: str = "any", tries: int = _TRIES) -> Client:
        """The service at ``server`` (its root); asks nothing yet.

        ``tries``: of a request that it cannot take.

        Raises:
            ServiceError: the address or the key is none.
        """
        if not key.isascii():
            raise ServiceError("An API key has ASCII characters only.")
        if not server.startswith(("http://", "https://")):
            raise ServiceError(f"{server!r} is no address; one looks like {LOCAL_SERVICE}.")
        base, headers = f"{server.rstrip('/')}/documents/v2/", {"Authorization": f"Bearer {key}"}
        return cls(httpx.Client(base_url=base, headers=headers, timeout=_TIMEOUT_SECONDS), tries=tries)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def sleep(self, seconds: float) -> None:
        """Waits before something is asked again."""
        self._sleep(seconds)

    def ask(self, method: str, path: str, *, again: BinaryIO | None = None, **request: Any) -> Any:
        """The answer as JSON, None where there is none.

        ``path`` is below ``/documents/v2/``; ``again``: a file that is read from its beginning at each try;
        ``request``: as for ``httpx.Client.request``.

        Raises:
            Refused: the service says no to this one thing.
            ServiceError: the service cannot be reached, or does not know the key.
        """
        pause = 1.0
        for left in reversed(range(self._tries)):
            if again is not None:
                again.seek(0)
            try:
                answer = self._http.request(method, path, **request)
            except httpx.TransportError as error:
                if not left:
                    where = self._http.base_url
                    raise ServiceError(
                        f"No service answers at {where} ({error}). `octavo serve` starts one here;"
                        " --server or OCTAVO_SERVER says where another is."
                    ) from error
            else:
                if answer.is_success:
                    return self._json(answer)
                if answer.status_code in (401, 403):
                    raise ServiceError(f"{_message(answer)} Give the key with --key or OCTAVO_API_KEY.")
                if answer.status_code != 429 and answer.status_code < 500:
                    raise Refused(_message(answer))
                if not left:
                    raise ServiceError(_message(answer))
                pause = max(pause, _seconds(answer.headers.get("Retry-After")))
            self.sleep(pause)
            pause *= 2
        raise AssertionError("unreachable")

    def listed(self, path: str, **filters: Any) -> Iterator[dict[str, Any]]:
        """All of a list, page by page."""
        cursor = None
        while True:
            asked = {**filters, "limit": _LIST_PAGE, **({"cursor": cursor} if cursor else {})}
            page = self.ask("GET", path, params=asked)
            if not isinstance(page, dict) or "items" not in page:
                raise ServiceError(f"What answers at {self._http.base_url} is another service.")
            yield from page["items"]
            if not (cursor := page["next_cursor"]):
                return

    def fetch(self, path: str) -> Iterator[bytes]:
        """The bytes of an answer as they come.

        Raises:
            Refused, ServiceError: see ``ask``; nothing is tried again.
        """
        try:
            with self._http.stream("GET", path) as answer:
                if not answer.is_success:
                    answer.read()
                    raise (Refused if answer.status_code == 404 else ServiceError)(_message(answer))
                yield from answer.iter_bytes()
        except httpx.TransportError as error:
            raise ServiceError(f"{self._http.base_url} ended in the middle ({error}).") from error

    def _json(self, answer: httpx.Response) -> Any:
        if not answer.content:
            return None
        with suppress(ValueError):
            return answer.json()
        raise ServiceError(f"What answers at {self._http.base_url} is another service.")


def _message(answer: httpx.Response) -> str:
    with suppress(ValueError, KeyError, TypeError):
        return str(answer.json()["message"])
    return f"The service answered {answer.status_code}."


def _seconds(retry_after: str | None) -> float:
    return float(retry_after) if retry_after and retry_after.isdigit() else 0.0
