"""Hypothesis strategies: sessions that break no rule, for property tests of clients, parsers and rules.

    from hypothesis import given
    from harness.strategies import sessions

    @given(sessions("openai-ga"))
    def test_my_client_survives(session): ...

A failing example is made small: few turns, few pieces. Needs `hypothesis`, which harness itself does not import.
"""

from hypothesis import strategies as st

from harness.events import event_of
from harness.generation import generate
from harness.model import Entry, Event, Session
from harness.protocol.dialects import all_dialects

MOST_TURNS = 3
"""How many turns a session of the strategies has at most, unless told otherwise."""


def dialects() -> st.SearchStrategy[str]:
    """Return a strategy for the names of all dialects."""
    return st.sampled_from(sorted(all_dialects()))


@st.composite
def entries(draw: st.DrawFn, dialect: str | None = None, turns: int = MOST_TURNS) -> tuple[Entry, ...]:
    """Return a strategy for the entries of a session; of any dialect when None is named, with up to `turns` turns.

    Raises:
        UsageError: there is no such dialect.
    """
    name = dialect if dialect is not None else draw(dialects())
    count = draw(st.integers(0, turns))
    return tuple(generate(name, draw(st.randoms(use_true_random=False)), count))


@st.composite
def sessions(draw: st.DrawFn, dialect: str | None = None, turns: int = MOST_TURNS) -> Session:
    """Return a strategy for whole sessions; of any dialect when None is named, with up to `turns` turns.

    Raises:
        UsageError: there is no such dialect.
    """
    name = dialect if dialect is not None else draw(dialects())
    made = draw(entries(name, turns))
    found = (event_of(seq, entry) for seq, entry in enumerate(made))
    return Session("", name, made, tuple(event for event in found if event is not None))


def events(dialect: str | None = None, turns: int = MOST_TURNS) -> st.SearchStrategy[tuple[Event, ...]]:
    """Return a strategy for the events of a session, both sides in the order in which they came."""
    return sessions(dialect, turns).map(lambda session: session.events)
