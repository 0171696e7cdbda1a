"""Checked sessions made by hand."""

import pytest
from sample_findings import DIVERGES, EVENTS, NOTE, report

from harness.reports.checked import Checked
from harness.reports.context import Window


@pytest.fixture
def diverging() -> Checked:
    window = Window()
    for one in EVENTS:
        window.see(one)
    window.keep([DIVERGES, NOTE])
    return Checked(report(DIVERGES, NOTE), complete=True, context=window.kept)


@pytest.fixture
def clean() -> Checked:
    return Checked(report())


@pytest.fixture
def torn() -> Checked:
    return Checked(report(), complete=False)
