"""What a document that has taken its reader over can do: nothing but waste its own time, and not for long."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from multiprocessing import forkserver
from pathlib import Path

import psutil
import pytest

from schemas.errors import ReaderLost, ReaderStuck
from schemas.settings import Settings
from tests.waiting import runs, soon
from tests.workers.hostile import Attempts, Hostile
from workers.children import Child, Limits
from workers.children.readers import limits_of
from workers.sandbox.rules import as_set, for_models, for_reader
from workers.sandbox.trial import tried

SECONDS = 60.0
MEGABYTE = 1 << 20
PROGRAM = Path("/bin/cat")

HELD = tried() if sys.platform == "linux" else None
needs_files = pytest.mark.skipif(not (HELD and HELD.landlock), reason="this kernel has no Landlock")
needs_calls = pytest.mark.skipif(not (HELD and HELD.seccomp), reason="there is no libseccomp here")
needs_signals = pytest.mark.skipif(not (HELD and HELD.signals), reason="this Landlock keeps no signals")

Start = Callable[..., Child]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder: a ledger, a blob of somebody else, a key; and a document."""
    for name in ("octavo.db", "blobs/other", "secret.key", "document"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"content")
    return tmp_path / "data"


@pytest.fixture
def start(data: Path) -> Iterator[Start]:
    started: list[Child] = []

    def start(*, office: bool = False, limits: Limits | None = None, **changed: object) -> Child:
        settings = Settings(data_dir=data, **changed)
        folder = tempfile.TemporaryDirectory(dir=data)
        scratch = Path(folder.name)
        rules = as_set(settings, for_reader(data / "document", scratch, PROGRAM if office else None))
        held = limits or limits_of(settings, scratch)
        started.append(Child(Hostile, Attempts, held, rules, folder))
        return started[-1]

    yield start
    for child in started:
        child.kill()


def attempt(child: Child, name: str, target: object = "", timeout: float = SECONDS) -> str:
    return str(child.call("attempt", name, str(target), timeout=timeout))


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Who may be reached: by TCP, by UDP, by a socket with a path or a name, by a name's address."""
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as udp,
        closing(socket.socket(socket.AF_UNIX)) as named,
        closing(socket.socket(socket.AF_UNIX)) as abstract,
    ):
        udp.bind(("127.0.0.1", 0))
        path, name = str(tmp_path / "socket"), f"\0octavo-{os.getpid()}"
        for one, address in ((named, path), (abstract, name)):
            one.bind(address)
            one.listen()
        port = str(tcp.getsockname()[1])
        yield {"tcp": port, "udp": str(udp.getsockname()[1]), "path": path, "name": name, "host": "localhost"}


@needs_calls
@pytest.mark.parametrize("office", [False, True])
@pytest.mark.parametrize(
    ("name", "server"),
    [
        ("ipv4", "tcp"),
        ("ipv6", "tcp"),
        ("udp", "udp"),
        ("netlink", "tcp"),
        ("packet", "tcp"),
        ("unix", "path"),
        ("unix", "name"),
        ("datagram", "path"),
    ],
)
def test_nobody_is_reached(
    start: Start, servers: dict[str, str], name: str, server: str, *, office: bool
) -> None:
    assert attempt(start(office=office), name, servers[server]) == "PermissionError"


@needs_calls
def test_no_name_is_looked_up(start: Start) -> None:
    assert attempt(start(), "dns", "octavo.example") == "gaierror"


@needs_files
@pytest.mark.parametrize("office", [False, True])
@pytest.mark.parametrize("name", ["read", "write", "append", "truncate", "remove", "rename", "link"])
@pytest.mark.parametrize("target", ["octavo.db", "blobs/other", "secret.key"])
def test_the_data_folder_is_out_of_reach(
    start: Start, data: Path, name: str, target: str, *, office: bool
) -> None:
    refusals = {"PermissionError"} if name not in ("rename", "link") else {"PermissionError", "OSError"}
    assert attempt(start(office=office), name, data / target) in refusals
    assert (data / target).read_bytes() == b"content"


@needs_files
def test_secrets_of_the_system_are_out_of_reach_and_the_document_is_read_only(
    start: Start, data: Path
) -> None:
    child = start()
    for target in ("/etc/shadow", f"/proc/{os.getpid()}/environ", f"/proc/{os.getpid()}/cmdline"):
        assert attempt(child, "read", target) == "PermissionError"
    for target in (data, "/tmp", "/root", "/home"):
        assert attempt(child, "list", target) == "PermissionError"
    assert attempt(child, "read", data / "document") == "done"
    assert attempt(child, "write", data / "document") == "PermissionError"
    assert attempt(child, "write", "/tmp/octavo-was-here") == "PermissionError"


@needs_calls
@pytest.mark.parametrize("name", ["close_off", "date"])
def test_what_files_are_stays(start: Start, data: Path, name: str) -> None:
    assert attempt(start(), name, data / "octavo.db") == "PermissionError"


@needs_calls
@pytest.mark.parametrize("office", [False, True])
@pytest.mark.parametrize("name", ["trace", "peek", "limit", "leave", "namespace", "mount", "own_limit"])
def test_other_processes_and_the_machine_are_out_of_reach(start: Start, name: str, *, office: bool) -> None:
    target = "/mnt" if name == "mount" else str(os.getpid())
    assert attempt(start(office=office), name, target) in ("PermissionError", "ValueError")


@needs_calls
@pytest.mark.parametrize("name", ["signal", "signal_all", "fork"])
def test_a_reader_that_needs_no_program_is_alone(start: Start, name: str) -> None:
    child = start()
    assert attempt(child, name, os.getpid()) == "PermissionError"
    assert attempt(child, "run", "/bin/true") == "PermissionError"


@needs_signals
def test_one_that_needs_programs_still_signals_nobody_else(start: Start) -> None:
    child = start(office=True)
    assert attempt(child, "signal", os.getpid()) == "PermissionError"
    assert attempt(child, "fork") == "done"


@needs_files
def test_programs_are_held_like_who_starts_them(start: Start, data: Path) -> None:
    child = start(office=True)
    assert attempt(child, "run", f"/bin/cat {data / 'document'}") == "done"
    assert attempt(child, "run", f"/bin/cat {data / 'octavo.db'}") == "failed"
    assert attempt(child, "run", f"/bin/cat /proc/{os.getpid()}/environ") == "failed"


@pytest.mark.skipif(sys.platform != "linux", reason="what a process holds is asked of Linux")
def test_it_has_no_secrets_and_holds_nothing_open_but_its_pipes(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush-hush")
    end_fork_server()  # the next one starts from this environment
    try:
        child = start()
        assert attempt(child, "secrets", "hush-hush") == "0"
        assert attempt(child, "handles") == "/dev/null socket"
    finally:
        end_fork_server()


def end_fork_server() -> None:
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)  # type: ignore[attr-defined]


class TestAppetite:
    def test_forks(self, start: Start) -> None:
        child = start(office=True, limits=Limits(tasks=20))
        family = child.call("pid", timeout=SECONDS)
        with pytest.raises(ReaderStuck, match="more processes"):
            attempt(child, "multiply")
        assert soon(lambda: not _group(family))

    def test_threads(self, start: Start) -> None:
        with pytest.raises(ReaderLost):
            attempt(start(), "thread")

    @pytest.mark.parametrize("name", ["fill", "fill_unseen"])
    def test_the_disk(self, start: Start, name: str) -> None:
        with pytest.raises(ReaderStuck, match="more room"):
            attempt(start(max_upload_bytes=MEGABYTE), name, MEGABYTE // 2)

    def test_a_large_file(self, start: Start) -> None:
        assert attempt(start(max_upload_bytes=MEGABYTE), "fill", 2 * MEGABYTE) == "OSError"

    def test_memory(self, start: Start) -> None:
        limits = Limits(resident=300 * MEGABYTE, setting="OCTAVO_READER_MEMORY_BYTES")
        with pytest.raises(ReaderStuck, match=r"more memory .* \(OCTAVO_READER_MEMORY_BYTES\)"):
            attempt(start(limits=limits), "grow", 2048 * MEGABYTE)

    def test_time(self, start: Start) -> None:
        child = start()
        attempt(child, "secrets", "x")  # it runs
        with pytest.raises(ReaderStuck, match="longer than 0 seconds"):
            attempt(child, "spin", timeout=0.2)

    def test_time_after_the_answer(self, start: Start) -> None:
        child = start()
        attempt(child, "secrets", "x")
        attempt(child, "spin_on", timeout=0.5)
        assert soon(lambda: not child.alive)

    def test_the_patience_of_its_parent(self, start: Start) -> None:
        child = start()
        attempt(child, "secrets", "x")
        with pytest.raises(ReaderStuck, match="longer than"):
            attempt(child, "half_an_answer", timeout=0.2)


def test_an_answer_of_another_kind_is_no_answer(start: Start) -> None:
    with pytest.raises(ReaderLost):
        attempt(start(), "nonsense")


def _group(leader: int) -> list[int]:
    """The processes of a group that run."""
    found = []
    for pid in psutil.pids():
        try:
            if os.getpgid(pid) == leader and runs(pid):
                found.append(pid)
        except ProcessLookupError:
            continue
    return found


def test_nothing_outlives_a_reader_that_is_ended(start: Start) -> None:
    child = start(office=True)
    grandchild = int(attempt(child, "outlive"))
    assert runs(grandchild)
    child.kill()
    assert soon(lambda: not runs(grandchild))


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own means")
def test_nothing_outlives_a_worker_that_is_killed(tmp_path: Path) -> None:
    code = (
        "from workers.children import Child, Limits\n"
        "from tests.workers.hostile import Attempts, Hostile\n"
        "if __name__ == '__main__':\n"
        "    child = Child(Hostile, Attempts, Limits())\n"
        "    print(child.call('pid', timeout=60), flush=True)\n"
        "    child.call('attempt', 'spin', '', timeout=600)\n"
    )
    (tmp_path / "worker.py").write_text(code, encoding="utf-8")
    command = [sys.executable, str(tmp_path / "worker.py")]
    here = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=here) as worker:
        assert worker.stdout is not None
        reader = int(worker.stdout.readline())
        assert runs(reader)
        worker.kill()
    assert soon(lambda: not runs(reader))


@needs_files
@needs_calls
def test_models_reach_nobody_write_nothing_and_start_nothing(data: Path, tmp_path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=tmp_path) as scratch:
        settings = Settings(data_dir=data)
        rules = as_set(settings, for_models(settings, Path(scratch), programs=False))
        child = Child(Hostile, Attempts, Limits(), rules)
        try:
            assert attempt(child, "ipv6") == attempt(child, "run", "/bin/true") == "PermissionError"
            assert attempt(child, "read", data / "document") == "PermissionError"
            assert attempt(child, "write", data / "octavo.db") == "PermissionError"
            assert attempt(child, "write", Path(scratch, "cache")) == "done"
        finally:
            child.kill()


def test_off_is_off(start: Start, data: Path) -> None:
    assert attempt(start(sandbox="off"), "read", data / "octavo.db") == "done"
