"""Archive and catalog: verify, repair, reparse, import, back up."""
