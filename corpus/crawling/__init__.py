"""Crawl one office: fetch, archive, read and stage what is due."""
