"""The ground workers stand on: database and blob store. While it is away, work waits; it does not fail."""

from __future__ import annotations

import errno
import logging
import random
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from schemas.errors import OctavoError
from workers.jobs.blobs import BlobStoreAway

log = logging.getLogger(__name__)

T = TypeVar("T")

_SHORTAGES = {
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.ESTALE,
    errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN,
}  # fmt: skip

_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 10.0
_LOOK_EVERY = 0.5


def is_away(error: BaseException) -> bool:
    """Whether ``error`` says that the ground is away, or full, and nothing of the work in hand.

    Documents are opened in other processes: an error of this one's operating system is the ground's, too.
    """
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if isinstance(error, OSError):
        return isinstance(error, ConnectionError | TimeoutError) or error.errno in _SHORTAGES
    return isinstance(error, OperationalError | InterfaceError | PoolExhausted | BlobStoreAway)


def steadily(call: Callable[[], T], check: Callable[[], None], pause: Callable[[float], object]) -> T:
    """What ``call`` returns; while the ground is away it is made again, with growing pauses.

    So it must do no harm if it is done twice: an answer may be lost on its way. ``check`` is asked about
    twice a second between the calls; it raises to stop the waiting. ``pause`` waits for so many seconds, or
    less.
    """
    seconds = _FIRST_PAUSE
    while True:
        try:
            return call()
        except Exception as error:
            if not is_away(error):
                raise
            reason = error.message if isinstance(error, OctavoError) else type(error).__name__
            log.warning("the database or the blob store is away, work waits: %s", reason)
        left = seconds * random.uniform(0.5, 1.0)  # noqa: S311 - no secret
        while left > 0:
            pause(min(left, _LOOK_EVERY))
            check()
            left -= _LOOK_EVERY
        seconds = min(2 * seconds, _LONGEST_PAUSE)
