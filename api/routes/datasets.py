"""Datasets. None can be made in this version; the routes judge what can be judged and say so."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel

from api.dependencies import ApiRoute, CallerHere, ServicesHere
from api.pagination import LongPages, ShortPages, Text
from api.routes.parse import Submitted, not_available
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


def _unknown(dataset_id: str) -> NotFound:
    return NotFound(f"There is no dataset {dataset_id!r} in this project.")


@router.post("", name="create_dataset", summary="Make a dataset")
def create(body: DatasetRequest, _services: ServicesHere, _caller: CallerHere) -> dict[str, Any]:
    """Judges the request; datasets themselves are not available yet."""
    if not _NAME.fullmatch(body.name):
        raise InvalidDatasetName("A dataset's name has 1 to 255 letters, digits, - and _, and nothing else.")
    judge_configuration(body)
    raise not_available("Making datasets")


@router.get("", name="list_datasets", summary="List datasets")
def list_datasets(
    _caller: CallerHere,
    _page: ShortPages,
    status: Annotated[Literal["idle", "processing"] | None, Query()] = None,
    name: Annotated[Text, Query()] = None,
) -> DatasetPage:
    """The project's datasets: none can have been made yet."""
    return DatasetPage(items=[], has_more=False, next_cursor=None, prev_cursor=None)


@router.get("/{dataset_id}", name="get_dataset", summary="A dataset")
def get(dataset_id: str, _caller: CallerHere) -> dict[str, Any]:
    """No dataset can exist yet."""
    raise _unknown(dataset_id)


@router.put("/{dataset_id}", name="update_dataset", summary="Change a dataset")
def update(dataset_id: str, _caller: CallerHere) -> dict[str, Any]:
    """No dataset can exist yet."""
    raise _unknown(dataset_id)


@router.delete("/{dataset_id}", name="delete_dataset", summary="Delete a dataset", status_code=204)
def delete(dataset_id: str, _caller: CallerHere) -> None:
    """No dataset can exist yet."""
    raise _unknown(dataset_id)


@router.get("/{dataset_id}/data", name="get_dataset_data", summary="A dataset's results")
def data(dataset_id: str, _caller: CallerHere, _page: LongPages) -> dict[str, Any]:
    """No dataset can exist yet."""
    raise _unknown(dataset_id)


@router.post("/{dataset_id}/parse", name="parse_into_dataset", summary="Read a document into a dataset")
def parse(dataset_id: str, _caller: CallerHere) -> Submitted:
    """No dataset can exist yet."""
    raise _unknown(dataset_id)
