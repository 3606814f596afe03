"""Pages that a scripted server transcribes: in the service and by ``octavo parse``, in real processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.service import Service, ended, pdf, scanned, submit, upload
from tests.fakes.chat_server import ScriptedServer, fails, says

pytestmark = pytest.mark.end_to_end

FIRST = "The harbor of Amber was founded in 1642 by fishermen from the northern villages."
SECOND = "A pier of 312 metres was built in 1871, and it served 4,815 ships in its first year."


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(says("")).running() as server:
        yield server


def environment(server: ScriptedServer) -> dict[str, str]:
    return {
        "OCTAVO_VISION_BASE_URL": server.url,
        "OCTAVO_VISION_MODEL": "reader",
        "OCTAVO_VISION_API_KEY": "secret-key",
        "OCTAVO_VISION_LONGEST_SIDE": "1000",
        "OCTAVO_LOG_LEVEL": "DEBUG",
    }


def parse(folder: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "api", "parse", *arguments],
        cwd=folder,
        env={**os.environ, **more},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_pages_are_the_model_s_where_it_is_right_and_local_where_it_is_not(
    tmp_path: Path, server: ScriptedServer
) -> None:
    # Pages may come in any order, so the answer is the same for both: right for one, wrong for the other.
    server.replies = [says(f"# Amber\n\n{FIRST}")]
    service = Service(tmp_path, environment(server)).start()
    try:
        with service.client() as client:
            file_id = upload(client, pdf([FIRST, SECOND]))
            options = {"ocr_model": "gemini3"}
            result = ended(client, submit(client, file_id=file_id, parsing_options=options))
            asked = len(server.requests)
            ended(client, submit(client, file_id=file_id))
    finally:
        service.stop()
    assert result["status"] == "successful", result["error"]
    first, second = ([f["content"]["content"] for f in p["page_fragments"]] for p in result["pages"])
    assert (first, second) == (["Amber", FIRST], [SECOND])
    assert [(w["kind"], w["page_number"]) for w in result["warnings"]] == [("fallback", 2)]
    assert result["usage"]["ocr_input_tokens_used"] == 2000
    assert result["usage"]["ocr_output_tokens_used"] == 100
    assert asked == len(server.requests) == 2  # the second job, a default one, asked nothing
    assert max(server.picture().size) == 1000
    assert set(server.keys) == {"Bearer secret-key"}
    assert "secret-key" not in service.log
    assert "northern villages" not in service.log


def test_a_scan_is_checked_by_its_ocr(tmp_path: Path, server: ScriptedServer) -> None:
    (tmp_path / "a.pdf").write_bytes(scanned([FIRST]))
    server.replies = [says(f"## Amber\n\n{FIRST}"), says(SECOND)]
    for source in ("model", "ocr"):
        done = parse(tmp_path, "a.pdf", "-m", "gemini3", "-f", "json", **environment(server))
        assert done.returncode == 0, done.stderr
        text = json.loads(done.stdout)["pages"][0]["page_fragments"][-1]
        assert (text["content"]["content"], text["source"]) == (FIRST, source)
        assert text["bbox"] is not None


def test_a_server_that_refuses_costs_no_page(tmp_path: Path, server: ScriptedServer) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf([FIRST, SECOND]))
    server.replies = [fails(401)]
    done = parse(tmp_path, "a.pdf", "--ocr-model", "gemini3", **environment(server))
    assert done.returncode == 0, done.stderr
    assert done.stdout.split("\n\n") == [FIRST, SECOND + "\n"]
    assert "OCTAVO_VISION_API_KEY" in done.stderr
    assert "secret-key" not in done.stdout + done.stderr


def test_without_a_model_the_command_says_what_to_set(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf([FIRST]))
    done = parse(tmp_path, "a.pdf", "--ocr-model", "gemini3")
    assert done.returncode == 2
    assert "OCTAVO_VISION_BASE_URL" in done.stderr
