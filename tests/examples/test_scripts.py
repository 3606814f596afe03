"""The small programs among the examples, started as their first lines say."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import httpx
import pandas
import pytest

from tests.examples.conftest import EXAMPLES


@pytest.fixture(scope="module")
def bills(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from sample_documents import draw_invoices

    folder = tmp_path_factory.mktemp("bills")
    draw_invoices(folder)
    return folder


def started(script: str, *words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(EXAMPLES / script), *map(str, words)],
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )


def test_the_stream_is_followed_until_the_job_has_ended_also_where_it_is_cut(tmp_path: Path) -> None:
    from plain_http import read

    streams = [
        'event: parse_update\ndata: {"message_update": "page 1: ocr"}\n\n',
        'event: parse_update\ndata: {"message_update": null}\n\nevent: parse_done\ndata: no JSON\n\n',
    ]
    states = [{"status": "processing"}, {"status": "successful", "chunks": []}]

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method != "GET":
            return httpx.Response(200, json={"file_id": "file_1", "parse_id": "parse_1"})
        if request.headers["Accept"] == "text/event-stream":
            return httpx.Response(200, text=streams.pop(0))
        return httpx.Response(200, json=states.pop(0))

    paper = tmp_path / "a.txt"
    paper.write_text("words", encoding="utf-8")
    said: list[str] = []
    with httpx.Client(base_url="http://service/", transport=httpx.MockTransport(answer)) as client:
        assert read(client, paper, said.append) == {"status": "successful", "chunks": []}
    assert said == ["page 1: ocr"]


@pytest.mark.end_to_end
def test_plain_http(server: str, bills: Path) -> None:
    done = started("plain_http.py", bills / "bill-1.pdf")
    assert done.returncode == 0, done.stderr
    assert "Stoneware clay, 12.5 kg" in done.stdout
    assert "page 1, table {'x1': " in done.stderr


@pytest.mark.end_to_end
def test_a_watched_folder_is_read_once(server: str, bills: Path, tmp_path: Path) -> None:
    inbox, results = tmp_path / "inbox", tmp_path / "results"
    inbox.mkdir()
    (inbox / "bill.pdf").write_bytes((bills / "bill-1.pdf").read_bytes())
    (inbox / "bad.pdf").write_text("%PDF-1.7", encoding="utf-8")
    first = started("watch_folder.py", inbox, results, "--once")
    assert (first.returncode, first.stdout) == (0, "bill.pdf: 1 pages\n"), first.stderr
    assert "£612.40" in (results / "bill.pdf.md").read_text(encoding="utf-8")
    assert json.loads((results / "bill.pdf.json").read_text(encoding="utf-8"))["status"] == "successful"
    assert "not a PDF" in (results / "bad.pdf.error.txt").read_text(encoding="utf-8")
    again = started("watch_folder.py", inbox, results, "--once")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    # A newer file is read anew, and then has no error any more.
    (inbox / "bad.pdf").write_text("mended", encoding="utf-8")
    (inbox / "bad.pdf").rename(inbox / "bad.txt")
    (results / "bad.pdf.error.txt").rename(results / "bad.txt.error.txt")
    os.utime(results / "bad.txt.error.txt", (0, 0))
    assert started("watch_folder.py", inbox, results, "--once").stdout == "bad.txt: 1 pages\n"
    assert not (results / "bad.txt.error.txt").exists()


@pytest.mark.end_to_end
def test_invoices_become_a_table_whose_values_have_places(server: str, bills: Path, tmp_path: Path) -> None:
    database = tmp_path / "invoices.db"
    papers = sorted(bills.iterdir())
    done = started("invoices_to_sqlite.py", database, *papers[:2])  # the second is a scan
    assert done.returncode == 0, done.stderr
    assert started("invoices_to_sqlite.py", database, papers[0]).returncode == 0  # no second row
    with sqlite3.connect(database) as connection:
        table = pandas.read_sql("SELECT * FROM invoices ORDER BY file", connection)
        cited = pandas.read_sql("SELECT * FROM citations WHERE field = 'total' ORDER BY file", connection)
    assert table["invoice_number"].tolist() == ["PC-88120", "2026/0417"]
    assert table["invoice_date"].tolist() == ["2026-04-01", "2026-04-15"]
    assert table["total"].tolist() == [612.40, 189.95]
    assert table["tax"].tolist() == [102.07, 31.66]
    assert cited["page"].tolist() == [1, 1]
    assert (cited["x2"] > cited["x1"]).all()


@pytest.mark.end_to_end
def test_what_is_not_there_is_to_be_looked_at(server: str, documents: Path, tmp_path: Path) -> None:
    done = started("invoices_to_sqlite.py", tmp_path / "a.db", documents / "insurance-certificate.pdf")
    assert done.returncode == 0, done.stderr
    assert "look at insurance-certificate.pdf: total (None)" in done.stdout


@pytest.mark.end_to_end
def test_files_go_through_a_dataset(server: str, bills: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_text("%PDF-1.7", encoding="utf-8")
    done = started("dataset_batch.py", "examples-batch", bills / "bill-3.pdf", broken)
    assert done.returncode == 1  # one of the files could not be read
    good, bad = map(json.loads, done.stdout.splitlines())
    assert "Electricity, April, kWh" in "".join(chunk["text"] for chunk in good["chunks"])
    assert good["error"] is None
    assert "not a PDF" in bad["error"]
    again = started("dataset_batch.py", "examples-batch", bills / "bill-1.pdf")
    assert again.returncode == 0, again.stderr
    assert "PC-88120" in again.stdout
