"""The tables, on SQLite or PostgreSQL: opened, migrated and copied."""
