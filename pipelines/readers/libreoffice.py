"""LibreOffice, run without a window in a process of its own: old formats to new ones, documents to pages.

It gets a fresh profile in which macros, links and Java are off, no network, limits on time, memory and files,
and ends with the process that started it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from pipelines.readers import confined
from pipelines.readers.base import ReaderSetup
from schemas.errors import DocumentUnreadable, UnsupportedFormat

# What LibreOffice answers when it wants to be started once more, with a profile that it has just made.
_RESTART = 81
_FEW_STARTS = 3

# Settings of the profile: path in the configuration, property, value. Numbers of the two ``Link``: never.
_SETTINGS = (
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Common/Security/Scripting", "DisableActiveContent", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
    ("Office.Calc/Content/Update", "Link", "1"),
    ("Office.Java/VirtualMachine", "Enable", "false"),
    ("Office.Recovery/AutoSave", "Enabled", "false"),
    ("Office.Common/Misc", "FirstRun", "false"),
    # Whatever still asks for an address asks a proxy that is not there.
    ("Inet/Settings", "ooInetProxyType", "1"),
    ("Inet/Settings", "ooInetHTTPProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPProxyPort", "9"),
    ("Inet/Settings", "ooInetHTTPSProxyName", "127.0.0.1"),
    ("Inet/Settings", "ooInetHTTPSProxyPort", "9"),
)
_ITEM = (
    '<item oor:path="/org.openoffice.{}"><prop oor:name="{}" oor:op="fuse"><value>{}</value></prop></item>'
)


def find_soffice(configured: Path | None) -> Path | None:
    """LibreOffice's program: the configured one, else the one on the ``PATH``; None if there is none."""
    found = shutil.which(str(configured)) if configured else shutil.which("soffice")
    return Path(found) if found else None


def converted(path: Path, to: str, setup: ReaderSetup, suffix: str = "") -> Path:
    """The document in another format, in the scratch folder.

    Args:
        path: the document, whatever its name.
        to: the extension of the other format: ``docx``, ``pptx``, ``pdf``…
        setup: where LibreOffice is, and what it may use.
        suffix: the extension of the document's own format, with its dot, which LibreOffice goes by; default:
            that of its name.

    Raises:
        UnsupportedFormat: LibreOffice is not installed.
        DocumentUnreadable: it could not read the document, crashed, or took over ``setup.convert_seconds``.
    """
    if setup.soffice is None:
        raise UnsupportedFormat(
            "This format is read through LibreOffice, which is not installed on this server. "
            "Install it (on Debian: apt install libreoffice-nogui), or send the document as a PDF."
        )
    folder = Path(tempfile.mkdtemp(prefix="office-", dir=setup.scratch))
    source, results = folder / f"document{suffix or path.suffix}", folder / "results"
    source.symlink_to(path.absolute())
    _write_profile(folder / "profile")
    command = [
        *(sys.executable, "-I", "-S", confined.__file__),
        *(str(setup.max_unpacked_bytes), str(int(setup.convert_seconds * (os.cpu_count() or 1)) + 1)),
        str(os.getpid()),
        str(_program(setup.soffice)),
        f"-env:UserInstallation={(folder / 'profile').as_uri()}",
        *("--headless", "--norestore", "--nologo", "--nodefault", "--nolockcheck"),
        *("--convert-to", to, "--outdir", str(results), str(source)),
    ]
    for _ in range(_FEW_STARTS):
        code = _run(command, folder, setup.convert_seconds)
        if code != _RESTART:
            break
    shutil.rmtree(folder / "profile", ignore_errors=True)
    found = next(results.glob(f"*.{to}"), None)
    if found is None or found.stat().st_size == 0:
        raise DocumentUnreadable(_why(code))
    return found


def _program(soffice: Path) -> Path:
    """The binary behind the script that ``soffice`` is on Linux: a script's children would outlive it."""
    binary = soffice.resolve().with_name("soffice.bin")
    return binary if binary.exists() else soffice


def _write_profile(profile: Path) -> None:
    (profile / "user").mkdir(parents=True)
    items = "".join(_ITEM.format(*setting) for setting in _SETTINGS)
    (profile / "user" / "registrymodifications.xcu").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry" '
        f'xmlns:xs="http://www.w3.org/2001/XMLSchema">{items}</oor:items>\n',
        encoding="utf-8",
    )


def _run(command: list[str], folder: Path, seconds: float) -> int:
    """The exit code; negative, the signal that ended it."""
    surroundings = {"HOME": str(folder), "TMPDIR": str(folder), "PATH": os.defpath, "LANG": "C.UTF-8"}
    process = subprocess.Popen(  # noqa: S603 - our own program, and a path that we chose
        command,
        env=surroundings | {"SAL_USE_VCLPLUGIN": "svp"},
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired as slow:
        raise DocumentUnreadable(
            f"LibreOffice was not done with the document after {seconds:.0f} seconds: send it as a PDF, or "
            "in parts."
        ) from slow
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.kill()
        process.wait()


def _why(code: int) -> str:
    if code < 0 or code > 128:
        return (
            "LibreOffice crashed on the document, or it needs more memory than it may have: send it as a PDF."
        )
    return (
        "LibreOffice could not read the document: it is damaged, or made by a program that it does not know. "
        "Open it in its own program and save it as a PDF."
    )
