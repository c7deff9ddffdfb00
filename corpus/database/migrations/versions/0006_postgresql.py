"""Format 6: on PostgreSQL, names are sorted by code point, and an offset can be beyond 2 GB."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

WORDS = sa.String(collation="C")
OFFSET = "warc_offset"


def upgrade() -> None:
    """The types of columns; SQLite has sorted and counted so from the beginning."""
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    found = sa.inspect(connection)
    for table in found.get_table_names():
        for column in found.get_columns(table):
            if isinstance(column["type"], sa.String) and table != "alembic_version":
                op.alter_column(table, column["name"], type_=WORDS)
            elif column["name"] == OFFSET:
                op.alter_column(table, OFFSET, type_=sa.BigInteger)
