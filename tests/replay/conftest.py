"""Scripts to talk to: the seed's, in both dialects, and a small session with a tool call."""

import pytest
from recordings import SEED, recorded, script_of, tool_call

from harness.api import load
from harness.model import Session
from harness.protocol.translate import translate
from harness.replay.script import Script


@pytest.fixture(scope="session")
def seed_session() -> Session:
    return load(SEED)


@pytest.fixture(scope="session")
def seed(seed_session: Session) -> Script:
    return script_of(seed_session)


@pytest.fixture(scope="session")
def seed_ga(seed_session: Session) -> Script:
    return script_of(translate(seed_session, "openai-ga").session)


@pytest.fixture(scope="session")
def tool_session() -> Session:
    """A session of today's protocol: a tool is called, its result given, and a sentence answered."""
    return recorded("openai-ga", *tool_call())


@pytest.fixture(scope="session")
def tool(tool_session: Session) -> Script:
    return script_of(tool_session)


@pytest.fixture(scope="session")
def slow_tool() -> Script:
    """The same, 10 ms between two events."""
    return script_of(recorded("openai-ga", *tool_call(), every_ms=10))
