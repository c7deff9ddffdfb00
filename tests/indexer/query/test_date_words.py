"""Dates in the words of a query, in three languages; and words that are none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.date_words import find_date_words

READ = [
    ("bank settlement December 2012", "December 2012", "2012-12-01", "2012-12-31"),
    ("settlement of December, 2012", "December, 2012", "2012-12-01", "2012-12-31"),
    ("fraud in 2014", "in 2014", "2014-01-01", "2014-12-31"),
    ("fraud during 2014 Ohio", "during 2014", "2014-01-01", "2014-12-31"),
    ("since 2015 fentanyl", "since 2015", "2015-01-01", ""),
    ("fentanyl from 2015", "from 2015", "2015-01-01", ""),
    ("fentanyl after March 2015", "after March 2015", "2015-04-01", ""),
    ("fentanyl before 2013", "before 2013", "", "2012-12-31"),
    ("fentanyl until June 2013", "until June 2013", "", "2013-06-30"),
    ("last spring of 2016", "last spring of 2016", "2016-03-01", "2016-05-31"),
    ("raids in the fall of 2017", "in the fall of 2017", "2017-09-01", "2017-11-30"),
    ("winter 2016", "winter 2016", "2015-12-01", "2016-02-29"),
    ("between 2014 and 2016 bribery", "between 2014 and 2016", "2014-01-01", "2016-12-31"),
    ("from May 2014 to 2016", "from May 2014 to 2016", "2014-05-01", "2016-12-31"),
    ("section 1957 bribery in 2014", "in 2014", "2014-01-01", "2014-12-31"),
    ("bribery 2014-2016", "2014-2016", "2014-01-01", "2016-12-31"),
    ("bribery in 2014–2016", "in 2014–2016", "2014-01-01", "2016-12-31"),
    ("verdict March 5, 2014", "March 5, 2014", "2014-03-05", "2014-03-05"),
    ("verdict on 5th March 2014", "on 5th March 2014", "2014-03-05", "2014-03-05"),
    ("verdict Sept. 2015", "Sept. 2015", "2015-09-01", "2015-09-30"),
    ("Florida tax fraud sentenced 2014", "2014", "2014-01-01", "2014-12-31"),
    ("may 2015", "may 2015", "2015-05-01", "2015-05-31"),
    ("bribery in 2014 and 2015", "in 2014 and 2015", "2014-01-01", "2015-12-31"),
    ("murder and December 2015", "December 2015", "2015-12-01", "2015-12-31"),
    ("murder and arson in 2015", "in 2015", "2015-01-01", "2015-12-31"),
    ("взятка в 2014 году", "в 2014 году", "2014-01-01", "2014-12-31"),
    ("взятка за 2014 год", "за 2014 год", "2014-01-01", "2014-12-31"),
    ("с 2015 года пытки", "с 2015 года", "2015-01-01", ""),
    ("пытки до 2016 года", "до 2016 года", "", "2015-12-31"),
    ("пытки в декабре 2012", "в декабре 2012", "2012-12-01", "2012-12-31"),
    ("5 мая 2013 года", "5 мая 2013 года", "2013-05-05", "2013-05-05"),
    ("весной 2016 года пытки", "весной 2016 года", "2016-03-01", "2016-05-31"),
    ("с 2014 по 2016 год", "с 2014 по 2016 год", "2014-01-01", "2016-12-31"),
    ("азаптау 2014 жылы", "2014 жылы", "2014-01-01", "2014-12-31"),
    ("2015 жылдан бері азаптау", "2015 жылдан бері", "2015-01-01", ""),
    ("2016 жылға дейін", "2016 жылға дейін", "", "2015-12-31"),
    ("2012 жылғы желтоқсан", "2012 жылғы желтоқсан", "2012-12-01", "2012-12-31"),
    ("2016 жылдың көктемінде", "2016 жылдың көктемінде", "2016-03-01", "2016-05-31"),
]
NO_DATES = [
    "2008 financial crisis",  # a year alone may be anything
    "Olympics 2014",
    "statute section 2014",
    "in May",
    "in 2,014",
    "18 USC 2014",
    "18 U.S.C. §§ 1956 and 1957",
    "sections 1956 and 1957",
    "18 USC 1956-1957",
    "§1983 and 1985 claims",
    "money laundering sections 1952, 1956 and 1957",
    "31 February 2014",
    "in 2014 and in 2016",
    "1:14-cr-2014",
    "$2014",
    "may marketing",
    "spring break",
    "in 1789",
    # Joined to a word, or beside nothing that it could be the year of.
    "murder and 2015",
    "murder arson or 2015",
    "the murder & 2015",
    "убийство и 2015",
    "the murders 2015",
    # A gap that nobody named.
    "bribery in 2012 and 2016",
]


@pytest.mark.parametrize(("text", "words", "since", "until"), READ)
def test_dates_are_read(text: str, words: str, since: str, until: str) -> None:
    found = find_date_words(text)
    assert found
    assert text[found.start : found.end] == words
    ends = [str(day) if day else "" for day in (found.since, found.until)]
    assert ends == [since, until]


@pytest.mark.parametrize("text", NO_DATES)
def test_what_is_no_date_for_sure_is_left_alone(text: str) -> None:
    assert find_date_words(text) is None


def test_a_long_list_of_citations_is_read_once() -> None:
    assert find_date_words("§ " + "1and" * 5_000 + "! in 2014")


PIECES = st.sampled_from(["in", "since", "2014", "May", "fall", "of", "5", "год", "-", "жылы", "İ"])


@given(st.lists(PIECES).map(" ".join))
def test_any_words_can_be_read(text: str) -> None:
    found = find_date_words(text)
    assert found is None or 0 <= found.start < found.end <= len(text)
