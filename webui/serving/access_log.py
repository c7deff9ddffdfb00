"""The access log: a line for each response, without what was asked for and by whom, unless the
operator wants that.
"""

from __future__ import annotations

import logging
from time import time
from typing import Any
from urllib.parse import quote

from waitress.task import WSGITask

from corpus import Settings

log = logging.getLogger(__name__)
# Monitoring asks for these every few seconds; only what is wrong with them is logged.
WATCHED = ("/livez", "/readyz", "/healthz", "/metrics")


def log_response(task: WSGITask, body_bytes: int, settings: Settings, *, is_whole: bool) -> None:
    """Log a response, as a sentence and as fields; one that was broken off as a warning."""
    request, status = task.request, int(task.status.split()[0])
    if not settings.log_requests or (status < 400 and request.path.endswith(WATCHED)):
        return
    fields: dict[str, Any] = {
        "method": request.command,
        "path": quote(request.path, encoding="latin-1"),  # as WSGI has it
        "status": status,
        "ms": round(1000 * (time() - task.start_time)),
        "bytes": body_bytes,
        "is_whole": is_whole,
    }
    if settings.log_queries:
        fields["query"] = request.query
    if settings.log_addresses:
        fields["address"] = task.channel.client
    target = fields["path"] + (f"?{request.query}" if fields.get("query") else "")
    by = f" for {task.channel.client}" if settings.log_addresses else ""
    words = f"{status} {request.command} {target}{by}, {body_bytes:,} bytes, {fields['ms']:,} ms"
    level, end = (logging.INFO, "") if is_whole else (logging.WARNING, ", broken off")
    log.log(level, "%s%s", words, end, extra={"fields": fields})
