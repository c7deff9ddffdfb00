"""The server: processes, connections, and whose turn it is."""
