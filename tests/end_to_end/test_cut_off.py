"""Nothing phones home: a whole service at work never asks for a name or an address that is not its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.readers import outward

ALONE = ["unshare", "--user", "--map-root-user", "--net"]
ROOT = Path(__file__).parents[2]
# A workbook whose only sheet, and a text all of whose parts, lie elsewhere.
UNREADABLE = {"a.xlsx", "a.odt"}


def namespaces_are_allowed() -> bool:
    try:
        return subprocess.run([*ALONE, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.end_to_end
@pytest.mark.timeout(900)
@pytest.mark.skipif(not namespaces_are_allowed(), reason="this kernel makes no network namespaces for users")
def test_a_service_at_work_looks_for_no_way_out(tmp_path: Path) -> None:
    command = [*ALONE, sys.executable, "-m", "tests.end_to_end.cut_off", str(tmp_path / "service")]
    environment = {**os.environ, "HOME": str(tmp_path)}  # no memory of an earlier run
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert any("192.0.2.1 port 443" in seen for seen in told["control"])
    assert any("port 53" in seen for seen in told["control"])
    assert any("fd00::1" in seen for seen in told["control"])
    assert told["seen"] == []
    assert told["errors"].keys() == {*outward.documents(), "digital.pdf", "scan.pdf"}
    unread = {name: error for name, error in told["errors"].items() if error}
    assert unread.keys() <= UNREADABLE | {"a.rtf", "a.fodt"}, unread  # without LibreOffice
