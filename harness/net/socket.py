"""One client's WebSocket: frames in, the Replayer's events out, several in one write."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.protocol import State
from websockets.server import ServerProtocol

from harness.model import JSON, Rule
from harness.net import offer
from harness.net.frames import text_frames
from harness.net.judging import BACKLOG
from harness.replay import complaints
from harness.replay.actions import Action, Close, Complain, Send
from harness.replay.wire import loads

if TYPE_CHECKING:
    from uvicorn.config import Config
    from uvicorn.server import ServerState

    from harness.net.jury import Seat
    from harness.net.mock import Mock
    from harness.replay.replayer import Replayer

MAX_SIZE = 32 * 1024 * 1024
"""15 MiB of audio per event is the documented limit; in base64, with its frame, that is 20 MiB."""

ABNORMAL = 1006
"""The code of a connection that ended without a closing frame (RFC 6455, section 7.4.1)."""


class Socket(asyncio.Protocol):
    """Takes over a connection from uvicorn when a client asks for a WebSocket."""

    def __init__(self, mock: Mock, config: Config, server_state: ServerState, app_state: dict[str, Any]) -> None:
        self._mock, self._connections = mock, server_state.connections
        self._protocol = ServerProtocol(max_size=MAX_SIZE, select_subprotocol=offer.select_subprotocol)
        self._timer: asyncio.TimerHandle | None = None
        self._fragments: list[bytes] = []
        self._paused = False
        self._seat: Seat | None = None
        self._early: list[Frame] = []
        """What the client sent before the script was there."""

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin to speak for uvicorn's HTTP protocol, which has read the handshake."""
        self._transport = cast(asyncio.Transport, transport)
        self._connections.add(self)  # type: ignore[arg-type]

    def data_received(self, data: bytes) -> None:
        """Take in what the client sent."""
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._shake_hands(event)
            elif isinstance(event, Frame):
                self._take_frame(event)
        self._flush()
        if self._protocol.parser_exc is not None:
            self._complain(complaints.TOO_LARGE, f"the connection was closed: {self._protocol.parser_exc}")
            self._transport.close()
        elif self._protocol.state is not State.OPEN:
            self._transport.close()

    def eof_received(self) -> None:
        """Let the transport close: the client will send nothing more."""
        self._protocol.receive_eof()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tidy up behind the client."""
        self._connections.discard(self)
        self._stop_timer()
        if self._seat is not None:
            code = self._protocol.close_rcvd.code if self._protocol.close_rcvd else ABNORMAL
            self._look_back(self._seat, code)
            self._remark(f"Connection closed with code {code}")
        self._mock.release(self, self._seat)

    def _look_back(self, seat: Seat, code: int) -> None:
        """Complain about how the client left."""
        if seat.replayer.active is not None:
            self._complain(complaints.GONE, f"the client left with code {code} while a response was in progress")
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
        self._wake()

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
        if self._protocol.state is State.OPEN:
            if self._seat is not None and self._seat.tape is not None:
                self._seat.tape.event(self._mock.now_ns(), "server", body)
            self._transport.write(text_frames([body]))

    def close(self, code: int, reason: str) -> None:
        """Say goodbye with a code; the client is to close then."""
        self._stop_timer()
        if self._protocol.state is State.OPEN:
            self._protocol.send_close(code, reason)
            self._flush()

    def drop(self) -> None:
        """End the connection without a word."""
        self._stop_timer()
        self._transport.abort()

    # The handshake

    def _shake_hands(self, request: Request) -> None:
        if offer.wants_other_protocol(request):
            response = self._protocol.reject(404, f"{request.path}: the Live API is not served here\n")
        else:
            response = self._protocol.accept(request)
        self._protocol.send_response(response)
        if response.status_code != 101:
            self._mock.tell(f"a handshake failed: {(response.body or b'').decode(errors='replace').strip()}")
            return
        self._flush()
        self._request = request
        self._mock.welcome(self)

    def begin(self) -> None:
        """Greet the client, and take in what it sent meanwhile."""
        self._seat = self._mock.admit(self._request.path, offer.speaks_beta(self._request))
        self._seat.connection.attach(self)
        self._remark("Connection established")
        self.perform(self._seat.replayer.open(self._mock.now_ns()))
        early, self._early = self._early, []
        for frame in early:
            self._take_frame(frame)

    # Frames of the client

    def _take_frame(self, frame: Frame) -> None:
        if self._seat is None:
            self._early.append(frame)
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
        elif body is not None:
            self._complain(complaints.NOT_JSON, f"a JSON value that is no object: {_shown(text)}")
        self.perform(seat.replayer.feed(body, now, place))

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

    def perform(self, actions: list[Action]) -> None:
        """Do what the Replayer asks for, and come back when it is time."""
        if self._seat is None:
            return
        bodies: list[bytes] = []
        bench, tape = self._seat.bench, self._seat.tape
        for action in actions:
            if isinstance(action, Send):
                bodies.append(action.body)
                bench.note(action.at_ns, "server", action.body)
                if tape is not None:
                    tape.event(action.at_ns, "server", action.body)
            elif isinstance(action, Complain):
                bench.complain(action.finding)
        if bench.backlog > BACKLOG:
            bench.work(BACKLOG // 10)
        if self._protocol.state is State.OPEN:
            self._transport.write(text_frames(bodies))
            self._close_if_asked(actions)
            self._arm(self._seat.replayer)

    def _close_if_asked(self, actions: list[Action]) -> None:
        for action in actions:
            if isinstance(action, Close):
                self._protocol.send_close(action.code, action.reason)
                self._flush()

    def _arm(self, replayer: Replayer) -> None:
        """Set the timer to what comes next."""
        self._stop_timer()
        due = replayer.next_ns
        if due is not None and not self._paused:
            self._timer = self._mock.call_at(due, self._wake)

    def _wake(self) -> None:
        self._timer = None
        if self._seat is None:
            return
        now, due = self._mock.now_ns(), self._seat.replayer.next_ns
        if due is not None and due <= now:
            self._mock.lateness.add(now - due)
        self.perform(self._seat.replayer.wake(now))

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
