"""Datasets. None can be made in this version; the routes judge what can be judged and say so."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import ApiRoute, CallerHere, ServicesHere
from api.errors import TOO_LARGE
from api.pagination import ShortPages
from api.routes.parse import not_available
from schemas.errors import InvalidDatasetName, NotFound
from schemas.requests import DatasetRequest
from workers.jobs.intake import judge_configuration

router = APIRouter(prefix="/datasets", tags=["datasets"], route_class=ApiRoute)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")


class DatasetPage(BaseModel):
    """A page of datasets."""

    items: list[dict[str, Any]]
    has_more: bool
    next_cursor: str | None
    prev_cursor: str | None


@router.post("", name="create_dataset", summary="Make a dataset", responses=TOO_LARGE)
def create(body: DatasetRequest, services: ServicesHere, _caller: CallerHere) -> dict[str, Any]:
    """Judges the request; datasets themselves are not available yet."""
    if not _NAME.fullmatch(body.name):
        raise InvalidDatasetName("A dataset's name has 1 to 255 letters, digits, - and _, and nothing else.")
    judge_configuration(services.settings, body)
    raise not_available("Making datasets")


@router.get("", name="list_datasets", summary="List datasets")
def list_datasets(
    _caller: CallerHere,
    _page: ShortPages,
    status: Annotated[Literal["idle", "processing"] | None, Query()] = None,
    name: Annotated[str | None, Query()] = None,
) -> DatasetPage:
    """The project's datasets: none can have been made yet."""
    return DatasetPage(items=[], has_more=False, next_cursor=None, prev_cursor=None)


def unknown(dataset_id: str, _caller: CallerHere) -> None:
    """No dataset can exist yet."""
    raise NotFound(f"There is no dataset {dataset_id!r} in this project.")


# Not in the OpenAPI document: they have no other answer in this version.
for _method, _path, _name in (
    ("GET", "", "get_dataset"),
    ("PUT", "", "update_dataset"),
    ("DELETE", "", "delete_dataset"),
    ("GET", "/data", "get_dataset_data"),
    ("POST", "/parse", "parse_into_dataset"),
):
    router.add_api_route(
        "/{dataset_id}" + _path, unknown, methods=[_method], name=_name, include_in_schema=False
    )
