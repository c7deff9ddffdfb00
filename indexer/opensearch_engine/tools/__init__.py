"""What is counted in the hits' texts, which are read from the cluster."""
