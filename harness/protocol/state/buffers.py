"""The input buffer, speech in it, its transcription, and WebRTC's playback."""

from collections.abc import Callable, Mapping

from harness.engine.paths import value_at
from harness.model import Event
from harness.protocol.state.audio import bytes_per_ms
from harness.protocol.state.records import Conversation, keep, text_at

TOO_SMALL = "input_audio_buffer_commit_empty"
"""The code by which a commit of less than 100 ms is refused."""


def _append(state: Conversation, event: Event) -> None:
    state.over_websocket = True
    size = state.input.hear(event.body.get("audio"))
    state.appended = (event.seq, event.place)
    rate = state.input_rate = bytes_per_ms(state.setting("input_format"))
    if rate is None:
        state.input.exact = False
    else:
        state.input_ms += size / rate


def _emptied(state: Conversation, _: Event) -> None:
    state.input.empty()


def _commit(state: Conversation, _: Event) -> None:
    state.input.empty()
    state.commits += 1


def _refused(state: Conversation, event: Event) -> None:
    if value_at(event.body, "error.code") == TOO_SMALL:  # what was sent before stays in the buffer
        state.input.exact = False


def _started(state: Conversation, event: Event) -> None:
    state.speech = text_at(event.body, "item_id")
    state.speech_start_ms = event.body.get("audio_start_ms")


def _stopped(state: Conversation, event: Event) -> None:
    state.speech = ""
    state.speech_end_ms = event.body.get("audio_end_ms")


def _committed(state: Conversation, event: Event) -> None:
    item_id = text_at(event.body, "item_id")
    state.commits += 1
    keep(state.committed, item_id, (event.seq, event.place))
    if state.setting("transcription") is not None:
        keep(state.untranscribed, item_id, (event.seq, event.place))


def _transcribing(state: Conversation, event: Event) -> None:
    item_id = text_at(event.body, "item_id")
    if item_id not in state.transcribing:
        keep(state.transcribing, item_id, event.seq)
    state.untranscribed.pop(item_id, None)


def _transcribed(state: Conversation, event: Event) -> None:
    item_id = text_at(event.body, "item_id")
    state.untranscribed.pop(item_id, None)
    state.transcribing.pop(item_id, None)
    state.segments.pop(item_id, None)


def _segment(state: Conversation, event: Event) -> None:
    _transcribing(state, event)
    item_id = text_at(event.body, "item_id")
    if item_id not in state.segments:
        keep(state.segments, item_id, set())
    state.segments[item_id].add(text_at(event.body, "id"))


def _playback(state: Conversation, _: Event) -> None:
    state.playback = True


REDUCERS: Mapping[str, Callable[[Conversation, Event], None]] = {
    ">input_audio_buffer.append": _append,
    ">input_audio_buffer.commit": _commit,
    ">input_audio_buffer.clear": _emptied,
    "error": _refused,
    "input_audio_buffer.committed": _committed,
    "input_audio_buffer.speech_started": _started,
    "input_audio_buffer.speech_stopped": _stopped,
    "conversation.item.input_audio_transcription.delta": _transcribing,
    "conversation.item.input_audio_transcription.completed": _transcribed,
    "conversation.item.input_audio_transcription.failed": _transcribed,
    "conversation.item.input_audio_transcription.segment": _segment,
    "output_audio_buffer.started": _playback,
    "output_audio_buffer.stopped": _playback,
    "output_audio_buffer.cleared": _playback,
}
