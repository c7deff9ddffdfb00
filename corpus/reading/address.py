"""Addresses, parsed as browsers parse them (WHATWG URL), and the check that all of them pass.

Invalid addresses pass through unchanged; only `check_address` refuses them.
"""

import re
import string
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from typing import TypeVar
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

import webencodings
from ada_url import URL

from corpus.issue import Issue
from corpus.release import Alternate, Attachment, Draft, LinkedRelease

# The rules of `check_address`.
ADDRESS_RULES = frozenset(
    {
        "broken_address",
        "long_address",
        "malformed_address",
        "other_host",
        "other_scheme",
        "user_in_address",
    }
)
SCHEMES = frozenset({"http:", "https:"})
# Few servers accept longer addresses, and PostgreSQL's indexes none above 2,700 bytes.
LONGEST_BYTES = 2000
SHOWN = 100
# Control characters, plain or escaped, and lone surrogates, which JSON can contain.
CONTROL_CHARACTER = re.compile(r"[\0-\x1f\x7f\ud800-\udfff]|%(?:[01][0-9A-F]|7F)", re.IGNORECASE)
UNPRINTABLE = re.compile(r"[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
# After a stray "%", a decoded character could become part of another escape.
UNRESERVED_ESCAPE = re.compile(r"(?<!%)(?<!%[0-9A-Fa-f])%([0-9A-F]{2})")
UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
# Added by newsletters and shared links; they select nothing.
TRACKING = re.compile(
    r"utm_\w+|[dg]clid|gclsrc|[gw]braid|fbclid|msclkid|twclid|ttclid|li_fat_id|igshid|y?yclid"
    r"|mc_[ce]id|mkt_tok|_hsenc|_hsmi|_openstat|_gl",
    re.IGNORECASE,
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})
AnyLink = TypeVar("AnyLink", Attachment, Alternate, LinkedRelease)


def resolve(href: str, base: str | None = None) -> str:
    """The address of a link as a browser requests it: absolute, in ASCII, without a fragment."""
    parsed = _parse_url(href, base)
    return parsed.href if parsed else href


def with_query_in(encoding: str, href: str) -> str:
    """A link with its query encoded in its page's encoding, as browsers do."""
    codec = webencodings.lookup(encoding)
    path, mark, query = href.partition("?")
    if codec is None or codec.name.startswith("utf-") or query.isascii():
        return href
    encode = codec.codec_info.encode
    bytes_ = (c if c.isascii() else quote(encode(c, "xmlcharrefreplace")[0], "") for c in query)
    return f"{path}{mark}{''.join(bytes_)}"


def location(header: bytes, base: str) -> str:
    """The target of a redirect. Servers send bytes of any encoding; browsers keep these bytes."""
    return resolve(quote(header, safe=string.punctuation + string.whitespace), base)


def normalize(url: str) -> str:
    """The canonical spelling of an address, which identifies a release: escapes in upper case, and
    none where a character needs none (RFC 3986, section 6.2.2).
    """
    parsed = _parse_url(url)
    if parsed is None or parsed.protocol not in SCHEMES:
        return parsed.href if parsed else url
    capitals = ESCAPE.sub(lambda escape: escape[0].upper(), parsed.href)
    return UNRESERVED_ESCAPE.sub(_decode_unreserved, capitals)


def without_tracking(url: str) -> str:
    """An address as a browser requests it, without tracking parameters."""
    url = resolve(url)
    parts = split(url)
    pairs = parts.query.split("&")
    untracked = [pair for pair in pairs if not is_tracking(unquote(pair.partition("=")[0]))]
    return url if untracked == pairs else urlunsplit(parts._replace(query="&".join(untracked)))


def is_tracking(name: str) -> bool:
    """Whether a query parameter is for tracking, by its name."""
    return bool(TRACKING.fullmatch(name))


def split(url: str) -> SplitResult:
    """The parts of an address; an invalid address is all path."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def is_address(url: str) -> bool:
    """Whether a browser could parse it, whatever the scheme."""
    return _parse_url(url) is not None


def host(name: str) -> str:
    """The canonical spelling of a host, perhaps with a port."""
    parsed = _parse_url(f"https://{name}/")
    return parsed.host if parsed else name


def check_address(url: str, hosts: Iterable[str] | None = None) -> Issue | None:
    """Why an address may not be requested or stored, if so; `hosts` None: it may be on any host.

    An address passes only as `resolve` spells it, so that every library sees the same host in it.
    """
    problem = _find_problem(url, None if hosts is None else tuple(hosts))
    return Issue(printable(url), *problem) if problem else None


def printable(url: str) -> str:
    """An address as text for a report: printable and of limited length."""
    printable = UNPRINTABLE.sub("\ufffd", url)
    return printable if len(printable) <= LONGEST_BYTES else f"{printable[:SHOWN]}..."


def describe_redirect(refusal: Issue) -> str:
    """A redirect to a refused address, in words."""
    if refusal.rule == "other_host":
        return f"redirects to another host, {refusal.url}"
    return f"redirects to {refusal.url!r}: {refusal.reason.rstrip('.')}"


def _find_problem(url: str, hosts: tuple[str, ...] | None) -> tuple[str, str] | None:
    """The rule that an address breaks, and the reason."""
    size = len(url.encode(errors="replace"))
    if size > LONGEST_BYTES:
        return "long_address", f"Its address has {size:,} bytes."
    if CONTROL_CHARACTER.search(url):
        return "broken_address", "Its address contains invalid or control characters."
    parsed = _parse_url(url)
    if parsed is None or parsed.href != url:
        return "malformed_address", "It is not an address that a browser would request."
    if parsed.protocol not in SCHEMES:
        return (
            "other_scheme",
            f"It begins with {parsed.protocol!r}; only http and https are requested.",
        )
    if parsed.username or parsed.password:
        return "user_in_address", "Its address contains a user name or password."
    if hosts is not None and parsed.host not in _normalized_hosts(hosts):
        return "other_host", f"{parsed.host} is not a host of the office ({', '.join(hosts)})."
    return None


def _parse_url(url: str, base: str | None = None) -> URL | None:
    """Parse an address like the WHATWG, without its fragment; None where it is invalid."""
    if "\0" in url:  # browsers strip it from the ends
        return None
    try:
        parsed = URL(url, base)
    except ValueError:  # also for a lone surrogate
        return None
    parsed.hash = ""
    return parsed


@cache
def _normalized_hosts(hosts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(host, hosts))


def _decode_unreserved(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in UNRESERVED else escape[0]


def acceptable_links(draft: Draft, hosts: tuple[str, ...]) -> tuple[Draft, list[Issue]]:
    """A draft without files, translations and releases of unacceptable addresses, and why those are
    refused. Translations and releases must be on one of the office's hosts; a file may be on any
    host, and its address is checked again before it is fetched.
    """
    refused: list[Issue] = []
    accepted = replace(
        draft,
        attachments=list(_accept(draft.attachments, None, refused)),
        alternates=list(_accept(draft.alternates, hosts, refused)),
        links=None if draft.links is None else list(_accept(draft.links, hosts, refused)),
    )
    return accepted, refused


def _accept(
    links: Iterable[AnyLink], hosts: tuple[str, ...] | None, refused: list[Issue]
) -> Iterator[AnyLink]:
    for link in links:
        url = resolve(link.url)
        if refusal := check_address(url, hosts):
            refused.append(refusal)
        else:
            yield replace(link, url=url)
