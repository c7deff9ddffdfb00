"""Reads pages into drafts, strictly: every helper raises PageError when in doubt."""
