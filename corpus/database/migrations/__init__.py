"""Brings a catalog of an earlier format up to this program's, with Alembic, in one transaction.

One file in `versions/` for each format; its revision is the format's number in four digits.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

FOLDER = Path(__file__).parent


def upgrade(connection: Connection, found: int) -> None:
    """Run what leads from a format (0: no tables yet) to the newest, on an open transaction."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    # The format in `about` is what counts; Alembic's own table follows it.
    command.stamp(config, f"{found:04}" if found else "base", purge=True)
    command.upgrade(config, "head")
