"""Options that several commands share: declared once, as the fields of a dataclass."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, get_type_hints


def spread(command: Callable[..., None]) -> Callable[..., None]:
    """The command as Typer takes it: each parameter that is a dataclass gives way to the dataclass's fields.

    The fields are ``Annotated`` options with defaults, and are called as they are in the dataclass; no two
    of a command have the same name.
    """
    hints = get_type_hints(command, include_extras=True)
    given = inspect.signature(command).parameters
    groups = {name: hints[name] for name in given if is_dataclass(hints[name])}
    taken: dict[str, inspect.Parameter] = {}
    for name, parameter in given.items():
        for one in _fields(groups[name]) if name in groups else [parameter.replace(annotation=hints[name])]:
            taken[one.name] = one.replace(kind=inspect.Parameter.KEYWORD_ONLY)

    @functools.wraps(command)
    def spread_out(**values: Any) -> None:
        gathered = {
            name: group(**{field.name: values.pop(field.name) for field in fields(group)})
            for name, group in groups.items()
        }
        command(**values, **gathered)

    spread_out.__signature__ = inspect.Signature(list(taken.values()))  # type: ignore[attr-defined]
    spread_out.__annotations__ = {name: one.annotation for name, one in taken.items()}
    del spread_out.__wrapped__  # its hints would be asked for instead
    return spread_out


def _fields(group: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    kind = inspect.Parameter.KEYWORD_ONLY
    return [
        inspect.Parameter(field.name, kind, default=_default(field), annotation=hints[field.name])
        for field in fields(group)
    ]


def _default(field: Field[Any]) -> Any:
    return inspect.Parameter.empty if field.default is MISSING else field.default
