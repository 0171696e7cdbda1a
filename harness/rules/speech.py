"""Speech and the input buffer."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event
from harness.rules.catalogue import Remark, View, rule

STARTED = "input_audio_buffer.speech_started"
STOPPED = "input_audio_buffer.speech_stopped"
PADDING_MS = 300
"""The default of `prefix_padding_ms`, by which speech starts before it was noticed."""
SLACK_MS = 1000
"""How far the times of speech may be beyond the audio in the log: the padding, and what is on its way."""


@rule("TIM701", "speech-ends-before-it-starts", "error", "server", "documented", on=(STOPPED,))
def speech_ends_before_it_starts(view: View, event: Event) -> Iterator[Remark]:
    """Find speech whose end is before its start.

    What: `audio_end_ms` is less than the `audio_start_ms` of the same speech.
    Why: A client that cuts the user's audio by these numbers gets nothing.
    Source: Both count milliseconds of the audio sent to the buffer during the session.
    Do: Report it to the server.
    """
    start, end = view.state.speech_start_ms, event.body.get("audio_end_ms")
    same = view.state.speech == event.body.get("item_id")
    if same and isinstance(start, int) and isinstance(end, int) and end < start:
        yield Remark(f"speech ends at {end} ms and started at {start} ms", pointer="/audio_end_ms")


@rule("TIM702", "speech-starts-in-the-past", "warning", "server", "documented", on=(STARTED,))
def speech_starts_in_the_past(view: View, event: Event) -> Iterator[Remark]:
    """Find speech that starts before the last one ended.

    What: `audio_start_ms` is less than the `audio_end_ms` of the speech before, by more than the padding.
    Why: A client that cuts the user's audio by these numbers has the same words twice.
    Source: Both count milliseconds of the audio sent during the session; prefix_padding_ms is included.
    Do: Report it to the server.
    """
    start, before = event.body.get("audio_start_ms"), view.state.speech_end_ms
    padding = value_at(view.state.setting("turn_detection"), "prefix_padding_ms")
    allowed = max(PADDING_MS, padding) if isinstance(padding, int) else PADDING_MS
    if isinstance(start, int) and isinstance(before, int) and start < before - allowed:
        message = f"speech starts at {start} ms; the speech before ended at {before} ms"
        yield Remark(message, pointer="/audio_start_ms")


@rule(
    "TIM703",
    "negative-time",
    "error",
    "server",
    "documented",
    on=(STARTED, STOPPED, "input_audio_buffer.timeout_triggered", "conversation.item.truncated"),
)
def negative_time(view: View, event: Event) -> Iterator[Remark]:
    """Find a time in the audio before its beginning.

    What: `audio_start_ms` or `audio_end_ms` is negative.
    Why: A client that cuts audio by these numbers takes the wrong end of it.
    Source: Milliseconds from the start of all audio written to the buffer.
    Do: Report it to the server.
    """
    for name in ("audio_start_ms", "audio_end_ms"):
        value = event.body.get(name)
        if isinstance(value, int) and value < 0:
            yield Remark(f"{name} is {value}", pointer=f"/{name}", expected=("0",))


@rule(
    "TIM704",
    "speech-beyond-the-audio",
    "warning",
    "server",
    "documented",
    on=(STARTED, STOPPED),
    needs=("client", "start", "input audio"),
)
def speech_beyond_the_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find speech in audio that was never sent.

    What: `audio_start_ms` or `audio_end_ms` is beyond the audio that the client had sent.
    Why: The announced format is not the one that is sent, so the server counts another rate; or the server is wrong.
    Source: Milliseconds from the start of all audio written to the buffer during the session.
    Do: Compare the input format of the last `session.updated` with the audio that is sent.
    """
    name = "audio_start_ms" if event.type.endswith("started") else "audio_end_ms"
    at, sent = event.body.get(name), view.state.input_ms
    if isinstance(at, int) and sent and at > sent + SLACK_MS:
        yield Remark(f"{name} is {at}; {sent:.0f} ms of audio had been sent", pointer=f"/{name}")


@rule("ORD312", "speech-starts-twice", "error", "server", "documented", on=(STARTED,))
def speech_starts_twice(view: View, event: Event) -> Iterator[Remark]:
    """Find speech that starts while other speech goes on.

    What: `input_audio_buffer.speech_started` comes while the speech of another item has not stopped.
    Why: The first turn never ends for a client that waits for its `speech_stopped`.
    Source: speech_started and speech_stopped alternate in all recorded sessions (9 of 9 turns); a commit or a clear by
        the client ends the speech too.
    Do: Report it to the server; the client should end the first turn.
    """
    if view.state.speech and view.state.speech != event.body.get("item_id"):
        yield Remark(f"speech starts while the speech of {view.state.speech} has not stopped")


@rule("CAU512", "speech-without-voice-activity-detection", "error", "server", "documented", on=(STARTED, STOPPED))
def speech_without_detection(view: View, event: Event) -> Iterator[Remark]:
    """Find speech events while voice activity detection is off.

    What: The server reports speech although `turn_detection` is null.
    Why: The client owns the turn and will be talked over.
    Source: speech_started and speech_stopped are sent in server VAD mode only.
    Do: Look at the last `session.updated`; report it to the server if detection is off there.
    """
    state = view.state
    known = state.config_seen and state.knows_setting("turn_detection")
    if not known or state.setting("turn_detection") is not None or state.waiting(">session.update"):
        return
    if event.type == STARTED or not state.speech:  # what began while it was on may end when it is off
        yield Remark(f"`{event.type}` comes although turn_detection is null")


@rule(
    "CAU513",
    "timeout-not-asked-for",
    "warning",
    "server",
    "documented",
    on=("input_audio_buffer.timeout_triggered",),
    needs=("settings",),
)
def timeout_not_asked_for(view: View, event: Event) -> Iterator[Remark]:
    """Find an idle timeout that is not set.

    What: `input_audio_buffer.timeout_triggered` comes although `idle_timeout_ms` is null or voice activity detection
        is not `server_vad`.
    Why: The model speaks although nobody asked it to break the silence.
    Source: idle_timeout_ms: optional timeout after which a model response will be triggered automatically.
    Do: Look at the last `session.updated`; report it to the server.
    """
    detection = view.state.setting("turn_detection")
    if not view.state.knows_setting("turn_detection"):
        return
    if value_at(detection, "type") != "server_vad" or value_at(detection, "idle_timeout_ms") is None:
        yield Remark("an idle timeout was triggered, and none is set")
