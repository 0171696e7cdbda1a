"""What the connections of one mock server share: the script, the clock, the findings."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias

from harness.model import Report
from harness.net.judging import WindowedMonitor
from harness.replay import complaints, ids
from harness.replay.bench import Bench, verdict
from harness.replay.cancel import DELTAS
from harness.replay.ids import Ids
from harness.replay.pacing import Pace
from harness.replay.rehearsal import Rehearsal
from harness.replay.replayer import Replayer
from harness.replay.responses import WhenDone
from harness.replay.script import Script
from harness.replay.vocabulary import Vocabulary

if TYPE_CHECKING:
    from websockets.http11 import Request

    from harness.net.socket import Socket
    from harness.reports.checked import Checked

SLICE_S = 0.001
"""How long is judged between two rounds of the loop."""
PAUSE_S = 0.01
"""Between two slices."""
SHOWN = 100
"""Reports of so many connections without findings are kept."""


LiveBench: TypeAlias = Bench[WindowedMonitor]


@dataclass(frozen=True, slots=True)
class Options:
    """How a recording is served."""

    speed: float = 1.0
    """How many times faster than recorded; 0 is without any delay."""
    when_done: WhenDone = "repeat"
    strict: bool = False
    """Whether the client must send what was recorded, in that order."""


class Lateness:
    """How late the timers were, in nanoseconds."""

    def __init__(self) -> None:
        self.samples: list[int] = []

    def add(self, late_ns: int) -> None:
        """Count one; only the last 100 000 are kept."""
        self.samples.append(late_ns)
        if len(self.samples) > 200_000:
            del self.samples[:100_000]

    def percentile(self, share: float) -> int:
        """Return the lateness that `share` of the timers did not exceed."""
        ordered = sorted(self.samples)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0


class Mock:
    """A mock server: makes a Replayer for every client, and judges all of them."""

    def __init__(self, script: Script, options: Options, tell: Callable[[str], None] = lambda line: None) -> None:
        """`tell` is given lines for the user, such as a hint about a client that came with TLS."""
        self.script, self.options, self.tell = script, options, tell
        self.url = ""
        self.lateness = Lateness()
        self._zero_ns = time.time_ns() - time.monotonic_ns()
        self.connections = 0
        """How many clients have come so far."""
        self._benches: deque[LiveBench] = deque()
        """Of connections that are open or not judged to their end."""
        self._open: set[LiveBench] = set()
        self._done: list[Checked] = []
        self._totals: Counter[str] = Counter()
        self._exercised: set[str] = set()
        self._idle: dict[str, str] = {}
        self._faults: frozenset[str] | None = None
        self._judging: asyncio.TimerHandle | None = None

    # Clock and chance

    def now_ns(self) -> int:
        """Return the time, on a clock that never goes back."""
        return self._zero_ns + time.monotonic_ns()

    def call_at(self, at_ns: int, callback: Callable[[], Any]) -> asyncio.TimerHandle:
        """Call back at a time of `now_ns`."""
        loop = asyncio.get_running_loop()
        return loop.call_later(max(at_ns - self.now_ns(), 0) / 1e9, callback)

    def fresh_token(self) -> str:
        """Return what makes the ids of one connection its own."""
        return ids.stamp(int(time.time())) + ids.base62(secrets.randbits(48), 8)

    @property
    def model(self) -> str:
        """Return the model that the recording was made with."""
        return str(self.script.session.get("model", "gpt-realtime"))

    # Connections

    def admit(self) -> tuple[LiveBench, Replayer, Rehearsal | None]:
        """Return what a new client needs: a judge, a server and, in strict mode, a prompter of its own."""
        self.connections += 1
        name = f"connection {self.connections}"
        vocabulary = self.script.vocabulary
        judge = partial(WindowedMonitor, vocabulary.dialect, name)
        bench = Bench(name, judge, joined_types(vocabulary), self._recorded_faults)
        self._benches.append(bench)
        self._open.add(bench)
        pace = Pace(self.options.speed)
        replayer = Replayer(self.script, Ids(self.fresh_token()), pace, self.options.when_done)
        self._judge_soon()
        return bench, replayer, Rehearsal(self.script.client) if self.options.strict else None

    def greet(self, socket: Socket, request: Request) -> None:
        """Look at a client's handshake."""
        from harness.net.offer import speaks_beta

        if speaks_beta(request) and "response.output_text.delta" in self.script.vocabulary.server:
            message = f"the client's handshake selects the beta; this mock serves {self.script.vocabulary.dialect}"
            socket.bench.complain(complaints.complaint(complaints.WRONG_DIALECT, socket.bench.place(), message))
            self.tell(f"{message}: serve it with --as openai-beta")

    def release(self, bench: LiveBench) -> None:
        """Let a client that has left be judged to its end; its findings stay."""
        self._open.discard(bench)

    # Judging

    def _recorded_faults(self) -> frozenset[str]:
        """Return the codes of what is wrong with the recording itself."""
        if self._faults is None:
            from harness.rules.monitor import Monitor

            monitor = Monitor(self.script.vocabulary.dialect)
            for event in self.script.recording.events:
                monitor.feed(event)
            self._faults = frozenset(finding.code for finding in monitor.finish().findings)
        return self._faults

    def _judge_soon(self) -> None:
        if self._judging is None:
            self._judging = asyncio.get_running_loop().call_later(PAUSE_S, self._judge_some)

    def _judge_some(self) -> None:
        """Judge for a moment, one connection after the other; go on while there are any."""
        self._judging = None
        ends = time.perf_counter() + SLICE_S
        for _ in range(len(self._benches)):
            bench = self._benches[0]
            while bench.backlog and time.perf_counter() < ends:
                bench.work(1)
            if bench.backlog:
                break
            self._benches.rotate(-1)
            if bench not in self._open:
                self._benches.remove(bench)
                self._settle(bench)
        if self._benches:
            self._judge_soon()

    def stop_judging(self) -> None:
        """Leave the rest to `report`."""
        if self._judging is not None:
            self._judging.cancel()

    def _settle(self, bench: LiveBench) -> None:
        """Keep what is worth keeping of a connection that is over: memory must not grow with every client."""
        from harness.reports.checked import Checked

        report = bench.finish()
        self._totals.update(events=report.events)
        self._exercised.update(report.exercised)
        self._idle.update(report.not_exercised)
        if report.findings or len(self._done) < SHOWN:
            self._done.append(Checked(report, context=bench.judge.kept))

    def checked(self) -> list[Checked]:
        """Return the report of each connection with what is needed to show it; those that are open end here."""
        for bench in self._benches:
            self._settle(bench)
        self._benches.clear()
        return self._done

    def report(self) -> Report:
        """Return the findings of all connections so far; those that are open end here."""
        findings = tuple(finding for one in self.checked() for finding in one.report.findings)
        return Report(
            path=self.url,
            dialect=self.script.vocabulary.dialect,
            findings=findings,
            verdict=verdict(findings),
            exercised=tuple(sorted(self._exercised)),
            not_exercised={code: why for code, why in sorted(self._idle.items()) if code not in self._exercised},
            events=self._totals["events"],
            statistics={"connections": self.connections, "late_p99_ns": self.lateness.percentile(0.99)},
        )


def joined_types(vocabulary: Vocabulary) -> frozenset[str]:
    """Return the types of deltas that carry text."""
    wire = vocabulary.wire
    return frozenset(wire[name] for name, (_, field) in DELTAS.items() if field and name in wire)
