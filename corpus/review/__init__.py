"""Whether a crawl may be published: staged, compared with the office, judged."""
