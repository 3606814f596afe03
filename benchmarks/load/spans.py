"""The spans of a running service, which sends them here: when each step of a job began and ended."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from benchmarks.listening import listening

_SEND_MS = 2000
"""Seldom, since sending costs time that is not the service's."""
_LOOK_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Step:
    """A span: seconds since the epoch; ``job`` is there where the span says so itself."""

    id: bytes
    parent: bytes
    name: str
    began: float
    ended: float
    job: str


class Spans(ThreadingHTTPServer):
    """Takes spans by OTLP over HTTP; ``environment`` has a service send them here."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.steps: list[Step] = []

    @property
    def environment(self) -> dict[str, str]:
        """What a service is told by."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.server_address[1]}",
            "OTEL_EXPORTER_OTLP_COMPRESSION": "none",
            "OTEL_BSP_SCHEDULE_DELAY": str(_SEND_MS),
        }

    def of_jobs(self, jobs: Sequence[str], name: str, patience: float = 30.0) -> Mapping[str, Step]:
        """The span ``name`` of each of the jobs, waited for.

        Raises:
            RuntimeError: one did not come.
        """
        limit = time.monotonic() + patience
        while True:
            found = {step.job: step for step in list(self.steps) if step.name == name}
            if not (missing := set(jobs) - found.keys()):
                return found
            if time.monotonic() > limit:
                raise RuntimeError(
                    f"{len(missing)} spans {name!r} did not come: is the otel extra installed?"
                )
            time.sleep(_LOOK_SECONDS)

    def below(self, step: Step) -> list[Step]:
        """What was done within ``step``, at any depth."""
        children: dict[bytes, list[Step]] = {}
        for one in list(self.steps):
            children.setdefault(one.parent, []).append(one)
        found: list[Step] = []
        left = [step]
        while left:
            new = children.get(left.pop().id, [])
            found += new
            left += new
        return found


@contextmanager
def receiving_spans() -> Iterator[Spans]:
    """A receiver that listens for the length of the block."""
    with listening(Spans()) as server:
        yield server


class _Handler(BaseHTTPRequestHandler):
    server: Spans
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        self.server.steps += _steps(body)
        self.send_response(200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def _steps(body: bytes) -> Iterator[Step]:
    # Comes with the otel extra, which the other benchmarks do without.
    from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

    for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
        for scope in resource.scope_spans:
            for span in scope.spans:
                said = {one.key: one.value.string_value for one in span.attributes}
                yield Step(
                    id=span.span_id,
                    parent=span.parent_span_id,
                    name=span.name,
                    began=span.start_time_unix_nano / 1e9,
                    ended=span.end_time_unix_nano / 1e9,
                    job=said.get("octavo.job", ""),
                )
