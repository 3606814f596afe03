"""JSON Schemas as strict structured outputs want them, and their answers as the schemas had them.

Strict mode knows closed objects only, all of whose properties are required. So a property that may be missing
becomes one that may be null, and an open dictionary (``additionalProperties`` with a schema, or an object
without properties) a list of ``{"key", "value"}``. Keywords that strict mode does not know are left out: the
answer is judged by the whole schema in any case.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_KEPT = ("type", "description", "enum", "$ref")
_NULL = {"type": "null"}
_ANY_TEXT: Mapping[str, Any] = {"type": "string"}

Schema = Mapping[str, Any]


def strict(schema: Schema) -> dict[str, Any]:
    """The schema for strict mode. Its depth must be bounded, as that of every schema of Octavo's is."""
    made: dict[str, Any] = {key: schema[key] for key in _KEPT if key in schema}
    if "const" in schema:
        made["enum"] = [schema["const"]]
    if members := schema.get("anyOf") or schema.get("oneOf"):
        made["anyOf"] = [strict(member) for member in members]
    if "$defs" in schema:
        made["$defs"] = {name: strict(one) for name, one in schema["$defs"].items()}
    if "items" in schema:
        made["items"] = strict(schema["items"])
    if _is_object(schema):
        made |= _closed(schema) if "properties" in schema else _pairs(schema)
    return made


def undone(data: Any, schema: Schema, root: Schema | None = None) -> Any:
    """An answer to ``strict(schema)`` as an answer to ``schema``; what does not fit it stays as it is."""
    root = schema if root is None else root
    schema = _meant(schema, data, root)
    if isinstance(data, list) and "items" in schema:
        return [undone(item, schema["items"], root) for item in data]
    if isinstance(data, list) and _is_object(schema):
        value = _of_values(schema)
        if all(isinstance(pair, dict) and isinstance(pair.get("key"), str) for pair in data):
            return {pair["key"]: undone(pair.get("value"), value, root) for pair in data}
    if isinstance(data, dict) and "properties" in schema:
        known, required = schema["properties"], schema.get("required", ())
        return {
            name: undone(value, known.get(name, {}), root)
            for name, value in data.items()
            if value is not None or name not in known or name in required or _may_be_null(known[name], root)
        }
    return data


def _closed(schema: Schema) -> dict[str, Any]:
    required = schema.get("required", ())
    properties = {
        name: strict(one) if name in required else _nullable(strict(one))
        for name, one in schema["properties"].items()
    }
    return {"properties": properties, "required": list(properties), "additionalProperties": False}


def _pairs(schema: Schema) -> dict[str, Any]:
    pair = {"key": _ANY_TEXT, "value": strict(_of_values(schema))}
    return {
        "type": _swapped(schema.get("type")),
        "items": {
            "type": "object",
            "properties": pair,
            "required": list(pair),
            "additionalProperties": False,
        },
    }


def _swapped(kind: Any) -> Any:
    """The type of a list where there was one of an object; null stays."""
    return ["array" if one == "object" else one for one in kind] if isinstance(kind, list) else "array"


def _of_values(schema: Schema) -> Schema:
    values = schema.get("additionalProperties")
    return values if isinstance(values, Mapping) and values else _ANY_TEXT


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    kind = schema.get("type")
    if "anyOf" in schema:
        members = schema["anyOf"]
        return schema if _NULL in members else {**schema, "anyOf": [*members, _NULL]}
    if kind is None or "$ref" in schema:
        return {"anyOf": [schema, _NULL]}
    kinds = kind if isinstance(kind, list) else [kind]
    made = {**schema, "type": [*kinds, *(["null"] if "null" not in kinds else [])]}
    if "enum" in schema and None not in schema["enum"]:
        made["enum"] = [*schema["enum"], None]
    return made


def _meant(schema: Schema, data: Any, root: Schema) -> Schema:
    """The schema behind references, and the member of a union that data of this kind is for."""
    for _ in range(len(root.get("$defs", ())) + 1):
        members = schema.get("anyOf") or schema.get("oneOf") or ()
        if "$ref" in schema:
            name = str(schema["$ref"]).removeprefix("#/$defs/")
            schema = root.get("$defs", {}).get(name, {})
        elif members:
            plain = [_meant(member, data, root) for member in members]
            schema = next((one for one in plain if _takes(one, data)), {})
        else:
            break
    return schema


def _takes(schema: Schema, data: Any) -> bool:
    if isinstance(data, list):
        return "items" in schema or (_is_object(schema) and "properties" not in schema)
    return not isinstance(data, dict) or "properties" in schema


def _may_be_null(schema: Schema, root: Schema) -> bool:
    members = schema.get("anyOf") or schema.get("oneOf")
    if members:
        return any(_may_be_null(member, root) for member in members)
    if "$ref" in schema:
        return _may_be_null(_meant(schema, None, root), root)
    kind = schema.get("type")
    return kind == "null" or (isinstance(kind, list) and "null" in kind) or None in schema.get("enum", ())


def _is_object(schema: Schema) -> bool:
    kind = schema.get("type")
    return kind == "object" or (isinstance(kind, list) and "object" in kind) or "properties" in schema
