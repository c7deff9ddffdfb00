"""One office crawled: what is due is fetched, archived, read and staged."""
