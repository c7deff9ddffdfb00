"""The leaves of a query tree that say what to look for in bodies."""

from __future__ import annotations

from collections.abc import Iterator

from whoosh import query as tree

BODY = "body"
BODY_FIELDS = (BODY, f"{BODY}_stem")


def body_leaves(node: tree.Query | None) -> Iterator[tree.Query]:
    """The parts of a tree that match words of bodies and are not negated."""
    if isinstance(node, tree.AndNot):
        yield from body_leaves(node.a)
    elif isinstance(node, tree.CompoundQuery):
        for part in node.subqueries:
            yield from body_leaves(part)
    elif isinstance(node, tree.ConstantScoreQuery):
        yield from body_leaves(node.child)
    elif (
        isinstance(node, tree.Term | tree.Phrase | tree.MultiTerm) and node.fieldname in BODY_FIELDS
    ):
        yield node


def terms_asked(node: tree.Query) -> set[str]:
    """The words and stems that a tree asks for one by one, of any field."""
    return {leaf.text for leaf in node.leaves() if isinstance(leaf, tree.Term)}
