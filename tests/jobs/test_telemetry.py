"""Log lines say which job they are about, and nothing of what is in its document."""

from __future__ import annotations

import json
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.trace import NonRecordingSpan, SpanContext
from sqlalchemy.exc import OperationalError

from schemas.settings import LogFormat
from workers.jobs.telemetry import Fields, LogSetup, bind, bound, configure_logging, log_setup

TRACE = 0xAB


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], str]]:
    """What stands in the log; afterwards all loggers are as they were."""
    root = logging.getLogger()
    names = [None, "api", "models", "octavo", "pipelines", "schemas", "workers"]
    names += ["celery", "celery.app.trace", "celery.worker.strategy"]
    levels = {name: logging.getLogger(name).level for name in names}
    handlers = list(root.handlers)
    monkeypatch.setattr("workers.jobs.telemetry._setup", None)
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield lambda: capsys.readouterr().err
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def in_json(level: str = "DEBUG", **options: Any) -> None:
    configure_logging(LogSetup(level, LogFormat.JSON), **options)


def objects(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_fields_are_bound_for_a_block() -> None:
    with bind(job="parse_x", shard=1):
        with bind(page=3, shard=2):
            assert bound() == {"job": "parse_x", "shard": 2, "page": 3}
        assert bound() == {"job": "parse_x", "shard": 1}
    assert bound() == {}


def test_fields_are_on_the_line(logs: Callable[[], str]) -> None:
    configure_logging(LogSetup("info"))
    with bind(job="parse_x", page=2):
        logging.getLogger("octavo.test").info("read %d", 7)
    logging.getLogger("octavo.test").debug("not shown")
    line = logs()
    assert "octavo.test job=parse_x page=2: read 7" in line
    assert "not shown" not in line


def test_lines_without_fields() -> None:
    record = logging.makeLogRecord({})
    assert Fields().filter(record)
    assert record.octavo_fields == ""  # type: ignore[attr-defined]


def test_a_line_of_json_is_one_object_with_its_fields(logs: Callable[[], str]) -> None:
    in_json()
    with bind(job="parse_x", shard=1, page=2):
        logging.getLogger("workers.run").info("first\nsecond %s", "“ü”", extra={"seconds": 0.25})
    (line,) = objects(logs())
    assert line.pop("time").endswith("Z")
    assert line == {
        "level": "INFO",
        "logger": "workers.run",
        "message": "first\nsecond “ü”",
        "job": "parse_x",
        "shard": 1,
        "page": 2,
        "seconds": 0.25,
    }


def test_any_text_can_be_written_and_a_mistake_says_nothing(logs: Callable[[], str]) -> None:
    in_json()
    with bind(job="half of a pair: \ud800"):
        logging.getLogger("workers.run").info("%s", "\udfff\0")
    logging.getLogger("workers.run").info("%d pages", "the document's words")
    (line,) = logs().splitlines()
    assert "ud800" in line
    assert "udfff" in line


def test_a_line_names_the_trace_it_is_part_of(logs: Callable[[], str]) -> None:
    in_json()
    span = NonRecordingSpan(SpanContext(TRACE, 1, is_remote=True))
    with trace.use_span(span):
        logging.getLogger("workers.run").info("read")
    assert objects(logs())[0]["trace_id"] == f"{TRACE:032x}"


@pytest.mark.parametrize("written", LogFormat)
def test_errors_are_told_without_what_they_say(logs: Callable[[], str], written: LogFormat) -> None:
    configure_logging(LogSetup("DEBUG", written))
    words, name = "the document's words", "the file's name"
    try:
        try:
            raise ValueError(words)
        except ValueError as cause:
            raise KeyError(name) from cause
    except KeyError:
        logging.getLogger("workers.run").exception("it failed")
    text = logs()
    assert "it failed" in text
    assert text.index("builtins.ValueError") < text.index("builtins.KeyError")
    assert "test_telemetry.py" in text
    assert words not in text
    assert name not in text


def test_errors_of_servers_and_disks_say_what_broke(logs: Callable[[], str]) -> None:
    in_json()
    for error in (
        OSError(28, "No space left on device", "/data/secret name.pdf"),
        OperationalError("SELECT 1", {"name": "secret name.pdf"}, Exception("it is away\nsecret row")),
    ):
        try:
            raise error
        except Exception:
            logging.getLogger("workers.run").exception("it failed")
    full, away = (line["exception"] for line in objects(logs()))
    assert full.endswith("OSError: No space left on device")
    assert away.endswith("OperationalError: it is away")


def test_a_chain_of_errors_that_bites_its_tail_ends(logs: Callable[[], str]) -> None:
    in_json()
    first, second = ValueError(), KeyError()
    first.__cause__, second.__cause__ = second, first
    logging.getLogger("workers.run").error("it failed", exc_info=first)
    assert objects(logs())[0]["exception"].count("Traceback") == 2


def test_libraries_are_heard_from_warnings_on(logs: Callable[[], str]) -> None:
    in_json("DEBUG")
    for name in ("httpx", "urllib3.connectionpool", "PIL.TiffImagePlugin", "celery.worker", "workers.run"):
        logging.getLogger(name).debug("the document's words")
        logging.getLogger(name).info("an address with a key")
        logging.getLogger(name).warning("warned")
    seen = {(line["logger"], line["level"]) for line in objects(logs())}
    assert seen == {
        ("workers.run", "DEBUG"), ("workers.run", "INFO"), ("celery.worker", "INFO"),
        *((name, "WARNING") for name in
          ("httpx", "urllib3.connectionpool", "PIL.TiffImagePlugin", "celery.worker", "workers.run")),
    }  # fmt: skip


def test_where_documents_are_read_libraries_are_not_heard(logs: Callable[[], str]) -> None:
    in_json("DEBUG", libraries=False)
    logging.getLogger("pylatexenc").error("the document's words")
    logging.getLogger("workers.children").debug("ours")
    assert [line["logger"] for line in objects(logs())] == ["workers.children"]


def test_uncaught_errors_and_warnings_are_lines_of_the_log_too(logs: Callable[[], str]) -> None:
    in_json("WARNING")
    thread = threading.Thread(target=lambda: 1 / 0)
    thread.start()
    thread.join()
    assert "ZeroDivisionError" in objects(logs())[0]["exception"]
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("mind the gap", stacklevel=1)
    assert objects(logs())[0]["logger"] == "py.warnings"


def test_a_process_knows_how_it_logs(logs: Callable[[], str]) -> None:
    assert log_setup() is None
    in_json("ERROR")
    assert log_setup() == LogSetup("ERROR", LogFormat.JSON)
