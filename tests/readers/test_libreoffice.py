from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pymupdf
import pytest

from pipelines.readers import confined
from pipelines.readers.base import ReaderSetup
from pipelines.readers.libreoffice import converted, find_soffice
from schemas.errors import DocumentUnreadable, UnsupportedFormat
from tests.readers.files import ole
from tests.waiting import runs, soon

CONFINED = (
    sys.executable,
    "-I",
    "-S",
    confined.__file__,
    "1000",
    "10",
)  # bytes of a file, CPU seconds; then its starter
RTF = rb"{\rtf1\ansi Some \b words\b0 .\par And more.}"


@pytest.fixture
def setup(tmp_path: Path) -> ReaderSetup:
    (tmp_path / "scratch").mkdir()
    return ReaderSetup(scratch=tmp_path / "scratch", soffice=find_soffice(None), convert_seconds=60)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "upload"
    path.write_bytes(RTF)
    return path


def stand_in(tmp_path: Path, script: str) -> Path:
    """A program in LibreOffice's place."""
    path = tmp_path / "office"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def words(path: Path) -> str:
    with pymupdf.open(path) as document:
        return " ".join(page.get_text() for page in document)


def test_without_libreoffice(letter: Path) -> None:
    with pytest.raises(UnsupportedFormat, match="not installed"):
        converted(letter, "pdf", ReaderSetup())


def test_a_program_that_says_nothing_and_writes_nothing(
    tmp_path: Path, letter: Path, setup: ReaderSetup
) -> None:
    with pytest.raises(DocumentUnreadable, match="could not read"):
        converted(letter, "pdf", replace(setup, soffice=stand_in(tmp_path, "exit 0")))


def test_a_program_that_crashes(tmp_path: Path, letter: Path, setup: ReaderSetup) -> None:
    with pytest.raises(DocumentUnreadable, match="crashed"):
        converted(letter, "pdf", replace(setup, soffice=stand_in(tmp_path, "kill -SEGV $$")))


def test_it_is_started_again_when_it_asks_for_that(tmp_path: Path, letter: Path, setup: ReaderSetup) -> None:
    script = """
[ -e "$HOME/again" ] || { touch "$HOME/again"; exit 81; }
while [ "$1" != --outdir ]; do shift; done
mkdir -p "$2" && cp "$3" "$2/document.pdf" && basename "$3" >"$2/name" """
    result = converted(letter, "pdf", replace(setup, soffice=stand_in(tmp_path, script)), ".rtf")
    assert result.read_bytes() == RTF
    assert (result.parent / "name").read_text().strip() == "document.rtf"


def test_time_is_limited_and_nobody_is_left(tmp_path: Path, letter: Path, setup: ReaderSetup) -> None:
    soffice = stand_in(tmp_path, 'sleep 600 & echo $! >"$HOME/child"; wait')
    with pytest.raises(DocumentUnreadable, match="1 seconds"):
        converted(letter, "pdf", replace(setup, soffice=soffice, convert_seconds=1))
    (child,) = (tmp_path / "scratch").glob("*/child")
    assert soon(lambda: not runs(int(child.read_text())))  # a signal takes its time


def test_files_are_limited(tmp_path: Path, letter: Path, setup: ReaderSetup) -> None:
    soffice = stand_in(tmp_path, 'head -c 100000 /dev/zero >"$HOME/large"; exit 0')
    with pytest.raises(DocumentUnreadable):
        converted(letter, "pdf", replace(setup, soffice=soffice, max_unpacked_bytes=5000))
    (large,) = (tmp_path / "scratch").glob("*/large")
    assert large.stat().st_size == 5000


def test_secrets_stay_here(
    tmp_path: Path, letter: Path, setup: ReaderSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCTAVO_SECRET_WORD", "hush")
    with pytest.raises(DocumentUnreadable):
        converted(letter, "pdf", replace(setup, soffice=stand_in(tmp_path, 'env >"$HOME/env"')))
    (surroundings,) = (tmp_path / "scratch").glob("*/env")
    assert "hush" not in surroundings.read_text()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own means")
def test_the_program_ends_with_its_parent(tmp_path: Path) -> None:
    started = tmp_path / "pid"
    script = f"echo $$ >{started}; sleep 600"
    code = (
        "import os, subprocess, time; "
        f"subprocess.Popen([*{CONFINED!r}, str(os.getpid()), '/bin/sh', '-c', {script!r}]); time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", code])
    try:
        assert soon(lambda: started.exists() and started.read_text().strip() != "")
    finally:
        parent.kill()
        parent.wait()
    assert soon(lambda: not runs(int(started.read_text())))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own means")
def test_a_program_whose_starter_is_gone_already_does_not_begin(tmp_path: Path) -> None:
    command = [*CONFINED, str(os.getppid()), "/usr/bin/touch", str(tmp_path / "begun")]
    assert subprocess.run(command, capture_output=True, check=False).returncode != 0
    assert not (tmp_path / "begun").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own means")
def test_the_program_has_no_network(tmp_path: Path) -> None:
    if subprocess.run(["unshare", "--user", "--net", "true"], capture_output=True, check=False).returncode:
        pytest.skip("this kernel does not let users make namespaces")
    command = [*CONFINED, str(os.getpid()), "/bin/cat", "/proc/net/route", "/proc/net/dev"]
    seen = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert {line.split(":")[0].strip() for line in seen.splitlines() if ":" in line} == {"lo"}


@pytest.mark.engines
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
class TestTheRealOne:
    def test_a_letter(self, letter: Path, setup: ReaderSetup) -> None:
        assert words(converted(letter, "pdf", setup, ".rtf")).split() == "Some words. And more.".split()

    def test_two_at_once(self, letter: Path, setup: ReaderSetup) -> None:
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(lambda to: converted(letter, to, setup, ".rtf"), ("pdf", "docx"))
        assert first.read_bytes()[:5] == b"%PDF-"
        assert second.read_bytes()[:2] == b"PK"

    def test_what_is_no_document(self, tmp_path: Path, setup: ReaderSetup) -> None:
        (tmp_path / "junk").write_bytes(ole({"WordDocument": b"\xec\xa5\xc1\0" + bytes(range(256)) * 40}))
        with pytest.raises(DocumentUnreadable, match="could not read"):
            converted(tmp_path / "junk", "docx", setup, ".doc")

    def test_nothing_is_fetched(
        self, tmp_path: Path, setup: ReaderSetup, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # Also where the kernel makes no namespaces: the profile alone has to do.
        monkeypatch.setattr("pipelines.readers.libreoffice.confined.__file__", _without_namespaces(tmp_path))
        with socket.create_server(("127.0.0.1", 0)) as server:
            asked: list[object] = []
            threading.Thread(target=lambda: asked.append(server.accept()), daemon=True).start()
            address = f"http://127.0.0.1:{server.getsockname()[1]}/a.png"
            (tmp_path / "upload").write_text(_with_picture(address), encoding="utf-8")
            assert "beside" in words(converted(tmp_path / "upload", "pdf", setup, ".fodt"))
            assert not asked


def _without_namespaces(tmp_path: Path) -> str:
    source = Path(confined.__file__).read_text(encoding="utf-8")
    changed = source.replace("        _leave_network()\n", "")
    assert changed != source
    path = tmp_path / "confined.py"
    path.write_text(changed, encoding="utf-8")
    return str(path)


def _with_picture(address: str) -> str:
    spaces = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
        for name, space in (
            ("office", "office"),
            ("text", "text"),
            ("draw", "drawing"),
            ("svg", "svg-compatible"),
        )
    )
    return (
        f'<?xml version="1.0"?><office:document{spaces} xmlns:xlink="http://www.w3.org/1999/xlink" '
        'office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.text">'
        "<office:body><office:text>"
        '<text:p>beside<draw:frame text:anchor-type="as-char" svg:width="1in" svg:height="1in">'
        f'<draw:image xlink:href="{address}"/></draw:frame></text:p>'
        "</office:text></office:body></office:document>"
    )
