"""Documents that kill: a reader that opens a file with one mark dies, a worker that gets hold of the other.

Damaged documents that crash today's libraries would be read by tomorrow's; these never are.
"""

from __future__ import annotations

from pathlib import Path

from benchmarks.chaos.poison.chaos_marks import READERS, WORKERS

__all__ = ["ENVIRONMENT", "READERS", "WORKERS"]

ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parent)}
"""What makes Python processes fall for them."""
