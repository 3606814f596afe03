"""Log lines say which job they are about."""

from __future__ import annotations

import logging

import pytest

from workers.jobs.telemetry import Fields, bind, bound, configure_logging


def test_fields_are_bound_for_a_block() -> None:
    with bind(job="parse_x", shard=1):
        with bind(page=3, shard=2):
            assert bound() == {"job": "parse_x", "shard": 2, "page": 3}
        assert bound() == {"job": "parse_x", "shard": 1}
    assert bound() == {}


def test_fields_are_on_the_line(capsys: pytest.CaptureFixture[str]) -> None:
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    try:
        configure_logging("info")
        with bind(job="parse_x", page=2):
            logging.getLogger("octavo.test").info("read %d", 7)
        logging.getLogger("octavo.test").debug("not shown")
    finally:
        root.handlers[:] = before
        root.setLevel(level)
    line = capsys.readouterr().err
    assert "octavo.test job=parse_x page=2: read 7" in line
    assert "not shown" not in line


def test_lines_without_fields() -> None:
    record = logging.makeLogRecord({})
    assert Fields().filter(record)
    assert record.octavo_fields == ""  # type: ignore[attr-defined]
