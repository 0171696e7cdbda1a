"""What the connections of one mock server share: the script, the clock, the findings."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harness.net.jury import Jury, LiveBench, Seat
    from harness.net.socket import Socket
    from harness.replay.responses import WhenDone
    from harness.replay.script import Script


@dataclass(frozen=True, slots=True)
class Options:
    """How a recording is served."""

    speed: float = 1.0
    """How many times faster than recorded; 0 is without any delay."""
    when_done: WhenDone = "repeat"
    strict: bool = False
    """Whether the client must send what was recorded, in that order."""


FELT_NS = 1_000_000
"""A millisecond: what a timer of the loop is late by anyhow."""


class Lateness:
    """How late the timers were, in nanoseconds."""

    def __init__(self) -> None:
        self.samples: list[int] = [0]

    def add(self, late_ns: int) -> None:
        """Count one; only the last 100 000 are kept."""
        self.samples.append(late_ns)
        if len(self.samples) > 200_000:
            del self.samples[:100_000]

    def is_felt(self) -> bool:
        """Tell whether the last timer was late enough for clients to feel it."""
        return self.samples[-1] > FELT_NS

    def percentile(self, share: float) -> int:
        """Return the lateness that `share` of the timers did not exceed."""
        ordered = sorted(self.samples)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


class Mock:
    """A mock server: greets clients at once, and gives each a Replayer when the script is there."""

    def __init__(self, options: Options, tell: Callable[[str], None] = lambda line: None) -> None:
        """`tell` is given lines for the user, such as a hint about a client that came with TLS."""
        self.options, self.tell = options, tell
        self.url = ""
        self.lateness = Lateness()
        self._zero_ns = time.time_ns() - time.monotonic_ns()
        self._waiting: list[Socket] = []
        self._ready = asyncio.Event()

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
        from harness.replay import ids

        return ids.stamp(int(time.time())) + ids.base62(secrets.randbits(48), 8)

    # The script

    def perform(self, script: Script) -> None:
        """Serve a script from now on, also to those who came too early for it."""
        from harness.net.jury import Jury

        self._script, self._jury = script, Jury(script, self.lateness.is_felt)
        self._preparing = asyncio.create_task(self._jury.prepare())
        self._ready.set()
        waiting, self._waiting = self._waiting, []
        for socket in waiting:
            socket.begin()

    async def script(self) -> Script:
        """Return the script, once it is there."""
        await self._ready.wait()
        return self._script

    @property
    def jury(self) -> Jury:
        """Return who judges the connections; there is a jury when there is a script."""
        return self._jury

    def close(self) -> None:
        """Judge no more in between; the report does the rest."""
        if self._ready.is_set():
            self._preparing.cancel()
            self._jury.stop()

    # Connections

    def welcome(self, socket: Socket) -> None:
        """Let a client begin when the script is there."""
        if self._ready.is_set():
            socket.begin()
        else:
            self._waiting.append(socket)

    def admit(self, speaks_beta: bool) -> Seat:
        """Return what a new client needs: a judge, a server and, in strict mode, a prompter of its own."""
        from harness.net.jury import Seat
        from harness.replay.ids import Ids
        from harness.replay.pacing import Pace
        from harness.replay.rehearsal import Rehearsal
        from harness.replay.replayer import Replayer

        bench, options = self._jury.bench(), self.options
        replayer = Replayer(self._script, Ids(self.fresh_token()), Pace(options.speed), options.when_done)
        if speaks_beta:
            self._expect_beta(bench)
        return Seat(bench, replayer, Rehearsal(self._script.client) if options.strict else None)

    def _expect_beta(self, bench: LiveBench) -> None:
        """Warn about a client of the beta where something else is served."""
        from harness.replay.complaints import WRONG_DIALECT, complaint

        if "response.output_text.delta" in self._script.vocabulary.server:
            message = f"the client's handshake selects the beta; this mock serves {self._script.vocabulary.dialect}"
            bench.complain(complaint(WRONG_DIALECT, bench.place(), message))
            self.tell(f"{message}: serve it with --as openai-beta")

    def release(self, socket: Socket, seat: Seat | None) -> None:
        """Forget a client that has left; its findings stay."""
        if seat is not None:
            self._jury.release(seat.bench)
        elif socket in self._waiting:
            self._waiting.remove(socket)
