"""The tables. A row fetched from here may be read after its session closed; only the ledger changes one."""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import IntEnum, StrEnum
from typing import Any, ClassVar, TypeVar

from sqlalchemy import (
    JSON,
    BigInteger,
    BindParameter,
    DateTime,
    Dialect,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Select,
    TypeDecorator,
    UniqueConstraint,
    select,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from schemas.jobs import JobStatus
from schemas.webhooks import DeliveryStatus


class UtcDateTime(TypeDecorator[datetime]):
    """A moment with its zone, kept as UTC; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To UTC; SQLite then gets it without the zone."""
        if value is None:
            return None
        moment = value.astimezone(UTC)
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With the zone UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """All tables of the ledger."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(none_as_null=True),
        list[str]: JSON(none_as_null=True),
        list[int]: JSON(none_as_null=True),
    }


class ApiKey(Base):
    """A key by its SHA-256. Rows are never removed: one row, even revoked, ends open mode for good."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    digest: Mapped[str] = mapped_column(unique=True)
    project: Mapped[str]
    scopes: Mapped[list[str]]
    origin: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class AuditEvent(Base):
    """Who did what to which id. ``actor`` is a key's id, or one of ``workers.jobs.ledger.audit``'s words.

    ``target`` is the id of what was changed or read, ``times`` how often within a few seconds;
    ``trace_id`` finds the request in the logs.
    """

    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    project: Mapped[str | None]
    actor: Mapped[str]
    action: Mapped[str]
    target: Mapped[str | None]
    address: Mapped[str | None]
    trace_id: Mapped[str | None]
    times: Mapped[int] = mapped_column(default=1)

    __table_args__ = (Index(None, "project", "at"),)


class ProjectDay(Base):
    """What a project used on one day (UTC): pages read and jobs ended. Deleted jobs stay counted."""

    __tablename__ = "project_days"

    project: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    pages: Mapped[int] = mapped_column(BigInteger, default=0)
    jobs: Mapped[int] = mapped_column(BigInteger, default=0)


class ProjectStorage(Base):
    """The bytes of a project's rows in ``files``: also of deleted ones, until their bytes are gone."""

    __tablename__ = "project_storage"

    project: Mapped[str] = mapped_column(primary_key=True)
    bytes: Mapped[int] = mapped_column(BigInteger)


class StoredFile(Base):
    """An uploaded file. A deleted one is kept until no job needs its bytes."""

    __tablename__ = "files"

    id: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str]
    name: Mapped[str]
    mime_type: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    checksum: Mapped[str]
    labels: Mapped[dict[str, Any]]
    blob_key: Mapped[str]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]

    __table_args__ = (
        Index(
            "uq_files_project_checksum", "project", "checksum", unique=True,
            sqlite_where=text("deleted_at IS NULL"), postgresql_where=text("deleted_at IS NULL"),
        ),
        Index(None, "project", "created_at", "id"),
        Index(
            "ix_files_deleted_at", "deleted_at",
            sqlite_where=text("deleted_at IS NOT NULL"), postgresql_where=text("deleted_at IS NOT NULL"),
        ),
    )  # fmt: skip


class Dataset(Base):
    """A name for jobs that are made with one configuration; each job keeps the one it was made with."""

    __tablename__ = "datasets"

    id: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str]
    name: Mapped[str]
    description: Mapped[str | None]
    configuration: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("project", "name"), Index(None, "project", "created_at", "id"))


class Job(Base):
    """A submit and what became of it. ``version`` grows with every change that a caller can see.

    ``runs`` counts how often it was begun anew (a replay is one more). ``progress`` is the ``Report`` of all
    its shards. ``traceparent`` (W3C) is the trace of its request. ``reading_mark`` stands for how
    its document was read (version and engines), ``content_mark`` for that, its options and its document's
    bytes: jobs with the same one have the same result. ``result_of`` is the job that it was taken from.
    """

    __tablename__ = "jobs"

    id: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str]
    job_type: Mapped[str]
    status: Mapped[str] = mapped_column(default=JobStatus.PENDING.value)
    request: Mapped[dict[str, Any]]
    dataset_id: Mapped[str | None] = mapped_column(index=True)
    file_id: Mapped[str | None]
    file_name: Mapped[str | None]
    file_labels: Mapped[dict[str, Any] | None]
    source_key: Mapped[str | None] = mapped_column(index=True)
    result_key: Mapped[str | None]
    total_pages: Mapped[int | None]
    pages_asked: Mapped[int | None]
    pages_done: Mapped[int] = mapped_column(default=0)
    parsed_pages: Mapped[int] = mapped_column(default=0)
    message_update: Mapped[str | None]
    error: Mapped[str | None]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    cancel_requested_at: Mapped[datetime | None]
    runs: Mapped[int] = mapped_column(default=1)
    progress: Mapped[dict[str, Any] | None]
    traceparent: Mapped[str | None]
    reading_mark: Mapped[str | None]
    content_mark: Mapped[str | None] = mapped_column(index=True)
    result_of: Mapped[str | None]

    __table_args__ = (Index(None, "project", "created_at", "id"), Index(None, "status", "project"))

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen to the job."""
        return JobStatus(self.status).ended


DEFAULT_QUEUE = "cpu"
"""Where work waits that nothing sends elsewhere."""


class ShardKind(StrEnum):
    """A range of pages, or the last step that joins them."""

    PAGES = "pages"
    ASSEMBLE = "assemble"


class ShardState(StrEnum):
    """Where a shard stands; a running one is its owner's only while the lease lasts."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Lane(IntEnum):
    """How soon a piece of work is waited for in its project.

    ``SOON``: the beginning of a document that was submitted alone, and whatever ends a job; ``REST``: the
    further pages of a long one; ``BATCH``: the pages of datasets' documents.
    """

    SOON = 0
    REST = 1
    BATCH = 2


class Shard(Base):
    """A piece of a job: what one worker claims. ``pages`` is null while the page count is not known.

    ``project``, ``lane`` and ``queued_at`` (the job's creation, or when another attempt may begin) say whose
    turn it is. ``attempt`` numbers the claims, ``strikes`` those since it last moved. ``progress`` is
    its worker's last ``Report``.
    """

    __tablename__ = "shards"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    ordinal: Mapped[int]
    kind: Mapped[str] = mapped_column(default=ShardKind.PAGES.value)
    pages: Mapped[list[int] | None]
    queue: Mapped[str] = mapped_column(default=DEFAULT_QUEUE)
    project: Mapped[str]
    lane: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default=ShardState.PENDING.value)
    attempt: Mapped[int] = mapped_column(default=0)
    strikes: Mapped[int] = mapped_column(default=0)
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    pages_done: Mapped[int] = mapped_column(default=0)
    progress: Mapped[dict[str, Any] | None]

    __table_args__ = (
        UniqueConstraint("job_id", "kind", "ordinal"),
        Index("ix_shards_turn", "queue", "state", "project", "lane", "queued_at"),
    )

    @classmethod
    def of(cls, job: Job, queue: str, ordinal: int = 0, **values: Any) -> Shard:
        """A shard of ``job`` that waits for its turn."""
        lane = Lane.REST if ordinal else Lane.SOON
        lane = lane if job.dataset_id is None else Lane.BATCH
        turn = {"project": job.project, "lane": lane.value, "queued_at": job.created_at}
        return cls(job_id=job.id, ordinal=ordinal, queue=queue, attempt=0, strikes=0, **turn, **values)


class Checkpoint(Base):
    """A finished window of pages. ``fingerprint`` stands for its input, options and steps.

    ``reading_mark`` is of the worker that read it, ``failed`` counts the pages that could not be read.
    ``flawed``: another try may do better, and a replay makes one.
    """

    __tablename__ = "checkpoints"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    job_id: Mapped[str] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"))
    shard_ordinal: Mapped[int]
    window: Mapped[int]
    pages: Mapped[list[int]]
    failed: Mapped[int] = mapped_column(default=0)
    flawed: Mapped[bool] = mapped_column(default=False)
    fingerprint: Mapped[str]
    reading_mark: Mapped[str | None]
    blob_key: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("job_id", "fingerprint"),)


class DeletedJob(Base):
    """A job that is gone, whose blobs are to be removed from ``due_at`` on, and again at ``last_at``."""

    __tablename__ = "deleted_jobs"

    job_id: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime] = mapped_column(index=True)
    last_at: Mapped[datetime]


class Installation(Base):
    """The one row that names this ledger: the blob store that goes with it bears the same name."""

    __tablename__ = "installations"

    id: Mapped[str] = mapped_column(primary_key=True)


class WorkerProcess(Base):
    """A worker as it last told of itself. ``rss``: bytes, its children's too."""

    __tablename__ = "workers"

    owner: Mapped[str] = mapped_column(primary_key=True)
    queues: Mapped[list[str]]
    reading_mark: Mapped[str]
    rss: Mapped[int] = mapped_column(BigInteger, default=0)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime] = mapped_column(index=True)


class Meter(Base):
    """A number that only grows, summed over all processes: ``labels`` is JSON with sorted keys."""

    __tablename__ = "meters"

    name: Mapped[str] = mapped_column(primary_key=True)
    labels: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Double, default=0.0)


class Duty(Base):
    """Something that one worker at a time does for all, now and then: ``owner``'s until ``until``."""

    __tablename__ = "duties"

    name: Mapped[str] = mapped_column(primary_key=True)
    owner: Mapped[str]
    until: Mapped[datetime]
    done_at: Mapped[datetime | None]


class Webhook(Base):
    """An address that is told of a project's jobs. Secrets are sealed (``workers.jobs.vault``).

    ``old_secrets`` sign too until their time (RFC 3339) is over. ``failing_since`` is when the present
    series of failures began, ``failed_at`` the last of it.
    """

    __tablename__ = "webhooks"

    id: Mapped[str] = mapped_column(primary_key=True)
    project: Mapped[str]
    url: Mapped[str]
    name: Mapped[str]
    event_types: Mapped[list[str]]
    enabled: Mapped[bool]
    disabled_reason: Mapped[str | None]
    secret: Mapped[str]
    old_secrets: Mapped[dict[str, Any]]
    failing_since: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    __table_args__ = (Index(None, "project", "created_at", "id"),)


class Delivery(Base):
    """An event for one endpoint; ``body`` is sent byte for byte the same at every attempt.

    ``tries`` counts the failures of the present schedule, ``attempts`` all that was ever sent. While one is
    being sent it has a ``claim``, and ``due_at`` is when somebody else may take it.
    """

    __tablename__ = "webhook_deliveries"

    id: Mapped[str] = mapped_column(primary_key=True)
    webhook_id: Mapped[str] = mapped_column(ForeignKey("webhooks.id", ondelete="CASCADE"))
    event_type: Mapped[str]
    job_id: Mapped[str]
    body: Mapped[str]
    status: Mapped[str] = mapped_column(default=DeliveryStatus.PENDING.value)
    tries: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    claim: Mapped[str | None]
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        Index(None, "webhook_id", "status", "due_at"),
        Index(None, "webhook_id", "created_at", "id"),
        Index(
            "ix_webhook_deliveries_claimed", "webhook_id",
            sqlite_where=text("claim IS NOT NULL"), postgresql_where=text("claim IS NOT NULL"),
        ),
    )  # fmt: skip


class Attempt(Base):
    """One request to an endpoint: its answer (``response`` is the beginning of it), or why there was none."""

    __tablename__ = "webhook_attempts"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    delivery_id: Mapped[str] = mapped_column(ForeignKey("webhook_deliveries.id", ondelete="CASCADE"))
    number: Mapped[int]
    attempted_at: Mapped[datetime]
    seconds: Mapped[float]
    status_code: Mapped[int | None]
    response: Mapped[str | None]
    error: Mapped[str | None]

    __table_args__ = (UniqueConstraint("delivery_id", "number"),)


class KeyedRequest(Base):
    """A request that came with an ``Idempotency-Key``, and its answer once there is one.

    ``claim`` is its worker's while ``claimed_until`` lasts. A job that it makes has the id ``job_id``.
    """

    __tablename__ = "keyed_requests"

    project: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    job_id: Mapped[str]
    claim: Mapped[str | None]
    claimed_until: Mapped[datetime | None]
    status_code: Mapped[int | None]
    answer: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


Owned = TypeVar("Owned", Dataset, Job, StoredFile, Webhook)


def owned(model: type[Owned], project: str | BindParameter[str]) -> Select[Owned]:
    """All rows of ``project`` that a caller may see: every query made for a caller starts here.

    A query that is made once has a parameter in the project's place.
    """
    rows = select(model).where(model.project == project)
    return rows.where(StoredFile.deleted_at.is_(None)) if model is StoredFile else rows
