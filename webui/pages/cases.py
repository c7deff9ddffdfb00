"""A case: the page of its releases, a feed of them, and a table."""

from collections.abc import Iterator
from uuid import NAMESPACE_URL, uuid5

from flask import Response, abort, make_response, render_template, url_for
from flask_babel import gettext

from corpus import Settings, Store, office_title
from corpus.fact import shown_facts
from indexer.export.csv import BYTE_ORDER_MARK, row
from webui.tools.downloads import TABLE_TYPE
from webui.tools.feeds import feed_response
from webui.view.cases import ShownCase, shown_case

COLUMNS = ("id", "office", "published", "stages", "prison", "title", "links", "url")


def case(store: Store, settings: Settings, id_: str) -> str:
    """The case of a release, the oldest release first."""
    found = _get_or_404(store, id_)
    return render_template("case.html", case=found, id_=id_, contact=settings.contact)


def feed(store: Store, id_: str) -> Response:
    """The releases of a case as a feed, the newest first."""
    found = _get_or_404(store, id_)
    releases = found.releases[::-1]
    return feed_response(
        "case.xml",
        releases=releases,
        uuids={each.id: uuid5(NAMESPACE_URL, f"{each.url}#{each.id}") for each in releases},
        page=url_for("cases.case", id_=id_, _external=True),
        address=url_for("cases.feed", id_=id_, _external=True),
        updated=max(each.provenance.fetched_at for each in releases),
    )


def table(store: Store, id_: str) -> Response:
    """The releases of a case as a table, a row each: its stages, and what ties it to others."""
    response = make_response("".join(_rows(_get_or_404(store, id_))))
    response.headers["Content-Type"] = f"{TABLE_TYPE}; charset=utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="communique-case-{id_}.csv"'
    return response


def _rows(found: ShownCase) -> Iterator[str]:
    yield BYTE_ORDER_MARK + row(COLUMNS)
    for each in found.releases:
        facts = shown_facts(each.facts or (), each.office)
        links = (
            f"{(link.other if link.one.id == each.id else link.one).id}: {link.sign_words}"
            for link in found.links_of(each)
        )
        yield row(
            [
                each.id,
                office_title(each.office),
                each.published.isoformat() if each.published else "",
                "; ".join(fact.value for fact in facts if fact.kind == "stage"),
                "; ".join(fact.value for fact in facts if fact.kind == "prison"),
                each.title,
                "; ".join(links),
                each.url,
            ]
        )


def _get_or_404(store: Store, id_: str) -> ShownCase:
    found = shown_case(store, id_)
    if found is None:
        abort(404, gettext("No case at this address."))
    return found
