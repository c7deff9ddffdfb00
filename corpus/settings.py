"""Settings: read once (settings_reader) and passed on. docs/settings.md is tested against them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from platformdirs import user_data_path

from corpus.errors import SettingsError

PREFIX = "COMMUNIQUE_"
# The variable that names the file of settings; it is none itself.
CONFIG = "COMMUNIQUE_CONFIG"
ENGINES = ("embedded", "opensearch")
LOG_FORMATS = ("text", "json")
# RFC 9116, section 2.5.3: a URI, of the web by https alone; one line.
SECURITY_CONTACT_FORM = re.compile(r"(?:mailto:|https://|tel:)\S+\Z")


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
        "SQLAlchemy URL of the catalog, SQLite or PostgreSQL; empty: `catalog.sqlite`"
        " in the data folder",
    )
    contact: str = _setting(
        "",
        "email address or URL in our user agent, so that offices can reach you, and on pages of"
        " cases, so that readers can report a wrong link; set it before you crawl a real office",
    )
    delay_s: float = _setting(
        2.0, "seconds between two requests to a host; at least 1 for a live office", least=0
    )
    timeout_s: float = _setting(60.0, "seconds until a response counts as lost")
    response_mb: int = _setting(32, "largest unpacked response, in megabytes")
    reading_s: float = _setting(
        20.0, "seconds to read one page; a page that takes longer is refused"
    )
    warc_mb: int = _setting(1000, "size at which a crawl starts another WARC file, in megabytes")
    retries: int = _setting(3, "number of retries after 429, 5xx or a broken connection", least=0)
    crawl_delay_s: float = _setting(
        60.0,
        "longest Crawl-delay that we obey, in seconds; an office whose robots.txt asks"
        " for more is not crawled",
        least=0,
    )
    run_listings: int = _setting(
        5000, "listing pages per crawl; the next crawl continues from there", least=2
    )
    run_requests: int = _setting(
        50_000,
        "requests per crawl, without redirects and retries; the next crawl continues from there",
    )
    run_hours: float = _setting(
        12.0, "hours per crawl of an office; the next crawl continues from there", least=0
    )
    batch_releases: int = _setting(
        100,
        "new releases after which the first crawl of an office publishes what it has so far;"
        " later crawls publish at their end",
    )
    revisits: str = _setting(
        "14:1 90:7 730:60 180",
        "days between two visits of a known release, by age: `14:1` means daily up to"
        " 14 days old; the last number is for all older ones",
    )
    walk_days: int = _setting(
        7, "days until a listing is read to its end again, not just to known releases", least=0
    )
    gone_visits: int = _setting(
        3, "visits in a row that must find a release missing before it counts as removed"
    )
    attachments: bool = _setting(
        True, "yes: fetch and archive the files that releases link to on the office's own hosts"
    )
    query_chars: int = _setting(
        2000, "characters of a query that are read; the rest is ignored, and the page says so"
    )
    page_size: int = _setting(20, "results per page")
    memory_mb: int = _setting(512, "memory for building an index, in megabytes")
    engine: str = _setting(
        "embedded", "`embedded`: the index is in the data folder; `opensearch`: on a cluster"
    )
    opensearch_url: str = _setting(
        "", "base URLs of the cluster's nodes, such as `https://search1:9200`, separated by spaces"
    )
    opensearch_user: str = _setting("", "user of the cluster; empty: none")
    opensearch_password: str = _secret("the user's password")
    opensearch_password_file: str = _setting("", "file that contains the user's password, instead")
    opensearch_api_key: str = _secret("API key of the cluster, instead of user and password")
    opensearch_api_key_file: str = _setting("", "file that contains the API key, instead")
    opensearch_ca: str = _setting(
        "",
        "file with the certificate of the authority that signed the cluster's"
        " certificates; empty: the system's authorities",
    )
    opensearch_index: str = _setting(
        "communique", "prefix of the names of our indices on the cluster"
    )
    opensearch_shards: int = _setting(1, "shards of an index on the cluster")
    opensearch_replicas: int = _setting(
        0, "copies of each shard on other nodes; with one, a node can fail", least=0
    )
    url: str = _setting(
        "",
        "address of the search page, such as `https://search.example.org`, also with a"
        " path; links and feeds use it, and requests to other hosts are refused; empty:"
        " the host of each request",
    )
    https: bool = _setting(False, "yes: answer over HTTPS only (behind a TLS proxy), with HSTS")
    proxies: int = _setting(
        0,
        "number of your proxies in front of the page, whose X-Forwarded-* headers are trusted",
        least=0,
    )
    patience_s: float = _setting(
        30.0, "seconds that a client may take to send a request, or to receive more of a response"
    )
    work_s: float = _setting(
        30.0,
        "seconds of processor time per client and minute, in the long run; 0: no limit",
        least=0,
    )
    rate: str = _setting(
        "", "requests per client, such as `120/minute`; a download counts as ten; empty: no limit"
    )
    security_contact: str = _setting(
        "",
        "address for reports of vulnerabilities of your service, such as"
        " `mailto:security@example.org`, published in /.well-known/security.txt; empty:"
        " not published",
    )
    metrics_token: str = _secret(
        "token that Prometheus must send to read `/metrics` (`Authorization: Bearer"
        " ...`); empty: no `/metrics`"
    )
    indexable: bool = _setting(
        False, "yes: search engines may list release pages, which name accused people"
    )
    log_format: str = _setting(
        "text", "`text` or `json`: how commands write their log on standard error"
    )
    log_requests: bool = _setting(True, "yes: `serve` logs each response: method, path, status")
    log_queries: bool = _setting(
        False, "yes: that line also has what the reader asked for, which can be a person's name"
    )
    log_addresses: bool = _setting(False, "yes: that line also has the reader's IP address")

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


def checked(settings: Settings) -> Settings:
    """Settings that agree with each other. Raises SettingsError."""
    if settings.https and settings.url.startswith("http:"):
        raise SettingsError(f"{PREFIX}HTTPS=yes needs a {PREFIX}URL that begins with https://.")
    if settings.engine not in ENGINES:
        raise SettingsError(
            f"{PREFIX}ENGINE must be {' or '.join(ENGINES)}, not {settings.engine!r}."
        )
    if settings.log_format not in LOG_FORMATS:
        raise SettingsError(
            f"{PREFIX}LOG_FORMAT must be {' or '.join(LOG_FORMATS)}, not {settings.log_format!r}."
        )
    if settings.security_contact and not SECURITY_CONTACT_FORM.match(settings.security_contact):
        raise SettingsError(
            f"{PREFIX}SECURITY_CONTACT must begin with mailto:, https:// or tel:,"
            f" not {settings.security_contact!r}."
        )
    if settings.engine == "opensearch" and not settings.opensearch_url:
        raise SettingsError(f"{PREFIX}OPENSEARCH_URL must name the cluster's nodes.")
    return settings


def own_url(value: str, label: str) -> str:
    """An address as browsers write it, its path without a slash at the end."""
    try:
        url = urlsplit(value.strip())
        host, port = (url.hostname or "").encode("idna").decode(), url.port
    except ValueError:  # UnicodeError is one
        url, host, port = urlsplit(""), "", None
    is_whole = url.scheme in ("http", "https") and host and not (url.username or url.password)
    if value and (not is_whole or url.query or url.fragment):
        raise SettingsError(
            f"{label} must be an address such as https://search.example.org, not {value!r}."
        )
    if ":" in host:
        host = f"[{host}]"
    if port and port != {"http": 80, "https": 443}[url.scheme]:
        host = f"{host}:{port}"
    return urlunsplit((url.scheme, host, quote(unquote(url.path)).rstrip("/"), "", ""))
