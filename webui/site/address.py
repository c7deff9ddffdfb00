"""The address that pages are known by: the operator's (COMMUNIQUE_URL), whatever a client says."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from flask import Flask, abort, request
from flask_babel import gettext

from corpus import Settings
from webui.site.limits import WATCHED

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# The host that the client sent, while the app sees the operator's.
REQUESTED_HOST = "communique.host"
HOST = re.compile(r"([a-z0-9._-]+|\[[0-9a-f:.]+\])(:\d{1,5})?", re.IGNORECASE)


def keep_address(app: Flask, settings: Settings) -> None:
    """Let an app know itself by the operator's address and refuse requests to other hosts; without
    an address, those to what can be no host.
    """
    own = urlsplit(settings.url).hostname
    known = KnownAddress(app.wsgi_app, settings)
    app.wsgi_app = known  # type: ignore[assignment, method-assign]

    def check_host() -> None:
        asked = host_name(request.environ[REQUESTED_HOST])
        if request.endpoint in WATCHED or (asked and asked == (own or asked)):
            return
        if own:
            words = gettext("This service is at %(url)s.", url=settings.url)
        else:
            words = gettext("The request has an invalid host name.")
        abort(400, words)

    app.before_request(check_host)


def host_name(host: str) -> str | None:
    """The name in a Host header, as it is compared; None where it can be none."""
    found = HOST.fullmatch(host)
    name = found[1].strip("[]").rstrip(".").lower() if found else ""
    try:
        name.encode("idna").decode("idna")
    except UnicodeError:
        return None
    return name or None


class KnownAddress:
    """WSGI middleware: shows each request to the app as one to the operator's address.

    A path may come with the address's own or without it, as a proxy hands it on. Without an address
    the host stays, unless no address could be made of it.
    """

    def __init__(self, app: WSGIApplication, settings: Settings) -> None:
        self.app, self.is_https_forced = app, settings.https
        self.own = urlsplit(settings.url)
        self.prefix = unquote(self.own.path).encode().decode("latin-1")  # as WSGI has paths

    def __call__(self, environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        """Hand on the request."""
        server = environ.get("SERVER_NAME", "")
        environ[REQUESTED_HOST] = environ.get("HTTP_HOST", "" if self.own.netloc else server)
        if self.own.netloc:
            self._show_own(environ)
        elif not host_name(environ[REQUESTED_HOST]):
            environ["HTTP_HOST"] = "localhost"
        return self.app(environ, start)

    def _show_own(self, environ: WSGIEnvironment) -> None:
        environ["HTTP_HOST"], environ["SCRIPT_NAME"] = self.own.netloc, self.prefix
        path = environ.get("PATH_INFO", "")
        if f"{path}/".startswith(f"{self.prefix}/"):
            environ["PATH_INFO"] = path.removeprefix(self.prefix) or "/"
        # Who is to come back by HTTPS is known by how the request came.
        if not self.is_https_forced:
            environ["wsgi.url_scheme"] = self.own.scheme
