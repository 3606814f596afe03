"""The load benchmarks in small: a crowd of jobs, a long document, many who wait, one job after another."""

from __future__ import annotations

import pytest

from benchmarks.load import jobs, long, overhead, streams

pytestmark = pytest.mark.end_to_end

MOST_BYTES = 2 << 30


def test_jobs_that_wait_are_read_and_none_fails() -> None:
    crowd = jobs.measure(12, 1.0, 2, lambda line: None)
    assert {way: answers.count for way, answers in crowd.submits.items()} == {"parse": 6, "dataset": 6}
    assert crowd.failed == 0
    assert min(crowd.alone, crowd.few, crowd.crowded) > 0
    assert set(crowd.sizes["at the end"].memory) >= {"API", "worker", "Valkey"}
    assert max(crowd.peaks.values()) < MOST_BYTES


def test_a_document_whose_worker_is_killed_goes_on_from_its_checkpoints() -> None:
    done = long.measure(150, 0, 1, lambda line: None, layout=False)
    assert done.windows_again <= done.windows_in_hand
    assert max(done.peaks.values()) < MOST_BYTES


def test_all_who_wait_get_their_end() -> None:
    done = streams.measure(60, 6, 0.5, lambda line: None)
    assert done.ended == 60
    assert set(done.answers) == {"nobody waited", "all waited", "the jobs ended"}


def test_what_the_service_adds_to_a_document_is_told_by_its_parts() -> None:
    done = overhead.measure("sqlite", 3, lambda line: None)
    assert [(one.kind, one.jobs) for one in done] == [("text", 3), ("PDF", 3)]
    for one in done:
        assert 0 < one.pipeline.median_ms < one.whole.median_ms
        assert one.overhead.median_ms < one.whole.median_ms
        assert next(iter(one.parts)) == "submit answered"
        assert list(one.parts)[-1] == "fetched"
        assert one.cpu_ms["worker"] > 0
    assert len(overhead.told(done, "sqlite")) == 6
