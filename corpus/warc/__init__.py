"""WARC files, written and read record by record; no catalog here."""
