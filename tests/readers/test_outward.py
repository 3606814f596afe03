"""Nothing that a document names is fetched or read, however it names it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tests.readers import outward

_PROGRAM = """
import json, sys
asked = []
def hook(event, args):
    asks = event.startswith("socket.") and event not in ("socket.__new__", "socket.gethostname")
    if asks or event == "urllib.Request":
        asked.append((event, repr(args)))
    if event == "open" and args[0] in ("/etc/passwd", b"/etc/passwd"):
        asked.append((event, repr(args)))
sys.addaudithook(hook)
from pathlib import Path
from pipelines.readers.base import ReaderSetup
from pipelines.readers.host import LocalReader
from schemas.errors import DocumentError
from schemas.reading import FlowView
ends = {}
for path in sorted(Path(sys.argv[1]).glob("a.*")):
    reader, text = LocalReader(ReaderSetup(scratch=Path(sys.argv[2]))), ""
    try:
        info = reader.open(path, reader.detect(path, None, path.name))
        number = 0
        for part in info.parts:
            for _ in range(part.page_count):
                number += 1
                if part.paged:
                    text += str(reader.page(number, True))
                    reader.render(number, 1.0)
                else:
                    text += str(reader.flow_page(number, FlowView()))
    except DocumentError as error:
        text += error.message
    reader.close()
    ends[path.name] = ("Words" in text, "root:" in text, text[:300])
told = {"asked": list(asked), "ends": ends}
try:
    import socket
    socket.create_connection(("127.0.0.1", 9))
except OSError:
    told["heard"] = asked[-1][0]
print(json.dumps(told))
"""


def test_no_reader_asks_the_network_or_reads_another_file(tmp_path: Path) -> None:
    for name, data in outward.documents().items():
        (tmp_path / name).write_bytes(data)
    (tmp_path / "scratch").mkdir()
    command = [sys.executable, "-c", _PROGRAM, str(tmp_path), str(tmp_path / "scratch")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["asked"] == []
    assert told["heard"] == "socket.connect"
    assert len(told["ends"]) == len(outward.documents())
    assert not [name for name, (_, leaks, _) in told["ends"].items() if leaks]
    unread = {name: text for name, (read, _, text) in told["ends"].items() if not read}
    # LibreOffice's are for the test of the whole service; the workbook has no sheet but the one elsewhere.
    assert unread.keys() == {"a.rtf", "a.fodt", "a.odt", "a.xlsx"}, unread
