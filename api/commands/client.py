"""A running service, as the commands speak to it over HTTP: one way to ask, to try again and to fail."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO
from uuid import uuid4

import typer

from schemas.errors import ErrorCode, OctavoError

if TYPE_CHECKING:
    import httpx

LOCAL_SERVICE = "http://127.0.0.1:8700"
"""Where `make run` and `octavo serve` answer."""

_TRIES = 6
"""Of a request that the service could not take: with the pauses between, a restart of it is waited for."""
_LIST_PAGE = 200
_TIMEOUT_SECONDS = 300.0
_LONGEST_PAUSE = 120.0
"""Seconds: whoever is told to wait longer, until tomorrow perhaps, is told so."""
_PANEL = "Service"

Server = Annotated[
    str | None,
    typer.Option(
        "--server",
        envvar="OCTAVO_SERVER",
        help=f"The service that does the work, like {LOCAL_SERVICE}; without one it is done here and now.",
        rich_help_panel=_PANEL,
    ),
]
"""Of commands that can work here and now; None: here."""
ServerOrLocal = Annotated[
    str,
    typer.Option(
        "--server", envvar="OCTAVO_SERVER", help="Where the service answers.", rich_help_panel=_PANEL
    ),
]
"""Of commands that need a service; its default is ``LOCAL_SERVICE``."""
Key = Annotated[
    str,
    typer.Option(
        "--key",
        envvar="OCTAVO_API_KEY",
        help="The service's API key; any word if none is configured.",
        rich_help_panel=_PANEL,
    ),
]


class ServiceError(OctavoError):
    """The service cannot be used; the message says why."""


class Refused(ServiceError):
    """The service refused one request; others may do. ``code`` is the wire's, if the answer has one."""

    def __init__(self, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.code = code

    @property
    def is_of_options(self) -> bool:
        """Whether it is the options that are wrong: then they are for every document."""
        return self.code in _OF_OPTIONS


_OF_OPTIONS = {
    ErrorCode.INVALID_CONFIGURATION,
    ErrorCode.INVALID_JSON_SCHEMA,
    ErrorCode.INVALID_PAGE_CLASSIFICATION,
    ErrorCode.INVALID_PAGE_RANGE,
}


class Client:
    """Asks ``http``: its base URL is the API's prefix (``…/documents/v2/``), its headers have the key."""

    def __init__(
        self, http: httpx.Client, sleep: Callable[[float], object] = time.sleep, tries: int = _TRIES
    ) -> None:
        self._http, self._sleep, self._tries = http, sleep, tries

    @classmethod
    def of(
        cls,
        server: str,
        key: str = "any",
        tries: int = _TRIES,
        sleep: Callable[[float], object] = time.sleep,
    ) -> Client:
        """The service at ``server`` (its root); asks nothing yet.

        ``tries``: of a request that it cannot take; ``sleep`` waits before the next.

        Raises:
            ServiceError: the address or the key is none.
        """
        import httpx

        if not key.isascii():
            raise ServiceError("An API key has ASCII characters only.")
        if not server.startswith(("http://", "https://")):
            raise ServiceError(f"{server!r} is no address; one looks like {LOCAL_SERVICE}.")
        base, headers = f"{server.rstrip('/')}/documents/v2/", {"Authorization": f"Bearer {key}"}
        return cls(httpx.Client(base_url=base, headers=headers, timeout=_TIMEOUT_SECONDS), sleep, tries)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def sleep(self, seconds: float) -> None:
        """Waits before something is asked again."""
        self._sleep(seconds)

    def greet(self) -> None:
        """Makes sure that an Octavo answers and takes the key. It is asked once: nobody waits for a typo.

        Raises:
            ServiceError: it does not.
        """
        found = self.ask("GET", "parse", params={"limit": 1}, tries=1)
        if not isinstance(found, dict) or "items" not in found:
            raise ServiceError(f"What answers at {self._http.base_url} is another service.")

    def ask(
        self,
        method: str,
        path: str,
        *,
        again: BinaryIO | None = None,
        tries: int | None = None,
        **request: Any,
    ) -> Any:
        """The answer as JSON, None where there is none.

        ``path`` is below ``/documents/v2/``; ``again``: a file that is read from its beginning at each try;
        ``tries``: other than this client's; ``request``: as for ``httpx.Client.request``. A POST that is
        tried again is done once.

        Raises:
            Refused: the service says no to this one thing.
            ServiceError: the service cannot be reached, or does not know the key.
        """
        if method == "POST":
            request["headers"] = {"Idempotency-Key": uuid4().hex, **request.get("headers", {})}
        pause, left = 1.0, tries or self._tries
        while True:
            left -= 1
            if again is not None:
                again.seek(0)
            answer = self._answer(method, path, request, left)
            if answer is not None:
                if answer.is_success:
                    return self._json(answer)
                pause = max(pause, _pause_before_next(answer))
                if not left or pause > _LONGEST_PAUSE:
                    raise ServiceError(_message(answer))
            self.sleep(pause)
            pause *= 2

    def _answer(self, method: str, path: str, request: dict[str, Any], left: int) -> httpx.Response | None:
        """What the service says; None if it cannot be reached, as long as tries are left."""
        import httpx

        try:
            return self._http.request(method, path, **request)
        except httpx.TransportError as error:
            if left:
                return None
            where = self._http.base_url
            raise ServiceError(
                f"No service answers at {where} ({error}). `octavo serve` starts one here;"
                " --server or OCTAVO_SERVER says where another is."
            ) from error

    def listed(self, path: str, **filters: Any) -> Iterator[dict[str, Any]]:
        """All of a list, page by page; ``limit`` among the filters: how many a page has."""
        cursor = None
        while True:
            asked = {"limit": _LIST_PAGE, **filters, **({"cursor": cursor} if cursor else {})}
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
        import httpx

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


def _code(answer: httpx.Response) -> str | None:
    with suppress(ValueError, KeyError, TypeError):
        return str(answer.json()["code"])
    return None


def _pause_before_next(answer: httpx.Response) -> float:
    """Seconds that the service asks to wait before the same is asked again.

    Raises:
        Refused, ServiceError: it is of no use to ask again.
    """
    if answer.status_code in (401, 403):
        raise ServiceError(f"{_message(answer)} Give the key with --key or OCTAVO_API_KEY.")
    if answer.status_code != 429 and answer.status_code < 500:
        raise Refused(_message(answer), _code(answer))
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isdigit() else 0.0
