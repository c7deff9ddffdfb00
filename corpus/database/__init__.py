"""The catalog's tables on SQLite or PostgreSQL: open, migrate and copy them."""
