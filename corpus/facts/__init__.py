"""What a release says, by numbered rules, each fact with the words that say it (reader.py).

No words, no fact: "not stated" is the absence of a fact. docs/facts.md tells the rules.
"""
