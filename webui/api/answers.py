"""The API's answers that differ from the types of engine and catalog."""

from datetime import date, datetime
from typing import Annotated, Literal

from corpus import fact, release, statutes
from corpus.cases.records import Sign
from corpus.release import Attachment, LinkedRelease
from indexer.assist.glossary_suggestions import GlossarySuggestion
from indexer.assist.offense_suggestions import OffenseSuggestion
from indexer.engine import results
from indexer.engine.periods import Step
from indexer.engine.results import Build, Order, Warnings
from indexer.jobs.status import IndexStatus
from webui.view.comparison import FactDifference, Pieces


class Hit(results.Hit):
    """A release that matches."""

    page_url: Annotated[str, "the address of its page here"]
    notice: Annotated[
        Literal["accusation", "allegations"] | None,
        "accusation: somebody is accused and not convicted, so presumed innocent; allegations:"
        " civil claims that no court has decided; null: neither, or the office is not measured",
    ]


class Search(results.Results):
    """A page of hits."""

    query: Annotated[str, "the query as it was typed"]
    sort: Annotated[Order, "the order of the hits"]
    hits: Annotated[tuple[Hit, ...], "the hits of this page"]
    next: Annotated[
        str | None, "the address of the next page; null on the last one, and by relevance"
    ]
    offense: Annotated[
        OffenseSuggestion | None,
        "on the first page, the offense that the query cites or names: the releases that cite its"
        " statutes, and those that use its names; null: none known",
    ]
    glossary: Annotated[
        tuple[GlossarySuggestion, ...],
        "on the first page, the query in other languages where it is, or has, a term of the"
        " glossary of legal terms",
    ]


class Period(results.Frequency):
    """The releases of a day, week, month or year."""

    period: Annotated[str, "its name in ISO 8601"]
    since: Annotated[date, "its first day, to filter by"]
    until: Annotated[date, "its last day, to filter by"]


class Timeline:
    """The releases that match, by the periods of their dates."""

    total: Annotated[int, "how many releases match all words, exactly, as in a search"]
    undated: Annotated[int, "how many of them have no date"]
    boilerplate_total: Annotated[
        int, "how many of them match in boilerplate alone, and are in no period and not in undated"
    ]
    step: Annotated[Step, "the length of the periods"]
    build: Build
    warnings: Warnings
    periods: Annotated[
        tuple[Period, ...],
        "in order, without empty ones; `total` is the sum of their releases, `undated` and"
        " `boilerplate_total`",
    ]


class Cited(statutes.Cited):
    """A statute that a release cites, and where."""

    text: Annotated[str, "the words of the release"]


class Fact(fact.Fact):
    """A fact that a release says, by rules, and where."""

    words: Annotated[str, "the words of the release that say it"]


class Attestation(release.Attestation):
    """The record in the archive that attests a version."""

    statement_url: Annotated[str, "where what it attests can be read"]


class Provenance(release.Provenance):
    """Where a version comes from, to check it against the archive."""

    certificate_exception: Annotated[
        str | None, "why the server's certificate need not be of a known authority; null: it must"
    ]
    attestation: Annotated[
        Attestation | None, "the record in the archive that attests it; null: none yet"
    ]
    response_url: Annotated[str, "where the archived response can be downloaded"]


class Release(release.Release):
    """A release as it is now."""

    page_url: Annotated[str, "the address of its page here"]
    statutes: Annotated[
        tuple[Cited, ...] | None, "in the order of the text; null: not looked for yet"
    ]
    facts: Annotated[
        tuple[Fact, ...] | None,
        "what it says, the main stage first of the stages; of offices that are not measured, the"
        " kind and words found alone; null: not derived yet",
    ]
    versions_url: Annotated[str, "the address of its versions"]
    provenance: Annotated[Provenance, "where this version comes from"]


class Facts:
    """The facts that make a version; null where what was fetched does not tell."""

    title: Annotated[str, "the title"]
    published: Annotated[date | None, "the date"]
    body: Annotated[tuple[str, ...], "the paragraphs"]
    number: Annotated[str | None, "the number that the office gave it"]
    topics: Annotated[tuple[str, ...] | None, "the office's topics"]
    components: Annotated[tuple[str, ...] | None, "the parts of the office that it names"]
    attachments: Annotated[tuple[Attachment, ...] | None, "the files that it links to"]
    subtitle: Annotated[str | None, "the line below the title; empty: none"]
    links: Annotated[
        tuple[LinkedRelease, ...] | None, "other releases of the office that its text links to"
    ]


class Version(release.Version):
    """What the office stated, as it was observed at a time."""

    facts: Annotated[Facts, "what the office stated"]  # type: ignore[assignment]
    provenance: Annotated[Provenance, "where the version comes from"]


class Versions:
    """All versions of a release."""

    id: Annotated[str, "the release"]
    versions: Annotated[tuple[Version, ...], "oldest first"]


class CaseRelease:
    """A release of a case."""

    id: Annotated[str, "the release"]
    office: Annotated[str, "the office, by the name to filter by"]
    published: Annotated[date | None, "its date; null: the office gives none"]
    title: Annotated[str, "its title"]
    stage: Annotated[str | None, "its main stage; null: none is known, or may be shown"]
    page_url: Annotated[str, "the address of its page here"]


class CaseLink:
    """What ties two releases of a case; it may be wrong."""

    one: Annotated[str, "one release"]
    other: Annotated[str, "the other"]
    sign: Annotated[Sign, "what ties them"]
    one_words: Annotated[str | None, "the sentence of the one that shows it; null: none does"]
    other_words: Annotated[str | None, "the sentence of the other; null: none does"]
    likeness: Annotated[float, "how similar their texts are, from 0 to 1"]


class Case:
    """The releases of the case that a release is of."""

    id: Annotated[str, "the release"]
    releases: Annotated[tuple[CaseRelease, ...], "oldest first; empty: it is of none"]
    links: Annotated[tuple[CaseLink, ...], "what ties them"]


class Differences:
    """What differs between two versions of a release."""

    id: Annotated[str, "the release"]
    old: Annotated[int, "the number of the older version"]
    new: Annotated[int, "the number of the newer version"]
    facts: Annotated[tuple[FactDifference, ...], "the facts that differ, the text aside"]
    body: Annotated[tuple[Pieces, ...], "every paragraph of both, each in pieces"]


class Month:
    """A month, and how many releases are dated in it."""

    month: Annotated[str, "the month, as 2018-04"]
    count: Annotated[int, "how many releases are dated in it"]


class Crawl:
    """How the last crawl of an office went."""

    started_at: Annotated[datetime, "when it began"]
    route: Annotated[str | None, "the route that it took"]
    new: Annotated[int | None, "releases seen for the first time"]
    changed: Annotated[int | None, "releases that the office had edited"]
    missing: Annotated[int | None, "listed releases that were not there"]
    refused: Annotated[int | None, "pages refused by a rule"]
    failed: Annotated[int | None, "pages that were not answered"]
    refused_by_rule: Annotated[dict[str, int], "refused pages by the name of the rule"]
    cut_short: Annotated[str | None, "why it was cut short, if it was"]
    quarantined: Annotated[str | None, "why none of it is published, if so"]
    error: Annotated[str | None, "the error that ended it, if one did"]


class CertificateException:
    """A host whose certificate need not be of a known authority: the office's file declares it."""

    host: Annotated[str, "the host"]
    reason: Annotated[str, "the reason"]


class Office:
    """What has been collected of an office: a gap does not mean that it published nothing."""

    name: Annotated[str, "its name, to filter by"]
    title: Annotated[str, "its title"]
    releases: Annotated[int, "how many releases have been collected"]
    earliest: Annotated[date | None, "the earliest date of a release"]
    latest: Annotated[date | None, "the latest date of a release"]
    undated: Annotated[int, "how many releases have no date"]
    gone: Annotated[int, "how many were removed from its site and are kept here"]
    languages: Annotated[tuple[tuple[str, int], ...], "releases by language"]
    months: Annotated[tuple[Month, ...], "releases by month; months without any are left out"]
    gaps: Annotated[tuple[str, ...], "months without any between the earliest and the latest"]
    certificate_exceptions: Annotated[
        tuple[CertificateException, ...], "its hosts without a certificate of a known authority"
    ]
    last_crawl: Annotated[Crawl | None, "how its last crawl went"]
    last_successful_crawl_at: Annotated[
        datetime | None, "when the last crawl began that was published without an error"
    ]
    crawling_since: Annotated[datetime | None, "when the crawl began that is not over, if any"]


class Offices:
    """The offices of which anything has been collected."""

    offices: Annotated[tuple[Office, ...], "by name"]
    index: Annotated[IndexStatus, "the state of the index"]
    withheld: Annotated[int, "how many releases are withheld"]


class InvalidArgument:
    """What is wrong with an argument."""

    parameter: Annotated[str, "the argument"]
    detail: Annotated[str, "what is wrong with it"]


class Problem:
    """An error (RFC 9457)."""

    type: Annotated[str, "where it is explained"]
    title: Annotated[str, "the status in words"]
    status: Annotated[int, "the status"]
    detail: Annotated[str, "what happened, and what to do"]
