"""The bundle for machines without a network (airgapped.md): its parts, its checksums, its installer."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from docs.bundle.make import CARRIED, SUMS, finish, licences, pack, pinned, platform, version

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "airgapped.md").read_text(encoding="utf-8")
INSTALL = next(
    one for one in re.findall(r"by tests/architecture/test_bundle.py -->\n```sh\n(.*?)```", PAGE, re.DOTALL)
)


def wheel(folder: Path, name: str, needs: str = "") -> Path:
    """A package that holds one module of its name."""
    folder.mkdir(parents=True, exist_ok=True)
    path, info = folder / f"{name}-1.0-py3-none-any.whl", f"{name}-1.0.dist-info"
    requires = f"Requires-Dist: {needs}\n" if needs else ""
    with zipfile.ZipFile(path, "w") as made:
        made.writestr(f"{name}.py", f"WORD = {name!r}\n")
        made.writestr(
            f"{info}/METADATA",
            f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{requires}",
        )
        made.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr(f"{info}/RECORD", "")
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle of two packages that stand for Octavo and what it stands on, not packed yet."""
    folder = tmp_path / "made" / f"octavo-{version()}-{platform()}"
    wheel(folder / "wheels", "small_keel")
    wheel(folder / "wheels", "small_boat", needs="small-keel")
    (folder / "wheels.txt").write_text("".join(pinned(folder / "wheels")), encoding="utf-8")
    finish(folder)
    return folder


def environment() -> dict[str, str]:
    """Nothing that pip asks a network answers."""
    names = ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY")
    python = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    return {**os.environ, **dict.fromkeys(names, "http://127.0.0.1:9"), **python}


def install(folder: Path, into: Path) -> subprocess.CompletedProcess[str]:
    command = ["sh", str(folder / "install.sh"), str(into)]
    return subprocess.run(command, env=environment(), capture_output=True, text=True, check=False)


def forget(folder: Path, name: str) -> None:
    """Takes a file's checksum out, as somebody might who changes it on the way."""
    sums = (folder / SUMS).read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / SUMS).write_text("".join(one for one in sums if name not in one), encoding="utf-8")


def test_every_file_has_its_checksum(folder: Path) -> None:
    lines = [line.split("  ") for line in (folder / SUMS).read_text(encoding="utf-8").splitlines()]
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {name for _, name in lines} == files - {SUMS}
    assert {"install.sh", "LICENSE", "airgapped.md", "PLATFORM", "wheels.txt"} <= files
    for digest, name in lines:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_the_page_tells_what_is_in_it(folder: Path) -> None:
    told = set(re.findall(r"`([^`]+)`", "\n".join(re.findall(r"^\|.*\|$", PAGE, re.MULTILINE))))
    for path in folder.iterdir():
        if path.name != "airgapped.md":
            assert {path.name, f"{path.name}/"} & told, path.name
    assert {path.name for path in CARRIED} <= {path.name for path in folder.iterdir()}


def test_it_is_packed_checked_and_installed_as_the_page_says(folder: Path, tmp_path: Path) -> None:
    there = tmp_path / "there"
    there.mkdir()
    made = pack(folder, there)
    assert made.name == f"octavo-{version()}-{platform()}.tar"
    before = made.read_bytes()
    assert pack(folder, there).read_bytes() == before
    with tarfile.open(made) as bundle:
        assert {(one.uid, one.gid, one.mtime) for one in bundle} == {(0, 0, 0)}
        assert bundle.getmember(f"{folder.name}/install.sh").mode == 0o755
    done = subprocess.run(
        ["sh", "-euc", INSTALL], cwd=there, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    asked = [str(there / "octavo" / "bin" / "python"), "-c", "import small_boat; print(small_boat.WORD)"]
    assert subprocess.run(asked, capture_output=True, text=True, check=True).stdout == "small_boat\n"

    # Again, with another wheel whose checksum is not asked for: the list of what is installed has its hash.
    unpacked = there / folder.name
    wheel(unpacked / "wheels", "small_keel", needs="small-boat")
    forget(unpacked, "small_keel")
    again = install(unpacked, there / "octavo")
    assert again.returncode != 0
    assert "HASH" in again.stderr.upper()


@pytest.mark.parametrize("name", ["wheels/small_keel-1.0-py3-none-any.whl", "LICENSE", "wheels.txt"])
def test_a_file_that_was_changed_ends_it_before_anything_is_installed(
    folder: Path, tmp_path: Path, name: str
) -> None:
    path = folder / name
    path.write_bytes(path.read_bytes() + b" ")
    done = install(folder, tmp_path / "octavo")
    assert done.returncode == 1
    assert "damaged or missing" in done.stderr
    assert not (tmp_path / "octavo").exists()


def test_another_platform_ends_it(folder: Path, tmp_path: Path) -> None:
    (folder / "PLATFORM").write_text("py3.9-plan9-mips\n", encoding="ascii")
    forget(folder, "PLATFORM")
    done = install(folder, tmp_path / "octavo")
    assert done.returncode == 1
    assert "for py3.9-plan9-mips" in done.stderr
    assert platform() in done.stderr


def test_licences_are_told_of_every_package() -> None:
    parts = [
        {"name": "Zeta", "version": "2", "licenses": [{"license": {"id": "MIT"}}]},
        {"name": "alpha", "version": "1", "licenses": [{"expression": "Apache-2.0 OR MIT"}]},
        {"name": "mid", "version": "3"},
    ]
    assert list(licences({"components": parts})) == [
        "alpha 1: Apache-2.0 OR MIT",
        "mid 3: see its files",
        "Zeta 2: MIT",
    ]
