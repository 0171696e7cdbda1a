"""The benchmarks are no installed package: tests find them in the checkout."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2]))

from benchmarks.mutation.logs import Log, corpus


@pytest.fixture(scope="session")
def logs() -> dict[str, Log]:
    """Return the good sessions by name."""
    found = {log.name: log for log in corpus()}
    if not found:
        pytest.skip("the recordings in ../shared/corpus are not at hand")
    return found
