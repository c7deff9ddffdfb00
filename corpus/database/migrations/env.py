"""What Alembic runs: the migrations, on the transaction that `upgrade` hands over."""

from alembic import context

from corpus.database.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    # SQLite too, since BEGIN was said before; without this Alembic would commit by steps.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
