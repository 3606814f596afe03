"""Short forms of ``python -m benchmarks chaos``: a whole service whose processes are killed at work."""

from __future__ import annotations

import pytest

from benchmarks.chaos.run import Script, run, told
from benchmarks.servers import ServerUnavailable
from tests.services import unavailable

pytestmark = [pytest.mark.end_to_end, pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    ("on", "victims"),
    [
        ("sqlite", ["API", "child", "worker"]),
        pytest.param("services", ["postgres", "redis", "worker"], marks=pytest.mark.services),
    ],
)
def test_every_promise_is_kept_while_processes_are_killed(on: str, victims: list[str]) -> None:
    # A seed that kills one of each.
    script = Script(on, 12, kills=3, seed=41, patience=400, longest=10, deadly=0, at_once=4, victims=victims)
    lines: list[str] = []
    try:
        report = run(script, lines.append)
    except ServerUnavailable as error:
        unavailable(str(error))
    assert report.held, "\n".join([*lines, *told(report)])
    kills = report.outcome.kills
    assert sorted(kills.done + kills.missed) == victims
    assert len(kills.done) >= 2  # a child may be gone before it is found
