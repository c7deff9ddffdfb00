"""The server: processes, connections, and the order of requests."""
