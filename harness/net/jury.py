"""The judges of a mock's connections, and what they found."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, deque
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from harness.model import Report
from harness.net.judging import WindowedMonitor
from harness.replay.bench import Bench, verdict
from harness.replay.cancel import DELTAS
from harness.replay.rehearsal import Rehearsal
from harness.replay.replayer import Replayer
from harness.replay.tape import Tape
from harness.replay.vocabulary import Vocabulary

if TYPE_CHECKING:
    from harness.net.connection import Connection
    from harness.net.repertoire import Piece
    from harness.replay.script import Script
    from harness.reports.checked import Checked
    from harness.scenarios.disturbed import Disturbed
    from harness.scenarios.expectation import Follower

SLICE_S = 0.001
"""How long is judged between two rounds of the loop."""
PAUSE_S = 0.005
"""Between two slices, so that judging costs clients a fifth of the time at most."""
IDLE_S = 0.05
"""The same while there was nothing to judge."""
FIRST_CLIENTS_S = 1.0
"""After its start a mock is there for clients alone for this time."""
CROWD = 50
"""When so many that have left are not judged yet, nothing else comes before it: they must not pile up."""
SHOWN = {"errors": 1_000, "warnings": 100, "notes": 100, "clean": 100}
"""Of so many connections with each verdict the report is kept; of the others, how many there were."""

LiveBench: TypeAlias = Bench[WindowedMonitor]


class Seat(NamedTuple):
    """What a client has for itself."""

    script: Script
    """What it is served."""
    bench: LiveBench
    """Its judge."""
    replayer: Replayer | Disturbed
    """Its server."""
    rehearsal: Rehearsal | None
    """What it must do, in strict mode."""
    tape: Tape | None
    """What keeps its events."""
    connection: Connection
    """What is known of it outside."""
    follower: Follower | None = None
    """What follows the scenario's expectations."""

    def canonical(self, event_type: str) -> str:
        """Return the canonical name of an event type of this connection."""
        return self.script.vocabulary.canonical(event_type)


class Jury:
    """Judges all connections of a mock, a moment at a time."""

    def __init__(self, is_late: Callable[[], bool]) -> None:
        """`is_late` tells whether clients wait for what is due, so that judging must."""
        self._is_late = is_late
        self._prepared = False
        self._benches: deque[LiveBench] = deque()
        """Of connections that are open or not judged to their end."""
        self._open: set[LiveBench] = set()
        self.connections = 0
        """How many clients have come so far."""
        self._done: list[Checked] = []
        self.verdicts: Counter[str] = Counter()
        """How many connections that are over had each verdict."""
        self._totals: Counter[str] = Counter()
        self._exercised: set[str] = set()
        self._idle: dict[str, str] = {}
        self._judging: asyncio.TimerHandle | None = None
        self._pause_s = IDLE_S

    def bench(self, piece: Piece) -> LiveBench:
        """Return the judge of a new connection."""
        self.connections += 1
        name, vocabulary = f"connection {self.connections}", piece.script.vocabulary
        judge = partial(WindowedMonitor, vocabulary.dialect, name)
        bench = Bench(name, judge, joined_types(vocabulary), piece.faults)
        self._benches.append(bench)
        self._open.add(bench)
        self._judge_soon()
        return bench

    def release(self, bench: LiveBench) -> None:
        """Let a client that has left be judged to its end; its findings stay."""
        self._open.discard(bench)
        self._judge_soon()

    async def prepare(self, pieces: Sequence[Piece]) -> None:
        """Import the rules and judge the recordings in a thread; nothing is judged before that.

        It takes half a second of the interpreter, which the first clients must not pay for: they come first.
        """
        await asyncio.sleep(FIRST_CLIENTS_S)
        await asyncio.to_thread(lambda: [piece.faults() for piece in pieces])
        self._prepared = True
        self._judge_soon()

    def stop(self) -> None:
        """Leave the rest to `report`; every connection is over."""
        self._prepared = False
        self._open.clear()
        if self._judging is not None:
            self._judging.cancel()

    def _judge_soon(self) -> None:
        if self._judging is None and self._prepared and self._benches:
            waiting = len(self._benches) - len(self._open)
            pause = self._pause_s if self._open and waiting < CROWD else 0
            self._judging = asyncio.get_running_loop().call_later(pause, self._judge_some)

    def _judge_some(self) -> None:
        """Judge for a moment, one connection after the other; go on while there are any."""
        self._judging = None
        if self._is_late():
            self._judge_soon()
            return
        ends = time.perf_counter() + SLICE_S
        self._pause_s = IDLE_S
        for _ in range(len(self._benches)):
            bench = self._benches[0]
            while bench.backlog and time.perf_counter() < ends:
                bench.work(1)
                self._pause_s = PAUSE_S
            if bench.backlog:
                break
            self._benches.rotate(-1)
            if bench not in self._open:
                self._benches.remove(bench)
                self._settle(bench)
        self._judge_soon()

    def _settle(self, bench: LiveBench) -> None:
        """Keep what is worth keeping of a connection that is over: memory must not grow with every client."""
        from harness.reports.checked import Checked

        report = bench.finish()
        self._totals.update(events=report.events)
        self._exercised.update(report.exercised)
        self._idle.update(report.not_exercised)
        kept = bench.judge.kept
        bench.dismiss()
        self.verdicts[report.verdict] += 1
        if self.verdicts[report.verdict] <= SHOWN[report.verdict]:
            self._done.append(Checked(report, context=kept))

    def checked(self) -> list[Checked]:
        """Return the report of each connection with what is needed to show it; of an open one, what is known so far."""
        for bench in [bench for bench in self._benches if bench not in self._open]:
            self._benches.remove(bench)
            self._settle(bench)
        return [*self._done, *map(_so_far, self._benches)]

    def report(self, path: str, late_p99_ns: int) -> Report:
        """Return the findings of all connections so far."""
        checked = self.checked()
        findings = tuple(finding for one in checked for finding in one.report.findings)
        return Report(
            path=path,
            dialect=checked[0].report.dialect if checked else "",
            findings=findings,
            verdict=verdict(findings),
            exercised=tuple(sorted(self._exercised)),
            not_exercised={code: why for code, why in sorted(self._idle.items()) if code not in self._exercised},
            events=self._totals["events"] + sum(bench.count for bench in self._benches),
            statistics={"connections": self.connections, "late_p99_ns": late_p99_ns, **self.verdicts},
        )


def _so_far(bench: LiveBench) -> Checked:
    from harness.reports.checked import Checked

    return Checked(bench.so_far(), context=bench.judge.kept)


def joined_types(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the types of deltas that carry text."""
    wire = vocabulary.wire
    return frozenset(wire[name] for name, (_, field) in DELTAS.items() if field and name in wire)
