"""Results as files: tables, lines of JSON, citations."""
