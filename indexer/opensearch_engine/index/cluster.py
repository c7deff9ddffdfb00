"""The connection to a cluster, its builds, the live one, and its errors as our own."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from opensearchpy import OpenSearch, exceptions

from corpus import Settings
from corpus.errors import (
    BusyError,
    CommuniqueError,
    IndexUnusableError,
    SettingsError,
    StoreError,
    TooCostlyError,
    describe,
)
from corpus.plural import pluralize
from indexer import deadline
from indexer.engine.interface import build_format, own_build
from indexer.engine.retry import REBUILD, GoneError

# It logs a traceback for each attempt; our errors say what is wrong.
logging.getLogger("opensearch").setLevel(logging.CRITICAL)

TOO_LONG = "The query takes too long to answer; use fewer or longer prefixes and wildcards."
TIMEOUT_S, SEARCH_TIMEOUT_S, JOINING_S = 60, 5, 3600
RETRIES = 3
# Counts the releases with a word over all shards, so that scores do not depend on shards.
SCORING = "dfs_query_then_fetch"
# Open connections to a node, one for each concurrent reader.
POOL = 16
# The causes in errors of requests that are too costly.
COSTLY_CAUSES = re.compile(
    r"circuit_breaking|too_many_clauses|too_many_buckets|too_many_nested_clauses|task_cancelled|"
    r"time_exceeded"
)
# The causes in errors of a cluster that is too busy.
BUSY_CAUSES = re.compile(r"rejected_execution|search_phase_execution.*rejected")
REFUSED = (exceptions.AuthenticationException, exceptions.AuthorizationException)
WORDS_SUFFIX = "-words"


class Cluster:
    """A connection to a cluster, and the names of an index there: a build is
    `<index>-<format>-<time>`, beside an index of its words.
    """

    def __init__(self, settings: Settings) -> None:
        self.hosts = settings.opensearch_url.split()
        self.alias = settings.opensearch_index
        self.client = OpenSearch(
            hosts=self.hosts,
            http_compress=False,
            pool_maxsize=POOL,
            timeout=TIMEOUT_S,
            max_retries=RETRIES,
            retry_on_timeout=False,
            ca_certs=settings.opensearch_ca or None,
            **_credentials(settings),
        )

    def builds(self) -> list[str]:
        """All builds, finished or not, oldest first."""
        with self.reading():
            names = self.client.indices.get(
                index=f"{self.alias}-*", params={"filter_path": "*.settings.index.uuid"}
            )
        mine = re.compile(rf"{re.escape(self.alias)}-(\d+-\d{{8}}t\d{{12}})")
        found = [match[1] for name in names if (match := mine.fullmatch(name))]
        return sorted(found, key=lambda build: build.partition("-")[2])

    def index(self, build: str) -> str:
        """The index of a build's releases."""
        return f"{self.alias}-{build}"

    def words(self, build: str) -> str:
        """The index of a build's words."""
        return self.index(build) + WORDS_SUFFIX

    def live(self) -> str:
        """The live build. Raises IndexUnusableError where there is none of this format."""
        return own_build(self.live_builds(), f"{self.alias} on {self.hosts[0]}")

    def live_builds(self) -> list[str]:
        """The live build of each format: those that the alias names."""
        with self.reading():
            found = self.client.indices.get_alias(name=self.alias, params={"ignore": 404})
        return (
            [] if "error" in found else [str(each).removeprefix(f"{self.alias}-") for each in found]
        )

    def publish(self, build: str) -> None:
        """Let the alias name a build in place of those of the same format, in one step."""
        same = f"{self.alias}-{build_format(build)}-*"
        actions = [
            {"remove": {"index": same, "alias": self.alias, "must_exist": False}},
            {"add": {"index": self.index(build), "alias": self.alias}},
        ]
        with self.writing():
            self.client.indices.update_aliases(body={"actions": actions})

    def refresh(self, build: str) -> None:
        """Make what was written to a build visible."""
        with self.writing():
            self.client.indices.refresh(index=self._both(build))

    def force_merge(self, build: str) -> None:
        """Merge each shard of a build into one segment, which halves its size and speeds up
        searches.
        """
        params = {"max_num_segments": 1, "request_timeout": JOINING_S}
        with self.writing():
            self.client.indices.forcemerge(index=self._both(build), params=params)
        self.refresh(build)

    def state(self) -> str | None:
        """The state of the cluster in words; None where its answer is missing or malformed."""
        try:
            with self.reading():
                found = self.client.cluster.health()
            nodes, shards = int(found["number_of_nodes"]), int(found["active_shards"])
            return f"{found['status']}, {pluralize(nodes, 'node')}, {pluralize(shards, 'shard')}"
        except (CommuniqueError, LookupError, TypeError, ValueError):
            return None

    def problem(self, error: Exception) -> str:
        """Describe an error in a sentence; a malformed answer can raise any error."""
        if isinstance(error, CommuniqueError):
            return str(error)
        where = " ".join(self.hosts)
        return f"The search cluster ({where}) gives answers of another shape: {describe(error)}."

    def size_bytes(self, build: str) -> int:
        """The size of a build on all nodes."""
        with self.reading_build():
            found = self.client.indices.stats(index=self._both(build), metric="store")
        return int(found["_all"]["total"]["store"]["size_in_bytes"])

    def drop(self, build: str) -> None:
        """Remove a build's indexes."""
        params = {"ignore_unavailable": "true"}
        with self.writing():
            self.client.indices.delete(index=self._both(build), params=params)

    def several(self, asked: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
        """Run several searches, each of an index, in one round trip."""
        deadline.check()
        lines = [
            line
            for index, body in asked
            for line in ({"index": index, "search_type": SCORING}, _limited(body))
        ]
        with self.reading():
            answers = self.client.msearch(body=lines)["responses"]
        for (index, _), answer in zip(asked, answers, strict=True):
            _check_answer(answer, index)
        return [*answers]

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Raise the cluster's errors while reading as ours."""
        try:
            yield
        except exceptions.OpenSearchException as error:
            raise self._error(error, IndexUnusableError) from error

    @contextmanager
    def reading_build(self) -> Iterator[None]:
        """Raise the same errors, and GoneError where the build no longer exists."""
        with self.reading():
            try:
                yield
            except exceptions.NotFoundError:
                raise GoneError from None

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Raise the cluster's errors while writing as ours."""
        try:
            yield
        except exceptions.OpenSearchException as error:
            raise self._error(error, StoreError) from error

    def _both(self, build: str) -> str:
        return f"{self.index(build)},{self.words(build)}"

    def _error(
        self, error: exceptions.OpenSearchException, kind: type[CommuniqueError]
    ) -> CommuniqueError:
        where = " ".join(self.hosts)
        if isinstance(error, exceptions.ConnectionTimeout):  # of a node, not of the query
            return BusyError(f"The search cluster ({where}) did not answer in time.")
        if isinstance(error, exceptions.ConnectionError):
            return kind(f"The search cluster ({where}) cannot be reached: {error.error}.")
        if isinstance(error, REFUSED):
            return SettingsError(
                f"The search cluster ({where}) refuses our credentials;"
                " see COMMUNIQUE_OPENSEARCH_USER and the settings beside it."
            )
        words = str(error)
        if refusal := _load_error(words):
            return refusal
        return kind(f"The search cluster ({where}) refused a request: {words[:300]}")


def _limited(body: dict[str, Any]) -> dict[str, Any]:
    return {"timeout": f"{SEARCH_TIMEOUT_S}s", **body}


def _check_answer(answer: dict[str, Any], index: str) -> None:
    """Raise the error in one of several answers."""
    if error := answer.get("error"):
        words = json.dumps(error)
        if error.get("type") == "index_not_found_exception":
            raise GoneError
        raise _load_error(words) or IndexUnusableError(
            f"The index {index} cannot be searched: {words[:300]}; {REBUILD}."
        )
    if answer["timed_out"]:
        raise TooCostlyError(TOO_LONG)
    if answer["_shards"]["failed"]:
        words = json.dumps(answer["_shards"].get("failures", ""))
        raise _load_error(words) or IndexUnusableError(
            f"A part of the index {index} does not answer: {words[:300]}; try again in a minute."
        )


def _load_error(words: str) -> CommuniqueError | None:
    """The error for a refusal because of load, by this query or by others; None for another."""
    if BUSY_CAUSES.search(words):
        return BusyError("The search cluster has too much to do; try again in a minute.")
    return TooCostlyError(TOO_LONG) if COSTLY_CAUSES.search(words) else None


def _credentials(settings: Settings) -> dict[str, Any]:
    key = settings.opensearch_api_key or _secret_of(settings.opensearch_api_key_file)
    if key:
        return {"headers": {"Authorization": f"ApiKey {key}"}}
    if not settings.opensearch_user:
        return {}
    password = settings.opensearch_password or _secret_of(settings.opensearch_password_file)
    return {"http_auth": (settings.opensearch_user, password)}


def _secret_of(path: str) -> str:
    if not path:
        return ""
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise SettingsError(f"The file {path} cannot be read: {error.strerror}.") from error
