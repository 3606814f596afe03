"""The form of an answer: every value with the passages that say it, in a tree like the target's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.extraction.answers import Answer, Method, Node, Value
from pipelines.extraction.targets import ArrayOf, Field, ObjectOf, Scalar, Target
from pipelines.extraction.values.kinds import Kind, kind_of
from pipelines.extraction.values.typed import typed

_FORMATS = {
    "date": "a date as YYYY-MM-DD",
    "date-time": "a time as YYYY-MM-DDThh:mm:ss",
    "time": "a time as hh:mm:ss",
    "duration": "a duration as in ISO 8601",
}


def form_of(target: ObjectOf, about: str = "") -> dict[str, Any]:
    """The JSON Schema of the answer: a scalar is ``{"value", "at"}``, or null where there is none.

    ``about`` is what its author says of the object as a whole.
    """
    form = _form(target, about)
    return {**form, "$defs": {kind: _said({"type": kind}) for kind in sorted(_kinds(target))}}


def node_of(target: Target, said: Any, refs: Mapping[str, Sequence[str]], field: Field | None = None) -> Node:
    """What an answer says, in the shape of the target and typed; what does not fit is not found.

    ``refs``: the fragments of each passage, by its id; other ids are no place.
    """
    match target:
        case ObjectOf():
            known = said if isinstance(said, dict) else {}
            return {one.name: node_of(one.target, known.get(one.name), refs, one) for one in target.fields}
        case ArrayOf():
            items = said if isinstance(said, list) else []
            nodes = [node_of(target.items, item, refs, field) for item in items]
            return [node for node in nodes if not is_empty(node)]
        case Scalar():
            return _answer(target, said, refs, kind_of(field) if field else Kind.TEXT)


def is_empty(node: Node) -> bool:
    """Whether nothing was found in a node."""
    if isinstance(node, dict):
        return all(map(is_empty, node.values()))
    return not node if isinstance(node, list) else node is None


def _form(target: Target, told: str = "") -> dict[str, Any]:
    match target:
        case ObjectOf():
            properties = {one.name: _form(one.target, _told(one)) for one in target.fields}
            form: dict[str, Any] = {"type": "object", "properties": properties, "required": list(properties)}
        case ArrayOf():
            form = {"type": "array", "items": _item(target.items)}
        case Scalar():
            form = {"anyOf": [_item(target), {"type": "null"}]}
            told = "; ".join(filter(None, [told, _FORMATS.get(target.format, target.format)]))
    return {"description": told, **form} if told else form


def _item(target: Target) -> dict[str, Any]:
    if not isinstance(target, Scalar):
        return _form(target)
    if target.choices:
        return _said({"type": target.kind, "enum": list(target.choices)})
    return {"$ref": f"#/$defs/{target.kind}"}


def _said(value: dict[str, Any]) -> dict[str, Any]:
    properties = {"value": value, "at": {"type": "array", "items": {"type": "string"}}}
    return {"type": "object", "properties": properties, "required": list(properties)}


def _kinds(target: Target) -> set[str]:
    match target:
        case ObjectOf():
            return {kind for one in target.fields for kind in _kinds(one.target)}
        case ArrayOf():
            return _kinds(target.items)
        case Scalar():
            return set() if target.choices else {target.kind}


def _told(field: Field) -> str:
    return ": ".join(filter(None, [field.title, field.description]))


def _answer(target: Scalar, said: Any, refs: Mapping[str, Sequence[str]], kind: Kind) -> Answer | None:
    value = _value(target, said.get("value") if isinstance(said, dict) else said, kind)
    if value is None:
        return None
    ids = said.get("at") if isinstance(said, dict) else None
    named = [name for name in ids if isinstance(name, str)] if isinstance(ids, list) else []
    said_at = tuple(dict.fromkeys(ref for name in named for ref in refs.get(name.strip(" =[]()"), ())))
    return Answer(value, Method.LLM, said_at=said_at)


def _value(target: Scalar, value: Any, kind: Kind) -> Value | None:
    """A JSON value as one of the field's type: text is read as printed text is."""
    if isinstance(value, bool):
        return value if target.kind == "boolean" else None
    if isinstance(value, int | float) and target.kind in {"number", "integer"} and not target.choices:
        return int(value) if target.kind == "integer" and value == int(value) else value
    return typed(str(value), target, kind) if isinstance(value, str | int | float) else None
