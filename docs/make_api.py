"""Writes docs/api.md from the API's own OpenAPI description: ``python docs/make_api.py``."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from api.app import create_app
from schemas.settings import Settings
from workers.jobs.services import Services

EXAMPLES = Path(__file__).parent / "api_examples.sh"
"""Shell lines for each operation, under its id."""
LAST = ("delete_parse", "delete_dataset", "delete_webhook")
"""Shown behind those that still need what they remove."""

HEAD = """# API

Everything that the API answers, made from its own description (`/openapi.json`; `/docs` shows the same of
your service, to be tried out). What the words mean is in [options](options.md), [results](results.md),
[extraction](extraction.md) and [webhooks](webhooks.md).

Where keys are configured, every call under `/documents/v2` wants `Authorization: Bearer KEY`, a key with the
scope that is named. Times are RFC 3339. Lists come newest first, a page at a time: give `next_cursor` back as
`cursor`, with the same filters. Every `POST` takes an [`Idempotency-Key`](jobs.md#submitting-once). Unknown
keys in a body are ignored; `null` is the same as absent, except where a change is asked for.

The examples stand in one shell, one after the other; `DOCS` is the address that all begin with:

```sh
DOCS=http://127.0.0.1:8700/documents/v2
```

## Errors

Every answer of 400 and above has the same body: `message`, `code`, `timestamp` (milliseconds), `trace_id` and
`details` (an object or null).

| status | when |
|---|---|
"""
COMMON = ("400", "401", "403", "404", "413", "422", "429", "5XX")
TAGS = {
    "files": "Files",
    "parse": "Jobs",
    "datasets": "Datasets",
    "webhooks": "Webhooks",
    "health": "The service itself",
}

Schema = dict[str, Any]


def described() -> Schema:
    """The OpenAPI description of this version."""
    with tempfile.TemporaryDirectory() as folder:
        services = Services.from_settings(Settings(data_dir=Path(folder)))
        try:
            return create_app(services).openapi()
        finally:
            services.close()


def api_page(api: Schema) -> str:
    """The page's Markdown."""
    shown = [*_errors(api), *_operations(api), *_objects(api)]
    return HEAD + "\n".join(shown) + "\n"


def operations(api: Schema) -> Iterator[tuple[str, str, Schema]]:
    """Path, methods (``PUT or POST`` where two do the same) and description of each operation."""
    for path, methods in api["paths"].items():
        merged: dict[str, tuple[list[str], Schema]] = {}
        for method, operation in methods.items():
            merged.setdefault(operation["summary"], ([], operation))[0].append(method.upper())
        for names, operation in merged.values():
            yield path, " or ".join(names), operation


def examples() -> dict[str, str]:
    """The lines of each operation, by its id."""
    _, *pieces = EXAMPLES.read_text(encoding="utf-8").split("# == ")
    return dict(piece.split("\n", 1) for piece in pieces)


def _errors(api: Schema) -> Iterator[str]:
    told: dict[str, str] = {}
    for _, _, operation in operations(api):
        for status, answer in operation["responses"].items():
            if status in COMMON:
                told.setdefault(status, answer["description"])
    yield from (f"| {status} | {told[status]} |" for status in COMMON if status in told)


def _operations(api: Schema) -> Iterator[str]:
    by_tag: dict[str, list[tuple[str, str, Schema]]] = {tag: [] for tag in TAGS}
    for path, methods, operation in operations(api):
        by_tag.setdefault(operation["tags"][0], []).append((path, methods, operation))
    for tag, found in by_tag.items():
        if found:
            yield f"\n## {TAGS.get(tag, tag)}"
        for path, methods, operation in sorted(found, key=lambda one: one[2]["operationId"] in LAST):
            yield from _operation(path, methods, operation)


def _operation(path: str, methods: str, operation: Schema) -> Iterator[str]:
    scopes = [scope for one in operation.get("security", ()) for names in one.values() for scope in names]
    needs = f" · scope `{scopes[0]}`" if scopes else ""
    yield f"\n### {operation['summary']}\n\n`{methods} {path}`{needs}\n\n{operation.get('description', '')}"
    parameters = [
        one
        for one in operation.get("parameters", ())
        if one["name"] != "Idempotency-Key" and (one["in"] != "path" or "description" in one)
    ]
    if parameters:
        yield "\n| parameter | in | type | |\n|---|---|---|---|"
        for one in parameters:
            text = _cell(one.get("description", ""))
            yield f"| `{one['name']}` | {one['in']} | {_type(one['schema'])} | {text} |"
    for kind, content in operation.get("requestBody", {}).get("content", {}).items():
        if "$ref" in (schema := _bare(content["schema"])):
            yield f"\nBody: {_type(schema)}."
        else:
            yield f"\nBody (`{kind}`):\n"
            yield from _properties(schema)
    yield "\n" + " ".join(_answers(operation))
    if code := examples().get(operation["operationId"]):
        first, rest = code.split("\n", 1)
        said, code = (f"<!-- {first[2:]} -->\n", rest) if first.startswith("# not run") else ("", code)
        yield f"\n{said}```sh\n{code.rstrip()}\n```"


def _answers(operation: Schema) -> Iterator[str]:
    for status, answer in operation["responses"].items():
        if status in COMMON:
            continue
        kinds = answer.get("content", {})
        schema = kinds.get("application/json", {}).get("schema")
        words = answer["description"].rstrip(".")
        if not status.startswith("2") or (kinds and not schema):
            yield f"{status}: {words}."
        else:
            yield (
                f"Answers {status} with {_type(schema)}." if schema else f"Answers {status}, without a body."
            )


def _objects(api: Schema) -> Iterator[str]:
    yield "\n## Objects"
    for name, schema in sorted(api["components"]["schemas"].items()):
        if "properties" in schema and name not in {"HTTPValidationError", "ValidationError"}:
            yield f"\n### {name}\n\n{_plain(schema.get('description', ''))}\n"
            yield from _properties(schema, api)


def _properties(schema: Schema, api: Schema | None = None) -> Iterator[str]:
    needed = schema.get("required", ())
    yield "| key | type | default | |\n|---|---|---|---|"
    for name, one in schema["properties"].items():
        default = "required" if name in needed else _default(one)
        yield f"| `{name}` | {_type(one, api)} | {default} | {_cell(one.get('description', ''))} |"


def _default(schema: Schema) -> str:
    if "default" not in schema:
        return ""
    return f"`{json.dumps(schema['default'], ensure_ascii=False)}`"


def _bare(schema: Schema) -> Schema:
    """What a body is, whether or not it may be left out."""
    given = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
    return given[0] if len(given) == 1 else schema


def _type(schema: Schema, api: Schema | None = None) -> str:
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[-1]
        target = api["components"]["schemas"][name] if api else {"properties": {}}
        if "properties" in target:
            return f"[{name}](#{name.lower()})"
        return _type(target, api)
    if "enum" in schema:
        return " ".join(f"`{word}`" for word in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "anyOf" in schema or "oneOf" in schema:
        return " or ".join(_type(one, api) for one in schema.get("anyOf") or schema["oneOf"])
    if schema.get("type") == "array":
        inner = schema.get("items") or {}
        return f"list of {_type(inner, api)}" if inner else "list"
    if schema.get("format") == "binary":
        return "a file"
    return str(schema.get("format") or schema.get("type") or "any")


def _plain(text: str) -> str:
    return text.replace("``", "`")


def _cell(text: str) -> str:
    return _plain(" ".join(text.split())).replace("|", "\\|")


if __name__ == "__main__":
    (Path(__file__).parent / "api.md").write_text(api_page(described()), encoding="utf-8")
