"""A document that kills: a child of the service that opens a file with the mark dies.

Damaged documents that crash today's libraries would be read by tomorrow's; this one never is.
"""

from __future__ import annotations

from pathlib import Path

MARK = b"%octavo-chaos-poison"

ENVIRONMENT = {"PYTHONPATH": str(Path(__file__).parent), "CHAOS_POISON": MARK.decode()}
"""What makes Python processes fall for it."""
