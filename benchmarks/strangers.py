"""Requests of strangers: everything in ``/openapi.json`` asked in every wrong and right way, by schemathesis.

A service without a worker is given a few things of each kind, so that requests get past "there is no such
thing". No answer may be a 5xx, and each must be as the document says.
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx

from benchmarks.service import Service, pdf, submit, upload

KEY = "a-key-for-strangers"
_THINGS = 12
_PATIENCE = 60
"""Seconds for an answer: the first picture of a page waits for a process that draws."""
_CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)
"""Not ``ignored_auth``: who comes without a key so often is answered 429, which it takes for being let in."""
# Addresses that nobody is asked for: no worker fetches or sends anything.
_URLS = ["https://example.org/a.pdf", "http://127.1/", "http://[::ffff:10.0.0.1]/", "https://a\uff0eexample/"]


def run(
    folder: Path,
    seconds: int,
    seed: int,
    environment: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = print,
) -> bool:
    """Asks for so many seconds; whether every answer was as it must be. The log stays in ``folder``."""
    # Nobody reads the documents, so nobody waits for them.
    ours = {
        "OCTAVO_API_KEYS": KEY,
        "OCTAVO_SECRET_KEY": secrets.token_hex(32),
        "OCTAVO_CONVERT_WAIT_SECONDS": "0",
    }
    service = Service(folder, {**ours, **(environment or {})}, arguments=("serve", "--no-worker")).start()
    try:
        with service.client(KEY) as client:
            (folder / "schemathesis.toml").write_text(_configuration(client, seconds, seed), encoding="utf-8")
        passed = _asked(service.url, folder, tell)
        lives = httpx.get(f"{service.url}/readyz").is_success
        quiet = "Traceback" not in service.log
        tell(
            f"the service {'lives' if lives else 'is down'}; its log {'is clean' if quiet else 'has errors'}"
        )
        return passed and lives and quiet
    finally:
        service.stop()


def _asked(url: str, folder: Path, tell: Callable[[str], None]) -> bool:
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "run",
        f"{url}/openapi.json",
        "--continue-on-failure",
    ]
    asking = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    for line in asking.stdout or ():
        tell(line.rstrip())
    return asking.wait() == 0


def _configuration(client: httpx.Client, seconds: int, seed: int) -> str:
    """What schemathesis reads: the key, what to check, and things that are there."""
    lasting, doomed = _things(client), _things(client)
    words = {"urls": _URLS} | lasting | {f"doomed_{kind}": ids for kind, ids in doomed.items()}
    lines = [
        f"seed = {seed}",
        f"max-time = {seconds}",
        f"request-timeout = {_PATIENCE}",
        f"headers = {{Authorization = {json.dumps(f'Bearer {KEY}')}}}",
        "warnings = false",
        "[generation]",
        'database = "none"',
        "[checks]",
        "enabled = false",
        *(f"{check}.enabled = true" for check in _CHECKS),
        "[dictionaries]",
        *(f"{kind} = {{values = {json.dumps(values)}}}" for kind, values in words.items()),
        "[parameters]",
        *_bound({kind: kind for kind in lasting}),
        *(f'"body.{field}" = {{dictionary = "urls", probability = 0.3}}' for field in ("url", "file_url")),
        '"body.file_id" = {dictionary = "file", probability = 0.3}',
        "[[operations]]",
        'include-path-regex = "^/v1/(convert|chunk)/"',
        # 504 is what docling-serve says to who waited in vain.
        'checks.not_a_server_error.expected-statuses = ["2xx", "3xx", "4xx", "504"]',
        "[[operations]]",
        'include-method = "DELETE"',
        "[operations.parameters]",
        *_bound({kind: f"doomed_{kind}" for kind in lasting}),
    ]
    return "\n".join(lines)


def _bound(dictionaries: Mapping[str, str]) -> list[str]:
    return [
        f'"path.{kind}_id" = {{dictionary = "{name}", probability = 0.8}}'
        for kind, name in dictionaries.items()
    ]


def _things(client: httpx.Client) -> dict[str, list[str]]:
    """Ids of what was made, by kind; every other job is cancelled."""
    ids: dict[str, list[str]] = {"file": [], "parse": [], "dataset": [], "webhook": [], "delivery": []}
    ids["task"] = ids["parse"]  # as docling-serve's routes call them
    for number in range(_THINGS):
        ids["file"].append(upload(client, pdf([f"{client.base_url} {number}"]), f"{number}.pdf"))
        ids["parse"].append(submit(client, file_id=ids["file"][-1]))
        if number % 2:
            client.post(f"parse/{ids['parse'][-1]}/cancel").raise_for_status()
        name = f"set-{len(client.get('datasets').json()['items'])}"
        ids["dataset"].append(_made(client, "datasets", {"name": name})["dataset_id"])
        ids["webhook"].append(_made(client, "webhooks", {"url": "https://example.org/hook"})["id"])
        sample = {"event_type": "tensorlake.document_ingestion.job.created"}
        ids["delivery"].append(_made(client, f"webhooks/{ids['webhook'][-1]}/test", sample)["id"])
    return ids


def _made(client: httpx.Client, path: str, body: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = client.post(path, json=body).raise_for_status().json()
    return made
