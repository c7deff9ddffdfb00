"""Segments: how documents become posting lists, and how these are kept."""
