"""Releases a month -> the geometry of a bar chart, in percent, so that it fits any width."""

from __future__ import annotations

from dataclasses import dataclass

from corpus.coverage import months_between

# A chart of few months keeps its bars narrow.
LEAST_MONTHS = 24
# Years that are named below the bars; more would run into each other on a phone.
MOST_YEARS = 6
# A month with one release is seen beside one with hundreds.
LEAST_HEIGHT = 3.0


@dataclass(frozen=True)
class Bar:
    """A month ("2018-04"), its releases, and where it stands; one without any is a gap, up to the
    whole height.
    """

    month: str
    count: int
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class Chart:
    """Bars, the years to name with their places, the month with most, and the same as a table.

    `rows` are years with a count for each month; None before the first month and after the last.
    """

    bars: tuple[Bar, ...]
    years: tuple[tuple[str, float], ...]
    most: Bar
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]


def chart(months: dict[str, int]) -> Chart | None:
    """The chart of an office's dated releases a month; None where none is dated."""
    if not months:
        return None
    names = [*months_between(min(months), max(months))]
    width = 100 / max(len(names), LEAST_MONTHS)
    highest = max(months.values())
    bars = []
    for number, name in enumerate(names):
        count = months.get(name, 0)
        height = max(100 * count / highest, LEAST_HEIGHT) if count else 100.0
        bars.append(Bar(name, count, number * width, width, 100 - height, height))
    return Chart(
        tuple(bars),
        _years(bars),
        max(bars, key=lambda bar: bar.count),
        tuple(
            (
                year,
                tuple(
                    months.get(name, 0) if names[0] <= name <= names[-1] else None
                    for name in months_between(f"{year}-01", f"{year}-12")
                ),
            )
            for year in dict.fromkeys(name[:4] for name in names)
        ),
    )


def _years(bars: list[Bar]) -> tuple[tuple[str, float], ...]:
    """Every year, or every second or third, that begins within the chart; else the first."""
    begun = [(bar.month[:4], bar.x) for bar in bars if bar.month.endswith("-01")]
    step = -(-len(begun) // MOST_YEARS) or 1
    return tuple(begun[::step]) or ((bars[0].month[:4], 0.0),)
