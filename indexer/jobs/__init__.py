"""What runs by schedule: reindex, and the status of offices and index."""
