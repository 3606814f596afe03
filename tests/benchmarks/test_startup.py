"""What starts take and how large things are: counted by the benchmark, told by the documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from benchmarks.startup import debian, size
from benchmarks.startup.spent import CommandFailedError, spent

ROOT = Path(__file__).parents[2]


def dependencies() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}


def test_every_default_dependency_is_told_with_what_it_is_for() -> None:
    rows = re.findall(
        r"^\| ([a-z0-9-]+) \| [0-9.]+ \| \S.* \|$", (ROOT / "docs/size.md").read_text("utf-8"), re.M
    )
    assert sorted(rows) == sorted(dependencies())


def test_what_the_dockerfile_installs_and_removes_is_read_from_it() -> None:
    assert {"libreoffice-writer-nogui", "fonts-liberation"} <= set(size.dockerfile_words("OFFICE"))
    assert {"libseccomp2", "tini"} <= set(size.dockerfile_packages())
    assert "openvino/libs/libopenvino_intel_gpu_plugin.so" in size.dockerfile_words("UNUSED")


def test_what_is_removed_is_there_and_nothing_of_it_is_what_runs_models() -> None:
    packages = Path(pytest.importorskip("openvino").__file__).parents[1]
    found = {place.name for pattern in size.dockerfile_words("UNUSED") for place in packages.glob(pattern)}
    assert not [pattern for pattern in size.dockerfile_words("UNUSED") if not [*packages.glob(pattern)]]
    assert not [name for name in found if "cpu_plugin" in name or "onnx_frontend" in name or "_ir_" in name]


def test_an_environment_is_added_up_with_what_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packages = tmp_path / "lib" / "python3.12" / "site-packages"
    about = {
        "octavo": ["Requires-Dist: one[more]"],
        "one": ["Requires-Dist: two ; extra == 'more'"],
        "two": [],
    }
    for name in (*about, "boto3"):
        info = packages / f"{name}-1.dist-info"
        info.mkdir(parents=True)
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1", *about.get(name, ())]
        (info / "METADATA").write_text("\n".join(lines) + "\n", encoding="utf-8")
        (packages / f"{name}.py").write_bytes(b"#" * 1000)
        (info / "RECORD").write_text(f"{name}.py,,\n", encoding="utf-8")
    (packages / "openvino" / "include").mkdir(parents=True)
    (packages / "openvino" / "include" / "a.hpp").write_bytes(b"/" * 500)
    monkeypatch.setattr(debian, "over_the_base", lambda wanted: {"tini": 10} if "tini" in wanted else {})
    found = size.measure(tmp_path)
    assert found.default == ["octavo", "one", "two"]
    assert (found.install, found.unused) == (3000, 500)
    assert found.image == found.environment - 500 + 10


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere what outlives its parent is nobody's child")
def test_a_command_is_counted_with_what_it_leaves_behind(tmp_path: Path) -> None:
    busy = "while time.process_time() < 0.3:\n        pass"
    program = f"import os, time\nif os.fork() == 0:\n    os.setsid()\n    {busy}\n    os._exit(0)"
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as another:
        assert spent([sys.executable, "-c", program], os.environ, str(tmp_path)).cpu >= 0.3
        assert another.poll() is None  # what this process started before is not waited for
        another.communicate(b"\n")


def test_a_command_that_fails_is_told_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(CommandFailedError, match="it is torn"):
        spent([sys.executable, "-c", "raise SystemExit('it is torn')"], os.environ, str(tmp_path))
