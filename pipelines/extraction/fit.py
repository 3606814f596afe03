"""Whether values fit what their schema says beyond their type: enums, patterns, limits, lengths."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from referencing import Registry
from referencing.exceptions import Unresolvable

from schemas.json_values import read_json
from schemas.patterns import compiled

Path = tuple[str | int, ...]
Rule = Callable[[Any, Any, Any, Any], Iterable[ValidationError] | None]
"""What a keyword says: the validator, the keyword's value, the instance and the schema around it."""

# Without it the validator would fetch what a schema refers to.
_NOTHING_ELSE: Registry[Any] = Registry()


def misfits(data: Any, schema: Mapping[str, Any] | str) -> dict[Path, str]:
    """The places of values that a schema (judged before) does not allow, with the rule that each breaks.

    Values that are missing (null) and whole objects and arrays are not judged: what was not found is null
    whatever the schema says.
    """
    rules = _by_our_rules(read_json(schema) if isinstance(schema, str) else schema)
    rules.pop("$id", None)  # its references start at its root, however it calls itself
    found: dict[Path, str] = {}
    with contextlib.suppress(Unresolvable):  # a reference that leads elsewhere says nothing
        for error in _leaves(_Validator(rules, registry=_NOTHING_ELSE).iter_errors(data)):
            instance = error.instance
            if instance is not None and not isinstance(instance, dict | list):
                found.setdefault(tuple(error.absolute_path), str(error.validator))
    return found


def _by_our_rules(schema: Any) -> Any:
    """The schema without ``$schema``: what stands under one would be judged by the rules that it names."""
    if isinstance(schema, Mapping):
        inner = {key: _by_our_rules(value) for key, value in schema.items()}
        return {k: v for k, v in inner.items() if k != "$schema" or not isinstance(v, str)}
    return [_by_our_rules(item) for item in schema] if isinstance(schema, list) else schema


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


def _nothing(validator: Any, value: Any, instance: Any, schema: Any) -> Iterable[ValidationError]:
    return ()


def _lenient(rule: Rule) -> Rule:
    """The same rule, which holds nothing back where its author wrote it wrong (``"minimum": "x"``)."""

    def judged(validator: Any, value: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
        with contextlib.suppress(TypeError, ValueError, ArithmeticError, AttributeError):
            yield from rule(validator, value, instance, schema) or ()

    return judged


# Rules about whole objects and arrays are not judged. Some take their time, and those about names of
# properties run patterns in Python's matcher, which may take for ever.
_OF_THE_WHOLE = (
    "patternProperties",
    "additionalProperties",
    "unevaluatedProperties",
    "propertyNames",
    "uniqueItems",
    "contains",
)
_RULES = Draft202012Validator.VALIDATORS | {"pattern": _pattern} | dict.fromkeys(_OF_THE_WHOLE, _nothing)
_Validator = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator, {keyword: _lenient(rule) for keyword, rule in _RULES.items()}
)
