"""Libraries that would tell their makers of their use are told not to.

Imported before any of them: they look at the environment when they are imported, and one of them starts to
send from threads of its own then.
"""

from __future__ import annotations

import os

SILENT = {
    "ORT_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}

os.environ.update(SILENT)
