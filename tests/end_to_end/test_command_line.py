"""The commands that read documents, here and now and by a running service."""

from __future__ import annotations

import functools
import http.server
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import psutil
import pymupdf
import pytest

from benchmarks.service import Service, pdf, scanned
from tests.waiting import soon

pytestmark = pytest.mark.end_to_end


class Html(http.server.SimpleHTTPRequestHandler):
    """Serves files as HTML whose names do not say so."""

    def guess_type(self, path: object) -> str:
        return "text/html"


def octavo(*arguments: str, cwd: Path, said: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "api", *arguments],
        cwd=cwd,
        input=said,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_markdown_goes_to_standard_output(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["The ferry leaves at dawn.", "Second page."]))
    done = octavo("parse", "a.pdf", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "The ferry leaves at dawn." in done.stdout
    assert "Second page." in done.stdout


def test_pages_format_and_output(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["One.", "Two.", "Three."]))
    (tmp_path / "a.html").write_text("<h1>Stock</h1>")
    done = octavo(
        "parse", "a.pdf", "a.html", "--output", "out", "--format", "json", "--pages", "1-2", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    first = json.loads((tmp_path / "out" / "a.json").read_text())
    second = json.loads((tmp_path / "out" / "a.html.json").read_text())
    assert [page["page_number"] for page in first["pages"]] == [1, 2]
    assert second["document_markdown"].startswith("# Stock")


def test_standard_input_is_read_as_what_it_is_said_to_be(tmp_path: Path) -> None:
    done = octavo("parse", "-", "--mime-type", "text/csv", cwd=tmp_path, said="item;count\nbolts;40\n")
    assert "<td>bolts</td>" in done.stdout, done.stderr


def test_an_address_is_fetched_here_if_it_may_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "page").write_text("<h1>Stock</h1><p>Counted weekly.</p>")
    handler = functools.partial(Html, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/page"
        refused = octavo("parse", address, cwd=tmp_path)
        monkeypatch.setenv("OCTAVO_FILE_URL_ALLOW", "127.0.0.1")
        done = octavo("parse", address, cwd=tmp_path)
        server.shutdown()
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "OCTAVO_FILE_URL_ALLOW" in refused.stderr
    assert done.stdout.startswith("# Stock"), done.stderr


def test_a_service_reads_as_this_machine_does(tmp_path: Path, service: Service) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["The ferry leaves at dawn.", "Second page."]))
    (tmp_path / "b.pdf").write_bytes(b"%PDF-1.7 nothing")
    here = octavo("parse", "a.pdf", "b.pdf", "--json", cwd=tmp_path)
    there = octavo("parse", "a.pdf", "b.pdf", "--json", "--server", service.url, cwd=tmp_path)
    assert here.returncode == there.returncode == 1
    mine, theirs = ([json.loads(line) for line in done.stdout.splitlines()] for done in (here, there))
    assert theirs[0].pop("parse_id").startswith("parse_")
    assert theirs == mine
    assert "b.pdf" in there.stderr


def test_folders_of_the_same_names_where_it_is_started_do_not_matter(tmp_path: Path) -> None:
    for name in ("api", "models", "pipelines", "schemas", "workers"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('not this one')")
    (tmp_path / "a.pdf").write_bytes(pdf(["The ferry leaves at dawn."]))
    done = octavo("parse", "a.pdf", cwd=tmp_path)
    assert "The ferry leaves at dawn." in done.stdout, done.stderr


def test_a_result_never_overwrites_a_source(tmp_path: Path) -> None:
    (tmp_path / "note.md").write_text("# Original\n\ntext\n")
    done = octavo("parse", "note.md", "--output", ".", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "note.md").read_text() == "# Original\n\ntext\n"
    assert "# Original" in (tmp_path / "note.md.md").read_text()


def test_a_file_that_cannot_be_read_costs_only_itself(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.7 nothing")
    (tmp_path / "scan.pdf").write_bytes(scanned(["Invoice 20417"]))
    done = octavo("parse", "bad.pdf", "scan.pdf", cwd=tmp_path)
    assert done.returncode == 1
    assert "20417" in done.stdout
    assert "bad.pdf" in done.stderr
    assert "1 of 2" in done.stderr


@pytest.mark.parametrize("names", [["a.pdf"], ["a.pdf", "b.pdf"]])
def test_ctrl_c_ends_it_without_a_word(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / name).write_bytes(pdf(["One."]))
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "api", "parse", *names],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,  # a terminal sends Ctrl-C to all of it, children that still import too
        preexec_fn=_heed_ctrl_c,
    )
    assert soon(lambda: any("forkserver" in word for word in _started_by(running.pid)), 90)
    os.killpg(running.pid, signal.SIGINT)
    assert running.communicate(timeout=60) == (b"", b"")
    assert running.returncode == 130


def _heed_ctrl_c() -> None:
    """As in a terminal: what runs in the background, these tests perhaps, is often told to ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _started_by(pid: int) -> list[str]:
    """The words of the commands that a process has running."""
    return [word for child in psutil.Process(pid).children() for word in child.cmdline()]


def test_a_wrong_setting_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OCTAVO_PORT", "many")
    done = octavo("serve", cwd=tmp_path)
    assert done.returncode == 2
    assert "OCTAVO_PORT" in done.stderr


def test_extras_add_what_the_service_has_options_for(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["The ferry leaves at dawn."]))
    done = octavo("parse", "a.pdf", "--format", "json", "--with", "words", cwd=tmp_path)
    fragment = json.loads(done.stdout)["pages"][0]["page_fragments"][0]
    assert [word["text"] for word in fragment["words"]] == ["The", "ferry", "leaves", "at", "dawn."]


def test_a_schema_is_filled_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["Invoice number: 20417"]))
    schema = {"type": "object", "properties": {"invoice_number": {"type": "string"}}}
    (tmp_path / "invoice.json").write_text(json.dumps(schema))
    done = octavo("extract", "a.pdf", "--schema", "invoice.json", "--citations", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (filled,) = json.loads(done.stdout)["structured_data"]
    assert (filled["schema_name"], filled["page_numbers"]) == ("invoice", [1])
    assert filled["data"]["invoice_number"] == "20417"
    (citation,) = filled["data"]["invoice_number_citation"]
    assert citation["page_number"] == 1
    done = octavo("extract", "a.pdf", "--schema", "invoice.json", "--citations", cwd=tmp_path)
    assert "  invoice_number  20417  ← page 1: “20417”" in done.stdout


def test_a_schema_that_cannot_be_used_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("hello")
    (tmp_path / "list.json").write_text('{"type": "array"}')
    done = octavo("extract", "a.txt", "--schema", "list.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "'list'" in done.stderr
    assert "root" in done.stderr


def form(path: Path) -> None:
    """A form with a field for a name, filled in, and one for a town."""
    with pymupdf.open() as document:
        page = document.new_page()
        for row, (label, value) in enumerate([("Full name", "Old Name"), ("Town", "")]):
            page.insert_text((60, 75 + 40 * row), label)
            field = pymupdf.Widget()
            field.field_name, field.field_value = f"f{row}", value
            field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
            field.rect = pymupdf.Rect(160, 60 + 40 * row, 400, 80 + 40 * row)
            page.add_widget(field)
        document.save(path)


def values(path: Path) -> list[str]:
    with pymupdf.open(path) as document:
        return [field.field_value for field in document[0].widgets()]


def test_a_form_is_filled_in_and_what_has_no_place_is_told(tmp_path: Path) -> None:
    form(tmp_path / "form.pdf")
    done = octavo("edit", "form.pdf", "--prompt", "Town: Lisbon\nShoe size: 44", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "→ page 1: Town (text): Lisbon" in done.stdout
    assert "Shoe size" in done.stderr
    assert values(tmp_path / "form.filled.pdf") == ["Old Name", "Lisbon"]

    (tmp_path / "said.txt").write_text("Town: Lisbon")
    done = octavo(
        "edit", "form.pdf", "--prompt-file", "said.txt", "--clear", "--json", "-o", "new.pdf", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["fields_filled"] == 1
    assert values(tmp_path / "new.pdf") == ["", "Lisbon"]


def test_without_a_prompt_the_fields_are_listed_and_nothing_is_written(tmp_path: Path) -> None:
    form(tmp_path / "form.pdf")
    done = octavo("edit", "form.pdf", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "page 1: Full name (text): Old Name" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["form.pdf"]


def test_a_form_is_never_replaced_by_its_copy(tmp_path: Path) -> None:
    form(tmp_path / "form.pdf")
    done = octavo("edit", "form.pdf", "--prompt", "Town: Lisbon", "--output", "form.pdf", cwd=tmp_path)
    assert done.returncode == 2
    assert values(tmp_path / "form.pdf") == ["Old Name", ""]
