"""Researchers' tools, each as page and file: concordance, trends, collocates, sample, exports."""
