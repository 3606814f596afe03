"""The HTTP application, put together."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from fastapi_offline import FastAPIOffline
from starlette.concurrency import run_in_threadpool

from api.dependencies import PREFIX, Gate
from api.drawings import Drawings
from api.errors import ErrorEnvelope, install_handlers
from api.limits import Tidy
from api.observed import Observed
from api.playground import install_playground
from api.routes import convert, datasets, docs, files, health, parse, pictures, webhooks
from api.routes.health import octavo_version
from api.routes.metrics import install_metrics
from api.server import Farewell
from api.shield import Shield
from api.streams import JobStreams
from api.uploads import clear_stale, upload_folder
from workers.jobs.metering import COLLECTED, FLUSH_SECONDS
from workers.jobs.services import Services

log = logging.getLogger(__name__)

_CLEAR_SECONDS = 3600.0
_DESCRIPTION = "Documents in; Markdown, tables and boxes out. Speaks the Document Ingestion API v2."


def create_app(services: Services) -> FastAPI:
    """The application over ``services``, which stay the caller's to close.

    The tables must be there (``workers.jobs.ledger.engine.migrate``) and the keys installed
    (``services.access.refresh``) before it serves. ``app.state.streams.cut()`` breaks open
    event streams off, for a server that goes down.
    """
    app = FastAPIOffline(
        docs_url=None,  # of our own, with a policy for browsers
        redoc_url=None,
        title="Octavo",
        version=octavo_version(),
        description=_DESCRIPTION,
        lifespan=_lifespan,
        redirect_slashes=False,
        generate_unique_id_function=_operation_id,
        # Its spans have the query in them, where names of files are; ours are made by Observed.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.services = services
    app.state.streams = JobStreams(services)
    app.state.drawings = Drawings()
    app.add_middleware(Tidy)
    app.add_middleware(Observed)
    install_handlers(app)
    documents = APIRouter(
        prefix=PREFIX,
        responses={
            status: {"model": ErrorEnvelope, "description": description}
            for status, description in (
                (400, "The request cannot be served as it stands"),
                (401, "The key is missing or not known"),
                (403, "The key belongs to another project, or lacks the scope"),
                (404, "There is no such thing"),
                (422, "A field or parameter has the wrong type or an unknown word"),
                (429, "The project is over a limit, or too many tries had no good key; see Retry-After"),
                ("5XX", "Something went wrong here"),
            )
        },
    )
    for module in (files, parse, pictures, datasets, webhooks):
        documents.include_router(module.router)
    app.include_router(documents)
    app.include_router(convert.router)
    webhooks.describe_events(app)
    app.include_router(health.router)
    app.include_router(docs.router)
    install_metrics(app)
    install_playground(app)
    app.router.middleware_stack = Gate(app.router.middleware_stack)
    # Around what answers to unexpected errors, too, which no middleware of the app's own stands around.
    app.middleware_stack = Shield(Farewell(app.build_middleware_stack()), services.settings.cors_origins)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services = app.state.services
    clear = partial(clear_stale, upload_folder(services.settings))
    await run_in_threadpool(clear)
    tasks = [
        asyncio.create_task(app.state.streams.listen()),
        asyncio.create_task(_every(FLUSH_SECONDS, partial(COLLECTED.flush, services.meters))),
        asyncio.create_task(_every(FLUSH_SECONDS, services.audit.flush)),
        asyncio.create_task(_every(_CLEAR_SECONDS, clear)),
    ]
    yield
    for task in tasks:
        task.cancel()
    app.state.streams.cut()
    await app.state.drawings.close()


async def _every(seconds: float, work: Callable[[], object]) -> None:
    """Does ``work`` again and again; what fails is tried again the next time."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await run_in_threadpool(work)
        except Exception as error:
            log.warning("a background step is tried again: %s", type(error).__name__)


def _operation_id(route: APIRoute) -> str:
    return route.name
