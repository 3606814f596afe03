"""Regular expressions that callers send: RE2, whose time grows with the text alone, whatever the pattern."""

from __future__ import annotations

from typing import Any

import re2

_MOST_MEMORY = 256 * 1024
"""Bytes of a compiled pattern: time to compile one grows with the square of its size (here: 0.1 s)."""
_TOLD = 200
"""Letters of a reason: it may hold the whole pattern."""


def compiled(pattern: str, *, ignore_case: bool = False) -> Any:
    """The pattern, ready for ``search``. The syntax is that of RE2: no look-around, no back-references.

    Raises:
        ValueError: it is no such expression, or too large a one; the message says what is wrong.
    """
    options = re2.Options()
    options.case_sensitive = not ignore_case
    options.log_errors = False
    options.max_mem = _MOST_MEMORY
    options.never_capture = True  # whether it matches is all that is asked, and groups take their time
    try:
        return re2.compile(pattern, options)
    except re2.error as error:
        reason = error.args[0] if error.args else "cannot be used"
        told = reason.decode() if isinstance(reason, bytes) else str(reason)
        raise ValueError(told[:_TOLD]) from None
