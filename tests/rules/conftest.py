"""What the tests of the rules share."""

import pytest
from talk import Talk
from words import session_created


@pytest.fixture
def talk() -> Talk:
    """Return a session that has just been opened."""
    talk = Talk()
    talk.server << session_created()
    return talk
