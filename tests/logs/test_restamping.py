"""A time that a log writes in its own way is not lost."""

import pytest
from entry_makers import made
from hypothesis import given
from hypothesis import strategies as st

from harness.logs.restamping import restamped
from harness.logs.stamps import at_ns


@given(st.integers(0, 4_000_000_000_000_000_000))
def test_a_time_is_written_with_all_its_digits(moment: int) -> None:
    entry = restamped(made({"type": "x"})._replace(at_ns=moment, stamp="1344.1 ms"))
    assert at_ns(entry.stamp) == moment


def test_unix_seconds_become_a_stamp_in_utc() -> None:
    entry = made({"type": "x"})._replace(at_ns=1729158304_964348200, stamp="1729158304.9643482")
    assert restamped(entry).stamp == "2024-10-17T09:45:04.9643482Z"
    assert restamped(entry._replace(at_ns=1729158304_000000000)).stamp == "2024-10-17T09:45:04Z"


@pytest.mark.parametrize("stamp", ["2024-10-17T11:45:04.9643482+02:00", "2024-10-17 11:45:04,123", "", "soon"])
def test_a_stamp_that_says_its_time_and_one_that_says_none_stay(stamp: str) -> None:
    entry = made({"type": "x"}, stamp=stamp)
    assert restamped(entry) is entry


def test_a_time_beyond_the_calendar_keeps_the_stamp_of_the_log() -> None:
    entry = made({"type": "x"})._replace(at_ns=10**21, stamp="1e12")
    assert restamped(entry).stamp == "1e12"
