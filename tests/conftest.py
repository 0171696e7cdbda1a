"""What every folder of tests may use."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("harness", deadline=None)  # a busy machine is no fault of the code
settings.load_profile("harness")

ROOT = Path(__file__).parents[1]


@pytest.fixture
def seed() -> Path:
    """Return the log the project started from, with its indentation."""
    return ROOT / "fixtures" / "sessions" / "seed.yaml"


@pytest.fixture
def seed_flat() -> Path:
    """Return the same log as it was pasted, its indentation lost."""
    return ROOT / "fixtures" / "recovery" / "seed-flat.txt"
