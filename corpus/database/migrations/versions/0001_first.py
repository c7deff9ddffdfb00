"""Format 1: the tables that catalogs began with, made then without a migration."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables."""
    moment = sa.DateTime(timezone=True)
    op.create_table(
        "about",
        sa.Column("key", sa.String, primary_key=True),
        sa.Column("value", sa.Integer, nullable=False),
    )
    op.create_table(
        "release",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("office", sa.String, nullable=False, index=True),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("first_seen", moment, nullable=False),
        sa.Column("last_seen", moment, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False, index=True),
    )
    op.create_table(
        "version",
        sa.Column("release", sa.String, sa.ForeignKey("release.id"), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True),
        sa.Column("observed_at", moment, nullable=False),
        sa.Column("language", sa.String, nullable=False),
        sa.Column("title", sa.String, nullable=False),
        sa.Column("published", sa.Date),
        sa.Column("body", sa.JSON, nullable=False),
        sa.Column("place", sa.String),
        sa.Column("signature", sa.String),
        sa.Column("number", sa.String),
        sa.Column("topics", sa.JSON, nullable=False),
        sa.Column("components", sa.JSON, nullable=False),
        sa.Column("kind", sa.String),
        sa.Column("attachments", sa.JSON),
        sa.Column("alternates", sa.JSON, nullable=False),
        sa.Column("asked_url", sa.String, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("part_sha256", sa.String),
        sa.Column("warc_file", sa.String, nullable=False),
        sa.Column("warc_offset", sa.Integer, nullable=False),
        sa.Column("reader", sa.String, nullable=False),
        sa.Column("reader_version", sa.Integer, nullable=False),
    )
    op.create_table(
        "visit",
        sa.Column("office", sa.String, primary_key=True),
        sa.Column("url", sa.String, primary_key=True),
        sa.Column("language", sa.String, primary_key=True),
        sa.Column("etag", sa.String),
        sa.Column("last_modified", sa.String),
        sa.Column("fetched_at", moment, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("warc_file", sa.String, nullable=False),
        sa.Column("warc_offset", sa.Integer, nullable=False),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("office", sa.String, nullable=False, index=True),
        sa.Column("started_at", moment, nullable=False),
        sa.Column("report", sa.JSON, nullable=False),
    )
