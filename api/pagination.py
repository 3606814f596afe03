"""Cursors, times and limits as they come in a query."""

from __future__ import annotations

import base64
import binascii
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import BeforeValidator

from schemas.errors import InvalidQueryParams
from schemas.jobs import timestamp
from workers.jobs.ledger.paging import Cursor, PageRequest

MAX_LIMIT = 1000

_ID = re.compile(r"[A-Za-z0-9_-]{0,64}")


def encode_cursor(cursor: Cursor | None) -> str | None:
    """A cursor as callers see it."""
    if cursor is None:
        return None
    text = json.dumps([timestamp(cursor.created_at), cursor.id])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(text: str) -> Cursor:
    """The cursor that ``encode_cursor`` wrote.

    Raises:
        InvalidQueryParams: it is not one of ours.
    """
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        created_at, row_id = json.loads(raw)
        if not _ID.fullmatch(row_id):
            raise ValueError(row_id)
        return Cursor(_moment(created_at), row_id)
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        raise InvalidQueryParams(
            "cursor", "not a cursor of this service; take next_cursor or prev_cursor of an answer as it is"
        ) from None


def _moment(text: str) -> datetime:
    """RFC 3339 with any zone, none meaning UTC; a space may stand for the ``+`` of an offset."""
    given = re.sub(r" (?=\d\d:?\d\d$)", "+", text.strip().upper())
    # A leap second is the first one of the next minute: Python's days have none.
    given, leaps = re.subn(r"(?<=[T ]\d\d:\d\d):60", ":59", given, count=1)
    moment = datetime.fromisoformat(given)
    try:
        moment += timedelta(seconds=leaps)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("out of range") from error


def _moment_or_none(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return _moment(value)
    except ValueError:
        raise ValueError("not a time; write it like 2026-01-31T12:00:00Z") from None


def _digits_only(value: object) -> object:
    if isinstance(value, str) and not re.fullmatch(r"[0-9]+", value):
        raise ValueError("not a whole number from 0 on")
    return value


Moment = Annotated[
    datetime | None,
    BeforeValidator(_moment_or_none),
    Query(description="RFC 3339, like `2026-01-31T12:00:00Z`; the moment itself is included."),
]


class Paging:
    """A dependency that reads ``cursor``, ``direction`` and ``limit``."""

    def __init__(self, default_limit: int) -> None:
        self._default_limit = default_limit

    async def __call__(
        self,
        cursor: Annotated[
            str | None, Query(description="`next_cursor` or `prev_cursor` of an earlier answer.")
        ] = None,
        direction: Annotated[Literal["next", "prev"], Query(description="Towards older or newer.")] = "next",
        limit: Annotated[
            int,
            BeforeValidator(_digits_only),
            Query(ge=0, description="Most items of a page, up to 1000; 0: the default."),
        ] = 0,
    ) -> PageRequest:
        """The page that the query asks for; a larger limit than the largest is the largest."""
        return PageRequest(
            limit=min(limit, MAX_LIMIT) or self._default_limit,
            cursor=decode_cursor(cursor) if cursor else None,
            backward=direction == "prev",
        )


ShortPages = Annotated[PageRequest, Depends(Paging(25))]
LongPages = Annotated[PageRequest, Depends(Paging(100))]
