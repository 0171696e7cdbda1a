"""What the connections of one mock server share: the script, the clock, the findings."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from harness.model import Finding, Report
from harness.net.judging import WindowedMonitor
from harness.replay import complaints, ids
from harness.replay.bench import Bench, verdict
from harness.replay.ids import Ids
from harness.replay.pacing import Pace
from harness.replay.rehearsal import Rehearsal
from harness.replay.replayer import Replayer
from harness.replay.responses import WhenDone
from harness.replay.script import Script

if TYPE_CHECKING:
    from websockets.http11 import Request

    from harness.net.socket import Socket
    from harness.reports.checked import Checked

SLICE = 32
"""How many events are judged at a time between two rounds of the loop: about a millisecond's worth."""
PAUSE_S = 0.02
"""Between two slices."""


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
        self._benches: list[Bench[WindowedMonitor]] = []
        self._open: set[Socket] = set()
        self._judging: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

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

    @property
    def connections(self) -> int:
        """Return how many clients have come so far."""
        return len(self._benches)

    def admit(self, socket: Socket) -> tuple[Bench[WindowedMonitor], Replayer, Rehearsal | None]:
        """Return what a new client needs: a judge and a server of its own."""
        self._open.add(socket)
        name = f"connection {len(self._benches) + 1}"
        bench = Bench(name, partial(WindowedMonitor, self.script.vocabulary.dialect, name))
        self._benches.append(bench)
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

    def release(self, socket: Socket) -> None:
        """Forget a client that has left; its findings stay."""
        self._open.discard(socket)

    # Judging

    def _judge_soon(self) -> None:
        if self._judging is None:
            self._judging = asyncio.get_running_loop().call_later(PAUSE_S, self._judge_some)

    def _judge_some(self) -> None:
        """Judge a slice; go on while clients are there or events wait."""
        self._judging = None
        waiting = next((bench for bench in self._benches if bench.backlog), None)
        if waiting is not None:
            waiting.work(SLICE)
        if waiting is not None or self._open:
            self._judge_soon()

    def stop_judging(self) -> None:
        """Leave the rest to `report`."""
        if self._judging is not None:
            self._judging.cancel()

    def checked(self) -> list[Checked]:
        """Return the report of each connection with what is needed to show it."""
        from harness.reports.checked import Checked

        return [Checked(bench.finish(), context=bench.judge.kept) for bench in self._benches]

    def report(self) -> Report:
        """Return the findings of all connections so far; those that are still open end here."""
        reports = [bench.finish() for bench in self._benches]
        findings: tuple[Finding, ...] = tuple(finding for report in reports for finding in report.findings)
        exercised = sorted({code for report in reports for code in report.exercised})
        idle = {code: why for report in reports for code, why in report.not_exercised.items()}
        return Report(
            path=self.url,
            dialect=self.script.vocabulary.dialect,
            findings=findings,
            verdict=verdict(findings),
            exercised=tuple(exercised),
            not_exercised={code: why for code, why in sorted(idle.items()) if code not in exercised},
            entries=sum(report.entries for report in reports),
            events=sum(report.events for report in reports),
            statistics={"connections": len(reports), "late_p99_ns": self.lateness.percentile(0.99)},
        )
