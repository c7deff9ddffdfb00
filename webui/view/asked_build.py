"""Which build of the index answered, for an address that asks for one by `build=`."""

from flask import request
from flask_babel import gettext

from indexer import Engine


def build_note(engine: Engine) -> str | None:
    """A sentence for a page whose address has a build; the live one answers always."""
    asked = request.args.get("build")
    if not asked:
        return None
    live = engine.health().build
    if live is None:
        words = gettext("The index cannot be read now.")
    elif asked == live:
        words = gettext("Index build %(build)s answered.", build=live)
    else:
        words = gettext(
            "Index build %(build)s answered, not %(asked)s: only the newest build can be searched.",
            build=live,
            asked=asked[:60],
        )
    return str(words)
