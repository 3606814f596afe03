"""Scratch folders: one's own while one lives, cleared away by others afterwards."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from workers.scratch import Scratch

HOLDER = """
import sys, time
from pathlib import Path
from workers.scratch import Scratch
with Scratch(Path(sys.argv[1])).folder() as folder:
    (folder / "document").write_bytes(b"words")
    print(folder, flush=True)
    time.sleep(1000)
"""


def test_a_folder_goes_with_its_block(tmp_path: Path) -> None:
    scratch = Scratch(tmp_path / "scratch")
    with scratch.folder() as one, scratch.folder() as two:
        (one / "a").write_bytes(b"1")
        assert one != two
        assert one.parent == two.parent == scratch.path
    assert list(scratch.path.iterdir()) == []


def test_a_killed_process_leaves_its_folder_to_the_next_and_a_living_one_does_not(tmp_path: Path) -> None:
    command = [sys.executable, "-c", HOLDER, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        folder = Path(holder.stdout.readline().strip())
        other = Scratch(tmp_path)
        with other.folder() as own:
            other.clear_others()
            assert (folder / "document").exists()
            holder.send_signal(signal.SIGKILL)
            holder.wait()
            other.clear_others()
            assert own.is_dir()
            assert sorted(tmp_path.iterdir()) == sorted([other.path, other.path.with_suffix(".lock")])


def test_what_has_no_lock_goes_when_it_is_old(tmp_path: Path) -> None:
    for name in ("old", "new"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "document").write_bytes(b"words")
    os.utime(tmp_path / "old", (0, 0))
    Scratch(tmp_path).clear_others()
    assert [path.name for path in tmp_path.iterdir()] == ["new"]
