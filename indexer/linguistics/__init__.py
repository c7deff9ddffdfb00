"""What corpus linguists count: concordance, collocates, alignment, translations."""
