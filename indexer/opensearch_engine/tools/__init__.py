"""What is counted in the hits' texts, read from the cluster."""
