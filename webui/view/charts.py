"""Values -> the geometry of bar and line charts, which fit any width and are drawn as SVG; and the
chart of an office's months.

Places across are in percent of the chart's width, so that texts and marks keep their size; curves
alone are stretched, from a canvas of WIDTH by HEIGHT.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10
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
WIDTH, HEIGHT = 1000, 280
# About so many points of a longer line have a marker.
MOST_MARKERS = 24
# Labels below the chart; more would run into each other on a phone.
MOST_LABELS = 5
GRID_LINES = 5
ALMOST = 1 - 1e-9
CurveValues = Sequence[float | None]


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
class MonthBar(BarGeometry):
    """A month ("2018-04"), its releases, and its rectangle, of the full height if it has none."""

    month: str
    count: int


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
        MonthBar(**vars(at), month=name, count=count)
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


@dataclass(frozen=True)
class Point:
    """A point of a line: the place of its period, its value, and where it is in percent."""

    at: int
    value: float
    x: float
    y: float


@dataclass(frozen=True)
class Curve:
    """A line in pieces between gaps, as SVG's points; points with a marker, and the highest one."""

    pieces: tuple[str, ...]
    markers: tuple[Point, ...]
    highest: Point | None


@dataclass(frozen=True)
class LineChart:
    """Lines over a common height; `gaps` as (x, width), `levels` as (y, value), `labels` as (x, the
    place of the period), all x and y in percent.
    """

    curves: tuple[Curve, ...]
    gaps: tuple[tuple[float, float], ...]
    levels: tuple[tuple[float, float], ...]
    labels: tuple[tuple[float, int], ...]


def draw_line_chart(
    values: Sequence[CurveValues], is_gap: Sequence[bool], labels: Sequence[int]
) -> LineChart:
    """Curves of values, each period after period; `labels` are the places of periods to label."""
    levels = _levels(max((each for row in values for each in row if each), default=0.0))
    size = len(is_gap)
    return LineChart(
        curves=tuple(_curve(row, levels[-1]) for row in values),
        gaps=tuple(
            (100 * start / size, 100 * (end - start) / size) for start, end in _runs(is_gap)
        ),
        levels=tuple((100 - 100 * each / levels[-1], each) for each in levels),
        labels=tuple((_x(at, size), at) for at in labels),
    )


def _curve(values: CurveValues, highest: float) -> Curve:
    size = len(values)
    points = [
        Point(at, each, _x(at, size), 100 - 100 * each / highest)
        for at, each in enumerate(values)
        if each is not None
    ]
    runs = [*_runs([each is not None for each in values])]
    alone = {start for start, end in runs if end - start == 1}
    step = -(-size // MOST_MARKERS) if size > 2 * MOST_MARKERS else 1
    by_place = {point.at: point for point in points}
    return Curve(
        pieces=tuple(
            " ".join(
                f"{by_place[at].x * WIDTH / 100:.2f},{by_place[at].y * HEIGHT / 100:.2f}"
                for at in range(start, end)
            )
            for start, end in runs
        ),
        markers=tuple(
            point for point in points if point.at % step == step // 2 or point.at in alone
        ),
        highest=max(points, key=lambda point: point.value, default=None),
    )


def _x(at: int, size: int) -> float:
    return 100 * (at + 0.5) / size


def _runs(is_in: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """Where those that are in begin and end, neighbors together."""
    start = None
    for at, each in enumerate([*is_in, False]):
        if each and start is None:
            start = at
        elif not each and start is not None:
            yield start, at
            start = None


def _levels(highest: float) -> list[float]:
    """Round numbers from 0 to the highest or above, in steps of 1, 2 or 5 times a power of ten."""
    if highest <= 0:
        return [0.0, 1.0]
    power = 10.0 ** floor(log10(highest / GRID_LINES))
    # A little room for what division leaves behind.
    step = power * next(
        each for each in (1, 2, 5, 10) if each * power * GRID_LINES >= highest * ALMOST
    )
    return [round(number * step, 12) for number in range(ceil(highest * ALMOST / step) + 1)]
