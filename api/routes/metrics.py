"""``/metrics``, for Prometheus: the whole installation, and the requests of this process."""

from __future__ import annotations

import secrets

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CollectorRegistry, Info, ProcessCollector, disable_created_metrics
from prometheus_client.exposition import choose_encoder

from api.dependencies import ServicesHere, from_this_machine
from api.errors import ErrorEnvelope
from api.exposition import LedgerCollector
from api.observed import HttpMetrics
from api.routes.health import octavo_version
from schemas.errors import Unauthorized

router = APIRouter(tags=["health"])


def install_metrics(app: FastAPI) -> None:
    """Makes ``app`` count its requests; its services are looked for when somebody asks."""
    disable_created_metrics()  # type: ignore[no-untyped-call]
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    Info("octavo_build", "Which version this is.", registry=registry).info({"version": octavo_version()})
    registry.register(LedgerCollector(lambda: app.state.services))
    app.state.metrics, app.state.http_metrics = registry, HttpMetrics(registry)
    app.include_router(router)


@router.get(
    "/metrics",
    name="metrics",
    summary="Numbers for Prometheus",
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}}, 401: {"model": ErrorEnvelope}},
)
def metrics(request: Request, services: ServicesHere) -> Response:
    """With ``OCTAVO_METRICS_KEY`` its bearer is answered, without it this machine only."""
    key = services.settings.metrics_key
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if key is not None:
        known = secrets.compare_digest(given.strip().encode(), key.get_secret_value().encode())
        if not known or scheme.lower() != "bearer":
            raise Unauthorized("Send OCTAVO_METRICS_KEY as 'Authorization: Bearer <key>'.")
    elif not from_this_machine(request):
        raise Unauthorized("Metrics are for this machine only, unless OCTAVO_METRICS_KEY is set.")
    encode, content_type = choose_encoder(request.headers.get("accept", ""))
    return Response(encode(request.app.state.metrics), media_type=content_type)
