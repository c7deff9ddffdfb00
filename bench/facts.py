"""`python -m bench facts --labels FILE [--pairs FILE] [--json]`: precision and recall of the facts
of the releases in the catalog of COMMUNIQUE_DATA, against labels made by hand; each miss beside
its sentence. With `--pairs`, also of the cases (cases.py).

A line of FILE is an object: `url` and `office`; `kind`; `stages`, the main one first; `sentences`
and `money`, each with its amounts; `court`; `judge_at`, the judge's surname as paragraph, start and
end; `notice`. Terms and amounts are compared as sets: two of sixty months count once.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

from rich.console import Console
from rich.table import Table

from bench.cases import case_rows
from corpus import Store
from corpus.fact import Fact
from corpus.facts.reader import find_facts
from corpus.facts.sentences import enclosing_sentence
from corpus.release import Release
from corpus.settings_reader import read_settings

STAGES = {
    "CHG": "charged", "IND": "indicted", "ARR": "arraigned", "EXTR": "extradited",
    "PLA": "plea_agreement", "PLEA": "pleaded_guilty", "CONV": "convicted", "SENT": "sentenced",
    "ACQ": "acquitted", "DISM": "dismissed", "APP": "appeal", "CIVC": "lawsuit",
    "SETL": "settlement", "CIVJ": "judgment", "FILE": "brief", "FORF": "forfeiture",
    "INV": "investigation", "STMT": "statement", "POL": "policy", "PERS": "personnel",
    "EVT": "event", "ALERT": "warning",
}  # fmt: skip
MONEY = {"restitution": "rest", "civil_penalty": "civpen", "forfeiture": "forf"}
NAMES = {"notice": "accusation"}
COMPARED = ("kind", "stage", "prison", *MONEY, "court", "judge", "notice")


class Miss(NamedTuple):
    """A claim without a label, or a label without a claim, and the sentence of the claim."""

    fact: str
    url: str
    labeled: str
    claimed: str
    sentence: str


class Compared(NamedTuple):
    """What one release says of one fact: the labels, the claims, and the claims that are right."""

    labels: int
    claims: int
    right: int
    miss: Miss | None


def main(arguments: Sequence[str]) -> int:
    """Compare, and print the table and the misses, or the rows as JSON."""
    options = _options(arguments)
    labels = [json.loads(line) for line in options.labels.read_text("utf-8").splitlines() if line]
    pairs = [*_labeled(labels)]
    compared = {fact: [_compare(fact, *each) for each in pairs] for fact in COMPARED}
    rows = [_row(fact, results) for fact, results in compared.items()]
    if options.pairs:
        rows += [row_of(*each) for each in case_rows(options.pairs)]
    if options.json:
        print(json.dumps(rows, indent=1))
        return 0
    for results in compared.values():
        for each in results:
            if each.miss:
                print("{}: {}\n  labeled {}, claimed {}\n  {}".format(*each.miss))
    table = Table("fact", "labels", "claims", "right", "precision", "recall")
    for row in rows:
        table.add_row(
            *(f"{each:.3f}" if isinstance(each, float) else str(each) for each in row.values())
        )
    Console(width=100).print(table)
    print(f"{len(pairs)} of {len(labels)} labeled releases are in the catalog.")
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench facts", description=__doc__)
    parser.add_argument("--labels", type=Path, required=True, help="labels, one object a line")
    parser.add_argument("--pairs", type=Path, help="pairs of releases, one object a line")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    return parser.parse_args(arguments)


def _labeled(labels: list[dict[str, Any]]) -> Iterator[tuple[Release, dict[str, Any], list[Fact]]]:
    """Each labeled release of the catalog, with its facts."""
    settings = read_settings(os.environ)
    with closing(Store(settings, make=False, upgrade=False)) as store:
        ids = {store.id_of(each["office"], each["url"]): each for each in labels}
        for release in store.get_many(ids, with_withheld=True):
            facts = find_facts(release.title, release.body, release.language, release.published)
            yield release, _with_judge(release, ids[release.id]), facts


def _with_judge(release: Release, label: dict[str, Any]) -> dict[str, Any]:
    """A label with the surname of the judge, which it gives by its place."""
    paragraph, start, end = label["judge_at"] or (0, 0, 0)
    return label | {"judge": [release.title, *release.body][paragraph][start:end]}


def _compare(fact: str, release: Release, label: Mapping[str, Any], facts: list[Fact]) -> Compared:
    texts = [release.title, *release.body]
    labeled = _expected(fact, label)
    claimed = {_claimed(each, label): each for each in _claims(fact, facts)}
    right = len(labeled & claimed.keys())
    miss = None
    if labeled != claimed.keys():
        wrong = next((each for value, each in claimed.items() if value not in labeled), None)
        words = enclosing_sentence(texts[wrong.paragraph], wrong.start) if wrong else ""
        miss = Miss(fact, release.url, _written(labeled), _written(claimed), words)
    return Compared(len(labeled), len(claimed), right, miss)


def _claims(fact: str, facts: list[Fact]) -> list[Fact]:
    found = [each for each in facts if each.kind == NAMES.get(fact, fact)]
    return found[:1] if fact == "stage" else found


def _claimed(fact: Fact, label: Mapping[str, Any]) -> str:
    """The value of a claim; of a judge with the labeled surname, the surname."""
    is_same_judge = fact.kind == "judge" and label["judge"] and label["judge"] in fact.value
    return str(label["judge"]) if is_same_judge else fact.value


def _expected(fact: str, label: Mapping[str, Any]) -> set[str]:
    if fact == "kind":
        return {label["kind"]}
    if fact == "stage":
        return {STAGES.get(code, code) for code in label["stages"][:1]}
    if fact == "court":
        return {*(label["court"] or "").split("+")} - {""}
    if fact == "judge":
        return {label["judge"]} - {""}
    if fact == "notice":
        return {"pending"} if label["notice"] else set()
    if fact == "prison":
        terms = label["sentences"]
        months = {f"{each['prison_months']:g}" for each in terms if each.get("prison_months")}
        return months | {"life" for each in terms if each.get("life")}
    return {f"{each['amount']:.15g}" for each in label["money"] if each["kind"] == MONEY[fact]}


def _written(values: Any) -> str:
    return ", ".join(sorted(values)) or "nothing"


def _row(fact: str, results: list[Compared]) -> dict[str, str | int | float]:
    labels = sum(each.labels for each in results)
    claims = sum(each.claims for each in results)
    right = sum(each.right for each in results)
    return row_of(fact, labels, claims, right)


def row_of(fact: str, labels: int, claims: int, right: int) -> dict[str, str | int | float]:
    """A row of the table."""
    return {
        "fact": fact, "labels": labels, "claims": claims, "right": right,
        "precision": round(right / claims, 3) if claims else 1.0,
        "recall": round(right / labels, 3) if labels else 1.0,
    }  # fmt: skip
