"""Write and read WARC files record by record, without the catalog."""
