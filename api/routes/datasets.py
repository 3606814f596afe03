"""Datasets: a configuration with a name, and the documents that are read with it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from api.dependencies import ApiRoute, Reader, ServicesHere, Writer, origin_of
from api.errors import TOO_LARGE
from api.pagination import LongPages, Moment, ShortPages, encode_cursor
from api.pieces import gathered
from api.routes.parse import ParsePage, Status, Submitted
from schemas.errors import InvalidDatasetName
from schemas.jobs import JobStatus, Timestamp
from schemas.options import Configuration
from schemas.requests import DatasetChange, DatasetRequest, SourceFields
from workers.jobs.blobs import BlobMissing, BlobStore
from workers.jobs.disposal import remove_dataset
from workers.jobs.intake import submit_to_dataset
from workers.jobs.judging import judge_configuration
from workers.jobs.ledger.audit import Action
from workers.jobs.ledger.datasets import DatasetFilter
from workers.jobs.ledger.jobs import JobFilter
from workers.jobs.ledger.paging import Page
from workers.jobs.ledger.tables import Dataset, Job
from workers.jobs.results import result_json
from workers.jobs.services import Services

router = APIRouter(prefix="/datasets", tags=["datasets"], route_class=ApiRoute)

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")

WithConfiguration = Annotated[bool, Query(description="Also show the configuration.")]
WithAnalytics = Annotated[bool, Query(description="Also count the dataset's jobs by status.")]


class Analytics(BaseModel):
    """How many jobs a dataset has."""

    total_processing_parse_jobs: int
    total_pending_parse_jobs: int
    total_error_parse_jobs: int
    total_successful_parse_jobs: int
    total_jobs: int

    @classmethod
    def of(cls, counts: dict[str, int]) -> Analytics:
        """From the number of jobs of each status."""
        return cls(
            total_processing_parse_jobs=counts.get(JobStatus.PROCESSING, 0),
            total_pending_parse_jobs=counts.get(JobStatus.PENDING, 0),
            total_error_parse_jobs=counts.get(JobStatus.FAILURE, 0),
            total_successful_parse_jobs=counts.get(JobStatus.SUCCESSFUL, 0),
            total_jobs=sum(counts.values()),
        )


class DatasetMade(BaseModel):
    """A dataset that was made."""

    name: str
    dataset_id: str
    created_at: Timestamp


class DatasetView(DatasetMade):
    """A dataset: `processing` while a job of it is pending or processing, else `idle`.

    `analytics` and `configuration` are null unless they were asked for.
    """

    description: str | None
    status: Literal["idle", "processing"]
    updated_at: Timestamp
    analytics: Analytics | None = None
    configuration: Configuration | None = None


class DatasetPage(BaseModel):
    """A page of datasets, newest first."""

    items: list[DatasetView]
    has_more: bool
    next_cursor: str | None
    prev_cursor: str | None


@router.post("", name="create_dataset", summary="Make a dataset", responses=TOO_LARGE)
def create(body: DatasetRequest, services: ServicesHere, caller: Writer) -> DatasetMade:
    """Keeps a configuration under a name, for all documents that are read into it."""
    _judge_name(body.name)
    judge_configuration(services.settings, body)
    kept = Configuration.model_validate(body, from_attributes=True).model_dump(mode="json")
    row = services.datasets.create(caller.project, body.name, body.description, kept)
    return DatasetMade(name=row.name, dataset_id=row.id, created_at=row.created_at)


@router.get("", name="list_datasets", summary="List datasets")
def list_datasets(
    services: ServicesHere,
    caller: Reader,
    page: ShortPages,
    status: Annotated[Literal["idle", "processing"] | None, Query()] = None,
    name: Annotated[str | None, Query(description="Part of the name; case counts.")] = None,
) -> DatasetPage:
    """The project's datasets, newest first."""
    busy = None if status is None else status == "processing"
    found = services.datasets.page(caller.project, page, DatasetFilter(name=name, busy=busy))
    return DatasetPage(
        items=_views(services, found.items),
        has_more=found.next is not None,
        next_cursor=encode_cursor(found.next),
        prev_cursor=encode_cursor(found.prev),
    )


@router.get("/{dataset_id}", name="get_dataset", summary="A dataset")
def get(
    dataset_id: str,
    services: ServicesHere,
    caller: Reader,
    include_configuration: WithConfiguration = False,
    include_analytics: WithAnalytics = False,
) -> DatasetView:
    """What the dataset is called and whether its jobs have ended."""
    row = services.datasets.get(caller.project, dataset_id)
    (view,) = _views(services, [row], configuration=include_configuration, analytics=include_analytics)
    return view


@router.put("/{dataset_id}", name="update_dataset", summary="Change a dataset", responses=TOO_LARGE)
def change(dataset_id: str, body: DatasetChange, services: ServicesHere, caller: Writer) -> DatasetView:
    """Changes what is given, for later jobs; what is not given stays, null or an empty list clears."""
    given = body.model_fields_set
    changes: dict[str, Any] = {}
    if "name" in given and body.name is not None:
        _judge_name(body.name)
        changes["name"] = body.name
    if "description" in given:
        changes["description"] = body.description
    options = body.options()
    judge_configuration(services.settings, Configuration.model_validate(options))
    changes["configuration"] = options
    row = services.datasets.change(caller.project, dataset_id, changes)
    (view,) = _views(services, [row], configuration=True)
    return view


@router.delete("/{dataset_id}", name="delete_dataset", summary="Delete a dataset", status_code=204)
def delete(dataset_id: str, services: ServicesHere, caller: Writer) -> None:
    """Removes the dataset with all its jobs and results; running ones are cancelled, files stay."""
    remove_dataset(services, caller.project, dataset_id)


@router.post("/{dataset_id}/parse", name="parse_into_dataset", summary="Read a document", responses=TOO_LARGE)
def parse(
    dataset_id: str, body: SourceFields, request: Request, services: ServicesHere, caller: Writer
) -> Submitted:
    """Takes in a document to be read with the dataset's configuration."""
    dataset = services.datasets.get(caller.project, dataset_id)
    job = submit_to_dataset(services, caller.project, dataset, body, origin_of(request))
    return Submitted(parse_id=job.id, created_at=job.created_at)


@router.get(
    "/{dataset_id}/data", name="get_dataset_data", summary="A dataset's results", response_model=ParsePage
)
def data(
    dataset_id: str,
    services: ServicesHere,
    caller: Reader,
    page: LongPages,
    status: Status = None,
    parse_id: Annotated[str | None, Query(description="One job's id.")] = None,
    file_name: Annotated[
        str | None, Query(description="Part of the uploaded file's name; case counts.")
    ] = None,
    filename: Annotated[str | None, Query(description="The same as `file_name`.")] = None,
    created_after: Moment = None,
    created_before: Moment = None,
    finished_after: Moment = None,
    finished_before: Moment = None,
) -> StreamingResponse:
    """The dataset's jobs with their outputs, newest first."""
    services.datasets.get(caller.project, dataset_id)
    services.audit.collect(Action.DATASET_READ, caller.project, dataset_id)
    wanted = JobFilter(
        id=parse_id,
        status=status,
        dataset_id=dataset_id,
        file_name=file_name or filename,
        created_after=created_after,
        created_before=created_before,
        finished_after=finished_after,
        finished_before=finished_before,
    )
    found = services.jobs.page(caller.project, page, wanted)
    return StreamingResponse(gathered(_with_outputs(found, services.blobs)), media_type="application/json")


def _judge_name(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise InvalidDatasetName("A dataset's name has 1 to 255 letters, digits, - and _, and nothing else.")


def _views(
    services: Services, rows: list[Dataset], *, configuration: bool = False, analytics: bool = False
) -> list[DatasetView]:
    counts = services.datasets.counts([row.id for row in rows])
    busy = {JobStatus.PENDING.value, JobStatus.PROCESSING.value}
    return [
        DatasetView(
            name=row.name,
            dataset_id=row.id,
            description=row.description,
            status="processing" if busy & counts[row.id].keys() else "idle",
            created_at=row.created_at,
            updated_at=row.updated_at,
            analytics=Analytics.of(counts[row.id]) if analytics else None,
            configuration=Configuration.model_validate(row.configuration) if configuration else None,
        )
        for row in rows
    ]


def _with_outputs(page: Page[Job], blobs: BlobStore) -> Iterator[bytes]:
    """The page as JSON, one result at a time: together they may be larger than memory."""
    rest = ParsePage.of(Page([], page.next, page.prev)).model_dump_json(exclude={"items"})
    yield b'{"items":['
    between = b""
    for job in page.items:
        try:
            pieces = result_json(job, blobs)
        except BlobMissing:  # deleted since the page was made
            continue
        yield between
        yield from pieces
        between = b",\n"
    yield b"],\n" + rest.removeprefix("{").encode()
