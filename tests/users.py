"""The user nobody, who owns nothing."""

from __future__ import annotations

NOBODY = 65534
# What goes before a command that this user is to run; only root may.
AS_NOBODY = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
