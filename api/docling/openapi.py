"""Bodies that are read by hand, as the OpenAPI document has them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from api.docling.incoming import FILES
from schemas.conversions import Target


class _WhenRead(dict[str, Any]):
    """A part of the OpenAPI document that is made when somebody reads the document: it takes its time."""

    def __init__(self, make: Callable[[], dict[str, Any]]) -> None:
        super().__init__()
        self._make = make

    def items(self) -> Any:
        """As of any dictionary: what FastAPI goes through."""
        if not len(self):
            self.update(self._make())
        return super().items()

    def __bool__(self) -> bool:
        """There will be something, which FastAPI asks first."""
        return True


def json_body(model: type[BaseModel]) -> dict[str, Any]:
    """The body in the OpenAPI document: it is read by hand, because it may be larger than others."""
    return _WhenRead(lambda: _json_body(model))


def form_body(*models: tuple[type[BaseModel], str], **others: dict[str, Any]) -> dict[str, Any]:
    """A form of files and the fields of models, each with what its names begin with; and of others."""
    return _WhenRead(lambda: _form_body(models, others))


def _json_body(model: type[BaseModel]) -> dict[str, Any]:
    schema = model.model_json_schema(mode="validation")
    definitions = schema.pop("$defs", {})
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": _inlined(schema, definitions)}},
        }
    }


def _form_body(
    models: Sequence[tuple[type[BaseModel], str]], others: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    properties: dict[str, Any] = {
        FILES: {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1}
    }
    for model, prefix in models:
        schema = model.model_json_schema(mode="validation")
        fields = _inlined(schema["properties"], schema.get("$defs", {}))
        properties |= {f"{prefix}{name}": field for name, field in fields.items()}
    properties |= {"target_type": {"type": "string", "enum": [*Target], "default": "inbody"}, **others}
    form = {"schema": {"type": "object", "properties": properties, "required": [FILES]}}
    return {"requestBody": {"required": True, "content": {"multipart/form-data": form}}}


def _inlined(part: Any, definitions: dict[str, Any]) -> Any:
    if isinstance(part, list):
        return [_inlined(one, definitions) for one in part]
    if not isinstance(part, dict):
        return part
    if "$ref" in part:
        return _inlined(definitions[part["$ref"].rpartition("/")[2]], definitions)
    # A discriminator maps to definitions; the constants in the choices say the same.
    return {name: _inlined(one, definitions) for name, one in part.items() if name != "discriminator"}
