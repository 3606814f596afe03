"""Limits and retention of projects, as the YAML has them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from schemas.settings import Settings
from workers.jobs.configuration import Configuration, ConfigurationError
from workers.jobs.tenants import Limits, ProjectLimits

CONFIG = """
on_prem:
  organizations:
    - id: acme
      limits: {max_waiting_jobs: 100}
      retention: {jobs_days: 30, files_days: 7}
      projects:
        - id: plain
        - id: hasty
          limits: {max_waiting_jobs: 5}
          retention: {jobs_days: 0.5}
        - id: archive
          retention: {jobs_days: null, files_days: null}
    - id: other
      projects: [{id: plain}]
"""


def limits(tmp_path: Path, text: str | None = CONFIG, **settings: float) -> Limits:
    path = None
    if text is not None:
        path = tmp_path / "octavo.yaml"
        path.write_text(text)
    return made_of(Settings(data_dir=tmp_path, config=path, **settings))


def made_of(settings: Settings) -> Limits:
    return Limits(settings, Configuration(settings))


def days(number: float) -> timedelta:
    return timedelta(days=number)


def test_a_project_wins_over_its_organization_and_both_over_the_settings(tmp_path: Path) -> None:
    found = limits(tmp_path, retention_days=90, file_retention_days=60)
    assert found.of("acme/plain") == ProjectLimits(100, days(30), days(7))
    assert found.of("acme/hasty") == ProjectLimits(5, days(0.5), days(7))
    assert found.of("acme/archive") == ProjectLimits(100, None, None)
    assert found.of("other/plain") == ProjectLimits(0, days(90), days(60))
    assert found.of("acme/unwritten") == ProjectLimits(0, days(90), days(60))


def test_without_a_configuration_the_settings_say_it(tmp_path: Path) -> None:
    assert limits(tmp_path, None).of("a/b") == ProjectLimits(0, None, None)
    assert limits(tmp_path, None, retention_days=1).of("a/b") == ProjectLimits(0, days(1), None)


def test_a_changed_file_counts_at_once_and_a_damaged_one_does_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    found = limits(tmp_path)
    assert found.of("acme/hasty").max_waiting_jobs == 5
    path = tmp_path / "octavo.yaml"
    path.write_text(CONFIG.replace("max_waiting_jobs: 5", "max_waiting_jobs: 512"))
    assert found.of("acme/hasty").max_waiting_jobs == 512
    path.write_text("a: [secret")
    assert found.of("acme/hasty").max_waiting_jobs == 512
    assert found.of("acme/hasty").max_waiting_jobs == 512
    assert caplog.text.count("stay as they were") == 1
    assert "secret" not in caplog.text
    path.unlink()
    assert found.of("acme/hasty").max_waiting_jobs == 512


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("retention: {job_days: 3}", "retention.job_days: is not a setting here"),
        ("retention: {jobs_days: 0}", "retention.jobs_days: Input should be greater than 0"),
        ("retention: {jobs_days: .inf}", "retention.jobs_days"),
        ("limits: {max_waiting_jobs: -1}", "limits.max_waiting_jobs"),
        ("retentoin: {jobs_days: 3}", "organizations.0.retentoin: is not a setting here"),
        ("projects: [{id: p, api_keys: [{key: secret-key, scope: [read]}]}]", "api_keys.0.scope: is not"),
    ],
)
def test_words_that_are_not_known_are_refused(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError) as found:
        limits(tmp_path, f"organizations:\n  - id: acme\n    {text}\n").of("acme/p")
    assert said in found.value.message
    assert "secret" not in found.value.message


def test_a_file_that_is_not_there_at_first_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        made_of(Settings(data_dir=tmp_path, config=tmp_path / "none.yaml")).of("a/b")


def test_the_limits_of_the_documentation_are_ones(tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs" / "access.md").read_text(encoding="utf-8")
    example = text.split("## Limits")[1].split("```yaml\n")[1].split("```")[0]
    found = limits(tmp_path, example).of("acme/invoices")
    assert (found.requests_per_minute, found.stored_bytes) == (600, 500_000_000_000)
    assert (found.pages_per_day, found.max_waiting_jobs) == (0, 5000)
