"""How recorded time passes when it is replayed."""

from typing import NamedTuple

LONGEST_LATENCY_NS = 4_000_000_000
"""Clients give up on an item that is not acknowledged within 5 s (CLIENTS.md, point 19)."""

QUIET_NS = 200_000_000
"""After this silence on the wire a client has sent all the audio it wanted to: `silence_duration_ms` by default."""

MISSING_NS = 1_000_000_000
"""The same while it has sent fewer pieces of audio than the recorded client had."""


class Pace(NamedTuple):
    """The speed of a replay."""

    speed: float = 1.0
    """How many times faster than recorded; 0 is without any delay."""

    def of(self, recorded_ns: int) -> int:
        """Return how long a recorded gap takes."""
        return int(recorded_ns / self.speed) if self.speed else 0

    def latency(self, recorded_ns: int) -> int:
        """Return how long an answer takes that the client waits for."""
        return self.of(min(recorded_ns, LONGEST_LATENCY_NS))
