"""The pages of the site: search, a release, its edits, coverage, help."""
