"""From answers to pages: a Flask app that is rendered on the server and works without scripts."""

import os
from functools import partial

from flask import Flask
from flask_compress import Compress
from flask_talisman import Talisman

from corpus import Settings, Store, office_title, read_settings
from indexer import open_engine
from indexer.jobs.condition import Watch, read_catalog
from indexer.jobs.status import crawl_counts, refusal_counts
from webui.api import add_api
from webui.i18n import speak_languages
from webui.pages import add_pages
from webui.site.address import keep_address
from webui.site.errors import show_errors
from webui.site.health import add_health
from webui.site.limits import WATCHED, add_limits
from webui.site.metrics import add_metrics, time_engine
from webui.site.old_addresses import redirect_old_addresses
from webui.site.page_scripts import add_scripts
from webui.site.robots import keep_out_robots
from webui.site.security_txt import security
from webui.tools import add_tools
from webui.view.asked_build import build_note, tell_build
from webui.view.cases import main_stage_words
from webui.view.facets import value_words
from webui.view.format import FILTERS, month_names

# Nothing inline, nothing from elsewhere, and no page of ours inside another's.
POLICY = {
    "default-src": "'none'",
    "style-src": "'self'",
    "script-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}

# Downloads stay as they are: they are written as fast as they are read.
COMPRESSED = [
    "application/atom+xml",
    "application/json",
    "image/svg+xml",
    "text/css",
    "text/html",
    "text/javascript",
]

# What pages may ask of a browser: nothing.
PERMISSIONS = dict.fromkeys(
    (
        "browsing-topics",
        "camera",
        "display-capture",
        "geolocation",
        "microphone",
        "payment",
        "usb",
    ),
    "()",
)


def create_app(settings: Settings | None = None) -> Flask:
    """The web app over one data folder; `settings` None reads them from the environment, and then
    there must be a catalog where they lead.
    """
    is_edge = settings is None
    settings = settings or read_settings(os.environ)
    app = Flask(__name__)
    store = Store(settings, make=not is_edge, upgrade=False)
    engine = time_engine(open_engine(settings, store.withheld), settings)
    app.extensions["communique"] = store, engine
    watch = Watch(partial(read_catalog, store), engine)
    add_metrics(app, store, engine, watch, settings)
    talisman = _set_security_headers(app, settings)
    add_pages(app, store, engine, settings)
    add_tools(app, store, engine, settings)
    add_scripts(app)
    redirect_old_addresses(app)
    add_health(app, watch)
    app.add_url_rule("/.well-known/security.txt", "security.security", partial(security, settings))
    for name in WATCHED & app.view_functions.keys():  # by programs of the same machine
        app.view_functions[name] = talisman(force_https=False)(app.view_functions[name])
    add_api(app, store, engine, settings)
    show_errors(app, settings)
    speak_languages(app)
    keep_address(app, settings)
    add_limits(app, settings)
    app.config["COMPRESS_MIMETYPES"] = COMPRESSED
    Compress(app)
    keep_out_robots(app, settings)
    _add_template_names(app)
    app.jinja_env.globals["build_note"] = partial(build_note, engine)
    app.after_request(partial(tell_build, engine))
    return app


def _set_security_headers(app: Flask, settings: Settings) -> Talisman:
    """Restrict what pages may load and who may frame them, and redirect to HTTPS where it is on."""
    return Talisman(
        app,
        force_https=settings.https,
        force_https_permanent=True,
        strict_transport_security=settings.https,
        strict_transport_security_include_subdomains=False,  # other sites of the domain may be http
        session_cookie_secure=settings.https,
        content_security_policy=POLICY,
        frame_options="DENY",
        referrer_policy="same-origin",
        permissions_policy=PERMISSIONS,
    )


def _add_template_names(app: Flask) -> None:
    """Add the filters and functions that templates call by name."""
    names = (month_names, office_title, refusal_counts, crawl_counts, value_words, main_stage_words)
    app.jinja_env.filters |= {each.__name__: each for each in FILTERS}
    app.jinja_env.globals |= {each.__name__: each for each in names}
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
