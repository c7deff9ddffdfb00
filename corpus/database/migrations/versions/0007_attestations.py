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
    _index_some("unattested", "attested_as", "attested_offset IS NULL")
    _index_some("lost", "lost_at", "lost_at IS NOT NULL")


def _index_some(name: str, column: str, where: str) -> None:
    op.create_index(
        f"ix_version_{name}",
        "version",
        [column],
        sqlite_where=sa.text(where),
        postgresql_where=sa.text(where),
    )
