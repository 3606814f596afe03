"""What is told of every request: a line in the log, numbers for ``/metrics``, and a span of its trace.

By the route's template, never by the path or the query: there are ids, names and secrets in them.
"""

from __future__ import annotations

import logging
import time
from typing import Any

from opentelemetry.trace import SpanKind, StatusCode
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.dependencies import PREFIX, ApiRoute
from workers.jobs import tracing

log = logging.getLogger("api.access")

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))
_LOOKS = frozenset(("/livez", "/readyz", "/metrics"))
"""What machines ask every few seconds."""
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class HttpMetrics:
    """The numbers of this process's requests."""

    def __init__(self, registry: CollectorRegistry) -> None:
        where = ("method", "route")
        self.requests = Counter(
            "octavo_http_requests", "Requests answered.", (*where, "status"), registry=registry
        )
        self.seconds = Histogram(
            "octavo_http_request_seconds",
            "Until the answer was sent; of an event stream: until it began.",
            where,
            registry=registry,
            buckets=_BOUNDS,
        )
        self.streams = Gauge("octavo_http_event_streams", "Event streams that are open.", registry=registry)


class Observed:
    """Middleware around all others: the trace that a request belongs to is known to them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See the class."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        answer = _Answer(scope)
        if scope["path"] in _LOOKS:
            await self._answered(answer, receive, send, logging.DEBUG)
            return
        parent = tracing.continued(Headers(scope=scope).get("traceparent"))
        with tracing.span("request", kind=SpanKind.SERVER, parent=parent) as span:
            try:
                await self._answered(answer, receive, send, logging.INFO)
            finally:
                span.update_name(f"{answer.method} {answer.route}")
                span.set_attributes(answer.attributes)
                if answer.status >= 500:
                    span.set_status(StatusCode.ERROR)

    async def _answered(self, answer: _Answer, receive: Receive, send: Send, level: int) -> None:
        metrics: HttpMetrics = answer.scope["app"].state.http_metrics

        async def noted(message: Message) -> None:
            if message["type"] == "http.response.start" and answer.began(message):
                metrics.streams.inc()
            await send(message)

        try:
            await self._app(answer.scope, receive, noted)
        except Exception as error:
            answer.error = type(error).__qualname__
            raise
        finally:
            if answer.is_stream:
                metrics.streams.dec()
            metrics.requests.labels(answer.method, answer.route, str(answer.status)).inc()
            metrics.seconds.labels(answer.method, answer.route).observe(answer.seconds)
            answer.log(level)


class _Answer:
    """A request with what became of it; without an answer it counts as 500."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self._arrived = time.perf_counter()
        self._stream_began: float | None = None
        self.method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        self.status = 500
        self.error: str | None = None

    def began(self, start: Message) -> bool:
        """Notes how the answer begins; whether it is an event stream."""
        self.status = start["status"]
        if Headers(raw=start["headers"]).get("content-type", "").startswith("text/event-stream"):
            self._stream_began = time.perf_counter()
        return self.is_stream

    @property
    def is_stream(self) -> bool:
        return self._stream_began is not None

    @property
    def route(self) -> str:
        """The template of the route's path; ``other`` where the request went to none."""
        route = self.scope.get("route")
        path = getattr(route, "path_format", "other")
        within = isinstance(route, ApiRoute) and not path.startswith(PREFIX)
        return f"{PREFIX}{path}" if within else path

    @property
    def seconds(self) -> float:
        return (self._stream_began or time.perf_counter()) - self._arrived

    @property
    def attributes(self) -> dict[str, Any]:
        return {
            "http.request.method": self.method,
            "http.route": self.route,
            "http.response.status_code": self.status,
        }

    def log(self, level: int) -> None:
        took = time.perf_counter() - self._arrived
        fields: dict[str, Any] = {
            "method": self.method,
            "route": self.route,
            "status": self.status,
            "ms": round(1000 * took, 1),
        }
        caller = self.scope.get("state", {}).get("caller")
        if caller is not None:
            fields["project"] = caller.project
        if self.error is not None:
            fields["error"] = self.error
        log.log(level, "%s %s %d in %.0f ms", self.method, self.route, self.status, 1000 * took, extra=fields)
