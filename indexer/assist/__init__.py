"""What to type next: spellings, completions, statutes, translations, ways out of no results."""
