"""One client's WebSocket: frames in, the Replayer's events out, several in one write."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

import orjson
from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from harness.model import JSON, Rule, Side
from harness.net import offer
from harness.net.frames import binary_frame, text_frames
from harness.net.greeting import configured
from harness.net.judging import BACKLOG
from harness.replay import complaints
from harness.replay.actions import Close, Complain, Send
from harness.replay.wire import loads
from harness.scenarios.acts import Binary, Cut, Deliver, Drop, Meant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from harness.net.jury import Seat
    from harness.net.mock import Mock
    from harness.replay.replayer import Replayer
    from harness.scenarios.acts import Act
    from harness.scenarios.disturbed import Disturbed
    from harness.scenarios.expectation import Expectation
    from harness.scenarios.fault import Fault

MAX_SIZE = 32 * 1024 * 1024
"""15 MiB of audio per event is the documented limit; in base64, with its frame, that is 20 MiB."""

PARTING_S = 5.0
"""A client that does not answer a goodbye is left after this time."""

ABNORMAL = 1006
"""The code of a connection that ended without a closing frame (RFC 6455, section 7.4.1)."""


PEACEFUL = frozenset({1000, 1001, 1005})
"""The codes with which a client leaves that is content: closed, going away, and closed without a code."""


class Socket(asyncio.Protocol):
    """Takes over a connection from uvicorn when a client asks for a WebSocket."""

    def __init__(self, mock: Mock, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        self._mock, self._connections = mock, server_state.connections
        self._protocol = ServerProtocol(
            max_size=MAX_SIZE, select_subprotocol=offer.select_subprotocol, extensions=[offer.DEFLATE]
        )
        self._timer: asyncio.TimerHandle | None = None
        self._due_ns = 0
        """When the timer was to wake us."""
        self._parting: asyncio.TimerHandle | None = None
        self._fragments: list[bytes] = []
        self._paused = False
        self._refused = False
        self._seat: Seat | None = None
        self._player: Replayer | Disturbed
        """Its server; things may begin to go wrong with it later."""
        self._unheard: deque[Frame] = deque()
        """What the client sent before the script was there, or while it does not read what it gets."""

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to speak for uvicorn's HTTP protocol, which has read the handshake."""
        self._transport = cast(asyncio.Transport, transport)
        self._connections.add(self)  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Take in what the client sent."""
        if self._protocol.parser_exc is not None:
            return
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._shake_hands(event)
            elif isinstance(event, Frame):
                self._take_frame(event)
        self._flush()
        if self._protocol.parser_exc is not None:
            self._complain(complaints.TOO_LARGE, f"the connection was closed: {self._protocol.parser_exc}")
            self._part()
        elif self._protocol.close_rcvd or self._protocol.handshake_exc or self._refused:
            self._transport.close()

    def _part(self) -> None:
        """End our side, and take what still comes: to close at once would reset the connection under our last words."""
        self._stop_timer()
        if self._parting is None:
            self._parting = asyncio.get_running_loop().call_later(PARTING_S, self._transport.abort)
            if self._protocol.parser_exc is not None and self._transport.can_write_eof():
                self._transport.write_eof()

    def eof_received(self) -> None:
        """Let the transport close: the client will send nothing more."""
        self._protocol.receive_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tidy up behind the client."""
        self._connections.discard(self)
        self._stop_timer()
        if self._parting is not None:
            self._parting.cancel()
        if self._seat is not None:
            code = self._protocol.close_rcvd.code if self._protocol.close_rcvd else ABNORMAL
            self._look_back(self._seat, code)
            self._remark(f"Connection closed with code {code}")
        self._mock.release(self, self._seat)

    def _look_back(self, seat: Seat, code: int) -> None:
        """Complain about how the client left."""
        if self._player.next_ns is not None:
            seat.bench.cut_short()
        if seat.replayer.active is not None:
            self._complain(complaints.GONE, f"the client left with code {code} while a response was in progress")
        if seat.follower is not None:
            self._hold_against(seat, seat.follower.finish(left_badly=code not in PEACEFUL))
        missing = seat.rehearsal.missing() if seat.rehearsal else ()
        if missing:
            message = f"the client left without sending {len(missing)} of the recorded events"
            place = seat.bench.place()
            seat.bench.complain(complaints.complaint(complaints.OFF_SCRIPT, place, message, missing))

    def pause_writing(self) -> None:
        """Stop sending to a client that does not read."""
        self._paused = True
        self._stop_timer()
        self._transport.pause_reading()

    def resume_writing(self) -> None:
        """Go on where the client made us stop."""
        self._paused = False
        self._transport.resume_reading()
        if self._seat is not None:
            self.perform(self._player.wake(self._mock.now_ns()))
        self._hear()

    def _hear(self) -> None:
        """Take in what waited to be heard, as long as the client takes in what it gets for it."""
        while self._unheard and not self._paused:
            self._take_frame(self._unheard.popleft())

    def shutdown(self) -> None:
        """Close politely: 1001, going away."""
        self._stop_timer()
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(1001, "the mock server is shutting down")
            self._flush()
        self._transport.close()

    # What the user does by hand

    def inject(self, body: bytes) -> None:
        """Send an event that the Replayer knows nothing of, and nobody is blamed for."""
        if self._seat is not None:
            try:
                event = loads(body)
            except ValueError:
                event = None
            if isinstance(event, dict):
                if self._seat.tape is not None:
                    self._seat.tape.event(self._mock.now_ns(), "server", body)
                self._follow(self._mock.now_ns(), "server", event)
            else:
                self._remark("Malformed on purpose: " + _shown(body))
        self._write([body])

    def disturb(self, fault: Fault) -> None:
        """Let something go wrong from now on."""
        from harness.scenarios.disturbed import Disturbed

        if self._seat is not None:
            if not isinstance(self._player, Disturbed):
                self._player = self._mock.disturbed(self._player, self._seat.bench, self._seat.connection.number)
            self._player.add(fault)

    def close(self, code: int, reason: str) -> None:
        """Say goodbye with a code; the client is to close then."""
        if self._protocol.state is State.OPEN:
            self._remark(f"Closing with code {code} {reason}".strip())
            self._protocol.send_close(code, reason)
            self._flush()
        self._part()

    def drop(self) -> None:
        """End the connection without a word."""
        self._stop_timer()
        self._transport.abort()

    # The handshake

    def _shake_hands(self, request: Request) -> None:
        response = self._refusal(request) or self._protocol.accept(request)
        self._refused = response.status_code != 101
        self._protocol.send_response(response)
        if self._refused:
            self._mock.tell(f"a handshake failed: {(response.body or b'').decode(errors='replace').strip()}")
            return
        self._flush()
        self._request = request
        self._mock.welcome(self)

    def _refusal(self, request: Request) -> Response | None:
        """Return why a client may not come in, as the real server says it."""
        if offer.wants_other_protocol(request):
            return self._protocol.reject(404, f"{request.path}: the Live API is not served here\n")
        objection = self._mock.keys.objection(offer.key_of(request), self._mock.now_ns() // 1_000_000_000)
        if objection is None:
            return None
        response = self._protocol.reject(401, orjson.dumps(objection).decode())
        del response.headers["Content-Type"]
        response.headers["Content-Type"] = "application/json"
        return response

    def begin(self) -> None:
        """Greet the client, and take in what it sent meanwhile."""
        self._seat = self._mock.admit(self._request)
        self._player = self._seat.replayer
        self._seat.connection.attach(self)
        self._remark("Connection established")
        missing = offer.omissions(self._request)
        if missing:
            self._complain(complaints.NOT_AZURE, f"{offer.masked(self._request.path)} lacks {missing}")
        self.perform(self._opening())
        self._hear()

    def _opening(self) -> Sequence[Act]:
        """Return the greeting; who comes with an ephemeral key finds the session that was asked for with it."""
        acts = self._player.open(self._mock.now_ns())
        asked = self._mock.keys.session_of(offer.key_of(self._request))
        return [configured(act, asked, self._seat) for act in acts] if asked and self._seat else acts

    # Frames of the client

    def _take_frame(self, frame: Frame) -> None:
        if self._seat is None or self._paused:
            self._unheard.append(frame)
        elif frame.opcode is Opcode.TEXT or frame.opcode is Opcode.CONT:
            self._fragments.append(bytes(frame.data))
            if frame.fin:
                text, self._fragments = b"".join(self._fragments), []
                self._take_text(text, self._seat)
        elif frame.opcode is Opcode.BINARY:
            self._complain(complaints.BINARY, f"a binary frame of {len(frame.data)} bytes; it was ignored")

    def _take_text(self, text: bytes, seat: Seat) -> None:
        now = self._mock.now_ns()
        try:
            body = loads(text)
        except ValueError as error:
            self._complain(complaints.NOT_JSON, f"{error}; the frame begins {_shown(text)}")
            body = None
        place = seat.bench.place()
        if isinstance(body, dict):
            self._rehearse(body, seat)
            seat.bench.note(now, "client", body)
            if seat.tape is not None:
                seat.tape.event(now, "client", body)
                self._mock.arrivals.add(body)
            if seat.follower is not None:
                self._follow(now, "client", body)
        elif body is not None:
            self._complain(complaints.NOT_JSON, f"a JSON value that is no object: {_shown(text)}")
        self.perform(self._player.feed(body, now, place))

    def _follow(self, at_ns: int, side: Side, body: dict[str, JSON]) -> None:
        """Hold the client to what the scenario expects."""
        if self._seat is None or self._seat.follower is None:
            return
        name = self._seat.canonical(str(body.get("type")))
        self._hold_against(self._seat, self._seat.follower.see(at_ns, side, name, body))

    def _hold_against(self, seat: Seat, broken: Iterable[tuple[Expectation, str]]) -> None:
        """Tell what a client has not done as the scenario expects, with what a right one does."""
        advice = seat.follower.advice if seat.follower else ""
        for expectation, told in broken:
            message = f"{told}. {expectation.says}".strip()
            seat.bench.complain(
                replace(complaints.complaint(complaints.EXPECTED, seat.bench.place(), message), hint=advice)
            )

    def _rehearse(self, event: dict[str, JSON], seat: Seat) -> None:
        wrong = seat.rehearsal.follow(event) if seat.rehearsal else ""
        if wrong:
            self._complain(complaints.OFF_SCRIPT, wrong)

    def _remark(self, text: str) -> None:
        if self._seat is not None and self._seat.tape is not None:
            self._seat.tape.remark(self._mock.now_ns(), text)

    def _complain(self, rule: Rule, message: str) -> None:
        if self._seat is not None:
            bench = self._seat.bench
            bench.complain(complaints.complaint(rule, bench.place(), message))

    # What the Replayer wants

    def perform(self, acts: Sequence[Act]) -> None:
        """Do what the Replayer asks for, and come back when it is time."""
        if self._seat is None:
            return
        bodies: list[bytes] = []
        bench, tape, follower = self._seat.bench, self._seat.tape, self._seat.follower
        for act in acts:
            if isinstance(act, Send):
                bodies.append(act.body)
                bench.note(act.at_ns, "server", act.body)
                if tape is not None:
                    tape.event(act.at_ns, "server", act.body)
                if follower is not None:
                    self._follow(act.at_ns, "server", loads(act.body))
            elif isinstance(act, Complain):
                bench.complain(act.finding)
            else:
                self._write(bodies)
                bodies = []
                self._perform_fault(act, self._seat)
        if bench.backlog > BACKLOG:
            bench.work(BACKLOG // 10)
        self._write(bodies)
        if self._protocol.state is State.OPEN:
            self._arm()

    def _write(self, bodies: list[bytes]) -> None:
        if self._protocol.state is not State.OPEN or self._transport.is_closing() or not bodies:
            return
        if self._protocol.extensions:
            for body in bodies:
                self._protocol.send_text(body)
            self._flush()
        else:
            self._transport.write(text_frames(bodies))

    def _perform_fault(self, act: Act, seat: Seat) -> None:
        """Do what is no plain sending of an event."""
        if isinstance(act, Close):
            self.close(act.code, act.reason)
        elif isinstance(act, Drop):
            self.drop()
        elif isinstance(act, Meant):
            seat.bench.note(act.at_ns, "server", act.body)
        elif isinstance(act, Deliver):
            self.inject(act.body)
        elif isinstance(act, Binary):
            self._transport.write(binary_frame(act.body))
        elif isinstance(act, Cut):
            frame = text_frames([act.body])
            self._transport.write(frame[: len(frame) // 2])
            self._transport.close()

    def _arm(self) -> None:
        """Set the timer to what comes next."""
        self._stop_timer()
        due = self._player.next_ns
        if due is not None and not self._paused:
            self._due_ns = due
            self._timer = self._mock.call_at(due, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if self._seat is None:
            return
        now = self._mock.now_ns()
        self._mock.lateness.add(max(now - self._due_ns, 0))
        self.perform(self._player.wake(now))

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _flush(self) -> None:
        data = b"".join(self._protocol.data_to_send())
        if data:
            self._transport.write(data)


def _shown(text: bytes) -> str:
    return repr(text[:60].decode(errors="replace"))
