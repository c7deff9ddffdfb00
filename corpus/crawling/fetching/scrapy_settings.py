"""Our settings as Scrapy's: politeness, limits, and our replacements for its parts."""

from __future__ import annotations

from typing import Any

from corpus.settings import Settings

HANDLER = "corpus.crawling.fetching.download_handler.OfficeDownloadHandler"


def scrapy_settings(delay_s: float, settings: Settings, is_mirrored: bool) -> dict[str, Any]:
    """Scrapy's settings. One request at a time, to any host."""
    contact = f"; {settings.contact}" if settings.contact else ""
    here = "corpus.crawling.fetching.middlewares."
    return {
        "TWISTED_REACTOR_ENABLED": False,  # asyncio alone: a process can crawl more than once
        "USER_AGENT": f"communique/0.1 (search engine for prosecutors' releases{contact})",
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/json;q=0.9,*/*;q=0.1",
            "Accept-Encoding": "gzip",
        },
        "CONCURRENT_REQUESTS": 1,
        "CONCURRENT_ITEMS": 1,  # by default Scrapy starts a hundred tasks for each answer
        # Never below the delay, up to half as much again.
        "DOWNLOAD_DELAY": delay_s * 1.25,
        "DOWNLOAD_DELAY_JITTER": 0.2,
        "AUTOTHROTTLE_ENABLED": delay_s > 0,
        "AUTOTHROTTLE_START_DELAY": delay_s * 1.25,
        "ROBOTSTXT_OBEY": True,
        "CRAWL_DELAY_MOST_S": settings.crawl_delay_s,
        "RETRY_TIMES": settings.retries,
        "DOWNLOAD_HANDLERS": dict.fromkeys(("data", "file", "ftp", "s3"))
        | dict.fromkeys(("http", "https"), HANDLER),
        "DOWNLOAD_VERIFY_CERTIFICATES": True,  # as our handler does in any case
        "DOWNLOAD_TIMEOUT": settings.timeout_s,
        "DOWNLOAD_MAXSIZE": settings.response_mb * 1_000_000,
        "DOWNLOAD_WARNSIZE": 0,
        "REDIRECT_ENABLED": False,  # the spider follows them, on the office's hosts only
        "HTTPERROR_ALLOW_ALL": True,
        "METAREFRESH_ENABLED": False,
        "COOKIES_ENABLED": False,
        "HTTPPROXY_ENABLED": not is_mirrored,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_ENABLED": False,
        "DOWNLOADER_MIDDLEWARES": {
            "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
            "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
            f"{here}StrictRobotsMiddleware": 100,
            f"{here}PatientRetryMiddleware": 550,
        },
    }
