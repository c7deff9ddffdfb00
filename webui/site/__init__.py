"""What holds for every page: limits, errors, address, scripts, health, metrics."""
