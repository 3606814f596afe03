"""Reads what is put into a folder: ``inbox/a.pdf`` becomes ``results/a.pdf.md`` and ``results/a.pdf.json``.

    pip install httpx
    python watch_folder.py inbox results            # until Ctrl-C
    python watch_folder.py inbox results --once     # what is there now; for cron

It needs ``plain_http.py`` beside it. What was read is not read again, unless the file is newer than its
result; what could not be read has its reason in ``results/a.pdf.error.txt``. ``OCTAVO_SERVER`` and
``OCTAVO_API_KEY`` say where the service is.
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
from plain_http import KEY, SERVER, read

PAUSE = 2.0
"""Seconds between two looks at the folder."""
AT_ONCE = 4
"""Files in work; the service has a queue of its own."""
Sizes = dict[Path, int]


def main(inbox: Path, results: Path, once: bool) -> None:
    """Looks at the folder again and again, or once."""
    results.mkdir(parents=True, exist_ok=True)
    headers = {"Authorization": f"Bearer {KEY}"}
    before: Sizes = {}
    with httpx.Client(base_url=f"{SERVER}/documents/v2/", headers=headers, timeout=60) as client:
        while True:
            now = sizes(inbox)
            # A file that has grown since the last look is still being copied.
            ready = [path for path in now if (once or before.get(path) == now[path]) and waits(path, results)]
            with ThreadPoolExecutor(AT_ONCE) as pool:
                list(pool.map(lambda path: take(client, path, results), ready))
            if once:
                return
            before = now
            time.sleep(PAUSE)


def sizes(inbox: Path) -> Sizes:
    """The files of a folder, hidden ones left out, with their sizes in bytes."""
    found = [path for path in sorted(inbox.iterdir()) if path.is_file() and not path.name.startswith(".")]
    return {path: path.stat().st_size for path in found}


def waits(path: Path, results: Path) -> bool:
    """Whether a file has no result yet, or has changed since."""
    ends = [results / f"{path.name}{ending}" for ending in (".json", ".error.txt")]
    return not any(end.exists() and end.stat().st_mtime >= path.stat().st_mtime for end in ends)


def take(client: httpx.Client, path: Path, results: Path) -> None:
    """Reads a file and writes what came of it; the JSON last, since it says that all is there."""
    try:
        result = read(client, path, parsing_options={"chunking_strategy": "section"})
    except RuntimeError as error:  # the document's fault; that of the network or the key ends the program
        (results / f"{path.name}.error.txt").write_text(str(error), encoding="utf-8")
        print(error, file=sys.stderr)
        return
    (results / f"{path.name}.error.txt").unlink(missing_ok=True)
    (results / f"{path.name}.md").write_text(result["document_markdown"], encoding="utf-8")
    (results / f"{path.name}.json").write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    print(f"{path.name}: {result['parsed_pages_count']} pages")


if __name__ == "__main__":
    words = [word for word in sys.argv[1:] if word != "--once"]
    try:
        main(Path(words[0]), Path(words[1]), once="--once" in sys.argv)
    except KeyboardInterrupt:
        sys.exit(130)
