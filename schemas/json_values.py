"""JSON that comes from outside: what every database can keep and every serialiser can write."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

from schemas.errors import RequestError

DEEPEST = 64
"""Levels of objects and arrays. Pydantic writes 255, and answers put what came in a few levels down."""

MAX_LABEL_BYTES = 64 * 1024
"""All labels of a file or a job together: they are copied into every list, result and event."""


def read_json(text: str | bytes) -> Any:
    """``text`` parsed and judged.

    Raises:
        json.JSONDecodeError: it is not JSON.
        ValueError: see ``json_size``.
    """
    try:
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError:
        raise
    except UnicodeDecodeError:
        raise _not_unicode() from None
    except ValueError:
        raise _not_a_number() from None
    json_size(value)
    return value


def json_size(value: Any) -> int:
    """How many bytes ``value`` is as compact JSON.

    Raises:
        ValueError: it is nested too deeply, or has numbers or text that JSON cannot carry. The message goes
            on after a name: ``labels`` + ``may be nested…``.
    """
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer) if isinstance(inner, dict | list)]
        if not level:
            break
    else:
        raise _too_deep()
    try:
        text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        return len(text.encode())
    except UnicodeEncodeError:
        raise _not_unicode() from None
    except ValueError:
        raise _not_a_number() from None


def judge_labels(labels: Mapping[str, Any], refusal: type[RequestError]) -> None:
    """Judges all labels of a file or a job together.

    Raises:
        RequestError: a ``refusal``: see ``json_size``; or they are larger than ``MAX_LABEL_BYTES``.
    """
    try:
        size = json_size(labels)
    except ValueError as error:
        raise refusal(f"labels {error}.") from None
    if size > MAX_LABEL_BYTES:
        raise too_many_labels(refusal)


def too_many_labels(refusal: type[RequestError]) -> RequestError:
    """The ``refusal`` of labels that are too large together."""
    return refusal(
        f"labels are larger than {MAX_LABEL_BYTES} bytes together; they go with every list and result:"
        " keep them short."
    )


def _inside(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _finite(digits: str) -> float:
    number = float(digits)
    return number if math.isfinite(number) else _refuse(digits)


def _refuse(_: str) -> NoReturn:
    raise _not_a_number()


def _not_a_number() -> ValueError:
    return ValueError("may have no NaN, no Infinity and no number that is too large for a computer")


def _not_unicode() -> ValueError:
    return ValueError("may have no text that is not Unicode")


def _too_deep() -> ValueError:
    return ValueError(f"may be nested {DEEPEST} levels deep, no deeper")
