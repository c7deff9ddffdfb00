"""Which build of the index answered, for an address that asks for one by `build=`.

Every answer has it in a header; pages, feeds and the API also say so.
"""

from flask import Response, request
from flask_babel import gettext

from indexer import Engine
from indexer.query.message import Message
from webui.i18n import translate
from webui.view.search_state import LONGEST_BUILD

HEADER = "Communique-Build"


def tell_build(engine: Engine, response: Response) -> Response:
    """Name the live build, which answers always, in the answer to an address that has one."""
    if request.args.get("build") and (live := engine.health().build):
        response.headers[HEADER] = live
    return response


def build_warning(asked: str, live: str | None) -> tuple[Message, ...]:
    """What to say where another build answered than was asked for."""
    if not (asked and live) or asked == live:
        return ()
    return (
        Message(
            "Index build {build} answered, not {asked}: only the newest build can be searched.",
            build=live,
            asked=asked,
        ),
    )


def build_note(engine: Engine) -> str | None:
    """A sentence for a page whose address has a build; the live one answers always."""
    asked = request.args.get("build", "")[:LONGEST_BUILD]
    if not asked:
        return None
    live = engine.health().build
    if live is None:
        return str(gettext("The index cannot be read now."))
    for warning in build_warning(asked, live):
        return translate(warning)
    return str(gettext("Index build %(build)s answered.", build=live))
