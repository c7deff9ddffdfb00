"""The words by which releases tell their stages, a file for each language."""
