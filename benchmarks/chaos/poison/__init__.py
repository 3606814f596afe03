"""Documents that kill: a reader that opens a file with one mark dies, a worker that gets hold of the other.

Damaged documents that crash today's libraries would be read by tomorrow's; these never are.
"""

from __future__ import annotations

from pathlib import Path

READERS = b"%octavo-chaos-kills-readers"
WORKERS = b"%octavo-chaos-kills-workers"

ENVIRONMENT = {
    "PYTHONPATH": str(Path(__file__).parent),
    "CHAOS_KILLS_READERS": READERS.decode(),
    "CHAOS_KILLS_WORKERS": WORKERS.decode(),
}
"""What makes Python processes fall for them."""
