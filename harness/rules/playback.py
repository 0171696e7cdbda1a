"""Playback over WebRTC and SIP, and what telephones send."""

from collections.abc import Iterator

from harness.model import Event
from harness.rules.catalogue import Remark, View, rule

KEYS = frozenset("0123456789*#ABCD")


@rule(
    "DIA620",
    "playback-over-websocket",
    "warning",
    "server",
    "documented",
    on=("output_audio_buffer.started", "output_audio_buffer.stopped"),
    needs=("start",),
)
def playback_over_websocket(view: View, event: Event) -> Iterator[Remark]:
    """Find events of WebRTC's playback in a session over a WebSocket.

    What: `output_audio_buffer` events come although the audio goes over the socket.
    Why: Over a WebSocket the client plays the audio, and alone knows when it stops.
    Source: output_audio_buffer.started, .stopped: WebRTC/SIP only.
    Do: Do not pause the microphone by these events; report it to the server.
    """
    if view.state.over_websocket:
        yield Remark(f"`{event.type}` comes although the audio goes over this connection")


@rule(
    "CNT473",
    "key-is-on-no-telephone",
    "warning",
    "server",
    "documented",
    on=("input_audio_buffer.dtmf_event_received",),
)
def key_is_on_no_telephone(view: View, event: Event) -> Iterator[Remark]:
    """Find a pressed key that no telephone has.

    What: `event` is none of 0-9, *, #, A-D, or `received_at` is no time.
    Why: A menu that is driven by keys does nothing.
    Source: input_audio_buffer.dtmf_event_received (SIP only): the telephone keypad that was pressed by the user, and
        the UTC Unix timestamp.
    Do: Report it to the server.
    """
    key, at = event.body.get("event"), event.body.get("received_at")
    if isinstance(key, str) and key not in KEYS:
        yield Remark(f"the key is {key!r}", pointer="/event")
    elif isinstance(at, int) and at <= 0:
        yield Remark(f"received_at is {at}", pointer="/received_at")
