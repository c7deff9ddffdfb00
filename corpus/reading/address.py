"""Addresses, read as browsers read them (WHATWG URL), and the one door that they all pass.

What is no address stays as it is everywhere but at the door, which refuses it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable
from functools import cache
from urllib.parse import SplitResult, quote, unquote, urlsplit, urlunsplit

import webencodings
from ada_url import URL

from corpus.issue import Issue

# What the door refuses by.
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
# Few servers take longer addresses, and PostgreSQL's indexes none beyond 2,700 bytes.
LONGEST_BYTES = 2000
SHOWN = 100
# Controls, written out or escaped, and halves of pairs, which JSON can say.
NO_CHARACTER = re.compile(r"[\0-\x1f\x7f\ud800-\udfff]|%(?:[01][0-9A-F]|7F)", re.IGNORECASE)
UNPRINTABLE = re.compile(r"[\0-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
# Behind a stray "%" a character that is written out could become part of another escape.
WRITTEN_OUT = re.compile(r"(?<!%)(?<!%[0-9A-Fa-f])%([0-9A-F]{2})")
UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
# Added by those who share a link or send a newsletter; selects nothing.
TRACKING = re.compile(
    r"utm_\w+|[dg]clid|gclsrc|[gw]braid|fbclid|msclkid|twclid|ttclid|li_fat_id|igshid|y?yclid"
    r"|mc_[ce]id|mkt_tok|_hsenc|_hsmi|_openstat|_gl",
    re.IGNORECASE,
)
REDIRECTS = frozenset({301, 302, 303, 307, 308})


def resolve(href: str, base: str | None = None) -> str:
    """Where a link leads, as a browser asks for it: absolute, in ASCII, without a fragment."""
    parsed = _parse(href, base)
    return parsed.href if parsed else href


def with_query_in(encoding: str, href: str) -> str:
    """A link with the letters of its query in the bytes of its page's encoding, as browsers do."""
    found = webencodings.lookup(encoding)
    path, mark, query = href.partition("?")
    if found is None or found.name.startswith("utf-") or query.isascii():
        return href
    encode = found.codec_info.encode
    bytes_ = (c if c.isascii() else quote(encode(c, "xmlcharrefreplace")[0], "") for c in query)
    return f"{path}{mark}{''.join(bytes_)}"


def location(header: bytes, base: str) -> str:
    """Where a redirect leads. Servers send bytes of any encoding; browsers ask for these bytes."""
    return resolve(quote(header, safe=string.punctuation + string.whitespace), base)


def normalize(url: str) -> str:
    """The one spelling of an address, by which releases are told apart: escapes in capitals, and
    none where a character needs none (RFC 3986, section 6.2.2).
    """
    parsed = _parse(url)
    if parsed is None or parsed.protocol not in SCHEMES:
        return parsed.href if parsed else url
    capitals = ESCAPE.sub(lambda escape: escape[0].upper(), parsed.href)
    return WRITTEN_OUT.sub(_written_out, capitals)


def untracked(url: str) -> str:
    """An address as a browser asks for it, without what trackers add to its query."""
    url = resolve(url)
    parts = split(url)
    pairs = parts.query.split("&")
    kept = [pair for pair in pairs if not is_tracking(unquote(pair.partition("=")[0]))]
    return url if kept == pairs else urlunsplit(parts._replace(query="&".join(kept)))


def is_tracking(name: str) -> bool:
    """Whether a pair of a query is a tracker's, by its name."""
    return bool(TRACKING.fullmatch(name))


def split(url: str) -> SplitResult:
    """The parts of an address; what is no address is all path."""
    try:
        return urlsplit(url)
    except ValueError:
        return SplitResult("", "", url, "", "")


def is_address(url: str) -> bool:
    """Whether a browser could make anything of it, whatever the scheme."""
    return _parse(url) is not None


def host(name: str) -> str:
    """The one spelling of a host, perhaps with a port."""
    parsed = _parse(f"https://{name}/")
    return parsed.host if parsed else name


def check_address(url: str, hosts: Iterable[str] | None = None) -> Issue | None:
    """Why an address may not be asked for or kept, if so; `hosts` None: it may be on any.

    An address passes only as `resolve` spells it, so that nobody behind the door reads another
    host in it.
    """
    fault = _fault(url, None if hosts is None else tuple(hosts))
    return Issue(shown(url), *fault) if fault else None


def shown(url: str) -> str:
    """An address as text for a report: what cannot be printed replaced, and not endless."""
    printable = UNPRINTABLE.sub("\ufffd", url)
    return printable if len(printable) <= LONGEST_BYTES else f"{printable[:SHOWN]}..."


def led_away(refusal: Issue) -> str:
    """What is said of a redirect that does not pass the door."""
    if refusal.rule == "other_host":
        return f"redirects to another host, {refusal.url}"
    return f"redirects to {refusal.url!r}: {refusal.reason.rstrip('.')}"


def _fault(url: str, hosts: tuple[str, ...] | None) -> tuple[str, str] | None:
    """The rule that an address trips, and the reason."""
    size = len(url.encode(errors="replace"))
    if size > LONGEST_BYTES:
        return "long_address", f"Its address has {size:,} bytes."
    if NO_CHARACTER.search(url):
        return "broken_address", "Its address holds what is no character, or none to be printed."
    parsed = _parse(url)
    if parsed is None or parsed.href != url:
        return "malformed_address", "It is no address that a browser would ask for."
    if parsed.protocol not in SCHEMES:
        return "other_scheme", f"It begins with {parsed.protocol!r}; only http and https are asked."
    if parsed.username or parsed.password:
        return "user_in_address", "Its address names a user, which no release's does."
    if hosts is not None and parsed.host not in _spelled(hosts):
        return "other_host", f"{parsed.host} is no host of the office ({', '.join(hosts)})."
    return None


def _parse(url: str, base: str | None = None) -> URL | None:
    """An address by the WHATWG's parser, without its fragment; None where it is none."""
    if "\0" in url:  # which browsers take off an end
        return None
    try:
        parsed = URL(url, base)
    except ValueError:  # half of a pair, which has no bytes, gives one of these too
        return None
    parsed.hash = ""
    return parsed


@cache
def _spelled(hosts: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(host, hosts))


def _written_out(escape: re.Match[str]) -> str:
    character = chr(int(escape[1], 16))
    return character if character in UNRESERVED else escape[0]
