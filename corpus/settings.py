"""Settings: read once from the environment, at the edge, and passed on. The table in
docs/settings.md is tested against this file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from math import inf
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from platformdirs import user_data_path

from corpus.errors import SettingsError

PREFIX = "COMMUNIQUE_"
ENGINES = ("embedded", "opensearch")
# RFC 9116, section 2.5.3: a URI, of the web by https alone; one line.
CONTACT = re.compile(r"(?:mailto:|https://|tel:)\S+\Z")


def _setting(default: Any, words: str, least: int = 1) -> Any:
    """A setting; of a number, `least` is the smallest that makes sense."""
    return field(default=default, metadata={"help": words, "least": least})


def _secret(words: str) -> Any:
    """A setting that is never shown."""
    return field(default="", repr=False, metadata={"help": words})


@dataclass(frozen=True)
class Settings:
    """Every setting, with its unit in its name where a type does not say it."""

    data: Path = field(
        default_factory=lambda: user_data_path("communique"),
        metadata={"help": "folder of catalog, archive and index (default: the user's data folder)"},
    )
    catalog: str = _setting(
        "",
        "SQLAlchemy URL of the catalog, SQLite or PostgreSQL; empty: `catalog.sqlite` in the data"
        " folder",
    )
    contact: str = _setting(
        "", "address or URL that offices find in our user agent; set it before a live crawl"
    )
    delay_s: float = _setting(
        2.0, "seconds between two requests to a host; 1 is the least for a live office", least=0
    )
    timeout_s: float = _setting(60.0, "seconds until a response counts as lost")
    response_mb: int = _setting(32, "largest response taken, unpacked, in megabytes")
    reading_s: float = _setting(
        20.0, "seconds that reading one page may take; one that takes longer is refused"
    )
    warc_mb: int = _setting(1000, "size at which a run begins another WARC file, in megabytes")
    retries: int = _setting(
        3, "how often a request is tried again after 429, 5xx or a broken connection", least=0
    )
    crawl_delay_s: float = _setting(
        60.0,
        "longest Crawl-delay that is waited for, in seconds; where robots.txt asks for more,"
        " nothing is fetched",
        least=0,
    )
    run_listings: int = _setting(
        5000, "listing pages that a run may ask for; the next run goes on from there", least=2
    )
    run_requests: int = _setting(
        50_000,
        "requests that a run may make, redirects and retries not counted; the next run goes on from"
        " there",
    )
    run_hours: float = _setting(
        12.0, "hours that a run may take; the next run goes on from there", least=0
    )
    revisits: str = _setting(
        "14:1 90:7 730:60 180",
        "days between two visits of a known release, by age: `14:1` daily up to 14 days old;"
        " the last number is for all older",
    )
    walk_days: int = _setting(
        7, "days until a listing is walked to its end again, not just to what is known", least=0
    )
    gone_visits: int = _setting(
        3, "visits in a row that must find a release missing until it counts as gone"
    )
    attachments: bool = _setting(
        True,
        "yes: fetch the files that releases link to on the office's own hosts, and archive them",
    )
    query_chars: int = _setting(
        2000, "characters of a query that are read; the rest is ignored and the reader told"
    )
    page_size: int = _setting(20, "hits on a page of results")
    memory_mb: int = _setting(512, "memory that building an index may take, in megabytes")
    engine: str = _setting(
        "embedded", "`embedded`: the index in the data folder; `opensearch`: on a cluster"
    )
    opensearch_url: str = _setting(
        "", "base URLs of the cluster's nodes, such as `https://search1:9200`, blanks between"
    )
    opensearch_user: str = _setting("", "user of the cluster; empty: none")
    opensearch_password: str = _secret("the user's password")
    opensearch_password_file: str = _setting("", "file that holds the user's password, instead")
    opensearch_api_key: str = _secret("API key of the cluster, instead of user and password")
    opensearch_api_key_file: str = _setting("", "file that holds the API key, instead")
    opensearch_ca: str = _setting(
        "", "file of the authority that signed the cluster's certificate; empty: the system's"
    )
    opensearch_index: str = _setting(
        "communique", "what the names of its indexes on the cluster begin with"
    )
    opensearch_shards: int = _setting(1, "shards of an index on the cluster")
    opensearch_replicas: int = _setting(
        0, "copies of each shard on other nodes; with one, a node may go", least=0
    )
    url: str = _setting(
        "",
        "address of the page, such as `https://search.example.org`, also with a path: links and"
        " feeds name it, and other hosts are refused; empty: whatever host a request names",
    )
    https: bool = _setting(False, "yes: answer over HTTPS only (behind a TLS proxy), with HSTS")
    proxies: int = _setting(
        0, "proxies of yours in front of the page, whose X-Forwarded-* headers count", least=0
    )
    patience_s: float = _setting(
        30.0, "seconds that a client may take to send a request, or to take more of an answer"
    )
    work_s: float = _setting(
        30.0,
        "seconds of processor time that a client may use a minute, in the long run; 0: any",
        least=0,
    )
    rate: str = _setting(
        "", "requests that a client may make, such as `120/minute`; files count as ten; empty: any"
    )
    security_contact: str = _setting(
        "",
        "where people report a vulnerability of your service, such as"
        " `mailto:security@example.org`; published as /.well-known/security.txt; empty: nowhere",
    )
    metrics_token: str = _secret(
        "what Prometheus must send to read `/metrics` (`Authorization: Bearer ...`); empty: there"
        " is none"
    )
    indexable: bool = _setting(
        False, "yes: other search engines may list release pages, which name accused people"
    )

    @property
    def catalog_url(self) -> str:
        """The catalog's SQLAlchemy URL."""
        return self.catalog or f"sqlite:///{self.data / 'catalog.sqlite'}"

    @property
    def archive(self) -> Path:
        """The folder of WARC files, one folder an office."""
        return self.data / "archive"

    @property
    def index(self) -> Path:
        """The folder of index builds."""
        return self.data / "index"


def read_settings(environ: Mapping[str, str]) -> Settings:
    """The settings that `COMMUNIQUE_*` variables ask for. Raises SettingsError."""
    given: dict[str, Any] = {}
    for each in fields(Settings):
        if (value := environ.get(PREFIX + each.name.upper())) is not None:
            found = given[each.name] = _read(each.name, str(each.type), value)
            least = each.metadata.get("least", 0)
            if each.type in ("int", "float") and not least <= found < inf:
                raise SettingsError(
                    f"{PREFIX}{each.name.upper()} must be at least {least}, not {value!r}."
                )
    if "url" in given:
        given["url"] = _own_url(given["url"])
    settings = Settings(**given)
    if settings.https and settings.url.startswith("http:"):
        raise SettingsError(f"{PREFIX}HTTPS=yes needs a {PREFIX}URL that begins with https://.")
    if settings.engine not in ENGINES:
        raise SettingsError(
            f"{PREFIX}ENGINE must be {' or '.join(ENGINES)}, not {settings.engine!r}."
        )
    if settings.security_contact and not CONTACT.match(settings.security_contact):
        raise SettingsError(
            f"{PREFIX}SECURITY_CONTACT must begin with mailto:, https:// or tel:,"
            f" not {settings.security_contact!r}."
        )
    if settings.engine == "opensearch" and not settings.opensearch_url:
        raise SettingsError(f"{PREFIX}OPENSEARCH_URL must name the cluster's nodes.")
    return settings


def _own_url(value: str) -> str:
    """An address as browsers write it, its path without a slash at the end."""
    try:
        url = urlsplit(value.strip())
        host, port = (url.hostname or "").encode("idna").decode(), url.port
    except ValueError:  # UnicodeError is one
        url, host, port = urlsplit(""), "", None
    is_whole = url.scheme in ("http", "https") and host and not (url.username or url.password)
    if value and (not is_whole or url.query or url.fragment):
        raise SettingsError(
            f"{PREFIX}URL must be an address such as https://search.example.org, not {value!r}."
        )
    if ":" in host:
        host = f"[{host}]"
    if port and port != {"http": 80, "https": 443}[url.scheme]:
        host = f"{host}:{port}"
    return urlunsplit((url.scheme, host, quote(unquote(url.path)).rstrip("/"), "", ""))


def _read(name: str, kind: str, value: str) -> Any:
    readers: dict[str, Callable[[str], Any]] = {
        "Path": Path,
        "str": str,
        "float": float,
        "int": int,
        "bool": _read_bool,
    }
    try:
        return readers[kind](value)
    except ValueError:
        wanted = "yes or no" if kind == "bool" else "a number"
        raise SettingsError(f"{PREFIX}{name.upper()} must be {wanted}, not {value!r}.") from None


def _read_bool(value: str) -> bool:
    if value.lower() not in ("yes", "no"):
        raise ValueError(value)
    return value.lower() == "yes"
