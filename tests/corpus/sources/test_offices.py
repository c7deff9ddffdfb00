"""Every office reads its sample pages as expected.

`pages/<office>/<route>/` holds `<name>.url` (the URL, and the language asked for, if any), the page
as `<name>.html`, `.json` or `.js` (a sample office's may stand in its own site), and what must be
read from it, `<name>.expected.json`. Names that begin with "listing" are read by `links`.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from corpus import office, offices
from corpus.crawling.sample_site import SampleSite
from corpus.reading.address import check_address
from corpus.reading.page import Page
from corpus.reading.source import Listing, Route
from corpus.release import Draft

PAGES = Path(__file__).parents[2] / "pages"
ROUTES = [(name, route) for name, source in offices().items() for route in source.routes]
CASES = sorted(p for name, r in ROUTES for p in (PAGES / name / r.name).glob("*.url"))


def saved_page(url_file: Path) -> Page:
    """The page of a case; a sample office's comes from its own site where none stands beside."""
    name = url_file.relative_to(PAGES).parts[0]
    url, _, language = url_file.read_text(encoding="utf-8").strip().partition(" ")
    for path in map(url_file.with_suffix, (".html", ".json", ".js")):
        if path.exists():
            return Page(url, path.read_bytes(), language or None)
    assert office(name).is_sample, f"{url_file} has no page beside it"
    parts = urlsplit(url)
    site = SampleSite(name)
    site.server.server_close()
    found = site.answer(f"{parts.path}?{parts.query}", language)
    assert found, f"{name} has no page at {url}"
    return Page(url, found[0], language or None)


def read(url_file: Path) -> Draft | Listing:
    name, route = url_file.relative_to(PAGES).parts[:2]
    way = office(name).route(route)
    is_listing = url_file.stem.startswith("listing")
    return (way.links if is_listing else way.release)(saved_page(url_file))


def as_json(record: Draft | Listing) -> Any:
    """What was read, as JSON; a draft's `part` is tested on its own, and few have a `layout`, a
    `subtitle`, `links` or a `total`.
    """
    whole = asdict(record)
    for each in [whole, *whole.get("drafts", [])]:
        each.pop("part", None)
        rare = ("layout", "subtitle", "total") + ("links",) * ("body" in each)
        for name in rare:
            if not each.get(name, True):
                del each[name]
    return json.loads(json.dumps(whole, default=str))


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=lambda v: getattr(v, "name", v))
def test_every_route_has_a_listing_and_releases_among_its_sample_pages(
    name: str, route: Route
) -> None:
    found = [case.stem for case in CASES if case.parent == PAGES / name / route.name]
    listings = [stem for stem in found if stem.startswith("listing")]
    assert listings, f"put sample pages of {name} into {PAGES / name / route.name}"
    drafts = [
        each
        for stem in listings
        if isinstance(page := read(PAGES / name / route.name / f"{stem}.url"), Listing)
        for each in page.drafts
    ]
    assert drafts or len(found) > len(listings), f"no sample release of {name} by {route.name}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: "/".join(case.parts[-3:]))
def test_a_sample_page_reads_as_expected(case: Path) -> None:
    expected = case.with_suffix(".expected.json")
    actual = as_json(read(case))
    if not expected.exists():
        text = json.dumps(actual, ensure_ascii=False, indent=1)
        expected.write_text(text + "\n", encoding="utf-8")
        pytest.fail(f"{expected} was missing and has been written: review it")
    assert actual == json.loads(expected.read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: "/".join(case.parts[-3:]))
def test_a_part_that_was_cut_out_of_a_listing_reads_as_the_same_release(case: Path) -> None:
    found = read(case)
    way = office(case.parts[-3]).route(case.parts[-2])
    page = saved_page(case)
    for draft in found.drafts if isinstance(found, Listing) else []:
        assert draft.part
        assert way.release(Page(page.url, draft.part, page.language)) == draft


@pytest.mark.parametrize(("name", "route"), ROUTES, ids=lambda v: getattr(v, "name", v))
def test_a_route_starts_on_a_host_of_its_own(name: str, route: Route) -> None:
    assert urlsplit(route.start).netloc in route.hosts
    assert check_address(route.start, route.hosts) is None, "it is spelled as a browser asks for it"


@pytest.mark.parametrize("case", CASES, ids=lambda case: "/".join(case.parts[-3:]))
def test_canonical_urls_are_fixed_points(case: Path) -> None:
    source = office(case.parts[-3])
    found = read(case)
    if isinstance(found, Listing):
        urls = [link.url for link in found.links] + [draft.url or "" for draft in found.drafts]
    else:
        urls = [found.url or saved_page(case).url]
    for url in urls:
        once = source.canonical(url)
        assert source.canonical(once) == once
