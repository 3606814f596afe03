"""``parse``, ``extract``, ``classify`` and ``edit`` by a service, as their users see them."""

from __future__ import annotations

import errno
import io
import json
import queue
import threading
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from api.__main__ import app
from api.commands import client as clients
from api.commands.client import Client
from schemas.documents import (
    Chunk,
    DocumentWarning,
    PageClass,
    PageFault,
    ParsedDocument,
    StructuredData,
    WarningKind,
)
from schemas.fragments import FragmentWord
from schemas.geometry import Box
from tests.api.service import PDF, FakeWorker, document
from workers.jobs.ledger.shards import Claim
from workers.jobs.services import Services


class Terminal:
    """The commands with a service whose worker does, in every pause, what there is to do.

    It fails a file that is called torn, and reads any other as ``whole`` says.
    """

    def __init__(self, client: TestClient, services: Services) -> None:
        self.client, self.services = client, services
        self.whole: ParsedDocument = document(2)
        self._working = threading.Lock()

    def __call__(self, *words: str) -> Result:
        return CliRunner().invoke(app, [*words, "--server", "http://octavo"])

    def wait(self, _seconds: float) -> None:
        with self._working:
            claim = self.services.shards.claim_next("cpu", "fake", 60)
            if claim is not None:
                self._work(claim)

    def _work(self, claim: Claim) -> None:
        name = claim.request.source.file_name or claim.request.source.file_url or ""
        if "torn" in name:
            self.services.shards.fail(claim, "It is torn.")
            return
        text = f"text of {name}"
        whole = self.whole.model_copy(update={"document_markdown": text})
        self.services.shards.split(claim, 2, [1], [])
        self.services.shards.complete_pages(claim)
        FakeWorker(self.services).assemble(whole)

    def asked(self) -> dict[str, Any]:
        found: dict[str, Any] = self.client.get("parse").json()["items"][0]["options"]
        return found


@pytest.fixture
def octavo(
    client: TestClient, services: Services, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Terminal:
    terminal = Terminal(client, services)

    def of(server: str, key: str = "any", *_: Any, **__: Any) -> Client:
        return Client(client, terminal.wait)

    monkeypatch.setattr(Client, "of", of)
    monkeypatch.setattr(TestClient, "close", lambda self: None)  # it is the fixture's
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b", "torn"):
        Path(f"{name}.pdf").write_bytes(PDF + name.encode())
    return terminal


def test_several_are_read_at_a_time_and_printed_in_order(octavo: Terminal) -> None:
    done = octavo("parse", "b.pdf", "a.pdf")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == "<!-- b.pdf -->\n\ntext of b.pdf\n\n<!-- a.pdf -->\n\ntext of a.pdf\n\n"
    assert "2 documents, 4 pages" in done.stderr


def test_one_is_printed_as_it_is(octavo: Terminal) -> None:
    done = octavo("parse", "a.pdf")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "text of a.pdf\n", "")


def test_what_cannot_be_read_costs_only_itself(octavo: Terminal) -> None:
    done = octavo("parse", "gone.pdf", "torn.pdf", "a.pdf", "--json")
    assert done.exit_code == 1
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line["file"] for line in lines] == ["gone.pdf", "torn.pdf", "a.pdf"]
    assert [line.get("error") for line in lines] == ["There is no such file.", "It is torn.", None]
    assert lines[2]["document_markdown"] == "text of a.pdf"
    assert lines[2]["parse_id"].startswith("parse_")
    assert "torn.pdf: It is torn." in done.stderr
    assert "2 of 3 could not be read." in done.stderr


def test_nothing_to_read_is_wrong_use_and_names_of_nothing_are_failures(octavo: Terminal) -> None:
    Path("empty").mkdir()
    assert octavo("parse", "empty").exit_code == 2
    assert octavo("parse", "gone.pdf").exit_code == 1


def test_results_go_into_a_folder(octavo: Terminal) -> None:
    Path("in/deep").mkdir(parents=True)
    Path("in/deep/a.pdf").write_bytes(PDF)
    done = octavo("parse", "in", "b.pdf", "-o", "out")
    assert (done.exit_code, done.stdout) == (0, "")
    assert Path("out/deep/a.md").read_text() == "text of a.pdf\n"
    assert "b.pdf → out/b.md" in done.stderr
    octavo("parse", "b.pdf", "-o", "out", "--json", "--quiet")
    assert json.loads(Path("out/b.json").read_text())["file"] == "b.pdf"


def test_a_folder_that_cannot_be_written_to_is_told(octavo: Terminal) -> None:
    Path("out").write_text("in the way")
    done = octavo("parse", "a.pdf", "-o", "out/in")
    assert done.exit_code == 1
    assert "cannot be written" in done.stderr


def test_chunks_are_lines_for_an_index(octavo: Terminal) -> None:
    chunks = [Chunk(content="one", page_number=1), Chunk(content="two", page_number=2)]
    octavo.whole = octavo.whole.model_copy(update={"chunks": chunks})
    done = octavo("parse", "a.pdf", "b.pdf", "--format", "chunks", "--chunking", "page")
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(line["file"], line["content"]) for line in lines] == [
        ("a.pdf", "one"),
        ("a.pdf", "two"),
        ("b.pdf", "one"),
        ("b.pdf", "two"),
    ]
    assert octavo.asked()["configuration"]["parsing_options"]["chunking_strategy"] == "page"


def test_half_a_surrogate_pair_is_no_reason_to_fail(octavo: Terminal) -> None:
    octavo.whole = octavo.whole.model_copy(update={"chunks": [Chunk(content="a\ud800b", page_number=1)]})
    done = octavo("parse", "a.pdf", "--json")
    assert done.exit_code == 0, done.exception
    assert json.loads(done.stdout)["chunks"][0]["content"] == "a?b"


def test_standard_output_that_is_full_is_told(octavo: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full(io.BytesIO):
        def write(self, _: Any) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("api.commands.results.sys", SimpleNamespace(stdout=SimpleNamespace(buffer=Full())))
    done = octavo("parse", "a.pdf")
    assert done.exit_code == 1
    assert "cannot be written to: No space left" in done.stderr


def test_an_address_is_read(octavo: Terminal) -> None:
    done = octavo("parse", "https://example.com/in/bill.pdf", "-o", "out", "--label", "kind=bill")
    assert done.exit_code == 0, done.stderr
    assert Path("out/bill.md").exists()
    assert octavo.asked()["file_url"] == "https://example.com/in/bill.pdf"
    assert octavo.client.get("parse").json()["items"][0]["labels"] == {"kind": "bill"}


def test_doubts_are_told_unless_nobody_wants_to_know(octavo: Terminal) -> None:
    warning = DocumentWarning(kind=WarningKind.TRUNCATED, message="It goes on.", page_number=2)
    fault = PageFault(page_number=1, stage="ocr", code="X", message="It is black.")
    octavo.whole = octavo.whole.model_copy(update={"warnings": [warning], "page_errors": [fault]})
    done = octavo("parse", "a.pdf")
    assert done.stderr.splitlines() == [
        "a.pdf: page 1 was left out: It is black.",
        "a.pdf, page 2: It goes on.",
    ]
    assert octavo("parse", "a.pdf", "-q").stderr.splitlines() == ["a.pdf: page 1 was left out: It is black."]


def test_options_that_the_service_refuses_end_the_command(octavo: Terminal) -> None:
    done = octavo("parse", "a.pdf", "b.pdf", "--ocr-model", "gemini3")
    assert done.exit_code == 2
    assert done.stderr.count("gemini3 stands for a vision model") == 1


def test_a_service_that_cannot_be_used_has_an_exit_code(
    octavo: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    octavo.client.headers["Authorization"] = "Bearer none-of-its-keys"
    done = octavo("parse", "a.pdf", "b.pdf")
    assert done.exit_code == 3
    assert "--key" in done.stderr


def test_ctrl_c_cancels_all_that_is_in_hand(octavo: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    followed = threading.Event()
    monkeypatch.setattr(octavo, "wait", lambda seconds: followed.set())

    class CtrlC(queue.SimpleQueue[Any]):
        def get(self, *_: Any) -> Any:
            followed.wait()
            raise KeyboardInterrupt

    monkeypatch.setattr("api.commands.at_once.SimpleQueue", CtrlC)
    done = octavo("parse", "a.pdf", "b.pdf")
    assert done.exit_code == 130
    assert {job["error"] for job in octavo.client.get("parse").json()["items"]} == {"cancelled"}


SCHEMA = {"type": "object", "properties": {"total": {"type": "number"}, "items": {"type": "array"}}}


def filled(whole: ParsedDocument) -> ParsedDocument:
    """A schema filled with a value that stands on page 1, one that stands nowhere, and objects."""
    fragment = (
        whole.pages[0]
        .page_fragments[0]
        .model_copy(
            update={
                "words": [
                    FragmentWord(text="To", bbox=Box(x1=0, y1=0, x2=9, y2=9)),
                    FragmentWord(text="$30.00", bbox=Box(x1=10, y1=0, x2=29, y2=9)),
                ]
            }
        )
    )
    page = whole.pages[0].model_copy(update={"page_fragments": [fragment]})
    data = {
        "total": 30.0,
        "total_citation": [{"page_number": 1, "x1": 10, "y1": 0, "x2": 29, "y2": 9}],
        "total_confidence": 0.876,
        "paid": True,
        "paid_citation": [],
        "items": [{"name": "Lamp\noil", "name_citation": []}],
        "none": None,
        "none_citation": [],
    }
    found = [StructuredData(data=data, page_numbers=[1, 2], schema_name="bill")]
    return whole.model_copy(update={"pages": [page, *whole.pages[1:]], "structured_data": found})


def test_a_filled_schema_is_shown_with_the_words_that_say_it(octavo: Terminal) -> None:
    Path("bill.json").write_text(json.dumps(SCHEMA))
    octavo.whole = filled(octavo.whole)
    done = octavo("extract", "a.pdf", "--schema", "bill.json", "--citations", "--confidence")
    assert done.stdout.splitlines() == [
        "a.pdf: bill, pages 1-2",
        "  total          30.0  (88%)  ← page 1: “$30.00”",
        "  paid           true  ← stands nowhere as it is",
        "  items[0].name  Lamp oil  ← stands nowhere as it is",
        "  none           null",
    ]
    asked = octavo.asked()
    assert asked["job_type"] == "extract"
    (option,) = asked["configuration"]["structured_extraction_options"]
    assert (option["schema_name"], option["provide_citations"], option["json_schema"]) == (
        "bill",
        True,
        SCHEMA,
    )


def test_a_filled_schema_is_json_for_programs(octavo: Terminal) -> None:
    Path("bill.json").write_text(json.dumps(SCHEMA))
    octavo.whole = filled(octavo.whole)
    done = octavo("extract", "a.pdf", "--schema", "bill.json", "--json")
    found = json.loads(done.stdout)
    assert found.keys() == {"file", "structured_data", "page_errors", "warnings"}
    assert found["structured_data"][0]["data"]["total"] == 30.0
    octavo("extract", "a.pdf", "--schema", "bill.json", "-o", "out")
    assert json.loads(Path("out/a.json").read_text()) == found


def test_all_that_an_extraction_can_be_asked_for(octavo: Terminal) -> None:
    Path("bill.json").write_text(json.dumps(SCHEMA))
    words = "extract a.pdf -s bill.json --prompt Net --skip-ocr --model sonnet --start ^Order --end ^Total"
    done = octavo(*words.split(), "--class", "bill: to be paid", "--only", "bill")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == "a.pdf: nothing was found\n"
    configuration = octavo.asked()["configuration"]
    assert configuration["page_classifications"] == [{"name": "bill", "description": "to be paid"}]
    (option,) = configuration["structured_extraction_options"]
    assert (option["prompt"], option["skip_ocr"], option["model_provider"]) == ("Net", True, "sonnet")
    assert option["page_classes"] == ["bill"]
    assert option["partition_strategy"]["start_patterns"] == ["^Order"]
    octavo("extract", "a.pdf", "-s", "bill.json", "--partition", "page")
    (option,) = octavo.asked()["configuration"]["structured_extraction_options"]
    assert option["partition_strategy"]["strategy"] == "page"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("extract a.pdf", "--schema"),
        ("classify a.pdf", "--class"),
        ("extract a.pdf -s bill.json --start x --partition page", "leave --partition out"),
        ("parse a.pdf --pages 3-1", "--pages"),
        ("parse a.pdf --label kind", "name=value"),
    ],
)
def test_wrong_use_is_told_before_anything_is_sent(octavo: Terminal, words: str, says: str) -> None:
    Path("bill.json").write_text(json.dumps(SCHEMA))
    done = octavo(*words.split())
    assert done.exit_code == 2
    assert says in done.stderr
    assert octavo.client.get("files").json()["items"] == []


def test_classes_are_shown_with_what_speaks_for_them(octavo: Terminal) -> None:
    found = PageClass(page_class="bill", page_numbers=[1, 3], classification_reasons={"1": "It\nsays so."})
    octavo.whole = octavo.whole.model_copy(update={"page_classes": [found]})
    done = octavo("classify", "a.pdf", "--class", "bill: to be paid", "--class", "letter")
    assert done.stdout.splitlines() == ["a.pdf: bill, pages 1, 3", "  page 1: It says so."]
    assert octavo.asked()["job_type"] == "classify"
    done = octavo("classify", "a.pdf", "--class", "bill", "--json")
    assert json.loads(done.stdout)["page_classes"][0]["page_class"] == "bill"


@pytest.fixture
def form(octavo: Terminal) -> Callable[..., None]:
    """Has the service fill in forms, PDFs or, with ``docx``, Word documents."""

    def fill(*, docx: bytes | None = None) -> None:
        widget = {"page_number": 1, "name": "Town", "type": "text", "value": "Lisbon", "filled": True}
        ticked = {"page_number": 1, "name": "Paid", "type": "checkbox", "value": False, "filled": False}
        told = {
            "detected_widgets": [widget, ticked],
            "not_placed": [{"text": "Shoe size: 44", "reason": "no such field"}],
            "fields_filled": 1,
            "fields_detected": 2,
        }
        octavo.whole = octavo.whole.model_copy(
            update={
                "form_filling_metadata": told,
                "filled_pdf_base64": None if docx else b64encode(b"a filled PDF").decode(),
                "filled_docx_base64": b64encode(docx).decode() if docx else None,
            }
        )

    fill()
    return fill


def test_a_form_is_filled_in(octavo: Terminal, form: Callable[..., None]) -> None:
    done = octavo("edit", "a.pdf", "--prompt", "Town: Lisbon", "--clear", "--own-fields")
    assert done.exit_code == 0, done.stderr
    assert done.stdout == "→ page 1: Town (text): Lisbon\n  page 1: Paid (checkbox): [ ]\n"
    assert "not placed: Shoe size: 44: no such field" in done.stderr
    assert Path("a.filled.pdf").read_bytes() == b"a filled PDF"
    asked = octavo.asked()["configuration"]["form_filling"]
    assert asked == {
        "fill_prompt": "Town: Lisbon",
        "ignore_source_values": True,
        "no_acroform": False,
        "no_widget_detection": True,
    }


def test_a_form_without_a_prompt_is_told_and_not_written(octavo: Terminal, form: Callable[..., None]) -> None:
    done = octavo("edit", "a.pdf", "--json")
    assert json.loads(done.stdout)["fields_detected"] == 2
    assert not Path("a.filled.pdf").exists()


def test_a_word_document_stays_one_unless_a_pdf_is_wanted(
    octavo: Terminal, form: Callable[..., None]
) -> None:
    form(docx=b"a filled letter")
    octavo("edit", "a.pdf", "--prompt", "Town: Lisbon")
    assert Path("a.filled.docx").read_bytes() == b"a filled letter"
    done = octavo("edit", "a.pdf", "--prompt", "Town: Lisbon", "-o", "x.pdf")
    assert done.exit_code == 2
    assert "LibreOffice" in done.stderr


def test_a_form_is_never_written_over(octavo: Terminal, form: Callable[..., None]) -> None:
    done = octavo("edit", "a.pdf", "--prompt", "Town: Lisbon", "-o", "./a.pdf")
    assert done.exit_code == 2
    assert octavo.client.get("parse").json()["items"] == []


@pytest.mark.parametrize(("name", "code"), [("gone.pdf", 1), ("torn.pdf", 1), ("*.pdf", 2)])
def test_forms_that_cannot_be_filled_in(octavo: Terminal, name: str, code: int) -> None:
    assert octavo("edit", name, "--prompt", "Town: Lisbon").exit_code == code


def test_the_server_and_its_key_may_be_in_the_environment(
    octavo: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[tuple[str, str]] = []

    def of(server: str, key: str = "any", *_: Any, **__: Any) -> Client:
        heard.append((server, key))
        raise clients.ServiceError("enough")

    monkeypatch.setattr(Client, "of", of)
    environment = {"OCTAVO_SERVER": "https://octavo.example", "OCTAVO_API_KEY": "a key"}
    done = CliRunner().invoke(app, ["parse", "a.pdf"], env=environment)
    assert (done.exit_code, heard) == (3, [("https://octavo.example", "a key")])
