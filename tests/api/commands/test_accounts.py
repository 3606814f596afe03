"""``octavo usage`` and ``octavo audit``: what they tell of a ledger."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from api.__main__ import app
from schemas.options import Configuration
from schemas.requests import JobRequest, JobType, SourceFields
from tests.api.service import make_services
from workers.jobs.ledger.audit import Action, Actor, acting
from workers.jobs.ledger.files import Files
from workers.jobs.ledger.windows import Window
from workers.jobs.services import Services

CONFIG = """
organizations: [{id: acme, projects: [{id: p, limits: {stored_bytes: 5000, pages_per_day: 100}}]}]
"""


def octavo(*words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == code, done.output
    return done.stdout if code == 0 else done.output


def lines(*words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in octavo(*words, "--json").splitlines()]


@pytest.fixture
def services(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Services]:
    """Services with some use of two projects, today and two days ago."""
    config = tmp_path / "octavo.yaml"
    config.write_text(CONFIG)
    monkeypatch.setenv("OCTAVO_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("OCTAVO_CONFIG", str(config))
    services = make_services(tmp_path / "data", api_keys=())
    for days_ago, project, pages in ((2, "acme/p", 3), (0, "acme/p", 2), (0, "acme/q", 7)):
        moment = datetime.now(UTC) - timedelta(days=days_ago)
        services.ledger.now = lambda moment=moment: moment  # type: ignore[misc]
        with acting(Actor(f"key_{project}", "203.0.113.7")):
            source = SourceFields(file_url="https://example.org/a.pdf")
            request = JobRequest(job_type=JobType.PARSE, source=source, configuration=Configuration())
            services.jobs.create(project, request)
        claim = services.shards.claim_next("cpu", "w", 60)
        assert claim is not None
        services.windows.keep(claim, Window(0, list(range(1, pages + 1)), "print", "blob"))
        services.shards.fail(claim, "over")
    Files(services.ledger).add(
        "file_1",
        "acme/p",
        name="Contract.pdf",
        mime_type="",
        size=1234,
        checksum="c",
        labels={},
        blob_key="k",
    )
    yield services
    services.close()


def test_what_was_used_is_told_by_day_and_project(services: Services) -> None:
    today = datetime.now(UTC).date()
    found = lines("usage")
    assert found[:3] == [
        {"project": "acme/p", "day": str(today - timedelta(days=2)), "pages": 3, "jobs": 1},
        {"project": "acme/p", "day": str(today), "pages": 2, "jobs": 1},
        {"project": "acme/q", "day": str(today), "pages": 7, "jobs": 1},
    ]
    limits = {"stored_bytes": 5000, "pages_per_day": 100, "requests_per_minute": 0}
    assert found[3:] == [
        {"project": "acme/p", "bytes": 1234, **limits},
        {"project": "acme/q", "bytes": 0, **dict.fromkeys(limits, 0)},
    ]
    assert [
        line["pages"] for line in lines("usage", "--days", "1", "--project", "acme/p") if "day" in line
    ] == [2]
    table = octavo("usage")
    assert "1234" in table
    assert "5000" in table


def test_who_did_what_is_told_the_oldest_first(services: Services) -> None:
    found = lines("audit", "--project", "acme/p")
    assert [(line["actor"], line["action"]) for line in found] == [
        ("key_acme/p", "job.submitted"),
        ("key_acme/p", "job.submitted"),
        ("cli", "file.uploaded"),
    ]
    assert found[0]["at"] < found[1]["at"]
    assert {line["address"] for line in found} == {"203.0.113.7", None}
    assert "Contract" not in json.dumps(found)
    assert len(lines("audit", "--project", "acme/p", "--since", "1d")) == 2
    assert [line["action"] for line in lines("audit", "--actor", "cli")] == ["file.uploaded"]
    assert [line["project"] for line in lines("audit", "--limit", "1")] == ["acme/p"]
    assert "job.submitted" in octavo("audit")


def test_what_commands_do_is_told_too(services: Services) -> None:
    key = json.loads(octavo("keys", "create", "--project", "acme/p", "--json"))
    octavo("keys", "revoke", key["id"])
    told = [(line["action"], line["target"]) for line in lines("audit", "--actor", "cli")][1:]
    assert told == [(Action.KEY_CREATED, key["id"]), (Action.KEY_REVOKED, key["id"])]
    assert key["secret"] not in octavo("audit")


@pytest.mark.parametrize("words", [("--since", "yesterday"), ("--project", "nowhere"), ("--limit", "0")])
def test_what_cannot_be_meant_is_refused(services: Services, words: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app, ["audit", *words])
    assert done.exit_code in (1, 2)
