"""Periods number dates as the calendar does."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.engine.periods import (
    MOST,
    STEPS,
    Step,
    count,
    first_day,
    fitting,
    last_day,
    name,
    numbers,
)
from indexer.engine.periods import number as number_of

DAYS = st.dates(date(1, 1, 1), date(9990, 12, 31))


@given(DAYS, st.sampled_from(STEPS))
def test_a_day_lies_in_its_period(day: date, step: Step) -> None:
    number = int(numbers(step, np.array([day.toordinal()], np.int32))[0])
    assert first_day(step, number) <= day <= last_day(step, number)
    assert last_day(step, number) < first_day(step, number + 1)


@given(DAYS)
def test_periods_have_the_names_that_the_calendar_gives(day: date) -> None:
    ordinals = np.array([day.toordinal()], np.int32)
    found = [name(step, int(numbers(step, ordinals)[0])) for step in STEPS]
    week = "{:04}-W{:02}".format(*day.isocalendar())
    assert found == [day.isoformat(), week, day.isoformat()[:7], day.isoformat()[:4]]


@given(DAYS, st.sampled_from(STEPS))
def test_a_name_leads_back_to_its_period(day: date, step: Step) -> None:
    number = int(numbers(step, np.array([day.toordinal()], np.int32))[0])
    assert number_of(step, name(step, number)) == number


@given(DAYS, DAYS)
def test_the_finest_step_that_is_not_too_fine_fits(one: date, other: date) -> None:
    first, last = sorted((one, other))
    step = fitting(first, last)
    assert step == "year" or count(step, first, last) <= MOST[step]
    for finer in STEPS[: STEPS.index(step)]:
        assert count(finer, first, last) > MOST[finer]


@pytest.mark.parametrize("step", STEPS)
def test_periods_follow_each_other(step: Step) -> None:
    ordinals = np.arange(
        date(2015, 12, 1).toordinal(), date(2017, 2, 1).toordinal(), dtype=np.int32
    )
    steps = np.diff(numbers(step, ordinals))
    assert set(steps.tolist()) <= {0, 1}
