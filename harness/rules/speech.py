"""Speech and the input buffer."""

from collections.abc import Iterator

from harness.model import Event
from harness.rules.catalogue import Remark, View, rule


@rule(
    "TIM701", "speech-ends-before-it-starts", "error", "server", "documented", on=("input_audio_buffer.speech_stopped",)
)
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


@rule("ORD312", "speech-starts-twice", "error", "server", "documented", on=("input_audio_buffer.speech_started",))
def speech_starts_twice(view: View, event: Event) -> Iterator[Remark]:
    """Find speech that starts while other speech goes on.

    What: `input_audio_buffer.speech_started` comes while the speech of another item has not stopped.
    Why: The first turn never ends for a client that waits for its `speech_stopped`.
    Source: speech_started and speech_stopped alternate in all recorded sessions (9 of 9 turns).
    Do: Report it to the server; the client should end the first turn.
    """
    if view.state.speech and view.state.speech != event.body.get("item_id"):
        yield Remark(f"speech starts while the speech of {view.state.speech} has not stopped")


@rule(
    "CAU512",
    "speech-without-voice-activity-detection",
    "error",
    "server",
    "documented",
    on=("input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"),
)
def speech_without_detection(view: View, event: Event) -> Iterator[Remark]:
    """Find speech events while voice activity detection is off.

    What: The server reports speech although `turn_detection` is null.
    Why: The client owns the turn and will be talked over.
    Source: speech_started and speech_stopped are sent in server VAD mode only.
    Do: Look at the last `session.updated`; report it to the server if detection is off there.
    """
    known = view.state.config_seen and view.state.knows_setting("turn_detection")
    if known and view.state.setting("turn_detection") is None:
        yield Remark(f"`{event.type}` comes although turn_detection is null")
