"""Whose the data folder is: what another user writes there is lost to its owner."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from corpus.errors import SettingsError


def check_owner(folder: Path, arguments: list[str]) -> None:
    """Refuse to leave files in the data folder that its owner cannot change.

    A user who cannot write there may read. Raises SettingsError.
    """
    if (owner := other_owner(folder)) and os.access(folder, os.W_OK, effective_ids=True):
        raise SettingsError(advice(folder, owner, arguments))


def other_owner(folder: Path) -> str | None:
    """The name of a folder's owner where it is somebody else."""
    try:
        owner = folder.stat().st_uid
    except OSError:
        return None
    return None if owner == os.geteuid() else _name(owner)


def advice(folder: Path, owner: str, arguments: list[str]) -> str:
    """The command line that the owner of a folder would use."""
    command = shlex.join(["sudo", "-u", owner, "communique", *arguments])
    return f"{folder} belongs to the user {owner}. Run: {command}"


def _name(uid: int) -> str:
    from pwd import getpwuid

    try:
        return getpwuid(uid).pw_name
    except KeyError:
        return f"#{uid}"
