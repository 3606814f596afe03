"""``python -m workers.sandbox``: puts rules that grant nothing upon itself and prints what holds, as JSON."""

from __future__ import annotations

import sys

import msgspec

from workers.sandbox import Rules, enter

if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(enter(Rules())))
