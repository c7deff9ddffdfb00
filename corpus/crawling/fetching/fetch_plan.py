"""How an office is fetched by one of its routes: hosts, mirrors, delay."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address

from corpus.crawling.fetching.requests import Next
from corpus.crawling.fetching.spider import fetch_all
from corpus.errors import SettingsError
from corpus.reading import address
from corpus.reading.source import Route, Source
from corpus.settings import Settings
from corpus.sources import office

LEAST_DELAY_S = 1.0


@dataclass(frozen=True)
class FetchPlan:
    """An office, a route, mirrors of its hosts, and the delay between two requests."""

    source: Source
    route: Route
    mirrors: dict[str, str]
    delay_s: float

    def fetch(self, settings: Settings, next_: Next) -> None:
        """Fetch until `next_` gives no more requests, as `fetch_all` does."""
        trust = self.source.broken_chains, self.route.https_only
        fetch_all(self.route.hosts, self.mirrors, self.delay_s, settings, next_, *trust)


def plan_fetch(
    name: str,
    settings: Settings,
    route: str | None,
    mirrors: Mapping[str, str] | None,
    delay_s: float | None,
) -> FetchPlan:
    """The plan for an office by name; the default route and the settings' delay where None is
    given. Raises OfficeError and SettingsError.
    """
    source = office(name)
    stand_ins = _by_host(mirrors or {})
    delay_s = settings.delay_s if delay_s is None else delay_s
    plan = FetchPlan(source, source.route(route), stand_ins, delay_s)
    check_delay(delay_s, plan.route, stand_ins)
    return plan


def live_hosts(route: Route, mirrors: Mapping[str, str]) -> list[str]:
    """The hosts of a route without a mirror on loopback."""
    stand_ins = _by_host(mirrors)
    return [each for each in route.hosts if not _is_loopback(stand_ins.get(address.host(each), ""))]


def _by_host(mirrors: Mapping[str, str]) -> dict[str, str]:
    return {address.host(name): base for name, base in mirrors.items()}


def check_delay(delay_s: float, route: Route, mirrors: dict[str, str]) -> None:
    """Raise SettingsError for a delay that is too short for a live office; mirrors allow any."""
    live = live_hosts(route, mirrors)
    if delay_s < 0 or (delay_s < LEAST_DELAY_S and live):
        raise SettingsError(
            f"A delay of {delay_s:g} s is too short for {', '.join(live) or 'any host'}:"
            f" use at least {LEAST_DELAY_S:g} s, or a mirror on loopback."
        )


def _is_loopback(url: str) -> bool:
    host = address.split(url).hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"
