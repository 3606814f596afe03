"""The dashboard and the alert rules ask for what ``/metrics`` has."""

from __future__ import annotations

import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml
from starlette.testclient import TestClient

from api.app import create_app
from tests.api.service import make_services
from workers.jobs.metering import METRICS

FOLDER = Path(__file__).parents[2] / "docs" / "grafana"
DASHBOARD: dict[str, Any] = json.loads((FOLDER / "octavo.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
TARGETS: list[dict[str, Any]] = [target for panel in PANELS for target in panel.get("targets", [])]
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((FOLDER / "alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
ASKED = [target["expr"] for target in TARGETS] + [rule["expr"] for rule in RULES]
SUFFIXES = {"histogram": ("_bucket", "_sum", "_count"), "summary": ("_sum", "_count")}


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The names of everything that ``/metrics`` tells, or would."""
    services = make_services(tmp_path_factory.mktemp("data"))
    client = TestClient(create_app(services), base_url="http://localhost", client=("127.0.0.1", 50000))
    text = client.get("/metrics").text
    services.close()
    types = re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE)
    return {name + suffix for name, kind in types for suffix in SUFFIXES.get(kind, ("",))} | {"up"}


@pytest.mark.parametrize("expr", ASKED)
def test_every_metric_that_is_asked_for_is_there(expr: str, known: set[str]) -> None:
    names = set(re.findall(r"\b(?:octavo|process)_\w+", expr))
    assert names or expr.startswith("up{")
    assert names <= known


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_everything_that_is_counted_is_looked_at_by_labels_it_has(metric: Any) -> None:
    asked = [expr for expr in ASKED if re.search(rf"\b{metric.name}_", expr)]
    for expr in asked:
        chosen = re.findall(rf"\b{metric.name}_\w+\{{(\w+)", expr)
        assert set(chosen) <= set(metric.labels), expr
    if metric.name != "octavo_webhook_deliveries_ended":
        assert asked


def test_legends_name_labels_that_the_query_leaves() -> None:
    for target in TARGETS:
        left = set(re.findall(r"\w+", " ".join(re.findall(r"by \(([^)]*)\)", target["expr"])))) | {"instance"}
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= left, target


def test_the_dashboard_is_one_that_grafana_takes() -> None:
    assert {"title", "uid", "schemaVersion", "panels", "templating", "time"} <= DASHBOARD.keys()
    (variable,) = DASHBOARD["templating"]["list"]
    source = {"type": variable["query"], "uid": f"${{{variable['name']}}}"}
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    for panel in PANELS:
        assert panel["type"] in ("row", "stat", "timeseries")
        assert panel["title"]
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
        if panel["type"] != "row":
            assert panel["datasource"] == source
            assert {"defaults", "overrides"} <= panel["fieldConfig"].keys()
            refs = [target["refId"] for target in panel["targets"]]
            assert refs
            assert len(set(refs)) == len(refs)


def test_no_two_panels_lie_on_each_other() -> None:
    def overlap(a: dict[str, int], b: dict[str, int]) -> bool:
        return (
            a["x"] < b["x"] + b["w"]
            and b["x"] < a["x"] + a["w"]
            and a["y"] < b["y"] + b["h"]
            and b["y"] < a["y"] + a["h"]
        )

    places = [panel["gridPos"] for panel in PANELS]
    assert not [pair for pair in combinations(places, 2) if overlap(*pair)]


def test_alerts_say_what_is_wrong() -> None:
    assert len({rule["alert"] for rule in RULES}) == len(RULES)
    for rule in RULES:
        assert rule["labels"]["severity"] in ("critical", "warning", "info")
        assert rule["annotations"]["summary"]


def test_prometheus_and_grafana_are_led_to_them() -> None:
    prometheus = yaml.safe_load((FOLDER / "prometheus.yml").read_text(encoding="utf-8"))
    (job,) = prometheus["scrape_configs"]
    assert {"up", *re.findall(r'job="(\w+)"', " ".join(ASKED))} >= {job["job_name"]}
    assert job["dns_sd_configs"][0]["names"] == ["api"]
