"""Helpers for offices on Drupal: the rows of a listing, the items of a field, translations."""

from bs4.element import Tag

from corpus.reading.dates import read_date
from corpus.reading.page import Page, at_most_one, attribute, one, some, target
from corpus.reading.paragraphs import text
from corpus.reading.source import Link
from corpus.release import Alternate

# The pager of Drupal 8 and later; that of Drupal 7 differs between themes.
NEXT = "nav.pager .pager__item--next a"


def dated_links(view: Tag, day: str, page: Page) -> list[Link]:
    """The headlines of a view's rows, with the English dates that the selector `day` finds."""
    links = []
    for row in some(view, ".view-content > .views-row", page.url):
        headline = one(row, ".views-field-title a", page.url)
        shown = at_most_one(row, day, page.url)
        published = read_date(text(shown), "en", page.url) if shown else None
        links.append(Link(target(headline, page), published))
    return links


def alternates(soup: Tag, language: str, page: Page) -> list[Alternate]:
    """The translations in the page's head, without the page itself."""
    return [
        Alternate(target(link, page), code)
        for link in soup.select('head > link[rel="alternate"][hreflang]')
        if (code := attribute(link, "hreflang", page.url)) not in (language, "x-default")
    ]


def field_items(node: Tag, field: str, style: str = "--") -> list[Tag]:
    """The items of a field by its machine name, in order; an absent field has none.

    `style` separates the words of the class names: "--" in BEM themes (Omega), "-" in Drupal's own.
    """
    container = f".field{style}name-{field}"
    items, item = (
        ("field__items", "field__item") if style == "--" else ("field-items", "field-item")
    )
    return list(node.select(f"{container} > .{items} > .{item}"))


def field_texts(node: Tag, field: str, style: str = "--") -> list[str]:
    """The texts of a field's items, empty ones left out."""
    return [words for item in field_items(node, field, style) if (words := text(item))]
