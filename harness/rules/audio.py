"""Audio by its arithmetic: tokens against bytes, audio time against the clock, one format taken for another."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import JSON, Event, Witness
from harness.protocol.state import Conversation
from harness.protocol.state.audio import bytes_per_ms, payload_size
from harness.rules.catalogue import Remark, View, rule
from harness.rules.thresholds import threshold
from harness.sound.payloads import decoded
from harness.sound.signs import codec, container

APPEND = ">input_audio_buffer.append"
STARTED, STOPPED = "input_audio_buffer.speech_started", "input_audio_buffer.speech_stopped"
HEAD = 16
"""Characters of base64 in which the signature of a file is found."""
TOKEN_MS = 50
"""One token of output audio: forum 971012, and 60 tokens for 3.0 s in a recording."""
TELEPHONE = 8.0
"""Bytes per millisecond of telephone audio: G.711, 8 kHz."""
TAIL_MS = threshold("audio-tail-ms", 400, "eight threads tell of lost words, not of lost syllables (field problem A7)")
TAIL_SHARE = threshold("audio-tail-share", 0.1, "tokens are rounded up, and bytes are not")
FASTER = threshold("faster-than-real-time", 1.5, "the seed's audio was pushed 24 times as fast; timers vary by a third")
LEAST_MS = threshold("measured-audio-ms", 1000, "shorter audio says nothing of its pace: stamps are coarse")
RUNAWAY_MS = threshold("audio-without-words-ms", 10_000, "forum 1141330: ten seconds of noise without a word")
SLOWEST = threshold("ms-per-character", 500, "two characters a second: slower than speech in any script")
FRAME_BYTES = threshold("large-frame-bytes", 1024 * 1024, "the limit of Python's websockets, the most frequent client")
IMAGE_BYTES = threshold("large-image-bytes", 200_000, "data channels carry 256 KiB at most (agents-js 501)")


@rule("CLI952", "audio-file-sent-as-samples", "warning", "client", "documented", on=(APPEND,))
def audio_file_sent_as_samples(view: View, event: Event) -> Iterator[Remark]:
    """Find a file sent where raw samples belong.

    What: The audio of an `input_audio_buffer.append` begins like a WAV, MP3, Ogg, WebM or FLAC file.
    Why: The server takes header and compressed data for samples, and hears noise.
    Source: audio: base64-encoded audio bytes in the session's input format (field problem I2).
    Do: Decode the file and send its samples, in the rate and format of the session.
    """
    payload = event.body.get("audio")
    if view.state.input.chunks or not isinstance(payload, str):
        return
    kind = container(decoded(payload[:HEAD]) or b"")
    if kind:
        yield Remark(f"the audio begins as {kind}", pointer="/audio")


@rule("ADV840", "telephone-audio-one-way", "warning", "client", "observed", on=("session.created", "session.updated"))
def telephone_audio_one_way(view: View, event: Event) -> Iterator[Remark]:
    """Find a session that speaks telephone audio and listens to another format.

    What: One of the two audio formats is G.711, and the other is not.
    Why: A telephone sends what it plays. Read as PCM it is noise: speech starts and never stops, or nobody is heard.
    Source: twilio-samples python 6: the session said pcm16, Twilio sent μ-law, and `speech_stopped` never came (field
        problem I2). A correlation: a bridge that converts one way is possible.
    Do: Set both formats to the telephone's, and look at `session.updated` for what took effect.
    """
    session = event.body.get("session")
    heard, spoken = (value_at(session, view.state.fields.get(name, name)) for name in ("input_format", "output_format"))
    if heard is None or spoken is None or _is_telephone(heard) == _is_telephone(spoken):
        return
    yield Remark(
        f"the session reads {_named(heard)} and speaks {_named(spoken)}: a telephone sends the same as it plays",
        pointer="/session",
    )


def _is_telephone(audio_format: JSON) -> bool:
    return bytes_per_ms(audio_format) == TELEPHONE


def _named(audio_format: JSON) -> str:
    kind = value_at(audio_format, "type") if isinstance(audio_format, dict) else audio_format
    return str(kind)


@rule(
    "CNT475",
    "audio-does-not-fit-its-tokens",
    "warning",
    "server",
    "observed",
    on=("response.done",),
    needs=("output audio",),
)
def audio_does_not_fit_its_tokens(view: View, event: Event) -> Iterator[Remark]:
    """Find an answer of which audio is missing, or that is in another format than the session's.

    What: A completed response counts more tokens of audio than its pieces hold, at 50 ms a token.
    Why: The end of the sentence is missing; or the bytes are of another format, and the client plays noise.
    Source: 50 ms per token: forum 971012, and the recordings. Eight threads on lost ends (field problem A7), six on
        formats (A10).
    Do: Count the bytes that come against the tokens; wait for `response.done` before the player closes; when the format
        is another, decode what comes, and set it by the dialect's own field.
    """
    response = view.state.responses.get(str(value_at(event.body, "response.id")))
    tokens = value_at(event.body, "response.usage.output_token_details.audio_tokens")
    if (
        response is None
        or not isinstance(tokens, int)
        or tokens <= 0
        or value_at(event.body, "response.status") != "completed"
    ):
        return
    lengths = view.state.output.items
    came, due = sum(lengths.get(item_id, 0.0) for item_id, _ in response.items), float(tokens * TOKEN_MS)
    other = codec(came, due)
    if not came or (due - came <= max(view.limit(TAIL_MS), due * view.limit(TAIL_SHARE)) and not other):
        return
    message = f"{tokens} audio tokens are {due:.0f} ms, and {came:.0f} ms of audio came"
    why = f"so many bytes would be right for {other}: the format is not the session's" if other else ""
    yield Remark(message, why=why, about=(response.response_id, *(item_id for item_id, _ in response.items)))


@rule("TIM733", "audio-without-words", "warning", "server", "observed", on=("response.done",), needs=("output audio",))
def audio_without_words(view: View, event: Event) -> Iterator[Remark]:
    """Find audio that goes on much longer than its words.

    What: The audio of a response is more than ten seconds longer than its transcript takes to say.
    Why: It is silence or noise that the user must sit through, and it is billed.
    Source: forum 1141330: endless audio near a function call (field problem A9).
    Do: Set an upper limit for audio without new words; then cancel and ask again.
    """
    response = view.state.responses.get(str(value_at(event.body, "response.id")))
    output = value_at(event.body, "response.output")
    if response is None or not isinstance(output, list):
        return
    length = sum(view.state.output.items.get(item_id, 0.0) for item_id, _ in response.items)
    said = sum(len(text) for item in output for text in _transcripts(item))
    if length > view.limit(RUNAWAY_MS) + said * view.limit(SLOWEST):
        yield Remark(
            f"{length:.0f} ms of audio came with {said} characters of transcript", about=(response.response_id,)
        )


def _transcripts(item: JSON) -> Iterator[str]:
    content = value_at(item, "content")
    for part in content if isinstance(content, list) else []:
        text = value_at(part, "transcript")
        if isinstance(text, str):
            yield text


@rule("TIM730", "audio-faster-than-real-time", "note", "client", "observed", on=(STOPPED,))
def audio_faster_than_real_time(view: View, event: Event) -> Iterator[Remark]:
    """Find audio that was pushed at another pace than it was spoken.

    What: Between `speech_started` and `speech_stopped` much less time passed on the clock than in the audio.
    Why: The audio came in a burst, from a file: how fast the server detects speech and answers cannot be measured.
    Source: 1568 ms of speech in 66 ms in the seed (field problem I4).
    Do: To measure, send audio at the pace of speech: pieces of 20 to 100 ms, one after the other.
    """
    start, end = view.state.speech_start_ms, event.body.get("audio_end_ms")
    began = view.state.course.speech_at_ns
    if not isinstance(start, int) or not isinstance(end, int) or began is None or event.at_ns is None:
        return
    wall, length = (event.at_ns - began) / 1e6, end - start
    if length < view.limit(LEAST_MS) or wall <= 0 or length / wall < view.limit(FASTER):
        return
    yield Remark(
        f"{length} ms of speech passed in {wall:.0f} ms: {length / wall:.0f} times as fast as it was spoken",
        witnesses=_appended(view.state),
    )


def _appended(state: Conversation) -> tuple[Witness, ...]:
    return (Witness(*state.appended, "input_audio_buffer.append", "the last audio sent"),) if state.appended else ()


@rule(
    "ADV841",
    "large-frame",
    "note",
    "server",
    "observed",
    on=("conversation.item.added", "conversation.item.retrieved"),
)
def large_frame(view: View, event: Event) -> Iterator[Remark]:
    """Find an event that is larger than many clients take.

    What: An item in an event of the server carries more than a mebibyte of audio or image.
    Why: WebSocket libraries close the connection at their limit: 1 MiB in Python's websockets, 64 KiB in others.
    Source: litellm 15747: 3.4 MB; azure-sdk-java 45888, openclaw 99450 (field problem E3).
    Do: Raise the client's limit: `max_size` or `maxPayload`, to 16 MiB.
    """
    size = _largest(event.body)
    if size > view.limit(FRAME_BYTES):
        yield Remark(f"`{event.type}` carries {size} bytes in one value")


def _largest(body: JSON) -> int:
    parts = value_at(body, "item.content")
    values = (
        [value for part in parts if isinstance(part, dict) for value in part.values()]
        if isinstance(parts, list)
        else []
    )
    return max((len(value) for value in values if isinstance(value, str)), default=0)


@rule("CLI955", "image-too-large-for-webrtc", "warning", "client", "observed", on=(">conversation.item.create",))
def image_too_large_for_webrtc(view: View, event: Event) -> Iterator[Remark]:
    """Find an image that a data channel does not carry.

    What: `conversation.item.create` has an image of more than 200 000 bytes, in a session over WebRTC.
    Why: The data channel closes without a word.
    Source: agents-js 501 (field problem E8).
    Do: Make the image smaller, or send it over a WebSocket.
    """
    if not view.state.playback:
        return
    size = max((payload_size(one.partition(",")[2]) for one in _images(event.body)), default=0)
    if size > view.limit(IMAGE_BYTES):
        yield Remark(f"the image has {size} bytes", pointer="/item/content")


def _images(body: JSON) -> Iterator[str]:
    content = value_at(body, "item.content")
    for part in content if isinstance(content, list) else []:
        url = value_at(part, "image_url")
        if isinstance(url, str):
            yield url
