"""Pages in classes and summaries of tables, by the whole service and without any language model."""

from __future__ import annotations

import pymupdf
import pytest

from benchmarks.service import Service, ended, upload

pytestmark = pytest.mark.end_to_end

INVOICE = ["INVOICE", "Invoice number: A-17", "Invoice date: 3 May 2024", "Unit price", "Amount due: 140.00"]
POEM = ["The river keeps its silver late,", "a heron folds the evening in,", "and nobody is at the gate."]


def paper(*pages: list[str]) -> bytes:
    with pymupdf.open() as document:
        for lines in pages:
            page = document.new_page()
            for row, line in enumerate(lines):
                page.insert_text((72, 90 + 26 * row), line, fontsize=11 if row else 20)
        made: bytes = document.tobytes()
        return made


def test_pages_are_put_into_classes(service: Service) -> None:
    classes = [
        {"name": "Invoice", "description": "a bill for goods or services"},
        {"name": "Passport", "description": "an identity document of a traveller"},
    ]
    with service.client() as client:
        file_id = upload(client, paper(POEM, INVOICE))
        answer = client.post("classify", json={"file_id": file_id, "page_classifications": classes})
        assert answer.status_code == 200, answer.text
        result = ended(client, answer.json()["parse_id"])
    assert result["status"] == "successful", result["error"]
    (found,) = result["page_classes"]
    assert (found["page_class"], found["page_numbers"]) == ("Invoice", [2])
    assert "INVOICE" in found["classification_reasons"]["2"]
    assert [page["classification_reason"] is None for page in result["pages"]] == [True, False]


def test_tables_are_summarised_without_a_model(service: Service) -> None:
    text = "Part,Pieces\nNut,5\nBolt,7\n"
    body = {
        "raw_text": text,
        "mime_type": "text/csv",
        "enrichment_options": {"table_summarization": True},
    }
    with service.client() as client:
        answer = client.post("parse", json=body)
        assert answer.status_code == 200, answer.text
        result = ended(client, answer.json()["parse_id"])
    (table,) = [f["content"] for page in result["pages"] for f in page["page_fragments"]]
    assert "Pieces goes from 5 (Nut) to 7 (Bolt)" in table["summary"]
    assert "Table Summary" in result["document_markdown"]
    assert result["usage"]["summarization_input_tokens_used"] == 0
    assert [warning["kind"] for warning in result["warnings"]] == ["no_llm"]
