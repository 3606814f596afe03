"""JSON out of what a model wrote: whole, fenced, in the midst of prose, or a little broken."""

from __future__ import annotations

import json
import re
from typing import Any

import json_repair

from schemas.json_values import json_size

_THOUGHTS = re.compile(r"\A\s*<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL)
_FENCED = re.compile(r"```[a-zA-Z]*\n(.*?)(?:```|\Z)", re.DOTALL)


def json_in(text: str) -> Any:
    """The JSON value in ``text``, or its first object; a broken one is repaired, a cut one closed.

    None where there is none, or one that JSON cannot carry (see ``schemas.json_values.json_size``).
    """
    text = _THOUGHTS.sub("", text)
    fenced = _FENCED.search(text)
    for candidate in (text, fenced[1] if fenced else "", text[text.find("{") :]):
        try:
            value, _ = _DECODER.raw_decode(candidate.strip())
        except (ValueError, RecursionError):
            continue
        return _carried(value)
    begin = text.find("{", fenced.start() if fenced else 0)
    try:
        return _carried(json_repair.loads(text[begin:], skip_json_loads=True)) if begin >= 0 else None
    except (ValueError, RecursionError):
        return None


def _carried(value: Any) -> Any:
    try:
        json_size(value)
    except ValueError:
        return None
    return value


def _none(_: str) -> None:
    """NaN and Infinity are no JSON."""


_DECODER = json.JSONDecoder(parse_constant=_none)
