"""What offices on Drupal 8 and later share: the pager's selector, the links to translations."""

from __future__ import annotations

from urllib.parse import urljoin

from bs4.element import Tag

from corpus.page import Page, attribute
from corpus.release import Alternate

NEXT = "nav.pager .pager__item--next a"


def alternates(soup: Tag, language: str, page: Page) -> list[Alternate]:
    """The translations that the page's head names; it names the page itself among them."""
    return [
        Alternate(urljoin(page.url, attribute(link, "href", page.url)), code)
        for link in soup.select('head > link[rel="alternate"][hreflang]')
        if (code := attribute(link, "hreflang", page.url)) not in (language, "x-default")
    ]
