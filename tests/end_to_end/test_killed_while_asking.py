"""A worker killed while a language model answers: the answers that were given are not asked for again."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from typing import Any

import pytest

from benchmarks.service import Service, ended, pdf, submit, upload
from tests.fakes.chat_server import Reply, ScriptedServer, says

pytestmark = pytest.mark.end_to_end

PAGES, KILLED_AT = 20, 12
NUMBER = re.compile(r"The invoice number is (A-\d+)")
SCHEMA = {"type": "object", "properties": {"number": {"type": "string"}}}
ASKED = [{"schema_name": "Invoice", "json_schema": SCHEMA, "partition_strategy": "page"}]


class Model:
    """Answers from the text of the page; ``reached`` is set with answer number ``KILLED_AT``."""

    def __init__(self) -> None:
        self.answered: list[str] = []
        self.reached = threading.Event()

    def answer(self, request: dict[str, Any]) -> Reply:
        number = NUMBER.search(request["messages"][1]["content"])
        assert number is not None
        self.answered.append(number[1])
        if len(self.answered) == KILLED_AT:
            self.reached.set()
        return says({"number": {"value": number[1], "at": []}}, seconds=0.2)


def test_answers_outlive_the_worker_that_asked(tmp_path: Path) -> None:
    model = Model()
    environment = {
        "OCTAVO_LLM_MODEL": "small",
        "OCTAVO_LLM_PARALLEL": "1",
        "OCTAVO_LEASE_SECONDS": "2",
        "OCTAVO_SWEEP_SECONDS": "1",
    }
    document = pdf([f"The invoice number is A-{number}." for number in range(1, PAGES + 1)])
    with ScriptedServer(says("")).running() as server:
        server.choose = model.answer
        service = Service(tmp_path, {**environment, "OCTAVO_LLM_BASE_URL": server.url}).start()
        try:
            with service.client() as client:
                job = submit(client, file_id=upload(client, document), structured_extraction_options=ASKED)
                assert model.reached.wait(120)
                service.worker().kill()
                result = ended(client, job)
                asked = len(model.answered)
                client.post(f"parse/{job}/replay").raise_for_status()
                again = ended(client, job)
        finally:
            service.stop()
    wanted = [f"A-{number}" for number in range(1, PAGES + 1)]
    assert [one["data"]["number"] for one in result["structured_data"]] == wanted
    assert sorted(set(model.answered)) == sorted(wanted)
    assert PAGES <= asked <= PAGES + 2  # one was on its way, one just being kept
    assert again["structured_data"] == result["structured_data"]
    assert len(model.answered) == asked
