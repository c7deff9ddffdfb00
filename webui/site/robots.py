"""What other search engines may list of ours: nothing, unless the operator lets them.

Release pages name accused people. "noindex" is said on each page and not by robots.txt: an engine
that may not fetch a page cannot read that it is not to be listed, and lists its bare address.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request

from corpus import Settings

# What search engines may list where the operator allows it; never results of a search.
LISTED = ("releases.release", "offices.offices", "guide.guide")
ROBOTS = """\
# Pages say themselves (X-Robots-Tag) whether they may be listed.
User-agent: *
Crawl-delay: 10
Disallow: /complete
Disallow: /export.
Disallow: /sample
Disallow: /*/complete
Disallow: /*/export.
Disallow: /*/sample
"""


def keep_out_robots(app: Flask, settings: Settings) -> None:
    """Tell robots, in every answer and in robots.txt."""

    def is_listed() -> bool:
        return settings.indexable and request.endpoint in LISTED and not request.args

    def tell(response: Response) -> Response:
        if response.status_code != 200 or not is_listed():
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    # The file is of a host, whatever path of it is ours.
    lines = ROBOTS.replace("Disallow: ", f"Disallow: {urlsplit(settings.url).path}")

    @app.get("/robots.txt")
    def robots() -> Response:
        return Response(lines, content_type="text/plain; charset=utf-8")

    app.jinja_env.globals["is_listed"] = is_listed
    app.after_request(tell)
