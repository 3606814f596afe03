"""The whole service as a user has it: one command, real engines, real processes killed."""

from __future__ import annotations

import functools
import http.server
import json
import os
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from benchmarks.service import Service, ended, pdf, scanned, submit, upload
from tests.waiting import runs, soon

pytestmark = pytest.mark.end_to_end
ROOT = Path(__file__).parents[2]


def gone(processes: list[psutil.Process]) -> bool:
    return soon(lambda: not any(map(runs, processes)))


def test_a_document_becomes_markdown_with_boxes(service: Service) -> None:
    with service.client() as client:
        file_id = upload(client, pdf(["The ferry leaves at dawn.", "The last page."]))
        result = ended(client, submit(client, file_id=file_id, labels={"kind": "note"}))
    assert result["status"] == "successful", result["error"]
    assert (result["parsed_pages_count"], result["total_pages"]) == (2, 2)
    assert "The ferry leaves at dawn." in result["chunks"][0]["content"]
    assert result["labels"] == {"kind": "note"}
    box = result["pages"][0]["page_fragments"][0]["bbox"]
    assert 60 < box["x1"] < box["x2"] < 560
    assert 60 < box["y1"] < box["y2"] < 120
    assert result["page_errors"] == []


def test_a_scan_is_read(service: Service) -> None:
    with service.client() as client:
        result = ended(
            client, submit(client, file_id=upload(client, scanned(["Invoice 20417 is due today."])))
        )
    assert "20417" in result["document_markdown"]
    assert result["pages"][0]["page_fragments"][0]["source"] == "ocr"


def test_json_and_event_stream_agree(service: Service) -> None:
    with service.client() as client:
        job = submit(client, file_id=upload(client, pdf([f"Page {n}" for n in range(12)])))
        stream = client.get(f"parse/{job}", headers={"Accept": "text/event-stream"}).text
        events = [block.split("\n") for block in stream.strip().split("\n\n") if not block.startswith(":")]
        names = [event[0].removeprefix("event:").strip() for event in events]
        assert names[-1] == "parse_done"
        data = "\n".join(line.removeprefix("data:").strip() for line in events[-1][1:])
        assert json.loads(data) == client.get(f"parse/{job}").json()


def test_raw_text_is_what_it_is_said_to_be(service: Service) -> None:
    with service.client() as client:
        text = "%PDF-1.4 is how such files begin"
        plain = ended(client, submit(client, raw_text=text, mime_type="text/plain"))
        table = ended(client, submit(client, raw_text="item;count\nbolts;40\n", mime_type="text/csv"))
    assert text in plain["document_markdown"]
    assert table["pages"][0]["page_fragments"][0]["fragment_type"] == "table"


@pytest.fixture
def web(tmp_path: Path) -> Iterator[str]:
    """A web server on loopback, which the service of the tests may reach."""
    (tmp_path / "paper").write_bytes(pdf(["A paper from the web."]))
    (tmp_path / "page.html").write_text("<h1>Stock</h1><p>Counted weekly.</p>")
    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_urls_are_fetched_and_read_as_what_they_are(service: Service, web: str) -> None:
    with service.client() as client:
        paper = ended(client, submit(client, file_url=f"{web}/paper"))
        page = ended(client, submit(client, file_url=f"{web}/page.html"))
        missing = ended(client, submit(client, file_url=f"{web}/none"))
    assert "A paper from the web." in paper["document_markdown"]
    assert "# Stock" in page["document_markdown"]
    assert missing["status"] == "failure"
    assert "404" in missing["error"]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [(b"%PDF-1.7 nothing else", "broken.pdf", "PDF"), (b"\x00\x01\x02" * 99, "mystery.pdf", "too damaged")],
)
def test_a_broken_document_fails_with_a_reason(service: Service, data: bytes, name: str, words: str) -> None:
    with service.client() as client:
        result = ended(client, submit(client, file_id=upload(client, data, name)))
    assert result["status"] == "failure"
    assert words.lower() in result["error"].lower()
    assert result["finished_at"]


def test_a_submit_is_answered_at_once_while_the_worker_is_busy(service: Service) -> None:
    with service.client() as client:
        busy = submit(client, file_id=upload(client, scanned(["words " * 150 for _ in range(4)], dpi=150)))
        file_id = upload(client, pdf(["short"]))
        times, jobs = [], []
        for _ in range(20):
            began = time.perf_counter()
            jobs.append(submit(client, file_id=file_id))
            times.append(time.perf_counter() - began)
        assert statistics.median(times) < 0.5  # the real figure is a benchmark's; this catches waiting
        for job in [busy, *jobs]:
            assert ended(client, job)["status"] == "successful"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_ends_every_process(tmp_path: Path, number: int) -> None:
    service = Service(tmp_path).start()
    with service.client() as client:
        job = submit(client, file_id=upload(client, pdf(["words"])))
        ended(client, job)
    tree = service.tree()
    assert len(tree) >= 4  # API, broker and its keeper, worker
    assert service.stop(number) == 0
    assert gone(tree)


def test_a_killed_service_leaves_nothing_running_and_loses_no_job(tmp_path: Path) -> None:
    service = Service(
        tmp_path, {"OCTAVO_LEASE_SECONDS": "2", "OCTAVO_SWEEP_SECONDS": "1", "OCTAVO_PAGE_WINDOW": "1"}
    )
    service.start()
    with service.client() as client:
        job = submit(client, file_id=upload(client, scanned([f"Page {n} " * 40 for n in range(6)])))
        while client.get(f"parse/{job}/progress").json()["current"] < 1:
            time.sleep(0.05)
    tree = service.tree()
    service.stop(signal.SIGKILL)
    assert gone(tree)
    service.start()
    with service.client() as client:
        result = ended(client, job)
        kept = (tmp_path / "data" / "blobs").rglob("windows/*")
        windows = [blob for blob in kept if not blob.name.endswith(".pages")]
    service.stop()
    assert result["status"] == "successful", result["error"]
    assert [page["page_number"] for page in result["pages"]] == [1, 2, 3, 4, 5, 6]
    assert len(windows) == 6


def test_a_killed_worker_is_replaced_and_its_job_goes_on(tmp_path: Path) -> None:
    service = Service(
        tmp_path, {"OCTAVO_LEASE_SECONDS": "2", "OCTAVO_SWEEP_SECONDS": "1", "OCTAVO_PAGE_WINDOW": "1"}
    )
    service.start()
    with service.client() as client:
        job = submit(client, file_id=upload(client, scanned([f"Page {n} " * 40 for n in range(5)])))
        while client.get(f"parse/{job}/progress").json()["current"] < 1:
            time.sleep(0.05)
        os.kill(service.worker().pid, signal.SIGKILL)
        result = ended(client, job)
    service.stop()
    assert result["status"] == "successful", result["error"]
    assert result["parsed_pages_count"] == 5


def test_a_second_service_on_the_same_folder_is_refused(service: Service) -> None:
    second = subprocess.run(
        [sys.executable, "-P", "-m", "api", "serve", "--port", "1"],
        env={**os.environ, "OCTAVO_DATA_DIR": str(service.folder / "data")},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert second.returncode == 2
    assert "Another Octavo" in second.stderr


def test_without_a_key_only_loopback_is_answered(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-P", "-m", "api", "serve", "--host", "0.0.0.0", "--port", "1"],
        env={**os.environ, "OCTAVO_DATA_DIR": str(tmp_path)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert refused.returncode == 2
    assert "OCTAVO_API_KEYS" in refused.stderr


def test_keys_that_cannot_be_used_end_the_service_with_the_reason(tmp_path: Path) -> None:
    keys = tmp_path / "keys.yaml"
    keys.write_text("on_prem: {organizations: [{id: a, projects: [{id: b, api_keys: [short]}]}]}")
    refused = subprocess.run(
        [sys.executable, "-P", "-m", "api", "serve", "--port", "1"],
        env={**os.environ, "OCTAVO_DATA_DIR": str(tmp_path), "OCTAVO_CONFIG": str(keys)},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert refused.returncode == 2
    assert "api_keys" in refused.stderr
    assert "Traceback" not in refused.stderr
