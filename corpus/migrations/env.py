"""What Alembic runs: the migrations, on the transaction that `upgrade` hands over."""

from alembic import context

from corpus.catalog import tables

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=tables,
    # SQLite too, since BEGIN was said before; without this Alembic would commit by steps.
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
