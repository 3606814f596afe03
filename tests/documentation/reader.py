"""Somebody who tries out what a page shows, block by block: in one shell, and one Python session."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import TracebackType

SERVICE = "http://127.0.0.1:8700"
"""Where the documentation says that the service is."""
PATIENCE_SECONDS = 240

# Runs what comes in, a JSON string a line, in one namespace; answers with what it printed and how it failed.
_SESSION = """
import contextlib, io, json, sys, traceback
answers, names = sys.stdout, {"__name__": "__main__"}
for line in sys.stdin:
    printed, failed = io.StringIO(), None
    try:
        with contextlib.redirect_stdout(printed):
            exec(compile(json.loads(line), "<the block>", "exec"), names)
    except BaseException:
        failed = traceback.format_exc()
    answers.write(json.dumps([printed.getvalue(), failed]) + "\\n")
    answers.flush()
"""
# Commands that only ever ask a service find the one of the tests; the others work without one, as printed.
_OCTAVO = """#!/bin/sh
case "$1" in jobs|files|webhooks|dataset) export OCTAVO_SERVER="$THE_SERVICE";; esac
exec {python} -P -m api "$@"
"""


class BlockFailed(AssertionError):
    """A block does not do what it says."""


class Reader:
    """Tries blocks in ``folder`` against the service at ``url``; what one sets, the next ones have."""

    def __init__(self, folder: Path, url: str, root: Path) -> None:
        self._folder, self._url = folder, url
        commands = folder / ".venv" / "bin"
        commands.mkdir(parents=True)
        octavo = commands / "octavo"
        octavo.write_text(_OCTAVO.format(python=sys.executable), encoding="utf-8")
        octavo.chmod(0o755)
        (folder / ".curlrc").write_text("fail-with-body\n", encoding="utf-8")  # a refusal is a failure here
        kept = {name: value for name, value in os.environ.items() if not name.startswith("OCTAVO_")}
        path = f"{commands}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        mine = {
            "PATH": path,
            "PYTHONPATH": str(root),
            "THE_SERVICE": url,
            "COLUMNS": "100",
            "CURL_HOME": str(folder),
        }
        self._environment = {**kept, **mine, "OCTAVO_DATA_DIR": str(folder / "octavo-data")}
        self._python: subprocess.Popen[str] | None = None

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._python is not None:
            self._python.kill()
            self._python.communicate()

    def shell(self, code: str) -> str:
        """What the lines print, as they would in a terminal; the first that fails ends them.

        Raises:
            BlockFailed: with what was said on standard error.
        """
        before = ". ./.exported\n" if (self._folder / ".exported").exists() else ""
        script = f"set -euo pipefail\n{before}set -a\n{self._here(code)}\nset +a\nexport -p > .exported\n"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=self._folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        if done.returncode:
            raise BlockFailed(f"exit code {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        return done.stdout

    def python(self, code: str) -> str:
        """What the lines print; names of blocks before are known.

        Raises:
            BlockFailed: with the traceback.
        """
        if self._python is None:
            self._python = subprocess.Popen(
                [sys.executable, "-c", _SESSION],
                cwd=self._folder,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        assert self._python.stdin is not None
        assert self._python.stdout is not None
        self._python.stdin.write(json.dumps(self._here(code)) + "\n")
        self._python.stdin.flush()
        answer = self._python.stdout.readline()
        if not answer:
            raise BlockFailed("it ended the session")
        printed, failed = json.loads(answer)
        if failed:
            raise BlockFailed(f"{failed}\n{printed[-2000:]}")
        return str(printed)

    def _here(self, code: str) -> str:
        return code.replace(SERVICE, self._url).replace(SERVICE.replace("127.0.0.1", "localhost"), self._url)
