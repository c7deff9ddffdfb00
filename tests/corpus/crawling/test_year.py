"""A year's incidents in twelve days; `python -m bench year` lives through all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from corpus import Settings
from tests.newsroom import sample_newsroom
from tests.observer import Observer
from tests.power_cut import Disk, NoDiskError
from tests.year import Plan, Year

pytestmark = pytest.mark.slow

DAYS, NEWS, SEED = 12, 10, 2013
INCIDENTS = {
    0: "begin_with_first_format",
    2: "cut_power_in_crawl",
    4: "update_catalog",
    5: "back_up",
    7: "restore",
    8: "update_index",
    9: "cut_power_in_reindex",
    10: "fill_disk",
}


def test_cuts_a_restore_updates_and_a_full_disk_leave_every_true_change_and_no_false_one(
    tmp_path: Path,
) -> None:
    room = sample_newsroom()
    try:
        disk = Disk(tmp_path)
    except NoDiskError as reason:
        pytest.skip(str(reason))
    with disk:
        settings = Settings(data=disk.path / "data", contact="tests")
        observer = Observer("sample_doj", room, settings, is_daily=False)
        plan = Plan(room, DAYS, NEWS, SEED)
        year = Year(tmp_path, disk, observer, plan, INCIDENTS, REVISITS="1")
        for number in year.live():
            assert observer.ledger() == observer.expected_ledger(), f"on day {number}"
        observer.assert_all_is_known()
        assert {kind for _, kind, _, _ in observer.ledger()} == {"changed", "gone", "back"}
