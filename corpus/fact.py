"""A fact that a release says, and which facts of an office may be shown.

What reads facts (corpus/facts/) compiles many patterns; this file does not.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

# Raise it when the rules change: facts derived by older rules are then derived again.
RULES = 1
# Found in the words, and not claimed to be facts of the case.
WORDS_FOUND = frozenset({"offense", "settlement", "fine", "amount", "case_number"})
# Offices whose facts were compared with labels, and the invented one, whose releases are a test;
# of others only the kind and words found are shown.
MEASURED = frozenset({"us_doj", "sample_doj"})

Notice = Literal["accusation", "allegations", "unmeasured"]


@dataclass(frozen=True)
class Fact:
    """What a release says, and the words that say it: a paragraph, from 1 (0 is the title), and
    characters in it from start up to end.
    """

    kind: Annotated[str, "what it states: stage, prison, court and so on"]
    value: Annotated[str, "its value"]
    paragraph: Annotated[int, "the paragraph, from 1; 0 is the title"]
    start: Annotated[int, "where its words begin there, in code points"]
    end: Annotated[int, "where they end"]


def shown_facts(facts: Sequence[Fact], office: str) -> list[Fact]:
    """Those that may be shown of an office."""
    if office in MEASURED:
        return [*facts]
    return [fact for fact in facts if fact.kind == "kind" or fact.kind in WORDS_FOUND]


def notice(facts: Iterable[Fact]) -> Fact | None:
    """The fact by which a release needs a notice: of an accusation before one of allegations."""
    by_kind = {fact.kind: fact for fact in facts}
    return by_kind.get("accusation") or by_kind.get("allegations")


def due_notice(facts: Sequence[Fact] | None, office: str) -> Notice | None:
    """The notice that a release needs. Where nobody has measured how well stages are read, or
    nothing was read yet, it claims nothing of the release, and only settlements and what is no case
    go without.
    """
    if office in MEASURED and facts is not None:
        if due := notice(facts):
            return "accusation" if due.kind == "accusation" else "allegations"
        return None
    found = {each.kind: each.value for each in reversed(facts or ())}
    is_other = found.get("kind") == "neither" or found.get("stage") == "settlement"
    return None if is_other else "unmeasured"
