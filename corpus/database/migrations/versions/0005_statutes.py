"""Format 5: the statutes that versions cite, unknown until the next reindex."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Two columns of `version`, and how what older rules derived is found."""
    op.add_column("version", sa.Column("statutes", sa.JSON))
    op.add_column(
        "version", sa.Column("statute_rules", sa.Integer, nullable=False, server_default="0")
    )
    op.create_index("ix_version_statute_rules", "version", ["statute_rules"])
