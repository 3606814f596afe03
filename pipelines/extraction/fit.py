"""Whether values fit what their schema says beyond their type: enums, patterns, limits, lengths."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from schemas.json_values import read_json
from schemas.patterns import compiled

Path = tuple[str | int, ...]

# Without it the validator would fetch what a schema refers to.
_NOTHING_ELSE: Registry[Any] = Registry()


def misfits(data: Any, schema: Mapping[str, Any] | str) -> dict[Path, str]:
    """The places of values that a schema (judged before) does not allow, with the rule that each breaks.

    Values that are missing (null) and whole objects and arrays are not judged: what was not found is null
    whatever the schema says.
    """
    rules = read_json(schema) if isinstance(schema, str) else schema
    found: dict[Path, str] = {}
    with contextlib.suppress(Unresolvable):  # a reference that leads elsewhere says nothing
        for error in _leaves(_Validator(rules, registry=_NOTHING_ELSE).iter_errors(data)):
            instance = error.instance
            if instance is not None and not isinstance(instance, dict | list):
                found.setdefault(tuple(error.absolute_path), str(error.validator))
    return found


def _leaves(errors: Iterable[ValidationError]) -> Iterator[ValidationError]:
    """The errors at the bottom: of a union, those of branches that have the right type."""
    for error in errors:
        if error.validator in {"anyOf", "oneOf", "allOf"} and error.context:
            inner = [one for one in error.context if one.validator != "type"]
            yield from _leaves(inner)
            if inner:
                continue
        yield error


def _pattern(validator: Any, pattern: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
    """As the standard has it, in a matcher that takes no more than linear time."""
    if isinstance(instance, str) and isinstance(pattern, str):
        try:
            matches = compiled(pattern).search(instance)
        except ValueError:  # a pattern that is not understood holds nothing back
            return
        if not matches:
            yield ValidationError("does not match the pattern")


# Rules about whole objects and arrays are not judged, and some take their time.
_Validator = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {"pattern": _pattern, "patternProperties": None, "uniqueItems": None, "contains": None},
)
