"""Checks a run before it is published: named rules compare it with the office's own history.

A rule returns a sentence when it fails, else None. A run that fails one is quarantined as a whole
until a person accepts it.
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
# By chance alone, so low a share of dated (numbered, ...) releases occurs once in 22,000 runs.
LEAST_DIVERGENCE = 10.0
# A rule about most releases needs at least so many.
MANY, SHARE = 10, 0.5
# These concern hosts and addresses, not the contents of pages.
NOT_OF_PAGES = frozenset({"robots", "certificate", "private_address"}) | address.ADDRESS_RULES


def no_listing(report: CrawlReport, baseline: Baseline, is_walk: bool) -> str | None:
    """An office that has published does not suddenly list nothing."""
    if report.listed or report.error or report.cut_short or not baseline.known:
        return None
    return (
        "The listing has no releases, though"
        f" {pluralize(baseline.known, 'known release')} came from it."
    )


def volume(report: CrawlReport, baseline: Baseline, is_walk: bool) -> str | None:
    """A complete walk lists about as many releases as earlier ones."""
    if not is_walk or not baseline.listed:
        return None
    before = median(baseline.listed)
    low, high = (
        min(LOWEST * before, before - SLACK),
        max(HIGHEST * before, before + SLACK),
    )
    if low <= report.listed <= high:
        return None
    return f"The complete listing has {report.listed:,} releases; before, it had {before:,.0f}."


def vanished(report: CrawlReport, baseline: Baseline, is_walk: bool) -> str | None:
    """Releases disappear one by one, not most of them between two visits."""
    visited = report.vanished + report.changed + report.same
    if report.vanished < MANY or report.vanished <= SHARE * visited:
        return None
    return f"{report.vanished:,} of {visited:,} known releases are missing."


def mass_change(report: CrawlReport, baseline: Baseline, is_walk: bool) -> str | None:
    """Releases are edited one by one; if most differ at once, the layout has changed."""
    visited = report.changed + report.same
    if report.changed < MANY or report.changed <= SHARE * visited:
        return None
    return f"{report.changed:,} of {visited:,} known releases have changed."


def refusals(report: CrawlReport, baseline: Baseline, is_walk: bool) -> str | None:
    """Most responses of an office can be read and are accepted."""
    refused = sum(each.rule not in NOT_OF_PAGES for each in report.refused)
    read = refused + report.releases
    if refused < MANY or refused <= SHARE * read:
        return None
    return f"{refused:,} of {read:,} responses were refused."


def languages(report: CrawlReport, baseline: Baseline, is_walk: bool) -> str | None:
    """Most releases are in a language that the office publishes in."""
    foreign = sum(each.rule == "wrong_language" for each in report.remarks)
    if foreign < MANY or foreign <= SHARE * report.releases:
        return None
    return f"{foreign:,} of {report.releases:,} releases seem to be in another language."


def fill_rates(report: CrawlReport, baseline: Baseline, is_walk: bool) -> str | None:
    """New releases state what nearly all releases of the office state."""
    read = sum(report.languages.values())
    if baseline.releases < LEAST or not read:
        return None
    for name, number in baseline.stated.items():
        share, usual_share = report.stated[name] / read, min(number / baseline.releases, 0.99)
        if share < usual_share and read * _divergence(share, usual_share) > LEAST_DIVERGENCE:
            return (
                f"{report.stated[name]:,} of {read:,} releases state {name!r},"
                f" where {number:,} of the last {baseline.releases:,} do."
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


def quarantine_reason(report: CrawlReport, baseline: Baseline, is_walk: bool) -> str | None:
    """Why a run is quarantined, naming the rule; None where it may be published.

    `is_walk`: the listing was walked to its end.
    """
    for rule in RULES:
        if reason := rule(report, baseline, is_walk):
            return f"{reason} ({rule.__name__})"
    return None


def _divergence(share: float, usual_share: float) -> float:
    """Kullback-Leibler divergence of two coins, in nats: the exponent of Chernoff's bound on the
    chance to see so few (Hoeffding 1963, theorem 1).
    """
    parts = ((share, usual_share), (1 - share, 1 - usual_share))
    return sum(p * log(p / q) for p, q in parts if p)
