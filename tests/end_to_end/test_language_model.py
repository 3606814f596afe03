"""Schemas that a scripted server fills: in the service and by ``octavo extract``, in real processes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymupdf
import pytest

from benchmarks.service import Service, ended, pdf, submit, upload
from schemas.options import Configuration
from schemas.settings import Settings
from tests.fakes.chat_server import Reply, ScriptedServer, fails, says
from workers.local import LocalParser

pytestmark = pytest.mark.end_to_end

TEXT = "The invoice number is A-17 and the total is 1,312.50 EUR, issued on 3 April 2019."
SCHEMA = {
    "type": "object",
    "properties": {
        "invoice_number": {"type": "string"},
        "total": {"type": "number"},
        "issued": {"type": "string", "format": "date"},
        "seller": {"type": "string"},
    },
}
PLACES = ("invoice_number_citation", "total_citation", "issued_citation")


def said(value: Any, *at: str) -> dict[str, Any]:
    return {"value": value, "at": list(at)}


def answers(request: dict[str, Any]) -> Reply:
    """What a good model says; it invents the seller."""
    place = re.search(r"^==\w+ (\d+\.\d+) text==$", request["messages"][1]["content"], re.MULTILINE)
    at = place[1] if place else ""
    values = {"invoice_number": "A-17", "total": 1312.5, "issued": "2019-04-03", "seller": "Nobody Ltd."}
    return says({name: said(value, at) for name, value in values.items()})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer(says("")).running() as server:
        server.choose = answers
        yield server


def asked(**options: Any) -> list[dict[str, Any]]:
    return [{"schema_name": "Invoice", "json_schema": SCHEMA, "provide_citations": True, **options}]


def test_the_model_that_was_chosen_fills_the_schema_and_the_words_prove_it(
    tmp_path: Path, server: ScriptedServer
) -> None:
    environment = {
        "OCTAVO_LLM_SONNET_BASE_URL": server.url,
        "OCTAVO_LLM_SONNET_MODEL": "large",
        "OCTAVO_LLM_SONNET_API_KEY": "secret-key",
        "OCTAVO_LOG_LEVEL": "DEBUG",
    }
    service = Service(tmp_path, environment).start()
    try:
        with service.client() as client:
            file_id = upload(client, pdf([TEXT]))
            options = asked(model_provider="claude-3-5-sonnet-latest", prompt="Amounts without tax.")
            result = ended(client, submit(client, file_id=file_id, structured_extraction_options=options))
    finally:
        service.stop()
    assert result["status"] == "successful", result["error"]
    (filled,) = result["structured_data"]
    data = filled["data"]
    assert {name: data[name] for name in SCHEMA["properties"]} == {
        "invoice_number": "A-17",
        "total": 1312.5,
        "issued": "2019-04-03",
        "seller": "Nobody Ltd.",
    }
    assert all(len(data[name]) == 1 for name in PLACES)
    assert data["seller_citation"] == []
    assert [w["kind"] for w in result["warnings"]] == ["low_confidence"]
    assert result["usage"]["extraction_input_tokens_used"] == 1000
    assert result["usage"]["extraction_output_tokens_used"] == 50
    (request,) = server.requests
    assert (request["model"], server.keys) == ("large", ["Bearer secret-key"])
    assert "Amounts without tax." in request["messages"][1]["content"]
    assert "secret-key" not in service.log
    assert "A-17" not in service.log


@pytest.mark.parametrize("trouble", [fails(401), says("I cannot."), says(None, refusal="No.")])
def test_a_model_that_fails_costs_a_warning(tmp_path: Path, server: ScriptedServer, trouble: Reply) -> None:
    server.choose, server.replies = None, [trouble]
    (tmp_path / "a.pdf").write_bytes(pdf(["Invoice number: A-17"]))
    settings = Settings(llm_base_url=server.url, llm_model="m")
    with LocalParser(settings) as parser:
        document = parser.parse(tmp_path / "a.pdf", Configuration(structured_extraction_options=asked()))
    assert document.structured_data
    assert document.structured_data[0].data["invoice_number"] == "A-17"
    (warning,) = document.warnings
    assert warning.kind == "fallback"
    assert document.usage.extraction_input_tokens_used == (
        0 if trouble.status == 401 else 1000 * len(server.requests)
    )


def test_skip_ocr_shows_the_pages(tmp_path: Path, server: ScriptedServer) -> None:
    server.choose, server.replies = None, [says({"invoice_number": said("A-17", "page 1")} | _nothing())]
    (tmp_path / "a.pdf").write_bytes(pdf([TEXT]))
    settings = Settings(llm_base_url=server.url, llm_model="m", llm_vision=True)
    with LocalParser(settings) as parser:
        configuration = Configuration(structured_extraction_options=asked(skip_ocr=True))
        document = parser.parse(tmp_path / "a.pdf", configuration)
    assert document.structured_data
    assert document.structured_data[0].data["invoice_number"] == "A-17"
    assert len(document.structured_data[0].data["invoice_number_citation"]) == 1
    assert 1000 < max(server.picture().size) <= 1600
    assert TEXT[:20] not in str(server.requests[0]["messages"])


@pytest.mark.parametrize("sees", [True, False])
def test_a_page_with_a_figure_is_shown_to_a_model_that_sees(
    tmp_path: Path, server: ScriptedServer, sees: bool
) -> None:
    source: Any = pymupdf.open(stream=pdf([TEXT, TEXT]))
    picture = pymupdf.Pixmap(pymupdf.csRGB, (0, 0, 300, 200), 0)
    picture.set_rect(picture.irect, (40, 90, 160))
    picture.set_rect((40, 40, 260, 160), (230, 200, 60))
    source[1].insert_image((100, 200, 500, 460), pixmap=picture)
    (tmp_path / "a.pdf").write_bytes(source.tobytes())
    server.choose, server.replies = None, [says({"invoice_number": said("A-17", "1.0")} | _nothing())]
    with LocalParser(Settings(llm_base_url=server.url, llm_model="m", llm_vision=sees)) as parser:
        parser.parse(tmp_path / "a.pdf", Configuration(structured_extraction_options=asked()))
    ((_, user),) = [request["messages"] for request in server.requests]
    assert TEXT[:20] in str(user)
    assert ("image_url" in str(user)) == sees
    if sees:
        assert "==\n" in user["content"][1]["text"]
        assert " page 2 picture==" in user["content"][1]["text"]
        assert len(user["content"]) == 2


def _nothing() -> dict[str, None]:
    return dict.fromkeys(["total", "issued", "seller"])
