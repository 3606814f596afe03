"""Pictures of pages, for people who look at results."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.concurrency import run_in_threadpool

from api.dependencies import ApiRoute, Reader, ServicesHere
from api.drawings import Drawings
from workers.jobs.ledger.audit import Action

router = APIRouter(tags=["parse"], route_class=ApiRoute)


@router.get(
    "/parse/{parse_id}/pages/{page_number}/picture",
    name="get_page_picture",
    summary="A page of a job's document as a picture",
    response_class=Response,
    responses={200: {"content": {"image/webp": {}}, "description": "The page as displayed"}},
)
async def get_picture(
    parse_id: str,
    page_number: Annotated[int, Path(ge=1)],
    request: Request,
    services: ServicesHere,
    caller: Reader,
    width: Annotated[int, Query(ge=16, le=2400, description="Its width in pixels.")] = 1000,
) -> Response:
    """Drawn from the document as long as it is there; boxes of the result fit it when scaled alike."""
    job = await run_in_threadpool(services.jobs.get, caller.project, parse_id)
    drawings: Drawings = request.app.state.drawings
    picture = await drawings.draw(job, page_number, width)
    services.audit.collect(Action.JOB_READ, caller.project, parse_id)
    return Response(picture, media_type="image/webp")
