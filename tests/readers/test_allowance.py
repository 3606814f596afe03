"""Parsers whose time is up, in a process of their own.

The signal that ends them may come while what hundreds of earlier tests left is taken away, and not all native
code bears that; a reader child has nothing of the kind.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def test_slow_parsers_are_ended() -> None:
    alone = Path(__file__).with_name("allowance_alone.py")
    argv = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(alone)]
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=250, check=False)
    assert ran.returncode == 0, ran.stdout
    assert "4 passed" in ran.stdout
