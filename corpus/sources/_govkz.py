"""The interface of gov.kz, which offices of Kazakhstan share: JSON lists with bodies in HTML, one
project per office.

The language is chosen by Accept-Language. The interface has no public description, so every field
is checked.
"""

import re
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit, urlunsplit

from corpus.errors import PageError
from corpus.reading.address import normalize, split
from corpus.reading.dates import read_iso_date
from corpus.reading.page import Page, fragment, item_bytes, member, number
from corpus.reading.paragraphs import clean, paragraphs
from corpus.reading.source import Listing, Route, Source
from corpus.release import Draft

HOST = "www.gov.kz"
LANGUAGES = ("kk", "ru", "en")
# "Astana, April 27, 2018. Today ..."; "Астана, 2018 жылғы 27 сәуір. ...";
# "Astana. November 6, 2017 The head ..."; "г. Актау, 14 ноября 2025 года. ..."
DATELINE = re.compile(
    r"(?:г\.\s?)?(?P<place>[^\W\d][^.,:;!?\d]{1,40}?)[.,]\s+(?=[^.:;!?]{0,24}\b(?:19|20)\d\d\b)"
)
SIGNATURE = re.compile(
    r"press[ -]?service|press office|пресс-служб|баспас[өо]з қызмет|^прокуратура \S+", re.IGNORECASE
)
SIGNATURE_LENGTH = 160
TEXTS = ("lang", "project", "title", "body", "created_date")  # of an item


def canonical(url: str) -> str:
    """The canonical address: by https; of the query, only `lang` selects a text."""
    parts = split(normalize(url))
    host = parts.netloc.removeprefix("www.")
    lang = [(name, value) for name, value in parse_qsl(parts.query) if name == "lang"]
    return urlunsplit(("https", f"www.{host}", parts.path.rstrip("/"), urlencode(lang), ""))


def interface_links(page: Page) -> Listing:
    """A page of the content interface; it states no total, so the walk ends at an empty page."""
    items = page.json()
    if not isinstance(items, list):
        raise PageError(
            f"{page.url}: the content interface should return a list, not {type(items).__name__}."
        )
    return Listing(
        next=_following(page.url) if items else None,
        drafts=[interface_draft(item, page) for item in items],
    )


def interface_release(page: Page) -> Draft:
    """One item of the content interface, as it was cut out of its response."""
    return interface_draft(page.json(), page)


def interface_draft(item: Any, page: Page) -> Draft:
    """Read an item in the requested language; its signature is split off the body."""
    stated = {name: member(item, name, str, page.url) for name in TEXTS}
    language, project, id_ = stated["lang"], stated["project"], number(item.get("id"), page.url)
    if language not in LANGUAGES or page.language not in (None, language):
        raise PageError(
            f"{page.url}: item {id_} is in {language!r}, but {page.language!r} was requested."
        )
    asked = dict(parse_qsl(urlsplit(page.url).query)).get("projects")
    # If the filter were ignored, one office's releases would be stored as another's.
    if asked not in (None, f"eq:{project}"):
        raise PageError(f"{page.url}: item {id_} is of {project!r}, not of the requested project.")
    body, signature = split_signature(paragraphs(fragment(stated["body"])))
    return Draft(
        url=_address(page, project, id_, language),
        title=clean(stated["title"]),
        published=read_iso_date(stated["created_date"], page.url),
        body=body,
        language=language,
        place=dateline(body),
        signature=signature,
        topics=[_topic(tag, page) for tag in member(item, "tags", list, page.url)],
        part=item_bytes(item),
    )


def _address(page: Page, project: str, id_: int, language: str) -> str:
    entity = (
        f"https://{urlsplit(page.url).netloc}/memleket/entities/{quote(project, errors='replace')}"
    )
    return f"{entity}/press/news/details/{id_}?lang={language}"


def _topic(tag: Any, page: Page) -> str:
    """A tag is an object with a name, or its name alone."""
    return clean(tag if isinstance(tag, str) else member(tag, "name", str, page.url))


def dateline(body: list[str]) -> str | None:
    """The place that the first paragraph opens with, where a date follows it."""
    match = DATELINE.match(body[0]) if body else None
    return match["place"].strip() if match else None


def split_signature(body: list[str]) -> tuple[list[str], str | None]:
    """Split the press service's signature off the end of a body, if there is one."""
    if len(body) > 1 and len(body[-1]) <= SIGNATURE_LENGTH and SIGNATURE.search(body[-1]):
        return body[:-1], body[-1]
    return body, None


def _following(url: str) -> str:
    parts = urlsplit(url)
    pairs = dict(parse_qsl(parts.query))
    pairs["page"] = str(number(pairs.get("page"), url) + 1)
    return urlunsplit(parts._replace(query=urlencode(pairs, safe=":")))


def interface(host: str, project: str) -> Route:
    """The route to a project; the sample office has its own host."""
    news = f"https://{host}/api/v1/public/content-manager/news"
    query = f"sort-by=created_date:DESC&projects=eq:{project}&page=1&size=50"
    return Route(
        "interface", (host,), f"{news}?{query}", interface_links, interface_release, LANGUAGES
    )


def regional(title: str, project: str) -> Source:
    """An office that publishes only on gov.kz, as its own project."""
    return Source(
        title=title,
        country="KZ",
        languages=LANGUAGES,
        routes=(interface(HOST, project),),
        canonical=canonical,
        version=3,
    )
