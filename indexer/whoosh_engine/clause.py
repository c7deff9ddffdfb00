"""How a query was carried out: its parts in words, what they stand for, and how many releases each
matched.
"""

from __future__ import annotations

from whoosh import query as tree

from indexer.analysis import STEM
from indexer.engine import Clause
from indexer.whoosh_engine.execute import Executor
from indexer.whoosh_engine.schema import LENGTHS_OF

SHOWN = 12
NAMES = {"title": "in the title", "body": "in the text"}


def explained(node: tree.Query | None, executor: Executor) -> Clause | None:
    """The explanation of a tree that an executor has run."""
    return None if node is None else _clause(node, executor)


def _clause(node: tree.Query, executor: Executor) -> Clause:
    count = executor.counts.get(id(node))
    if isinstance(node, tree.Or) and (words := _one_word(node)):
        return Clause(words, count, _expansions(node.subqueries, executor))
    if isinstance(node, tree.And | tree.Or):
        parts = tuple(_clause(part, executor) for part in node.subqueries)
        return Clause("all of" if isinstance(node, tree.And) else "any of", count, (), parts)
    if isinstance(node, tree.Not):
        inner = _clause(node.query, executor)
        return Clause("not", inner.count, (), (inner,))
    if isinstance(node, tree.AndNot | tree.AndMaybe):
        joint = (
            "the first, not the second"
            if isinstance(node, tree.AndNot)
            else "the first, better with the second"
        )
        return Clause(joint, count, (), (_clause(node.a, executor), _clause(node.b, executor)))
    if isinstance(node, tree.Every):
        return Clause("every release", count)
    return Clause(f"{_leaf(node)}{_where(node)}", count, _expansions([node], executor))


def _one_word(node: tree.Or) -> str | None:
    """The words of an Or that only spreads one leaf over title and text, or over readings."""
    leaves = [
        part.child if isinstance(part, tree.ConstantScoreQuery) else part
        for part in node.subqueries
    ]
    if not all(isinstance(leaf, tree.Term | tree.Phrase | tree.MultiTerm) for leaf in leaves):
        return None
    fields = {leaf.fieldname.removesuffix("_stem") for leaf in leaves}
    shown = list(dict.fromkeys(_leaf(leaf) for leaf in leaves))
    is_spread = fields == {"title", "body"} and 2 * len(shown) == len(leaves)
    return " or ".join(shown) if is_spread or len(fields) == 1 else None


def _leaf(node: tree.Query) -> str:
    if isinstance(node, tree.ConstantScoreQuery):
        return _leaf(node.child)
    if isinstance(node, tree.Term):
        is_stem = node.text.startswith(STEM)
        return f"forms of “{node.text.removeprefix(STEM)}…”" if is_stem else f"“{node.text}”"
    if isinstance(node, tree.Phrase):
        near = "" if node.slop == 1 else f", each at most {node.slop} words on"
        return f"the phrase “{' '.join(word.removeprefix(STEM) for word in node.words)}”{near}"
    if isinstance(node, tree.Prefix):
        return f"words that begin with “{node.text}”"
    if isinstance(node, tree.Wildcard):
        return f"words like “{node.text}”"
    if isinstance(node, tree.FuzzyTerm):
        letters = "letter" if node.maxdist == 1 else "letters"
        return f"words at most {node.maxdist} {letters} from “{node.text}”"
    if isinstance(node, tree.TermRange):
        return f"from {node.start or 'the beginning'} to {node.end or 'the end'}"
    return str(node)


def _where(node: tree.Query) -> str:
    node = node.child if isinstance(node, tree.ConstantScoreQuery) else node
    name = getattr(node, "fieldname", None)
    return f" {NAMES.get(name.removesuffix('_stem'), f'as {name}')}" if name else ""


def _expansions(nodes: list[tree.Query], executor: Executor) -> tuple[tuple[str, int], ...]:
    """The commonest words that stems, prefixes, wildcards and fuzzy words stand for."""
    found: dict[str, int] = {}
    for node in nodes:
        inner = node.child if isinstance(node, tree.ConstantScoreQuery) else node
        if isinstance(inner, tree.Term) and inner.fieldname in LENGTHS_OF:
            counts = list(executor.forms_of(inner).items())
        elif (expansion := executor.expansions.get(id(inner))) and inner.fieldname in NAMES:
            counts = expansion.counts(SHOWN)
        else:
            continue
        for term, number in counts:
            found[term] = max(found.get(term, 0), number)
    return tuple(sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))[:SHOWN])
