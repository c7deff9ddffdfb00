"""Archive against catalog: verified, repaired, read again, imported, backed up."""
