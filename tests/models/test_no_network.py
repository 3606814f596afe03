"""The engines ask no network, whatever their packages would like to."""

from __future__ import annotations

import subprocess
import sys

import pytest

_PROGRAM = """
import sys
asked = []
def hook(event, args):
    if event in {"socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "urllib.Request"}:
        asked.append((event, args))
sys.addaudithook(hook)
import cv2, numpy, time
from models.local import LocalEngines
image = numpy.full((300, 600, 3), 255, numpy.uint8)
cv2.putText(image, "quiet harbor", (40, 150), cv2.FONT_HERSHEY_SIMPLEX, 2, (0, 0, 0), 3)
engines = LocalEngines("cpu", threads=1)
engines.quarter_turns(image)
lines = engines.read_text(image, "model03")
engines.lay_out(image, lines)
time.sleep(0.2)
loaded = [name for name in sys.modules if name.startswith("openvino_telemetry.")]
print(" ".join(line.text for line in lines), asked, loaded)
"""


@pytest.mark.engines
def test_engines_open_no_connection() -> None:
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "quiet harbor [] []"
