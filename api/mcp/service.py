"""A library over a running service: it reads, keeps, and decides what a key may do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from api.commands.client import Client, Refused, ServiceError
from api.mcp.library import Asked, Entry, Listing, Shelf, Source, Standing, Unusable
from schemas.documents import ParsedDocument
from schemas.ids import is_id
from schemas.options import FormFilling
from schemas.progress import JobProgress

_TIMEOUT_SECONDS = 300.0


class ServiceLibrary:
    """Asks ``http``: its base URL is the API's prefix (``…/documents/v2/``), its headers have the key."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self._client = Client(http)
        self._shelf: Shelf[ParsedDocument] = Shelf()

    @classmethod
    def of(cls, server: str, key: str, *, relays: bool = False) -> ServiceLibrary:
        """That of the service at ``server``.

        ``relays``: callers on other machines are behind it, which the service is told, so that one without
        any keys, which is for its own machine, refuses them.

        Raises:
            ServiceError: the address or the key is none.
        """
        with Client.of(server, key):  # judges both
            headers = {"Authorization": f"Bearer {key}", **({"Via": "1.1 octavo-mcp"} if relays else {})}
            base = f"{server.rstrip('/')}/documents/v2/"
        return cls(httpx.Client(base_url=base, headers=headers, timeout=_TIMEOUT_SECONDS))

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def admits(self) -> bool:
        """Whether the service lets the key read.

        Raises:
            ServiceError: it cannot be asked.
        """
        try:
            answer = self._http.get("files", params={"limit": 1})
        except httpx.TransportError as error:
            raise ServiceError(
                f"No service answers at {self._http.base_url} ({error}). Is it running?"
            ) from error
        if answer.status_code in (401, 403, 429):
            return False
        if not answer.is_success:
            raise ServiceError(f"The service answered {answer.status_code}.")
        return True

    def begin(self, source: Source, asked: Asked, page_range: str = "") -> str:
        """See ``Library``. The service takes what it knows of the same document and options."""
        call = "extract" if asked.get("structured_extraction_options") else "parse"
        return self._submit(call, source, {**asked, "page_range": page_range})

    def begin_filling(self, source: Source, filling: FormFilling) -> str:
        """See ``Library``."""
        return self._submit("edit", source, {"form_filling": filling.model_dump(mode="json")})

    def _submit(self, call: str, source: Source, body: dict[str, Any]) -> str:
        with _in_words():
            if source.path is not None:
                with source.path.open("rb") as file:
                    sent = self._client.ask(
                        "PUT", "files", files={"file": (source.path.name, file)}, again=file
                    )
                body |= {"file_id": sent["file_id"], "file_name": source.path.name}
            elif source.url is not None:
                body |= {"file_url": source.url}
            else:
                body |= {"file_id": source.file_id}
            made: str = self._client.ask("POST", call, json=body)["parse_id"]
            return made

    def standing(self, parse_id: str) -> Standing:
        """See ``Library``."""
        with _in_words():
            found = JobProgress.model_validate(self._client.ask("GET", f"parse/{_known(parse_id)}/progress"))
        return Standing(found.attributes.status, found.current, found.total, found.message or "")

    def result(self, parse_id: str) -> ParsedDocument:
        """See ``Library``. The service is asked each time whether it is still there for this key."""
        self.standing(parse_id)
        return self._shelf.have(parse_id, lambda: self._fetched(parse_id))

    def _fetched(self, parse_id: str) -> ParsedDocument:
        with _in_words():
            return ParsedDocument.model_validate(self._client.ask("GET", f"parse/{_known(parse_id)}"))

    def source(self, parse_id: str) -> Source:
        """See ``Library``."""
        with _in_words():
            page = self._client.ask("GET", "parse", params={"id": _known(parse_id), "limit": 1})
        if not page["items"]:
            raise Unusable(f"There is no reading {parse_id!r}; list_documents shows them.")
        asked = page["items"][0]["options"]
        name = _name(asked)
        if not (asked["file_id"] or asked["file_url"]):
            raise Unusable(f"{parse_id} was made of text that was sent with it: name a file.")
        return Source(name, url=asked["file_url"], file_id=asked["file_id"])

    def cancel(self, parse_id: str) -> None:
        """See ``Library``."""
        try:
            self._client.ask("POST", f"parse/{_known(parse_id)}/cancel")
        except Refused:
            return  # it has ended

    def readings(self, name: str, cursor: str | None, limit: int) -> Listing:
        """See ``Library``."""
        page = self._listed("parse", name, cursor, limit)
        entries = [
            Entry(
                job["parse_id"], _name(job["options"]), job["created_at"], job["status"], job["total_pages"]
            )
            for job in page["items"]
        ]
        return Listing(entries, page["next_cursor"])

    def uploads(self, name: str, cursor: str | None, limit: int) -> Listing:
        """See ``Library``."""
        page = self._listed("files", name, cursor, limit)
        entries = [
            Entry(file["file_id"], file["file_name"], file["created_at"], size=file["file_size"])
            for file in page["items"]
        ]
        return Listing(entries, page["next_cursor"])

    def _listed(self, what: str, name: str, cursor: str | None, limit: int) -> dict[str, Any]:
        asked = {
            "limit": limit,
            **({"filename": name} if name else {}),
            **({"cursor": cursor} if cursor else {}),
        }
        with _in_words():
            found: dict[str, Any] = self._client.ask("GET", what, params=asked)
        return found


def _known(parse_id: str) -> str:
    """The id, if it has the form of one: it becomes a part of an address."""
    if not is_id(parse_id):
        raise Unusable(f"{parse_id!r} is no id of a reading; parse_document gives one.")
    return parse_id


def _name(options: dict[str, Any]) -> str:
    return str(options["file_name"] or options["file_url"] or options["file_id"] or "")


@contextmanager
def _in_words() -> Iterator[None]:
    """Files that cannot be read are told as everything else."""
    try:
        yield
    except OSError as error:
        raise Unusable(f"The file cannot be read: {error.strerror}.") from None
