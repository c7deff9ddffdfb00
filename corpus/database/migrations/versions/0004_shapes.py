"""Format 4: the shapes of paragraphs, unknown until the archive is read anew."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """A column of `version`."""
    op.add_column("version", sa.Column("shapes", sa.JSON))
