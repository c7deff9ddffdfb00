"""What is kept per document beside the postings: facets, dates, groups, translations."""
