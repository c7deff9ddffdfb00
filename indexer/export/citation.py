"""A release as it is cited: what every style and format needs, and two styles in plain text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from corpus import Release, office_title
from indexer.export.facts import notice_label

GENRE = "Press release"
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Citation:
    """The facts of a reference, each on one line. `key` is the release's id; `accessed` is when the
    release was last seen as cited; `evidence` identifies the archived response, `notice` says that
    somebody is accused and not convicted.
    """

    key: str
    office: str
    title: str
    published: date | None
    url: str
    genre: str
    number: str | None
    language: str
    topics: tuple[str, ...]
    accessed: date
    evidence: str
    notice: str = ""
    subtitle: str = ""


def cite(release: Release) -> Citation:
    """What is cited of a release as it stands in the catalog."""
    return Citation(
        key=release.id,
        office=one_line(office_title(release.office)),
        title=one_line(release.title),
        published=release.published,
        url=one_line(release.url),
        genre=one_line(release.kind or GENRE),
        number=one_line(release.number) if release.number else None,
        language=release.language,
        topics=tuple(filter(None, map(one_line, release.topics))),
        accessed=(release.last_seen or release.provenance.fetched_at).date(),
        evidence=_evidence(release.provenance.fetched_at, release.provenance.sha256),
        notice=notice_label(release),
        subtitle=one_line(release.subtitle or ""),
    )


def chicago(cited: Citation) -> str:
    """A note in the manner of the Chicago Manual of Style (17th edition, 14.207)."""
    comma = "" if cited.title.endswith(("?", "!", "…")) else ","
    genre = cited.genre[:1].lower() + cited.genre[1:]
    number = f" no. {cited.number}" if cited.number else ""
    return (
        f"{cited.office}, “{cited.title}{comma}” {genre}{number},"
        f" {_american(cited.published) if cited.published else 'n.d.'},"
        f" accessed {_american(cited.accessed)}, {cited.url} ({cited.evidence})."
    )


def apa(cited: Citation) -> str:
    """A reference in the manner of the APA's Publication Manual (7th edition, section 10.4)."""
    day = cited.published
    when = f"{day.year}, {day:%B} {day.day}" if day else "n.d."
    stop = "" if cited.office.endswith(".") else "."
    return (
        f"{cited.office}{stop} ({when}). {cited.title} [{cited.genre}]."
        f" Retrieved {_american(cited.accessed)}, from {cited.url} ({cited.evidence})."
    )


def one_line(text: str) -> str:
    """A text without line breaks, control characters and doubled blanks."""
    return " ".join(CONTROLS.sub(" ", text).split())


def _evidence(fetched_at: datetime, digest: str) -> str:
    return f"archived {_american(fetched_at.date())}, SHA-256 {digest}"


def _american(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"
