"""Whether the service lives, whether it can work, and which version it is. No key is asked for."""

from __future__ import annotations

import logging
from importlib.metadata import PackageNotFoundError, version
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from api.dependencies import ServicesHere
from api.errors import ErrorEnvelope, answer
from schemas.errors import ErrorCode
from workers.jobs.blobs import BlobStoreUnusable
from workers.jobs.ledger.engine import is_current

log = logging.getLogger(__name__)

router = APIRouter(tags=["health"])


class Alive(BaseModel):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Version(BaseModel):
    """What is running."""

    name: str
    version: str
    license: str
    source_url: str | None


def octavo_version() -> str:
    """The installed distribution's version; ``0`` when run from a bare checkout."""
    try:
        return version("octavo")
    except PackageNotFoundError:
        return "0"


@router.get("/health", name="health", summary="The same as `/livez`, where docling-serve has it")
@router.get("/livez", name="live", summary="Is the process alive?")
def live() -> Alive:
    """Answers as long as the process does."""
    return Alive()


@router.get(
    "/ready",
    name="ready_too",
    summary="The same as `/readyz`, where docling-serve has it",
    response_model=Alive,
    responses={503: {"model": ErrorEnvelope}},
)
@router.get(
    "/readyz",
    name="ready",
    summary="Can the service work?",
    response_model=Alive,
    responses={503: {"model": ErrorEnvelope}},
)
def ready(request: Request, services: ServicesHere) -> Alive | JSONResponse:
    """Asks the database and the blob store."""
    try:
        if not is_current(services.ledger.engine):
            return _not_ready(request, "The database is not of this version: run 'octavo migrate'.")
    except Exception:
        log.exception("not ready: the database does not answer")
        return _not_ready(request, "The database does not answer.")
    try:
        services.blobs.check()
    except Exception as error:
        reason = error.message if isinstance(error, BlobStoreUnusable) else type(error).__name__
        log.error("not ready: %s", reason)
        return _not_ready(request, "The blob store does not answer.")
    return Alive()


def _not_ready(request: Request, message: str) -> JSONResponse:
    return answer(request, 503, ErrorCode.INTERNAL_ERROR, message)


@router.get("/version", name="version", summary="Which version is this?")
def get_version(services: ServicesHere) -> Version:
    """Name, version, licence, and where the source is to be had."""
    return Version(
        name="octavo",
        version=octavo_version(),
        license="AGPL-3.0-or-later",
        source_url=services.settings.source_url,
    )
