"""What is counted in the hits' texts: concordance, collocates, frequencies, translations."""
