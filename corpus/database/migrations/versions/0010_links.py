"""Format 10: subtitles, and links to other releases; not known until pages are read again."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

WORDS = sa.String().with_variant(sa.String(collation="C"), "postgresql")
HAS_LINKS = sa.text("CAST(links AS TEXT) <> '[]'")


def upgrade() -> None:
    """Two columns of `version`, and an index of those with links, which are few."""
    op.add_column("version", sa.Column("subtitle", WORDS))
    op.add_column("version", sa.Column("links", sa.JSON))
    op.create_index(
        "ix_version_links",
        "version",
        ["release"],
        sqlite_where=HAS_LINKS,
        postgresql_where=HAS_LINKS,
    )
