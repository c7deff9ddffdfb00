"""Format 8: the facts that versions say, unknown until the next reindex."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Two columns of `version`, and how what older rules derived is found."""
    op.add_column("version", sa.Column("facts", sa.JSON))
    op.add_column(
        "version", sa.Column("fact_rules", sa.Integer, nullable=False, server_default="0")
    )
    op.create_index("ix_version_fact_rules", "version", ["fact_rules"])
