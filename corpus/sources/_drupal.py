"""What offices on Drupal share: the pager of a listing, the items of a field."""

from __future__ import annotations

from urllib.parse import urljoin

from bs4.element import Tag

from corpus.page import Page, at_most_one, attribute, text


def next_page(soup: Tag, selector: str, page: Page) -> str | None:
    """The URL behind a pager's "next", absolute; None on the last page."""
    link = at_most_one(soup, selector, page.url)
    return urljoin(page.url, attribute(link, "href", page.url)) if link else None


def field_items(node: Tag, field: str, style: str = "--") -> list[Tag]:
    """The items of a field by its machine name, in order; an absent field has none.

    `style` parts the words of the class names: "--" in BEM themes (Omega), "-" in Drupal's own.
    """
    container = f".field{style}name-{field}"
    items, item = (
        ("field__items", "field__item") if style == "--" else ("field-items", "field-item")
    )
    return list(node.select(f"{container} > .{items} > .{item}"))


def field_texts(node: Tag, field: str, style: str = "--") -> list[str]:
    """The texts of a field's items, empty ones left out."""
    return [words for item in field_items(node, field, style) if (words := text(item))]
