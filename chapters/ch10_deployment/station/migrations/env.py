"""What Alembic runs for every command: on the connection that migrate.py has opened."""

from alembic import context

attributes = context.config.attributes
context.configure(
    connection=attributes["connection"], target_metadata=attributes["metadata"]
)
with context.begin_transaction():
    context.run_migrations()
