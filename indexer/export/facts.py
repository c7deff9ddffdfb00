"""The facts of a release in exports: values with their words, and the notice that is due."""

from __future__ import annotations

from typing import Any

from corpus import Release
from corpus.fact import Fact, due_notice, shown_facts

# Names with ages are on a release's page alone: no file lists people who are accused.
NOT_EXPORTED = frozenset({"person"})
KINDS = (
    *("kind", "stage", "prison", "restitution", "civil_penalty", "forfeiture"),
    *("forfeiture_sought", "court", "judge", "presumption"),
    *("offense", "settlement", "fine", "amount", "case_number"),
)
COLUMNS = ("notice", *(name for kind in KINDS for name in (kind, f"{kind}_words")))
NOTICES = {
    "accusation": "accused, not convicted; presumed innocent",
    "allegations": "civil allegations, not decided",
    "unmeasured": "",
}


def notice_label(release: Release) -> str:
    """The notice that a release needs in a few words; empty where it needs none, or the stage is
    not measured.
    """
    due = due_notice(release.facts, release.office)
    return NOTICES[due] if due else ""


def fact_cells(release: Release) -> list[str]:
    """The cells of COLUMNS: values of one kind, and their words in the same order."""
    found = _exported(release)
    cells = [notice_label(release)]
    for kind in KINDS:
        facts = [each for each in found if each.kind == kind]
        cells.append("; ".join(each.value for each in facts))
        cells.append("; ".join(words(release, each) for each in facts))
    return cells


def fact_records(release: Release) -> list[dict[str, Any]] | None:
    """The facts that may be shown, each with its place and its words; None: not derived yet."""
    if release.facts is None:
        return None
    return [vars(each) | {"words": words(release, each)} for each in _exported(release)]


def words(release: Release, fact: Fact) -> str:
    """The words of a fact."""
    text = release.body[fact.paragraph - 1] if fact.paragraph else release.title
    return text[fact.start : fact.end]


def _exported(release: Release) -> list[Fact]:
    shown = shown_facts(release.facts or (), release.office)
    return [each for each in shown if each.kind not in NOT_EXPORTED]
