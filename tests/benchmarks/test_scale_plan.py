"""The simulated day: nothing is lost, queues obey their law, and the plan adds up."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.scale import counts, plan
from benchmarks.scale.simulation import DAY, Costs, Day, Fleet, Load, share_below, simulate
from benchmarks.servers import Redis

LOAD = Load(pages_per_day=40_000)
COSTS = Costs(digital=0.5, scanned=3.0)
HOURS = 6 * 3600.0


def day(slots: int = 4, deaths: float = 0.1) -> Day:
    return simulate(LOAD, COSTS, Fleet(slots, deaths=deaths), seed=5, seconds=HOURS)


def test_every_page_ends_also_where_workers_die() -> None:
    quiet, deadly = day(deaths=0), day(deaths=200)
    assert quiet.submitted_pages == quiet.ended_pages > 1000
    assert quiet.deaths == quiet.windows_again == 0
    # The same jobs come, whoever dies: chance is drawn in another order, but all that come end.
    assert deadly.submitted_pages == deadly.ended_pages
    assert deadly.deaths == deadly.windows_again > 0


def test_the_seed_decides_all_chance() -> None:
    assert day() == day()
    assert day() != simulate(LOAD, COSTS, Fleet(4), seed=6, seconds=HOURS)


def test_what_waits_on_average_is_what_comes_by_how_long_it_waits() -> None:
    found = day(slots=2)
    arrivals, wait = len(found.waited) / found.ended_at, sum(found.waited) / len(found.waited)
    assert found.backlog / found.ended_at == pytest.approx(arrivals * wait)
    assert wait > 0


def test_processors_are_busy_for_what_pages_and_jobs_take() -> None:
    found = simulate(replace(LOAD, scans=0.0), COSTS, Fleet(4, deaths=0), seed=5, seconds=HOURS)
    expected = found.submitted_pages * (COSTS.digital + COSTS.assembled) + found.jobs * COSTS.job
    assert found.busy == pytest.approx(expected)


def test_more_processors_make_nobody_wait_longer() -> None:
    found = [day(slots=slots, deaths=0) for slots in (1, 2, 4, 8)]
    waits = [sum(one.waited) / len(one.waited) for one in found]
    assert waits == sorted(waits, reverse=True)
    assert share_below(found[0].small, 0.95) > share_below(found[-1].small, 0.95)


def test_the_busiest_time_is_as_many_times_the_mean_as_was_said() -> None:
    load = Load(pages_per_day=1e6, peak=1.8)
    rates = [load.rate(second) for second in range(0, int(DAY), 60)]
    mean = sum(rates) / len(rates)
    assert max(rates) / mean == pytest.approx(1.8, rel=1e-3)
    assert mean * load.pages_per_job * DAY == pytest.approx(1e6, rel=1e-3)


def test_scans_on_cards_leave_the_processors_free() -> None:
    costs = replace(COSTS, gpu=0.1, gpu_share=1.0)
    found = simulate(replace(LOAD, scans=1.0), costs, Fleet(4, gpus=1, deaths=0), seed=5, seconds=HOURS)
    assert found.gpu_busy == pytest.approx(0.1 * found.submitted_pages)
    assert found.busy < found.gpu_busy


def test_a_fleet_is_found_that_reaches_the_goal_and_a_goal_below_a_jobs_own_time_is_refused() -> None:
    fleet, found = plan.fleet_for(LOAD, COSTS, Fleet(1), 60.0, 5, HOURS)
    assert share_below(found.small, 0.95) <= 60.0
    smaller = simulate(LOAD, COSTS, replace(fleet, slots=max(1, fleet.slots // 3)), 5, HOURS)
    assert share_below(smaller.small, 0.95) > 60.0
    with pytest.raises(ValueError, match="no fleet"):
        plan.fleet_for(LOAD, COSTS, Fleet(1), 0.01, 5, HOURS)


def test_a_plan_adds_up_and_grows_with_what_was_left_out() -> None:
    measured = plan.known_counts()
    found = day(slots=8)
    one = plan.plan(LOAD, Fleet(8), found, *measured)
    assert one.pages_per_day == pytest.approx(LOAD.pages_per_day)
    part = plan.plan(LOAD, Fleet(8), found, *measured, cell=0.01)
    whole = LOAD.pages_per_day / found.submitted_pages
    assert part.writes_peak == pytest.approx(100 * one.writes_peak)
    assert part.slots == 800
    # A window is one row at least, and is put into the blob store once.
    assert one.new_rows_per_day > whole * (found.windows + found.jobs)
    assert one.puts_per_day == pytest.approx(whole * (found.windows + 2 * found.jobs))
    order = plan.breaks_first(one, plan.Limits())
    assert [pages for _, pages in order] == sorted(pages for _, pages in order)
    assert any("at its limit from" in line for line in plan.told(one, plan.Limits()))


def test_a_job_is_counted_by_its_windows_and_shards(tmp_path: Path) -> None:
    found = counts.measure(tmp_path, page_window=1, shard_pages=8)
    assert found["window"][counts.PUTS] == found["window"][counts.GETS] == 1
    assert found["window"][counts.WRITES] == found["renewal"][counts.WRITES] == 1
    assert found["shard"][counts.RINGS] == found["submit"][counts.RINGS] == 1
    assert found["poll"][counts.WRITES] == 0
    assert found["small job"][counts.PUTS] == 2  # its window and its result


def test_rings_that_nobody_hears_are_bounded_at_the_broker() -> None:
    server = Redis()
    try:
        found = counts.broker(f"{server.url}/0")
    finally:
        server.stop()
    assert found["most rings kept"] == 1000
    assert found["bytes a ring"] < 4096
