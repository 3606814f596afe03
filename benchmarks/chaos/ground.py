"""What a run stands on: the processes of a whole service, and which of them may be killed.

Two grounds: one ``octavo serve`` with SQLite and its own broker, which looks after its processes itself; and
an API and two workers on Postgres, Redis and S3, whose processes are started again as a supervisor would.
"""

from __future__ import annotations

import os
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import httpx
import psutil

from benchmarks.chaos import poison
from benchmarks.chaos.supervised import Supervised, until
from benchmarks.servers import S3, Postgres, Redis
from benchmarks.service import free_port, role
from schemas.settings import Settings

KEY = "a-key-for-the-chaos"
_READY_SECONDS = 300.0
_STOP_SECONDS = 60.0

_SETTINGS = {
    "OCTAVO_API_KEYS": KEY,
    "OCTAVO_WORKERS": "2",
    # Short, but no shorter than a busy machine may keep a living worker from renewing it.
    "OCTAVO_LEASE_SECONDS": "15",
    "OCTAVO_SWEEP_SECONDS": "1",
    # Small, so that there are many to be lost.
    "OCTAVO_SHARD_PAGES": "8",
    "OCTAVO_PAGE_WINDOW": "2",
    # Kills come far closer together than on any real ground; three in a row are no sign of poison here.
    "OCTAVO_MAX_ATTEMPTS": "6",
    "OCTAVO_WEBHOOK_ALLOW": "127.0.0.1",
    "OCTAVO_WEBHOOK_TIMEOUT": "10",
    "OCTAVO_LLM_MODEL": "scripted",
    # The beginning of each window is logged there.
    "OCTAVO_LOG_LEVEL": "DEBUG",
    "OCTAVO_LOG_FORMAT": "json",
}

ASLEEP = "worker asleep"
"""A worker that is stopped for longer than its leases last, and then goes on as if nothing had been."""

Victim = Callable[[], list[psutil.Process]]


class Ground(ABC):
    """A running service. ``folder`` holds all that it keeps."""

    def __init__(self, folder: Path, llm_url: str) -> None:
        self.folder = folder
        self.port = free_port()
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("OCTAVO_", "AWS_"))}
        path = os.pathsep.join(filter(None, [poison.ENVIRONMENT["PYTHONPATH"], inherited.get("PYTHONPATH")]))
        settings = {**_SETTINGS, "OCTAVO_PORT": str(self.port), "OCTAVO_LLM_BASE_URL": llm_url}
        self._environment = {**inherited, **poison.ENVIRONMENT, **settings, "PYTHONPATH": path}
        self.programs: dict[str, Supervised] = {}
        self._servers: dict[str, Postgres | Redis | S3] = {}

    @property
    def url(self) -> str:
        """Where the API answers."""
        return f"http://127.0.0.1:{self.port}"

    @abstractmethod
    def settings(self) -> Settings:
        """What opens the service's ledger and blobs from outside."""

    @abstractmethod
    def start(self) -> None:
        """Starts everything and waits until it can work."""

    @abstractmethod
    def victims(self) -> dict[str, Victim]:
        """Of each kind of process that may be killed, how to find those that run now."""

    def revive(self, victim: str) -> None:
        """Starts again what nobody else does after it was killed."""
        if victim in self._servers:
            self._servers[victim].start()

    def processes(self) -> list[psutil.Process]:
        """Every process of the service's own programs."""
        return [process for program in self.programs.values() for process in program.tree()]

    def logs(self) -> list[Path]:
        """What the programs have written."""
        return [program.log for program in self.programs.values()]

    def stop(self) -> list[str]:
        """Ends everything; the names of the programs that had to be killed."""
        return [name for name, program in self.programs.items() if not program.stop(_STOP_SECONDS)]

    def _run(self, name: str, *words: str) -> None:
        folder = self.folder / name
        folder.mkdir(parents=True)
        environment = {**self._environment, "OCTAVO_DATA_DIR": str(folder / "data")}
        argv = [sys.executable, "-P", "-m", "api", *words]
        self.programs[name] = Supervised(argv, environment, folder / "log")
        self.programs[name].start()

    def _wait_ready(self) -> None:
        if not until(self._ready, _READY_SECONDS):
            tail = "\n".join(log.read_text(errors="replace")[-2000:] for log in self.logs())
            raise RuntimeError(f"the service is not ready after {_READY_SECONDS:.0f} s:\n{tail}")

    def _ready(self) -> bool:
        with suppress(httpx.TransportError):
            return httpx.get(f"{self.url}/readyz", timeout=10).is_success
        return False

    def _of(self, *programs: str, is_one: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
        found = []
        for process in (p for name in programs for p in self.programs[name].tree()):
            with suppress(psutil.Error):
                if is_one(process):
                    found.append(process)
        return found

    def _children_of(self, *programs: str) -> dict[str, Victim]:
        """Readers and models, what they start themselves, and the server that forks them."""
        return {
            "child": lambda: self._of(*programs, is_one=_is_forked),
            "fork server": lambda: self._of(*programs, is_one=_is_fork_server),
        }


class OnSqlite(Ground):
    """``octavo serve`` as on a laptop: API, worker and broker in one tree."""

    def settings(self) -> Settings:
        """See ``Ground.settings``."""
        return Settings(data_dir=self.folder / "serve" / "data")

    def start(self) -> None:
        """See ``Ground.start``."""
        self._run("serve", "serve")
        self._wait_ready()

    def victims(self) -> dict[str, Victim]:
        """See ``Ground.victims``. Both processes that write SQLite are among them."""
        roles = {"API": "API", "worker": "worker", "broker": "Valkey", "broker's keeper": "Valkey's keeper"}
        named: dict[str, Victim] = {name: self._with_role(word) for name, word in roles.items()}
        return named | self._children_of("serve")

    def _with_role(self, word: str) -> Victim:
        return lambda: self._of("serve", is_one=lambda process: role(process) == word)


class OnServices(Ground):
    """An API and two workers, each with a data folder of its own, on Postgres, Redis and S3."""

    def start(self) -> None:
        """See ``Ground.start``."""
        self.folder.mkdir(parents=True)
        self._servers["postgres"] = self._postgres = Postgres(self.folder)
        self._servers["redis"] = self._redis = Redis()
        self._servers["s3"] = self._s3 = S3(self.folder / "s3", "chaos")
        self._environment |= {
            **self._s3.environment,
            "OCTAVO_DATABASE_URL": self._postgres.new_database(),
            "OCTAVO_BLOB_URL": f"s3://{self._s3.bucket}/kept",
            "OCTAVO_S3_ENDPOINT_URL": self._s3.endpoint_url,
            "OCTAVO_BROKER_URL": f"{self._redis.url}/0",
            "OCTAVO_SECRET_KEY": "a key that all machines of it share",
        }
        self._run("api", "serve", "--no-worker")
        for name in ("worker-1", "worker-2"):
            self._run(name, "worker")
        self._wait_ready()

    def settings(self) -> Settings:
        """See ``Ground.settings``."""
        os.environ.update(self._s3.environment)  # where the S3 client looks for its keys
        names = ("database_url", "blob_url", "s3_endpoint_url", "broker_url", "secret_key")
        given = {name: self._environment[f"OCTAVO_{name.upper()}"] for name in names}
        return Settings.model_validate({**given, "data_dir": self.folder / "outside"})

    def victims(self) -> dict[str, Victim]:
        """See ``Ground.victims``."""
        workers = ("worker-1", "worker-2")

        def find_workers() -> list[psutil.Process]:
            return [process for name in workers for process in self.programs[name].tree()[:1]]

        return {
            "API": lambda: self.programs["api"].tree()[:1],
            "worker": find_workers,
            ASLEEP: find_workers,
            "redis": self._redis.processes,
            "postgres": lambda: self._postgres.processes()[:1],
            "postgres backend": lambda: self._postgres.processes()[1:],
            "s3": self._s3.processes,
            **self._children_of(*workers),
        }

    def stop(self) -> list[str]:
        """See ``Ground.stop``."""
        killed = super().stop()
        for server in self._servers.values():
            server.stop()
        return killed


def _is_forked(process: psutil.Process) -> bool:
    """Whether it is a reader, a model child or something that one of them started."""
    return any(_is_fork_server(parent) for parent in process.parents())


def _is_fork_server(process: psutil.Process) -> bool:
    """Whether readers and models are forked from it: they look alike, but for their parent."""
    parent = process.parent()
    named = "multiprocessing.forkserver" in " ".join(process.cmdline())
    return named and parent is not None and "forkserver" not in " ".join(parent.cmdline())


GROUNDS: dict[str, type[Ground]] = {"sqlite": OnSqlite, "services": OnServices}
