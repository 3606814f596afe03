"""Rows and files agree: what a table names exists, and what exists is named."""

from __future__ import annotations

import ast
import importlib
import re
from pathlib import Path

import pytest

from pipelines.readers.host import READERS
from schemas import errors
from schemas.errors import ErrorCode, RequestError
from schemas.formats import FORMATS
from schemas.fragments import FragmentType, content_class
from schemas.jobs import TRANSITIONS, JobStatus
from schemas.settings import Settings
from workers.jobs.ledger.tables import Owned, owned

ROOT = Path(__file__).parents[2]
PACKAGES = ("schemas", "models", "pipelines", "workers", "api")


def sources() -> list[Path]:
    return [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]


def test_every_format_has_its_reader() -> None:
    for known in FORMATS:
        module, _, name = READERS[known.reader].partition(":")
        assert hasattr(importlib.import_module(module), name), known


def test_no_two_formats_claim_the_same_type_or_name() -> None:
    for field in ("mime_types", "extensions"):
        claimed = [value for known in FORMATS for value in getattr(known, field)]
        assert len(claimed) == len(set(claimed)), field


def test_every_code_has_an_error_and_a_status() -> None:
    from api.errors import status_of

    raised = {
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, RequestError)
    }
    assert {kind.code for kind in raised} >= set(ErrorCode) - {ErrorCode.INTERNAL_ERROR}
    for kind in raised:
        assert 400 <= status_of(kind) < 500, kind


def test_every_fragment_type_has_a_content_and_a_markdown() -> None:
    from pipelines.documents.markdown import fragment_markdown
    from schemas.fragments import PageFragment
    from schemas.options import TableOutputMode

    words = {
        "content": "some words",
        "level": 1,
        "html": "<table><tr><td>some words</td></tr></table>",
        "summary": None,
    }
    for kind in FragmentType:
        wanted = content_class(kind)
        content = wanted.model_validate({k: v for k, v in words.items() if k in wanted.model_fields})
        fragment = PageFragment.model_construct(fragment_type=kind, content=content)
        assert "some words" in fragment_markdown(fragment, TableOutputMode.HTML), kind


def test_an_ended_job_can_only_begin_anew() -> None:
    assert set(TRANSITIONS) == set(JobStatus)
    for status, following in TRANSITIONS.items():
        assert following, "no job is stuck"
        assert (following == {JobStatus.PENDING}) == status.ended


def test_only_settings_read_the_environment() -> None:
    readers = [p for p in sources() if re.search(r"os\.(environ|getenv)", p.read_text(encoding="utf-8"))]
    # What children may know and reach depends on it, and libraries' telemetry is switched off: no settings.
    children = {"workers/bare.py", "workers/children/inside.py", "workers/sandbox/rules.py"}
    others = children | {"schemas/quiet.py", "models/ocr/rapid.py"}
    assert {str(p.relative_to(ROOT)) for p in readers} <= {"schemas/settings.py", *others}


@pytest.mark.parametrize(
    "word", ["host", "port", "data_dir", "database_url", "blob_url", "broker_url", "api_keys"]
)
def test_settings_come_from_the_environment(word: str, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {"port": "8123"}
    monkeypatch.setenv(f"OCTAVO_{word.upper()}", values.get(word, "given"))
    assert "given" in str(getattr(Settings(), word)) or word in (
        "port",
        "database_url",
        "broker_url",
        "api_keys",
    )
    assert getattr(Settings(), word) != Settings.model_fields[word].default


def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("redis://:secret@host/0\n")
    monkeypatch.setenv("OCTAVO_BROKER_URL_FILE", str(tmp_path / "url"))
    assert Settings().broker == "redis://:secret@host/0"
    assert ":secret@" not in repr(Settings())


def test_every_query_for_a_project_starts_where_its_rows_are_told_from_others() -> None:
    models = {model.__name__ for model in Owned.__constraints__}
    seen = 0
    for path in sorted((ROOT / "workers" / "jobs" / "ledger").glob("*.py")):
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(function, ast.FunctionDef) or function.name == owned.__name__:
                continue
            if "project" not in {argument.arg for argument in function.args.args}:
                continue
            seen += 1
            for call in ast.walk(function):
                if isinstance(call, ast.Call) and getattr(call.func, "id", "") in (
                    "select",
                    "update",
                    "delete",
                ):
                    named = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
                    assert not named & models, f"{path.name}:{call.lineno}: begin with owned()"
    assert seen > 20
