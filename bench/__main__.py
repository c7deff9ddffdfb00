"""`python -m bench [SECTION...]`: run the sections, print one table, keep the rows in
bench/results.json. `python -m bench facts` compares facts with labels (facts.py).
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import (
    building,
    crawling,
    facts,
    faults,
    hostile,
    names,
    offenses,
    opensearch,
    pages,
    quality,
    readers,
    reading,
    searching,
    tools,
    year,
)
from bench.site import SHARED, Row

SECTIONS = {
    "reading": reading.rows,
    "searching": searching.rows,
    "quality": quality.rows,
    "pages": pages.rows,
    "tools": tools.rows,
    "building": building.rows,
    "crawling": crawling.rows,
    "faults": faults.rows,
    "readers": readers.rows,
    "names": names.rows,
    "offenses": offenses.rows,
    "opensearch": opensearch.rows,
    "hostile": hostile.rows,
    "year": year.rows,
}
# Sections that need more than the checkout: run when they are named.
ASIDE = {"opensearch", "hostile", "year"}
RESULTS = Path(__file__).parent / "results.json"


def main(names: list[str]) -> int:
    """Run the sections of these names; when none is named, all that need nothing else."""
    if not SHARED.is_dir():
        print("The benchmarks need the saved sites in ../shared beside the checkout; it is absent.")
        return 1
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        print(f"There is no section {', '.join(unknown)}; there are {', '.join(SECTIONS)}.")
        return 2
    found: list[Row] = []
    for name in names or [name for name in SECTIONS if name not in ASIDE]:
        print(f"{name} ...", file=sys.stderr, flush=True)
        found += SECTIONS[name]()
    RESULTS.write_text(json.dumps(found, indent=1))
    _show(found)
    return 0


def _show(rows: list[Row]) -> None:
    others = list(
        dict.fromkeys(
            key for row in rows for key in row if key not in ("name", "unit", "ours", "ratio")
        )
    )
    table = Table("what", "unit", "ours", *others, "ratio")
    for row in rows:
        cells = [_cell(row.get(key)) for key in ("ours", *others, "ratio")]
        table.add_row(str(row["name"]), str(row["unit"]), *cells)
    Console(width=140).print(table)


def _cell(value: object) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else "" if value is None else str(value)


if __name__ == "__main__":
    arguments = sys.argv[1:]
    is_facts = arguments[:1] == ["facts"]  # which has options and needs no saved sites
    raise SystemExit(facts.main(arguments[1:]) if is_facts else main(arguments))
