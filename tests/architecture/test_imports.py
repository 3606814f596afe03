"""What is loaded when: a command, the API and a reader take the packages that they need, and no others."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

ENGINES = {"cv2", "numpy", "onnxruntime", "openvino", "PIL", "pymupdf", "rapidocr", "torch", "zxingcpp"}
SERVICE = {"alembic", "boto3", "celery", "fastapi", "psycopg", "redis", "sqlalchemy", "uvicorn"}
ASKING = {"httpx", "mcp", "openai"}
FORMATS = {"asn1crypto", "compressed_rtf", "docutils", "lxml", "msoffcrypto", "pylatexenc", "xlrd"}

OF_READING = """
from pathlib import Path
from pipelines.readers.host import LocalReader
from schemas.reading import FlowView
reader = LocalReader()
path = Path({path!r})
reader.open(path, reader.detect(path, None, path.name))
assert reader.flow_page(1, FlowView()).fragments
"""


def command(*words: str) -> str:
    """Code that calls ``octavo`` with these words."""
    return f"""
import sys
sys.argv = {["octavo", *words]!r}
from api.__main__ import main
try:
    main()
except SystemExit:
    pass
"""


def loaded(code: str) -> set[str]:
    """The packages that a fresh interpreter has loaded once it has run ``code``."""
    return {name.partition(".")[0] for name in modules(code)}


def modules(code: str) -> set[str]:
    """The modules that a fresh interpreter has loaded once it has run ``code``."""
    told = "\nimport sys; print('\\n', *sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code + told],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_telling_what_there_is_loads_no_command(words: list[str]) -> None:
    assert not loaded(command(*words)) & {"pydantic", *ENGINES, *SERVICE, *ASKING, *FORMATS}


def test_a_file_that_is_not_there_is_told_of_before_anything_is_loaded_to_read_it(tmp_path: Path) -> None:
    found = loaded(command("parse", str(tmp_path / "nothing.pdf")))
    assert not found & {"pipelines", "models", *ENGINES, *SERVICE, *ASKING, *FORMATS}


def test_who_reads_without_a_service_loads_none_and_no_engine_in_its_own_process() -> None:
    found = loaded("import api.commands.here, workers.jobs.judging, workers.local")
    assert not found & {"pymupdf", "onnxruntime", "openvino", "rapidocr", *SERVICE, *ASKING}


@pytest.mark.parametrize(
    ("name", "text", "own"),
    [
        ("a.txt", "Some words.\n", set()),
        ("a.csv", "a,b\n1,2\n", set()),
        ("a.html", "<p>Some words.</p>", {"lxml", "PIL"}),
    ],
)
def test_a_format_loads_its_own_packages_only(name: str, text: str, own: set[str], tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    found = loaded(OF_READING.format(path=str(tmp_path / name)))
    assert found & (ENGINES | SERVICE | ASKING | FORMATS) == {"numpy", *own}


def test_the_api_loads_what_answers_and_not_what_reads_or_asks() -> None:
    found = loaded("import api.app")
    assert not found & {"models", "pipelines", "jsonschema", *ENGINES, *ASKING, *FORMATS}
    assert not found & (SERVICE - {"fastapi", "sqlalchemy", "uvicorn"})


def test_stages_that_nobody_asked_for_are_not_loaded() -> None:
    found = modules("import pipelines.parse")
    seldom = {"documents.classify.stage", "extraction.stage", "pages.charts.stage", "pages.forms.stage"}
    assert not found & {f"pipelines.{name}" for name in (*seldom, "edit", "pages.blanks", "pages.vision")}
    assert "jsonschema" not in found


def test_settings_are_read_without_what_they_set_up() -> None:
    assert not loaded("import schemas.settings") & {*ENGINES, *SERVICE, *ASKING, *FORMATS}
