"""Turns, progress, workers and meters"""

import sqlalchemy as sa
from alembic import op

from schemas.ids import new_id
from workers.jobs.ledger.tables import UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("jobs", schema=None) as batch_op:
        batch_op.add_column(sa.Column("runs", sa.Integer(), nullable=False, server_default="1"))
        batch_op.add_column(sa.Column("progress", sa.JSON(none_as_null=True), nullable=True))
        for name in ("traceparent", "reading_mark", "content_mark", "result_of"):
            batch_op.add_column(sa.Column(name, sa.String(), nullable=True))
        batch_op.create_index(batch_op.f("ix_jobs_content_mark"), ["content_mark"], unique=False)
        batch_op.drop_column("priority")
        batch_op.drop_index(batch_op.f("ix_jobs_status"))
        batch_op.create_index(batch_op.f("ix_jobs_status_project"), ["status", "project"], unique=False)
    with op.batch_alter_table("shards", schema=None) as batch_op:
        batch_op.add_column(sa.Column("project", sa.String(), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("lane", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(
            sa.Column(
                "queued_at", UtcDateTime(timezone=True), nullable=False, server_default="2026-01-01 00:00"
            )
        )
        batch_op.add_column(sa.Column("strikes", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("progress", sa.JSON(none_as_null=True), nullable=True))
    with op.batch_alter_table("checkpoints", schema=None) as batch_op:
        batch_op.add_column(sa.Column("failed", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("flawed", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("reading_mark", sa.String(), nullable=True))
    op.execute(
        "UPDATE shards SET strikes = attempt,"
        " project = (SELECT project FROM jobs WHERE jobs.id = shards.job_id),"
        " queued_at = (SELECT COALESCE(shards.due_at, created_at) FROM jobs WHERE jobs.id = shards.job_id),"
        " lane = (SELECT CASE WHEN kind = 'assemble' THEN 0 WHEN dataset_id IS NOT NULL THEN 2"
        " WHEN shards.ordinal > 0 THEN 1 ELSE 0 END FROM jobs WHERE jobs.id = shards.job_id)"
    )
    for table, column in (("jobs", "runs"), ("checkpoints", "failed"), ("checkpoints", "flawed")):
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.alter_column(column, server_default=None)
    with op.batch_alter_table("shards", schema=None) as batch_op:
        for name in ("project", "lane", "queued_at", "strikes"):
            batch_op.alter_column(name, server_default=None)
        batch_op.drop_column("due_at")
        batch_op.drop_index(batch_op.f("ix_shards_queue_state"))
        batch_op.create_index(
            "ix_shards_turn", ["queue", "state", "project", "lane", "queued_at"], unique=False
        )
    op.create_table(
        "workers",
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("queues", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("reading_mark", sa.String(), nullable=False),
        sa.Column("rss", sa.BigInteger(), nullable=False),
        sa.Column("started_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("seen_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("owner", name=op.f("pk_workers")),
    )
    with op.batch_alter_table("workers", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_workers_seen_at"), ["seen_at"], unique=False)
    op.create_table(
        "meters",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("labels", sa.String(), nullable=False),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("name", "labels", name=op.f("pk_meters")),
    )
    op.create_table(
        "duties",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("done_at", UtcDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duties")),
    )
    op.create_table(
        "deleted_jobs",
        sa.Column("job_id", sa.String(), nullable=False),
        sa.Column("due_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("last_at", UtcDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_deleted_jobs")),
    )
    with op.batch_alter_table("deleted_jobs", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deleted_jobs_due_at"), ["due_at"], unique=False)
    with op.batch_alter_table("files", schema=None) as batch_op:
        batch_op.create_index(
            "ix_files_deleted_at",
            ["deleted_at"],
            unique=False,
            sqlite_where=sa.text("deleted_at IS NOT NULL"),
            postgresql_where=sa.text("deleted_at IS NOT NULL"),
        )
    with op.batch_alter_table("checkpoints", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_checkpoints_created_at"), ["created_at"], unique=False)
    op.create_table(
        "installations",
        sa.Column("id", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installations")),
    )
    op.bulk_insert(sa.table("installations", sa.column("id", sa.String)), [{"id": new_id("installation")}])
