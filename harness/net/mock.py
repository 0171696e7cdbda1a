"""What the connections of one mock server share: the script, the clock, the findings."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.net import offer
from harness.net.arrivals import Arrivals
from harness.net.keys import Keys

if TYPE_CHECKING:
    from websockets.http11 import Request

    from harness.net.connection import Connection
    from harness.net.jury import Jury, LiveBench, Seat
    from harness.net.repertoire import Piece, Repertoire
    from harness.net.socket import Socket
    from harness.replay.replayer import Replayer
    from harness.replay.responses import WhenDone
    from harness.replay.script import Script
    from harness.scenarios.disturbed import Disturbed
    from harness.scenarios.fault import Fault
    from harness.scenarios.scenario import Scenario


@dataclass(frozen=True, slots=True)
class Options:
    """How a recording is served."""

    speed: float = 1.0
    """How many times faster than recorded; 0 is without any delay."""
    when_done: WhenDone = "repeat"
    strict: bool = False
    """Whether the client must send what was recorded, in that order."""
    recordings: int = 0
    """Of how many connections what passed is kept; the oldest that are over go first."""
    keys: tuple[str, ...] = ()
    """The keys of which a client must have one; any will do when there are none."""
    faults: tuple[Fault, ...] = ()
    """What goes wrong in every connection."""
    scenario: Scenario | None = None
    seed: int = 0
    """What chance draws from: the same seed, the same faults."""


KNOWN = 100
"""Of so many connections that are over is known what they were."""

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
    """A mock server: greets clients at once, and gives each a Replayer when the scripts are there."""

    def __init__(self, options: Options, tell: Callable[[str], None] = lambda line: None) -> None:
        """`tell` is given lines for the user, such as a hint about a client that came with TLS."""
        self.options, self.tell = options, tell
        self.url = ""
        self.is_serving = True
        self.keys = Keys(options.keys)
        self.arrivals = Arrivals()
        self.lateness = Lateness()
        self.sessions: list[Connection] = []
        """The connections that are open, and the last of those that are over."""
        self.on_release: Callable[[Connection], None] = lambda connection: None
        """Is called with every connection that is over."""
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

    # The scripts

    def perform(self, *scripts: Script) -> None:
        """Serve some scripts from now on, also to those who came too early for them."""
        from harness.net.jury import Jury
        from harness.net.repertoire import Repertoire

        self._repertoire, self._jury = Repertoire(scripts), Jury(self.lateness.is_felt)
        self._preparing = asyncio.create_task(self._jury.prepare(self._repertoire.pieces))
        self._ready.set()
        waiting, self._waiting = self._waiting, []
        for socket in waiting:
            socket.begin()

    async def repertoire(self) -> Repertoire:
        """Return what is served, once it is there."""
        await self._ready.wait()
        return self._repertoire

    @property
    def jury(self) -> Jury:
        """Return who judges the connections; there is a jury when there are scripts."""
        return self._jury

    def close(self) -> None:
        """Judge no more in between; the report does the rest."""
        self.is_serving = False
        if self._ready.is_set():
            self._preparing.cancel()
            self._jury.stop()

    # Connections

    def welcome(self, socket: Socket) -> None:
        """Let a client begin when the scripts are there."""
        if self._ready.is_set():
            socket.begin()
        else:
            self._waiting.append(socket)

    def admit(self, request: Request) -> Seat:
        """Return what a new client needs: a judge, a server and, in strict mode, a prompter of its own."""
        from harness.net.connection import Connection
        from harness.net.jury import Seat
        from harness.replay.ids import Ids
        from harness.replay.pacing import Pace
        from harness.replay.rehearsal import Rehearsal
        from harness.replay.replayer import Replayer
        from harness.replay.tape import Tape

        piece, options = self._repertoire.choose(request.path), self.options
        script, bench = piece.script, self._jury.bench(piece)
        number = self._jury.connections
        replayer = Replayer(script, Ids(self.fresh_token()), Pace(options.speed), options.when_done)
        replayer.model = self._repertoire.model_for(request.path)
        tape = Tape(f"connection {number}", script.vocabulary.dialect) if options.recordings else None
        connection = Connection(number, offer.masked(request.path), script.recording.path, bench, tape)
        self.sessions.append(connection)
        if offer.speaks_beta(request):
            self._expect_beta(bench, piece)
        rehearsal = Rehearsal(script.client) if options.strict else None
        if not options.faults and options.scenario is None:
            return Seat(script, bench, replayer, rehearsal, tape, connection)
        from harness.scenarios.expectation import Follower

        scenario = options.scenario
        follower = Follower(scenario.expect, f"{scenario.name}: {scenario.client}") if scenario else None
        disturbed = self.disturbed(replayer, bench, number)
        return Seat(script, bench, disturbed, rehearsal, tape, connection, follower)

    def disturbed(self, replayer: Replayer, bench: LiveBench, number: int) -> Disturbed:
        """Return a server with which the things go wrong that the user wants to."""
        from harness.scenarios.disturbed import Disturbed
        from harness.scenarios.making import Cast

        options, scenario = self.options, self.options.scenario
        chance = random.Random(options.seed * 1_000_003 + number).random
        cast = Cast(replayer.script, scenario.responses, options.when_done) if scenario and scenario.responses else None
        faults = (*options.faults, *(scenario.faults if scenario else ()))
        return Disturbed(replayer, faults, chance, bench.excuse, cast, scenario.settings if scenario else None)

    def _expect_beta(self, bench: LiveBench, piece: Piece) -> None:
        """Warn about a client of the beta where something else is served."""
        from harness.replay.complaints import WRONG_DIALECT, complaint

        vocabulary = piece.script.vocabulary
        if "response.output_text.delta" in vocabulary.server:
            message = f"the client's handshake selects the beta; this mock serves {vocabulary.dialect}"
            bench.complain(complaint(WRONG_DIALECT, bench.place(), message))
            self.tell(f"{message}: serve it with --as openai-beta")

    def release(self, socket: Socket, seat: Seat | None) -> None:
        """Let go of a client that has left; its findings stay."""
        if seat is not None:
            seat.connection.attach(None)
            self._jury.release(seat.bench)
            self.on_release(seat.connection)
            self._forget()
        elif socket in self._waiting:
            self._waiting.remove(socket)

    def _forget(self) -> None:
        """Keep of the connections that are over only the last: memory must not grow with every client."""
        over = [connection for connection in self.sessions if not connection.is_open]
        surplus = len(over) - max(self.options.recordings, KNOWN)
        if surplus > 0:
            dropped = set(over[:surplus])
            self.sessions = [connection for connection in self.sessions if connection not in dropped]
