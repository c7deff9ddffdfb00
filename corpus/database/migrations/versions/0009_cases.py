"""Format 9: which releases are of one case, found by the next reindex; and which are told apart."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

WORDS = sa.String().with_variant(sa.String(collation="C"), "postgresql")


def upgrade() -> None:
    """Four new tables."""
    op.create_table(
        "case_keys",
        sa.Column("release", WORDS, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("rules", sa.Integer, nullable=False),
        sa.Column("keys", sa.JSON, nullable=False),
    )
    op.create_table(
        "case_key",
        sa.Column("release", WORDS, primary_key=True),
        sa.Column("key", WORDS, primary_key=True),
    )
    op.create_index("ix_case_key_key", "case_key", ["key"])
    op.create_table(
        "case_link",
        sa.Column("release", WORDS, primary_key=True),
        sa.Column("other", WORDS, primary_key=True),
        sa.Column("sign", WORDS, nullable=False),
        sa.Column("words", sa.JSON),
        sa.Column("other_words", sa.JSON),
        sa.Column("likeness", sa.Float, nullable=False),
        sa.Column("rules", sa.Integer, nullable=False),
    )
    op.create_index("ix_case_link_other", "case_link", ["other"])
    op.create_table(
        "case_cut",
        sa.Column("release", WORDS, primary_key=True),
        sa.Column("other", WORDS, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("note", WORDS, nullable=False),
    )
