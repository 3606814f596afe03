"""Scopes read and write, names and ends of keys, an audit log, what projects use"""

import sqlalchemy as sa
from alembic import op

from workers.jobs.ledger.tables import UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("expires_at", UtcDateTime(timezone=True), nullable=True))
    op.create_table(
        "audit_events",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("project", sa.String(), nullable=True),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=True),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("trace_id", sa.String(), nullable=True),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
    )
    with op.batch_alter_table("audit_events", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_audit_events_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_audit_events_project_at"), ["project", "at"], unique=False)
    op.create_table(
        "project_days",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("pages", sa.BigInteger(), nullable=False),
        sa.Column("jobs", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", "day", name=op.f("pk_project_days")),
    )
    op.create_table(
        "project_storage",
        sa.Column("project", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("project", name=op.f("pk_project_storage")),
    )
    op.execute("INSERT INTO project_storage SELECT project, SUM(size) FROM files GROUP BY project")
    keys = sa.table("api_keys", sa.column("id", sa.String), sa.column("scopes", sa.JSON))
    connection = op.get_bind()
    for key, scopes in connection.execute(sa.select(keys.c.id, keys.c.scopes)).all():
        if "use" in scopes:
            new = ["read", "write", *(scope for scope in scopes if scope != "use")]
            connection.execute(sa.update(keys).where(keys.c.id == key).values(scopes=new))
    # These were not in some process's file. By now each process looks whether they are in its own.
    op.execute("UPDATE api_keys SET revoked_at = NULL WHERE origin = 'configured'")
