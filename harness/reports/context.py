"""Remembers the events around each finding while a log streams by, in bounded memory."""

from collections import deque
from collections.abc import Sequence
from typing import NamedTuple

from harness.model import Event, Finding, Side
from harness.reports.gist import gist

REACH = 512
"""Events looked back to. A long answer has about two hundred deltas; the events are kept as they are and
summed up only when a finding asks for them."""

BEFORE = 2
"""Events shown before the one a finding points at."""


class Summary(NamedTuple):
    """One event in the context of a finding."""

    seq: int
    line: int
    since_start_ns: int | None
    """Since the first stamped event of the log; None when either has no stamp."""
    side: Side
    type: str
    gist: str


class Window:
    """The last events of a log; what findings point at is kept for good."""

    def __init__(self) -> None:
        self.kept: dict[int, Summary] = {}
        """The events that the findings so far point at and the ones just before, by `seq`."""
        self._recent: deque[Event] = deque(maxlen=REACH)
        self._start_ns: int | None = None

    def see(self, event: Event) -> None:
        """Take in the next event of the log."""
        self._recent.append(event)
        if self._start_ns is None:
            self._start_ns = event.at_ns

    def keep(self, findings: Sequence[Finding]) -> None:
        """Keep the events that these findings point at, as far as the window still has them."""
        for finding in findings:
            self._keep(_wanted(finding))

    def _keep(self, wanted: set[int]) -> None:
        earliest = min(wanted, default=None)
        if earliest is None:
            return
        for event in reversed(self._recent):
            if event.seq < earliest:
                break
            if event.seq in wanted and event.seq not in self.kept:
                self.kept[event.seq] = self._summary(event)

    def _summary(self, event: Event) -> Summary:
        known = event.at_ns is not None and self._start_ns is not None
        since = event.at_ns - self._start_ns if known else None  # type: ignore[operator]
        return Summary(event.seq, event.place.line, since, event.side, event.type, gist(event.body))


def _wanted(finding: Finding) -> set[int]:
    wanted = {witness.seq for witness in finding.witnesses}
    if finding.seq is not None:
        wanted.update(range(max(0, finding.seq - BEFORE), finding.seq + 1))
    return wanted


def around(finding: Finding, kept: dict[int, Summary]) -> list[Summary]:
    """Return what is known of the events around a finding, in the order of the log.

    A witness that had left the window is shown with what the finding itself knows of it.
    """
    shown = {seq: kept[seq] for seq in _wanted(finding) if seq in kept}
    for witness in finding.witnesses:
        shown.setdefault(witness.seq, Summary(witness.seq, witness.place.line, None, "unknown", witness.type, ""))
    return [shown[seq] for seq in sorted(shown)]
