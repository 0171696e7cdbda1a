"""What a client must not do with the session, its buffers and its audio."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import JSON, Event
from harness.protocol.state.audio import is_base64, is_placeholder, payload_size
from harness.rules.catalogue import END, NOTHING, Remark, View, rule
from harness.rules.session import spoke

UPDATE = ">session.update"
APPEND = ">input_audio_buffer.append"
COMMIT = ">input_audio_buffer.commit"
LARGEST = 15 * 1024 * 1024
"""How many bytes of audio one event may carry."""
SHORTEST_MS = 100
"""How much audio a commit needs."""
WHISPER = "gpt-realtime-whisper"
"""A model that transcribes without voice activity detection."""


@rule("CLI907", "commit-of-empty-buffer", "error", "client", "documented", on=(COMMIT,), needs=("settings", "start"))
def commit_of_empty_buffer(view: View, event: Event) -> Iterator[Remark]:
    """Find a commit with no audio to commit.

    What: The client commits, and nothing, or less than 100 ms, was appended since the last commit or clear.
    Why: The service refuses it: input_audio_buffer_commit_empty. Nobody answers the turn.
    Source: Expected at least 100ms of audio, but buffer only has 0.00ms of audio. A commit clears the buffer. Five
        independent threads (field problem I1). Client rule C-07.
    Do: Do not commit while voice activity detection is on; else wait until 100 ms were appended.
    """
    state = view.state
    if state.setting("turn_detection") is not None or not state.over_websocket:
        return  # the server empties the buffer too, or the audio goes elsewhere
    if not state.input.chunks:
        yield Remark("the client commits, and nothing was appended since the last commit or clear")
    elif state.input.exact and state.input_rate and state.input.size / state.input_rate < SHORTEST_MS:
        length = state.input.size / state.input_rate
        yield Remark(f"the client commits {length:.0f} ms of audio; {SHORTEST_MS} ms are needed")


@rule("CLI920", "voice-change-after-audio", "error", "client", "documented", on=(UPDATE,), needs=("settings",))
def voice_change_after_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find a client that asks for another voice after the model has spoken.

    What: `session.update` has another voice, and audio of the assistant is in the conversation.
    Why: The service refuses the whole update: cannot_update_voice.
    Source: Voice cannot be changed during the session once the model has responded with audio at least once. Client
        rule C-20.
    Do: Choose the voice before the first answer; leave it out of later updates.
    """
    asked = value_at(event.body.get("session"), view.state.fields.get("voice", "voice"))
    voice = view.state.setting("voice")
    if asked is not None and voice is not None and asked != voice and spoke(view.state):
        yield Remark(f"the client asks for the voice {asked} after audio in the voice {voice}", expected=(str(voice),))


@rule("CLI921", "session-type-mismatch", "error", "client", "observed", on=(UPDATE,), needs=("settings",))
def session_type_mismatch(view: View, event: Event) -> Iterator[Remark]:
    """Find an update for another type of session.

    What: `session.type` of `session.update` is not the type of the session.
    Why: The service refuses the whole update: invalid_parameter.
    Source: Passing a transcription session update event to a realtime session is not allowed (justspeaktoit 427).
        Client rule C-21.
    Do: Choose the type when connecting; send updates of the same type.
    """
    asked, kind = value_at(event.body, "session.type"), view.state.config.get("type")
    if isinstance(asked, str) and isinstance(kind, str) and asked != kind:
        yield Remark(f"the update is for a {asked} session; this is a {kind} session", pointer="/session/type")


@rule("CLI934", "speed-change-during-response", "warning", "client", "documented", on=(UPDATE,))
def speed_change_during_response(view: View, event: Event) -> Iterator[Remark]:
    """Find a change of speed while the model speaks.

    What: `session.update` has another `audio.output.speed` while a response is in progress.
    Why: It is refused, or has no effect until the next answer.
    Source: speed: this value can only be changed in between model turns, not while a response is in progress. Client
        rule C-34.
    Do: Send it after `response.done`.
    """
    asked = value_at(event.body, "session.audio.output.speed")
    speed = value_at(view.state.config, "audio.output.speed")
    if asked is not None and asked != speed and view.state.active:
        message = f"the speed is changed while {view.state.active} is in progress"
        yield Remark(message, pointer="/session/audio/output/speed")


@rule("CLI942", "detection-in-whisper-session", "error", "client", "documented", on=(UPDATE,))
def detection_in_whisper_session(view: View, event: Event) -> Iterator[Remark]:
    """Find voice activity detection where the model has none.

    What: A transcription session with gpt-realtime-whisper asks for `turn_detection`.
    Why: The service refuses it.
    Source: For `gpt-realtime-whisper`, this must be `null`; VAD is not supported.
    Do: Set `turn_detection` to null and commit by yourself.
    """
    session = event.body.get("session")
    model = value_at(session, "audio.input.transcription.model")
    detection = value_at(session, "audio.input.turn_detection")
    if value_at(session, "type") == "transcription" and model == WHISPER and detection is not None:
        yield Remark(f"turn_detection is asked for with {WHISPER}", pointer="/session/audio/input/turn_detection")


@rule("CLI943", "audio-never-committed", "warning", "client", "documented", on=(END,), needs=("settings", "client"))
def audio_never_committed(view: View, event: Event) -> Iterator[Remark]:
    """Find audio that nobody committed, in a session without voice activity detection.

    What: The client appended audio while `turn_detection` is null, and the log ends without any commit.
    Why: Nothing is transcribed nor answered: in this mode the turn ends when the client says so.
    Source: turn_detection: set to null to turn off, in which case the client must manually commit.
    Do: Send `input_audio_buffer.commit` when the user is done, then `response.create`.
    """
    state = view.state
    off = state.knows_setting("turn_detection") and state.setting("turn_detection") is None
    if off and state.input.chunks and not state.commits:
        yield Remark(f"{state.input.chunks} pieces of audio were appended, and never committed", at=state.appended)


@rule("CLI925", "audio-not-base64", "error", "client", "documented", on=(APPEND, ">conversation.item.create"))
def audio_not_base64(view: View, event: Event) -> Iterator[Remark]:
    """Find audio of the client that cannot be decoded.

    What: The audio that the client sends is empty, or is not base64.
    Why: The service refuses it: "Expected base64-encoded audio bytes".
    Source: audio: base64-encoded audio bytes. Client rule C-25.
    Do: Encode the raw samples with the standard alphabet; skip empty frames.
    """
    audio = event.body.get("audio")
    if isinstance(audio, str) and audio and (is_placeholder(audio) or is_base64(audio)):
        return NOTHING
    return _undecodable(event)


def _undecodable(event: Event) -> Iterator[Remark]:
    for pointer, payload in _payloads(event):
        if not payload:
            yield Remark("the audio is empty", pointer=pointer)
        elif not is_placeholder(payload) and not is_base64(payload):
            yield Remark("the audio is not base64", pointer=pointer)


def _payloads(event: Event) -> Iterator[tuple[str, str]]:
    content = value_at(event.body, "item.content")
    holders: list[tuple[str, JSON]] = [("", event.body)] if "audio" in event.body else []
    for index, part in enumerate(content if isinstance(content, list) else []):
        if value_at(part, "type") == "input_audio":
            holders.append((f"/item/content/{index}", part))
    for at, holder in holders:
        payload = value_at(holder, "audio")
        if isinstance(payload, str):
            yield f"{at}/audio", payload


@rule("CLI926", "append-too-large", "error", "client", "documented", on=(APPEND,))
def append_too_large(view: View, event: Event) -> Iterator[Remark]:
    """Find more audio in one event than is allowed.

    What: `input_audio_buffer.append` carries more than 15 MiB of audio.
    Why: The service refuses it, or closes the connection.
    Source: The client may choose how much audio to place in each event up to a maximum of 15 MiB. Client rule C-26.
    Do: Send pieces of 20 to 100 ms; the server's detection of speech is quicker with them.
    """
    size = payload_size(event.body.get("audio"))
    if size <= LARGEST:
        return NOTHING
    return iter((Remark(f"the event carries {size} bytes of audio; {LARGEST} are allowed", pointer="/audio"),))


@rule(
    "CLI930",
    "playback-clear-over-websocket",
    "error",
    "client",
    "observed",
    on=(">output_audio_buffer.clear",),
    needs=("start",),
)
def playback_clear_over_websocket(view: View, event: Event) -> Iterator[Remark]:
    """Find a client that clears WebRTC's playback over a WebSocket.

    What: `output_audio_buffer.clear` is sent, and the audio goes over the socket.
    Why: The service refuses it: the client itself holds the audio that is not played yet.
    Source: output_audio_buffer.clear: WebRTC/SIP only; Azure's list of event types leaves it out on a WebSocket. Client
        rule C-30.
    Do: Stop your own player, and send `conversation.item.truncate` with what was heard.
    """
    if view.state.over_websocket and not view.state.playback:
        yield Remark("`output_audio_buffer.clear` is sent although the audio goes over this connection")
