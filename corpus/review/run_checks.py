"""Whether a run may be published: rules with names that compare it with the office's own history.

A rule returns a sentence when it trips and None when not. A run that trips one is held as a whole:
what was there stays, until a person has looked and accepts it.
"""

from __future__ import annotations

from collections.abc import Callable
from math import log
from statistics import median

from corpus.plural import pluralize
from corpus.reading import address
from corpus.review.baseline import LEAST, Baseline
from corpus.review.report import CrawlReport

# Walks may list this much more or less than they used to; small offices may move more.
LOWEST, HIGHEST, SLACK = 0.6, 2.0, 25
# Chance alone gives so low a share of dated (numbered, ...) releases once in 22,000 runs.
SURPRISE = 10.0
# Of at least so many releases, most.
MANY, SHARE = 10, 0.5
# Tell of hosts and addresses, not of what an office's pages have become.
NOT_OF_PAGES = frozenset({"robots", "certificate", "private_address"}) | address.ADDRESS_RULES


def no_listing(report: CrawlReport, usual: Baseline, is_walk: bool) -> str | None:
    """An office that has published does not suddenly list nothing."""
    if report.listed or report.error or report.cut_short or not usual.held:
        return None
    return f"The listing has no release at all, where {pluralize(usual.held, 'release')} came from."


def volume(report: CrawlReport, usual: Baseline, is_walk: bool) -> str | None:
    """A whole walk finds about as much as whole walks did before."""
    if not is_walk or not usual.listed:
        return None
    before = median(usual.listed)
    low, high = (
        min(LOWEST * before, before - SLACK),
        max(HIGHEST * before, before + SLACK),
    )
    if low <= report.listed <= high:
        return None
    return f"The whole listing has {report.listed:,} releases, where it had {before:,.0f}."


def vanished(report: CrawlReport, usual: Baseline, is_walk: bool) -> str | None:
    """Releases go one by one, not most of them between two visits."""
    looked = report.vanished + report.changed + report.same
    if report.vanished < MANY or report.vanished <= SHARE * looked:
        return None
    return f"{report.vanished:,} of {looked:,} known releases were not there."


def mass_change(report: CrawlReport, usual: Baseline, is_walk: bool) -> str | None:
    """Releases are edited one by one; when most differ at once, it is the layout that changed."""
    looked = report.changed + report.same
    if report.changed < MANY or report.changed <= SHARE * looked:
        return None
    return f"{report.changed:,} of {looked:,} known releases differ from before."


def refusals(report: CrawlReport, usual: Baseline, is_walk: bool) -> str | None:
    """Most of what an office answers can be read and may enter."""
    refused = sum(each.rule not in NOT_OF_PAGES for each in report.refused)
    read = refused + report.releases
    if refused < MANY or refused <= SHARE * read:
        return None
    return f"{refused:,} of {read:,} answers were refused."


def languages(report: CrawlReport, usual: Baseline, is_walk: bool) -> str | None:
    """Most releases are in a language that the office publishes in."""
    foreign = sum(each.rule == "wrong_language" for each in report.remarks)
    if foreign < MANY or foreign <= SHARE * report.releases:
        return None
    return f"{foreign:,} of {report.releases:,} releases seem to be in another language."


def fill_rates(report: CrawlReport, usual: Baseline, is_walk: bool) -> str | None:
    """What nearly all releases of an office state, its new ones state too."""
    read = sum(report.languages.values())
    if usual.releases < LEAST or not read:
        return None
    for name, number in usual.stated.items():
        share, was = report.stated[name] / read, min(number / usual.releases, 0.99)
        if share < was and read * _divergence(share, was) > SURPRISE:
            return (
                f"{report.stated[name]:,} of {read:,} releases state {name!r},"
                f" where {number:,} of the last {usual.releases:,} do."
            )
    return None


RULES: tuple[Callable[[CrawlReport, Baseline, bool], str | None], ...] = (
    no_listing,
    volume,
    vanished,
    mass_change,
    refusals,
    languages,
    fill_rates,
)


def quarantine_reason(report: CrawlReport, usual: Baseline, is_walk: bool) -> str | None:
    """Why a run may not be published, naming the rule; None when it may.

    `is_walk`: it walked the listing to its end.
    """
    for rule in RULES:
        if reason := rule(report, usual, is_walk):
            return f"{reason} ({rule.__name__})"
    return None


def _divergence(share: float, was: float) -> float:
    """Kullback-Leibler divergence of two coins, in nats: the exponent of Chernoff's bound on the
    chance to see so few (Hoeffding 1963, theorem 1).
    """
    parts = ((share, was), (1 - share, 1 - was))
    return sum(p * log(p / q) for p, q in parts if p)
