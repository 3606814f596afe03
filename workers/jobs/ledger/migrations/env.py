"""Alembic's entry: the connection comes from ``workers.jobs.ledger.engine.migrate``."""

from alembic import context

from workers.jobs.ledger.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
