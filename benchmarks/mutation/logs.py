"""The good sessions that are mutated, and what is known of each before."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import harness
from benchmarks.mutation.structure import Structure
from harness.model import Event, Place, Report
from harness.protocol.dialects import Dialect, get
from harness.rules.monitor import Monitor

SHARED = Path(__file__).parents[2] / ".." / "shared" / "corpus"
START, STEP = 1_760_000_000_000_000_000, 50_000_000
"""The stamps that logs without any are given, in nanoseconds: the first, and from one event to the next."""
HELD_OUT = (
    "azure_voice_live_ws__tool_call_round",
    "azure_ws__tool_call_round",
    "openai_ws__message_history_seeding",
    "xai_ws__audio_in_server_vad_turn",
)
"""One session of each vendor that has several: no rule is written or changed because of what happens to these."""


@dataclass(frozen=True)
class Log:
    """A good session, its events numbered without gaps: an event's `seq` is its index, its line one more."""

    name: str
    dialect: Dialect
    events: tuple[Event, ...]

    @property
    def held_out(self) -> bool:
        """Tell whether the session is used for scoring only."""
        return self.name in HELD_OUT

    @cached_property
    def structure(self) -> Structure:
        """Return what the dialect's declarations say of the events."""
        return Structure(self.dialect, self.events)

    @cached_property
    def report(self) -> Report:
        """Return the report on the session as it is."""
        return check(self.events)

    @cached_property
    def invented(self) -> frozenset[str]:
        """Return the rules that speak of the stamps which damaged texts are given, and not of their damage."""
        stamped = [event._replace(at_ns=START + index * STEP) for index, event in enumerate(self.events)]
        spoken = {one.code for one in check(stamped).findings}
        return frozenset(spoken - {one.code for one in self.report.findings})


def check(events: Iterable[Event]) -> Report:
    """Judge events."""
    monitor = Monitor()
    for event in events:
        monitor.feed(event)
    return monitor.finish()


def numbered(events: Sequence[Event]) -> tuple[Event, ...]:
    """Return the events with `seq` and line set to their index; those that fit are not copied."""
    return tuple(
        event
        if event.seq == index and event.place.line == index + 1
        else event._replace(seq=index, place=Place("", index + 1, 1))
        for index, event in enumerate(events)
    )


def load(path: Path) -> Log:
    """Read one good session of any shape."""
    session = harness.load(str(path))
    return Log(path.stem, get(session.dialect), numbered(session.events))


def corpus(root: Path = SHARED) -> tuple[Log, ...]:
    """Read every good session; none where the recordings are not at hand."""
    paths = [root / "seed.txt", *sorted((root / "sessions").glob("*"))]
    return tuple(load(path) for path in paths if path.is_file())
