"""Format 2: versions that others observed, and versions that only our reading made.

A release that nobody but others has seen was never seen by us: first and last seen can be unknown.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Columns of `version`; first and last seen of `release` may be null."""
    op.add_column("version", sa.Column("origin", sa.String))
    op.add_column(
        "version",
        sa.Column("is_repeat", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    with op.batch_alter_table("release") as release:
        for name in ("first_seen", "last_seen"):
            release.alter_column(name, existing_type=sa.DateTime(timezone=True), nullable=True)
