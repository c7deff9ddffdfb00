"""Which releases tell of one case: links between releases, each with its sign and the words that
show it, and groups of linked releases. docs/cases.md tells the rules.
"""

from corpus.cases.grouping import group
from corpus.cases.keys import Keys, Place, keys_of
from corpus.cases.likeness import likeness, weights
from corpus.cases.links import MOST_HOLDERS, CaseLink, find_links, link_of

# Raise it when the rules change: links by older rules are then found again.
RULES = 1
__all__ = [
    "MOST_HOLDERS",
    "RULES",
    "CaseLink",
    "Keys",
    "Place",
    "find_links",
    "group",
    "keys_of",
    "likeness",
    "link_of",
    "weights",
]
