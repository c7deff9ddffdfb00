"""Format 7: where each version is attested in the archive, and whether its response is lost.

Versions of before are attested by the next crawl or repair, which is what `later` says.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

WORDS = sa.String().with_variant(sa.String(collation="C"), "postgresql")
OFFSET = sa.Integer().with_variant(sa.BigInteger(), "postgresql")
MOMENT = sa.DateTime(timezone=True)
UNATTESTED = sa.text("attested_offset IS NULL")


def upgrade() -> None:
    """Columns of `version`, and indexes by what stands in a file of the archive."""
    occasion = sa.Column("attested_as", WORDS, nullable=False, server_default="later")
    op.add_column("version", occasion)
    op.add_column("version", sa.Column("attested_at", MOMENT))
    op.add_column("version", sa.Column("attested_file", WORDS))
    op.add_column("version", sa.Column("attested_offset", OFFSET))
    op.add_column("version", sa.Column("lost_at", MOMENT))
    for name in ("warc_file", "attested_file"):
        op.create_index(f"ix_version_{name}", "version", [name])
    op.create_index(
        "ix_version_unattested",
        "version",
        ["attested_as"],
        sqlite_where=UNATTESTED,
        postgresql_where=UNATTESTED,
    )
