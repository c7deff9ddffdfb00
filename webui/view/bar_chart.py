"""Counts -> the geometry of a bar chart, in percent; and the chart of an office's months."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from markupsafe import Markup

from corpus.catalog.coverage import months_between

Label = TypeVar("Label")
# A chart of few bars keeps them narrow.
LEAST_BARS = 24
# Years that are named below the bars; more would run into each other on a phone.
MOST_YEARS = 6
# A month with one release is seen beside one with hundreds.
LEAST_HEIGHT = 3.0


@dataclass(frozen=True)
class BarGeometry:
    """The rectangle of a bar, in percent."""

    x: float
    width: float
    y: float
    height: float

    @property
    def room(self) -> Markup:
        """All the room it has, as attributes of a rectangle."""
        return Markup('x="{:.3f}%" y="0" width="{:.3f}%" height="100%"').format(self.x, self.width)

    @property
    def bar(self) -> Markup:
        """The bar itself, with a little room to the next."""
        return Markup('x="{:.3f}%" y="{:.1f}%" width="{:.3f}%" height="{:.1f}%"').format(
            self.x, self.y, self.width * 0.86, self.height
        )


def bar_geometries(values: Sequence[float]) -> list[BarGeometry]:
    """A bar for every value, side by side; 0, which is marked, takes the full height, too."""
    width = 100 / max(len(values), LEAST_BARS)
    highest = max(values, default=0)
    heights = [max(100 * each / highest, LEAST_HEIGHT) if each else 100.0 for each in values]
    return [BarGeometry(n * width, width, 100 - height, height) for n, height in enumerate(heights)]


def spread(labels: Sequence[Label], most: int) -> tuple[Label, ...]:
    """All labels below a chart, or every second or third, so that there are at most so many."""
    return tuple(labels[:: -(-len(labels) // most) or 1])


@dataclass(frozen=True)
class MonthBar:
    """A month ("2018-04"), its releases, and its rectangle, of the full height if it has none."""

    month: str
    count: int
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True)
class MonthChart:
    """Bars, the years to name with their places, the month with most, and the same as a table.

    `rows` are years with a count for each month; None before the first month and after the last.
    """

    bars: tuple[MonthBar, ...]
    years: tuple[tuple[str, float], ...]
    most: MonthBar
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]


def month_chart(months: dict[str, int]) -> MonthChart | None:
    """The chart of an office's dated releases a month; None where none is dated."""
    if not months:
        return None
    names = [*months_between(min(months), max(months))]
    counts = [months.get(name, 0) for name in names]
    bars = [
        MonthBar(name, count, at.x, at.width, at.y, at.height)
        for name, count, at in zip(names, counts, bar_geometries(counts), strict=True)
    ]
    return MonthChart(
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


def _years(bars: list[MonthBar]) -> tuple[tuple[str, float], ...]:
    """Every year, or every second or third, that begins within the chart; else the first."""
    begun = [(bar.month[:4], bar.x) for bar in bars if bar.month.endswith("-01")]
    return spread(begun, MOST_YEARS) or ((bars[0].month[:4], 0.0),)
