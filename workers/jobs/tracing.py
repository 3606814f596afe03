"""Traces by OpenTelemetry, sent where the standard variables say (``OTEL_EXPORTER_OTLP_ENDPOINT``).

Spans have ids, numbers and names of steps as attributes; never text of a document, the name of a file, an
address or what an error says.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.util import find_spec

from opentelemetry import trace
from opentelemetry.context import Context
from opentelemetry.trace import Span, SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

from schemas.settings import Tracing

log = logging.getLogger(__name__)

_LAST_SECONDS = 3.0
"""How long the last spans of a process may take to be sent."""
_W3C = TraceContextTextMapPropagator()
_tracer = trace.get_tracer("octavo")


@contextmanager
def sending(service: str) -> Iterator[None]:
    """Sends spans during the block, if the environment says where to; there this process is ``service``."""
    if Tracing().endpoint is None:
        yield
        return
    if not can_send():
        log.warning("OTEL_… asks for traces, but the otel extra is missing: pip install 'octavo[otel]'")
        yield
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import SERVICE_NAME, OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    # The environment's name of the service, if it has one, stands above ours.
    resource = Resource.create({SERVICE_NAME: service}).merge(OTELResourceDetector().detect())
    provider = TracerProvider(resource=resource, shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    try:
        yield
    finally:
        # A daemon: a collector that does not answer keeps nobody from ending.
        last = threading.Thread(target=provider.shutdown, daemon=True)
        last.start()
        last.join(_LAST_SECONDS)


def can_send() -> bool:
    """Whether what sends traces is installed."""
    try:
        return find_spec("opentelemetry.exporter.otlp.proto.http") is not None
    except ModuleNotFoundError:
        return False


@contextmanager
def span(
    name: str,
    attributes: Mapping[str, str | int | float] | None = None,
    *,
    kind: SpanKind = SpanKind.INTERNAL,
    parent: Context | None = None,
) -> Iterator[Span]:
    """A span around the block, part of the present one or of ``parent``; of an error it has the class."""
    with _tracer.start_as_current_span(
        name,
        context=parent,
        kind=kind,
        attributes=attributes,
        record_exception=False,
        set_status_on_exception=False,
    ) as begun:
        try:
            yield begun
        except Exception as error:
            failed(error)
            raise


def failed(error: BaseException) -> None:
    """Says that the present span ends badly."""
    present = trace.get_current_span()
    present.set_attribute("error.type", type(error).__qualname__)
    present.set_status(Status(StatusCode.ERROR))


def traceparent() -> str | None:
    """The present trace as W3C writes it; None outside of one."""
    carrier: dict[str, str] = {}
    _W3C.inject(carrier)
    return carrier.get("traceparent")


def continued(traceparent: str | None) -> Context:
    """The context in which a span belongs to the trace of ``traceparent``; to one of its own without."""
    return _W3C.extract({"traceparent": traceparent} if traceparent else {}, context=Context())


def trace_id() -> str | None:
    """The id of the present trace, 32 hexadecimal digits; None outside of one."""
    context = trace.get_current_span().get_span_context()
    return trace.format_trace_id(context.trace_id) if context.is_valid else None
