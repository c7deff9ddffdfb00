"""The differences page: two versions of a release, compared word by word."""

from collections.abc import Sequence
from dataclasses import replace

from flask import abort, render_template, request
from flask_babel import gettext

from corpus import Store, Version
from webui.view.comparison import compare_versions
from webui.view.history import FACT_LABELS, previous_version
from webui.view.release_text import beginning


def differences(store: Store, id_: str) -> str:
    """What differs between versions `from` and `to`; by default the newest and the one before."""
    release, versions = store.get(id_), store.versions(id_)
    if release is None or not versions:
        abort(404, gettext("No release at this address."))
    new = _requested_version(versions, "to") or versions[-1]
    old = _requested_version(versions, "from") or previous_version(new, versions) or new
    sides = [replace(each, body=tuple(beginning(each.body))) for each in (old, new)]
    return render_template(
        "differences.html",
        release=release,
        versions=versions,
        old=old,
        new=new,
        comparison=compare_versions(*sides),
        is_cut=[each.body for each in sides] != [old.body, new.body],
        labels=FACT_LABELS,
    )


def _requested_version(versions: Sequence[Version], name: str) -> Version | None:
    number = request.args.get(name, "")
    found = [each for each in versions if str(each.number) == number]
    if number and not found:
        abort(404, gettext("This release has no such version."))
    return found[0] if found else None
