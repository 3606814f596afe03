"""Reads a document over plain HTTP, with httpx and nothing else: upload, submit, follow, fetch.

    pip install httpx
    python plain_http.py contract.pdf

``OCTAVO_SERVER`` (http://127.0.0.1:8700) and ``OCTAVO_API_KEY`` say where the service is. The
Markdown goes to standard output; how the work gets on, and where everything stands, to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx

SERVER = os.environ.get("OCTAVO_SERVER", "http://127.0.0.1:8700")
KEY = os.environ.get("OCTAVO_API_KEY", "anything")


def silent(_: str) -> None:
    """Tells nobody."""


def read(
    client: httpx.Client, path: Path, tell: Callable[[str], None] = silent, **options: Any
) -> dict[str, Any]:
    """The result of a document.

    Args:
        client: one whose base is ``…/documents/v2/``.
        path: of the document.
        tell: is told how the work gets on.
        options: those of ``POST parse``, such as ``parsing_options``.

    Raises:
        httpx.HTTPStatusError: a request was refused; the text of its answer says why.
        RuntimeError: the document could not be read; the message says why.
    """
    with path.open("rb") as file:
        file_id = client.put("files", files={"file": (path.name, file)}).raise_for_status().json()["file_id"]
    submitted = client.post("parse", json={"file_id": file_id, **options}).raise_for_status().json()
    job = f"parse/{submitted['parse_id']}"
    result: dict[str, Any] = {}
    while result.get("status") not in ("successful", "failure"):
        follow(client, job, tell)  # to the end, or until somebody between cuts the connection
        result = client.get(job).raise_for_status().json()
    if result["status"] == "failure":
        raise RuntimeError(f"{path.name}: {result['error']}")
    return result


def follow(client: httpx.Client, job: str, tell: Callable[[str], None]) -> None:
    """Follows a job by its stream of events until it has ended."""
    event = ""
    headers = {"Accept": "text/event-stream"}
    with client.stream("GET", job, headers=headers, timeout=None) as stream:
        for line in stream.raise_for_status().iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                event = value
            if event in ("parse_done", "parse_failed"):
                return
            if field == "data" and (said := json.loads(value)["message_update"]):
                tell(said)


def told(progress: str) -> None:
    """Writes it beside the results."""
    print(progress, file=sys.stderr)


def main() -> None:
    """Reads the document that is named, and shows what there is in a result."""
    path = Path(sys.argv[1])
    headers = {"Authorization": f"Bearer {KEY}"}
    with httpx.Client(base_url=f"{SERVER}/documents/v2/", headers=headers, timeout=60) as client:
        result = read(client, path, told, parsing_options={"chunking_strategy": "page"})
    for chunk in result["chunks"]:
        print(chunk["content"], end="\n\n")
    for page in result["pages"]:
        for fragment in page["page_fragments"]:
            place = f"page {page['page_number']}, {fragment['fragment_type']}"
            print(place, fragment["bbox"], file=sys.stderr)
    for warning in result["warnings"] + result["page_errors"]:
        print(f"page {warning['page_number']}: {warning['message']}", file=sys.stderr)


if __name__ == "__main__":
    main()
