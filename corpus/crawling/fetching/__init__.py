"""Fetch pages over the network, politely."""
