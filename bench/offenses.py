"""Offenses: the names in the table beside the statutes that releases of justice.gov cite."""

from __future__ import annotations

import re
from collections.abc import Collection

from bench.documents import real
from bench.site import Row
from corpus.statutes import enclosing_keys, find_citations, keys
from indexer.assist.term_tables import Entry, term_table

# A share of fewer releases says little.
FEWEST_CITING = 2


def rows() -> list[Row]:
    """For each offense: the share of releases that use a name of it, of those that cite one of its
    statutes, and of the others.
    """
    cited: list[set[str]] = []
    texts: list[str] = []
    for each in real():
        found = keys(find_citations(each.title, each.body, each.language, each.country))
        cited.append({wider for key in found for wider in enclosing_keys(key)})
        texts.append(f"{each.title}\n{each.body_text}".casefold())
    return [row for entry in term_table("offenses").entries for row in _rows(entry, cited, texts)]


def _rows(entry: Entry, cited: list[set[str]], texts: list[str]) -> list[Row]:
    is_citing = [not each.isdisjoint(entry.statutes) for each in cited]
    if sum(is_citing) < FEWEST_CITING:
        return []
    names = "|".join(re.escape(each.casefold()) for each in entry.names["en"])
    is_naming = [bool(re.search(rf"\b(?:{names})", text)) for text in texts]
    own = _share([named for named, cites in zip(is_naming, is_citing, strict=True) if cites])
    others = _share([named for named, cites in zip(is_naming, is_citing, strict=True) if not cites])
    name = f"offenses/{entry.names['en'][0]} ({sum(is_citing)} cite it, {sum(is_naming)} name it)"
    ratio = own / others if others else None
    return [{"name": name, "unit": "%", "ours": own, "others": others, "ratio": ratio}]


def _share(is_naming: Collection[bool]) -> float:
    return 100 * sum(is_naming) / len(is_naming)
