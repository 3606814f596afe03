"""A container's share of a machine is what counts, not the machine's cores."""

from __future__ import annotations

import math
import os
from pathlib import Path

import pytest

import schemas.cores
from models.runtime import Runtime
from models.weights import load
from schemas.cores import cores, quota
from schemas.settings import Settings


def groups(folder: Path, **files: str) -> Path:
    """A folder as control groups are mounted. The file ``a/b.c`` is named ``a__b_DOT_c``."""
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    return folder


def own(folder: Path, line: str = "0::/\n") -> Path:
    path = folder / "own"
    path.write_text(line, encoding="ascii")
    return path


@pytest.mark.parametrize(
    ("said", "allowed"),
    [
        ("200000 100000", 2),
        ("150000 100000", 1.5),
        ("max 100000", math.inf),
        ("", math.inf),
        ("1 0", math.inf),
    ],
)
def test_a_containers_quota(tmp_path: Path, said: str, allowed: float) -> None:
    assert quota(groups(tmp_path, cpu_DOT_max=said + "\n"), own(tmp_path)) == allowed


def test_the_strictest_group_above_counts(tmp_path: Path) -> None:
    here = groups(
        tmp_path,
        cpu_DOT_max="max 100000",
        kubepods__cpu_DOT_max="300000 100000",
        kubepods__pod__cpu_DOT_max="500000 100000",
    )
    assert quota(here, own(tmp_path, "1:name=systemd:/other\n0::/kubepods/pod\n")) == 3


def test_the_first_version_of_control_groups(tmp_path: Path) -> None:
    here = groups(tmp_path, cpu__cpu_DOT_cfs_quota_us="250000", cpu__cpu_DOT_cfs_period_us="100000")
    assert quota(here, own(tmp_path, "4:cpu,cpuacct:/docker/1\n")) == 2.5
    here = groups(tmp_path, cpu__cpu_DOT_cfs_quota_us="-1")
    assert quota(here, own(tmp_path)) == math.inf


def test_nothing_is_said_where_there_are_no_groups(tmp_path: Path) -> None:
    assert quota(tmp_path / "none", tmp_path / "neither") == math.inf


def test_documents_and_models_are_given_the_containers_cores(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schemas.cores, "_GROUPS", groups(tmp_path, cpu_DOT_max="50000 100000"))
    monkeypatch.setattr(schemas.cores, "_OWN_GROUP", own(tmp_path))
    cores.cache_clear()
    try:
        assert (cores(), Settings().concurrency, Runtime.of("cpu").threads) == (1, 1, 1)
        assert Settings(workers=3).concurrency == 3
    finally:
        monkeypatch.undo()
        cores.cache_clear()
    assert 1 <= cores() <= (os.cpu_count() or 1)


@pytest.mark.engines
def test_models_of_several_processes_are_not_bound_to_the_same_cores() -> None:
    pytest.importorskip("openvino")
    model = Runtime.of("cpu", threads=1).openvino(load("signatures"))
    assert model.get_property("ENABLE_CPU_PINNING") is False
