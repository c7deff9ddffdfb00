"""Records for programs: releases, their versions and differences, and the offices."""

from dataclasses import asdict
from typing import Any

from flask import abort, url_for

from corpus import Provenance, Release, Store, Version, certificate_exception
from indexer import Engine
from indexer.export.facts import fact_records
from indexer.jobs.status import OfficeStatus, public_status, status_of
from webui.view.cases import ShownCase, main_stage, shown_case
from webui.view.comparison import compare_versions
from webui.view.history import previous_version


def release(store: Store, id: str) -> Any:  # noqa: A002 (its name in the description)
    """A release as it is now, with its provenance"""
    found = store.get(id)
    if found is None:
        abort(404, "There is no release of that name here.")
    return vars(found) | {
        "page_url": url_for("releases.release", id_=id, _external=True),
        "statutes": _statute_fields(found),
        "facts": fact_records(found),
        "versions_url": url_for("api.versions", id=id, _external=True),
        "provenance": _provenance(id, found.provenance),
    }


def versions(store: Store, id: str) -> Any:  # noqa: A002
    """Every version of a release, with its provenance"""
    return {
        "id": id,
        "versions": [
            vars(each) | {"provenance": _provenance(id, each.provenance, version=each.number)}
            for each in _get_versions_or_404(store, id)
        ],
    }


def differences(store: Store, arguments: dict[str, int], id: str) -> Any:  # noqa: A002
    """What differs between two versions of a release, word by word"""
    found = _get_versions_or_404(store, id)
    new = _version_by_number(found, arguments.get("new")) or found[-1]
    old = _version_by_number(found, arguments.get("old")) or previous_version(new, found) or new
    comparison = compare_versions(old, new)
    return {
        "id": id,
        "old": old.number,
        "new": new.number,
        "facts": comparison.facts,
        "body": [each for part in comparison.body for each in part.paragraphs],
    }


def case(store: Store, id: str) -> Any:  # noqa: A002
    """The other releases of its case, and what ties them

    Releases are linked by rules; a link may be wrong.
    """
    if store.get(id) is None:
        abort(404, "There is no release of that name here.")
    found = shown_case(store, id) or ShownCase([], [])
    return {
        "id": id,
        "releases": [
            vars(each)
            | {
                "stage": main_stage(each) or None,
                "page_url": url_for("releases.release", id_=each.id, _external=True),
            }
            for each in found.releases
        ],
        "links": [
            {
                "one": each.one.id,
                "other": each.other.id,
                "sign": each.sign,
                "one_words": each.one_words and each.one_words.text,
                "other_words": each.other_words and each.other_words.text,
                "likeness": each.likeness,
            }
            for each in found.links
        ],
    }


def offices(store: Store, engine: Engine) -> Any:
    """What has been collected of each office, and how its last crawl went

    Compare every count with it: a release that was never collected cannot be found.
    """
    status = public_status(status_of(store, engine))
    rows = [_office_fields(name, row) for name, row in status.offices.items()]
    return {"offices": rows, "index": status.index, "withheld": status.withheld}


def _statute_fields(release: Release) -> list[dict[str, Any]] | None:
    if release.statutes is None:
        return None
    texts = [release.title, *release.body]
    return [
        each._asdict() | {"text": texts[each.paragraph][each.start : each.end]}
        for each in release.statutes
    ]


def _get_versions_or_404(store: Store, id_: str) -> list[Version]:
    found = store.versions(id_)
    if not found:
        abort(404, "There is no release of that name here.")
    return found


def _version_by_number(versions: list[Version], number: int | None) -> Version | None:
    found = [each for each in versions if each.number == number]
    if number is not None and not found:
        abort(404, "There is no such version of this release.")
    return found[0] if found else None


def _provenance(id_: str, seen: Provenance, **more: Any) -> dict[str, Any]:
    address = url_for("releases.response", id_=id_, _external=True, **more)
    exception = certificate_exception(seen)
    fields = asdict(seen) | {"response_url": address, "certificate_exception": exception}
    if seen.attestation:
        fields["attestation"]["statement_url"] = url_for(
            "releases.attestation", id_=id_, _external=True, **more
        )
    return fields


def _office_fields(name: str, row: OfficeStatus) -> dict[str, Any]:
    return vars(row) | {
        "name": name,
        "languages": row.languages.items(),
        "months": [{"month": month, "count": count} for month, count in row.months.items()],
        "certificate_exceptions": [
            {"host": host, "reason": reason} for host, reason in row.certificate_exceptions.items()
        ],
        "last_crawl": vars(row) | {"started_at": row.last_crawl_at} if row.last_crawl_at else None,
    }
