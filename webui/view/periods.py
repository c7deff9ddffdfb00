"""The names of days, weeks, months and years on pages, and links to their releases."""

from dataclasses import dataclass
from datetime import date

from flask_babel import get_locale, gettext, lazy_gettext

from indexer.engine.periods import Step, first_day, last_day, name
from indexer.export.trends import Scale, Trends
from webui.i18n import number
from webui.view.charts import MOST_LABELS, LineChart, spread
from webui.view.format import day, format_day, month
from webui.view.search_state import SearchState

STEP_NAMES: dict[Step, str] = {
    "day": lazy_gettext("Daily"),
    "week": lazy_gettext("Weekly"),
    "month": lazy_gettext("Monthly"),
    "year": lazy_gettext("Yearly"),
}
SCALE_NAMES: dict[Scale, str] = {
    "releases": lazy_gettext("Releases"),
    "share": lazy_gettext("Share of releases (per 1,000)"),
    "rate": lazy_gettext("Mentions per million words"),
}
# A chart of more days than this has labels where years begin.
YEARS_DAYS = 800
# Stand in addresses for the days of a period, since making each address anew takes too long.
FIRST, LAST = "8888-08-08", "9999-09-09"


@dataclass(frozen=True)
class PeriodLinks:
    """The results page of a query within a period."""

    pattern: str
    step: Step
    since: date | None
    until: date | None

    def of(self, number: int) -> str:
        """The address for a period, as far as it lies in the filters' days."""
        first, last = first_day(self.step, number), last_day(self.step, number)
        since = max(first, self.since) if self.since else first
        until = min(last, self.until) if self.until else last
        return self.pattern.replace(FIRST, f"{since}").replace(LAST, f"{until}")


def period_links(state: SearchState, trends: Trends) -> list[PeriodLinks]:
    """For each query the links to its hits in a period."""
    chosen = state.filters
    return [
        PeriodLinks(
            state.with_words(each.words).link(since=FIRST, until=LAST),
            trends.step,
            chosen.since,
            chosen.until,
        )
        for each in trends.trends
    ]


def period_words(step: Step, number: int) -> str:
    """A period in the reader's language."""
    first = first_day(step, number)
    if step == "year":
        return name(step, number)
    if step == "month":
        return month(name(step, number))
    return day(first) if step == "day" else str(gettext("week of %(day)s", day=day(first)))


def label_periods(step: Step, numbers: range) -> dict[int, str]:
    """The periods that a chart names, by their places, and short names: years where it is long."""
    firsts = [first_day(step, number) for number in numbers]
    if step != "year" and firsts and (firsts[-1] - firsts[0]).days > YEARS_DAYS:
        begun = [at for at in range(1, len(firsts)) if firsts[at].year > firsts[at - 1].year]
        return {at: f"{firsts[at].year}" for at in spread(begun, MOST_LABELS)}
    formats = {"year": "y", "month": "LLL y", "week": "d MMM y", "day": "d MMM y"}
    locale = str(get_locale())
    return {
        at: format_day(firsts[at], formats[step], locale)
        for at in spread(range(len(firsts)), MOST_LABELS)
    }


def description(line_chart: LineChart, names: list[str], labels: list[str], step: str) -> list[str]:
    """A chart in sentences."""
    if not names:
        return []
    sentences = [
        gettext(
            "%(first)s – %(last)s, %(interval)s.",
            first=names[0],
            last=names[-1],
            interval=str(step).lower(),
        )
    ]
    sentences += [
        gettext(
            "Peak for “%(query)s”: %(value)s (%(period)s).",
            query=label,
            value=number(round(curve.highest.value, 2)),
            period=names[curve.highest.at],
        )
        for curve, label in zip(line_chart.curves, labels, strict=True)
        if curve.highest and curve.highest.value
    ]
    if line_chart.gaps:
        sentences.append(gettext("Hatched: no releases collected for these periods."))
    return sentences
