"""Which releases tell of one case: links between releases, each with its sign and the words of both
that show it, and groups of linked releases. docs/cases.md tells the rules.
"""

# Raise it when the rules change: links by older rules are then found again.
RULES = 1
