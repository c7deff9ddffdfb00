"""An office crawled every day of a fortnight, while it edits, removes, moves house and breaks down.

What each day must come to is told by an oracle that knows only what the script did to the site.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from corpus import Settings, Store
from corpus.evidence.verify import verify_archive, verify_catalog
from tests.faulty_site import FaultySite
from tests.fortnight import GONE_VISITS, Fortnight
from tests.newsroom import sample_newsroom, saved_newsroom
from tests.observer import Days, Observer

pytestmark = pytest.mark.slow

MEMORY_MB = 500
SETTINGS = {"REVISITS": "1", "GONE_VISITS": str(GONE_VISITS), "TIMEOUT_S": "2", "RETRIES": "1"}


def live_through(observer: Observer) -> int:
    """A crawl a day, each a minute later than the day before; the crawling process's peak."""
    room = observer.room
    noon = datetime.combine(room.newest, time(12), UTC) + timedelta(days=1)
    with FaultySite() as site, Days(observer.settings, **SETTINGS) as days:
        for number, day in enumerate(Fortnight(room).days()):
            observer.spend(day, noon + number * timedelta(days=1, minutes=1), site, days)
            assert observer.ledger() == observer.expected_ledger(), f"on day {number}"
    return days.peak_bytes


@pytest.mark.parametrize("name", ["sample_doj", "us_doj"])
def test_a_fortnight_of_troubles_leaves_every_true_change_and_no_false_one(
    name: str,
    settings: Settings,
    store: Store,
    request: pytest.FixtureRequest,
    record_testsuite_property: Any,
) -> None:
    if name == "us_doj":
        room = saved_newsroom(request.getfixturevalue("replica"), 32)
    else:
        room = sample_newsroom()
    observer = Observer(name, room, settings)
    peak_bytes = live_through(observer)
    kinds = Counter(kind for _, kind, _, _ in observer.ledger())
    assert kinds == {"changed": 15, "gone": 2, "back": 2}
    observer.assert_all_is_known()
    assert list(verify_archive(settings)) == []
    assert list(verify_catalog(settings, store)) == []
    record_testsuite_property(f"fortnight_{name}_peak_mb", peak_bytes / 1e6)
    assert peak_bytes < MEMORY_MB * 1e6
