"""Format 3: staged runs, what became of releases, suppression, copies.

Versions of before have lines in the ledger too; their copies are looked for by the next crawl.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

MOMENT = sa.DateTime(timezone=True)
CHANGED = """
INSERT INTO event (release, office, kind, at, since, version)
SELECT version.release, release.office, 'changed', observed_at, observed_at, ordinal
FROM version JOIN release ON release.id = version.release
WHERE ordinal > 1 AND origin IS NULL AND NOT is_repeat ORDER BY observed_at
"""
UNLINKED = """
INSERT INTO about (key, value)
SELECT 'unlinked', max(revision) FROM release HAVING max(revision) IS NOT NULL
"""
# A later edit of catalog.py must not reach back into this file: every column stands here.


def _visit_columns() -> list[sa.Column[Any]]:
    return [
        sa.Column("office", sa.String, primary_key=True),
        sa.Column("url", sa.String, primary_key=True),
        sa.Column("language", sa.String, primary_key=True),
        sa.Column("etag", sa.String),
        sa.Column("last_modified", sa.String),
        sa.Column("fetched_at", MOMENT, nullable=False),
        sa.Column("sha256", sa.String, nullable=False),
        sa.Column("warc_file", sa.String, nullable=False),
        sa.Column("warc_offset", sa.Integer, nullable=False),
        sa.Column("status", sa.Integer, nullable=False, server_default="200"),
    ]


def upgrade() -> None:
    """Columns of `release`, `visit` and `run`; six tables."""
    op.add_column("release", sa.Column("route", sa.String))
    op.add_column("release", sa.Column("checked_at", MOMENT))
    op.add_column("release", sa.Column("misses", sa.Integer, nullable=False, server_default="0"))
    op.add_column("release", sa.Column("missed_at", MOMENT))
    op.add_column("release", sa.Column("gone_since", MOMENT))
    op.add_column("visit", sa.Column("status", sa.Integer, nullable=False, server_default="200"))
    op.add_column("run", sa.Column("route", sa.String))
    state = sa.Column("state", sa.String, nullable=False, server_default="published")
    op.add_column("run", state)
    for name in ("is_walk", "is_accepted"):
        flag = sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false())
        op.add_column("run", flag)
    _make_staging()
    _make_marks()
    op.execute(CHANGED)
    op.execute(UNLINKED)


def _make_staging() -> None:
    op.create_table(
        "staged_visit", sa.Column("run", sa.Integer, primary_key=True), *_visit_columns()
    )
    op.create_index("ix_staged_visit_url", "staged_visit", ["url"])
    op.create_table(
        "staged",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("release", sa.String, nullable=False),
        sa.Column("url", sa.String, nullable=False),
        sa.Column("outcome", sa.String, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("language", sa.String),
        sa.Column("stated", sa.JSON, nullable=False),
        sa.Column("facts", sa.JSON),
        sa.Column("reread", sa.JSON),
        sa.UniqueConstraint("run", "release"),
    )


def _make_marks() -> None:
    def release(**options: Any) -> sa.Column[Any]:
        return sa.Column("release", sa.String, sa.ForeignKey("release.id"), **options)

    op.create_table(
        "event",
        sa.Column("id", sa.Integer, primary_key=True),
        release(nullable=False, index=True),
        sa.Column("office", sa.String, nullable=False),
        sa.Column("kind", sa.String, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "suppression",
        sa.Column("id", sa.Integer, primary_key=True),
        release(nullable=False, index=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("undone_at", MOMENT),
    )
    op.create_table(
        "band",
        release(primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("key", sa.String, nullable=False, index=True),
    )
    op.create_table(
        "copy",
        release(primary_key=True),
        sa.Column("other", sa.String, sa.ForeignKey("release.id"), primary_key=True),
        sa.Column("likeness", sa.Float, nullable=False),
    )
