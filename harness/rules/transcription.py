"""Transcription of what the user said."""

from collections.abc import Iterator, Sequence

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.protocol.state.course import only_transcribes
from harness.protocol.state.records import Moment
from harness.rules.catalogue import END, Remark, View, rule
from harness.rules.thresholds import threshold

DELTA = "conversation.item.input_audio_transcription.delta"
COMPLETED = "conversation.item.input_audio_transcription.completed"
FAILED = "conversation.item.input_audio_transcription.failed"
SEGMENT = "conversation.item.input_audio_transcription.segment"
UNWRITTEN_TURNS = threshold(
    "untranscribed-turns", 2, "one turn may be a trial; in a session that only transcribes, one counts"
)
LONG_AGO = 100
"""How many events after a commit its transcript counts as missing: two short responses."""


@rule(
    "CAU542",
    "transcription-not-asked-for",
    "error",
    "server",
    "documented",
    on=(DELTA, COMPLETED, FAILED),
    needs=("settings",),
)
def transcription_not_asked_for(view: View, event: Event) -> Iterator[Remark]:
    """Find a transcription while transcription is off.

    What: A transcript of the user's audio comes although the session's transcription is null.
    Why: It costs money, and may be kept where it must not.
    Source: Input audio transcription (if enabled) will be generated when the buffer is committed. xAI transcribes
        always.
    Do: Look at the last `session.updated`; report it to the server if transcription is off there.
    """
    state, item_id = view.state, str(event.body.get("item_id"))
    if not state.knows_setting("transcription") or state.setting("transcription") is not None:
        return
    if item_id in state.untranscribed or item_id in state.transcribing or state.waiting(">session.update"):
        return  # it was on when the audio was committed, or may be by now
    yield Remark(f"`{event.type}` comes although the session's transcription is null")


@rule("CNT457", "transcript-of-no-user-audio", "error", "server", "documented", on=(DELTA, COMPLETED, FAILED))
def transcript_of_no_user_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find a transcription of an item that is no audio of the user.

    What: A transcription names an item of another role than the user, or one without audio.
    Why: The client puts the user's words under somebody else's.
    Source: item_id: the ID of the item containing the audio that is being transcribed.
    Do: Report it to the server.
    """
    item = view.state.items.get(str(event.body.get("item_id")))
    if item is None:
        return
    audio = not item.content_types or "audio" in "".join(item.content_types)
    if item.role not in ("user", "") or not audio:
        yield Remark(f"a transcript is given for {item.item_id}, a {item.type} of {item.role}", pointer="/item_id")


@rule("CAU544", "turn-not-transcribed", "note", "server", "documented", on=(END,))
def turn_not_transcribed(view: View, event: Event) -> Iterator[Remark]:
    """Find a turn whose transcript never came.

    What: Audio was committed while transcription was on, and no transcript nor failure followed.
    Why: The user's words are missing from the history; a client that waits for them hangs.
    Source: Input audio transcription (if enabled) will be generated when the buffer is committed. A log may end
        before it comes, so this is a note until the log has gone on for 100 events.
    Do: Do not wait for a transcript; report it to the server when it is missing often.
    """
    for item_id, (seq, place) in view.state.untranscribed.items():
        late = event.seq - seq > LONG_AGO
        yield Remark(
            f"the log ends, and no transcript of the turn {item_id} came",
            why=f"the turn was committed at line {place.line}",
            severity="warning" if late else None,
            expected=(COMPLETED, FAILED),
            witnesses=(Witness(seq, place, "input_audio_buffer.committed", "committed here"),),
        )


@rule("ADV805", "transcription-failed", "warning", "server", "documented", on=(COMPLETED, FAILED))
def transcription_failed(view: View, event: Event) -> Iterator[Remark]:
    """Find a turn of the user that could not be written down.

    What: The transcription of a turn ends with `conversation.item.input_audio_transcription.failed`.
    Why: The user's words are missing from the history; the model heard them all the same.
    Source: These events are separate from other `error` events, so that the client can identify the item. Four
        independent threads (field problem X4).
    Do: Keep the session and mark the turn as not written down; do not wait for its transcript.
    """
    item_id, error = event.body.get("item_id"), event.body.get("error")
    if error is None:
        return
    told = value_at(error, "message") or value_at(error, "code") or "no reason is given"
    yield Remark(f"the turn {item_id} was not transcribed: {told}", pointer="/error", about=(item_id,))


@rule("ADV850", "transcription-off", "note", "client", "documented", on=(END,), needs=("settings", "start"))
def transcription_off(view: View, event: Event) -> Iterator[Remark]:
    """Find a session that does not write down what the user says.

    What: The user spoke more than once, and the session's transcription is null to its end.
    Why: No event will ever carry the user's words; a client that waits for them waits for ever.
    Source: Input audio transcription: set to null to turn off; off by default. Seven independent threads (field problem
        X3). In a session that only transcribes, nothing comes at all.
    Do: Set the transcription's model by `session.update`, before the user speaks.
    """
    state = view.state
    if not state.course.turns or not state.knows_setting("transcription") or state.setting("transcription") is not None:
        return
    if state.course.words or state.transcribing:
        return
    only = only_transcribes(state)
    if not only and len(state.course.turns) < view.limit(UNWRITTEN_TURNS):
        return
    first = state.course.turns[0]
    yield Remark(
        f"{len(state.course.turns)} turns of the user came, and the session's transcription is null",
        at=(first.seq, first.place),
        severity="warning" if only else None,
        expected=(COMPLETED,),
    )


@rule("ADV851", "transcript-after-the-answer", "note", "client", "documented", on=(END,))
def transcript_after_the_answer(view: View, event: Event) -> Iterator[Remark]:
    """Find transcripts of the user that come after the assistant's answer.

    What: A transcription completes after all words of the answer to its turn, or to a later one.
    Why: A client that shows messages in the order of their arrival puts the question behind the answer.
    Source: Input audio transcription runs asynchronously with response creation, so this event may come before or after
        the response events. Six independent threads (field problem X1).
    Do: Order messages by the chain of items (`previous_item_id`), and fill in transcripts when they come.
    """
    late = view.state.course.late_transcripts
    if late:
        first = late[0]
        message = f"the transcript of {first.about} comes after the words of the answer{_more(late)}: this is allowed"
        yield Remark(message, at=(first.seq, first.place), about=(first.about,))


@rule("ADV852", "transcripts-change-places", "note", "client", "observed", on=(END,))
def transcripts_change_places(view: View, event: Event) -> Iterator[Remark]:
    """Find a transcript that overtakes the one of an earlier turn.

    What: A transcription completes while the one of a turn before it has not.
    Why: Words that are shown as they come are spliced into the wrong turn.
    Source: The order between transcriptions of different turns is not guaranteed; openclaw 113723 (field problem X2).
    Do: Deliver transcripts by the order of the commits; a failed one counts as delivered.
    """
    overtaken = view.state.course.overtaken
    if overtaken:
        first = overtaken[0]
        message = f"the transcript of {first.about} is complete before that of an earlier turn{_more(overtaken)}"
        yield Remark(message, at=(first.seq, first.place), about=(first.about,))


def _more(moments: Sequence[Moment]) -> str:
    """Say how many more there are: advice names the first."""
    return f"; {len(moments) - 1} more like it" if len(moments) > 1 else ""


@rule("ADV853", "transcript-is-empty", "note", "client", "observed", on=(END,))
def transcript_is_empty(view: View, event: Event) -> Iterator[Remark]:
    """Find a turn in which nothing was said.

    What: A completed transcription has no text.
    Why: Noise, an echo or silence made a turn of the user, which was answered and billed.
    Source: Patter 154, and the turns that an idle timeout makes (field problem X7).
    Do: Treat the turn as noise; raise the threshold of the voice activity detection if there are many.
    """
    empty = view.state.course.empty
    if empty:
        first = empty[0]
        message = f"the transcript of {first.about} is empty{_more(empty)}"
        yield Remark(message, at=(first.seq, first.place), about=(first.about,))


@rule("CNT438", "log-probabilities-unasked", "warning", "server", "documented", on=(DELTA, COMPLETED))
def log_probabilities_unasked(view: View, event: Event) -> Iterator[Remark]:
    """Find log probabilities that nobody asked for.

    What: A transcript carries `logprobs`, and the session's `include` does not name them.
    Why: They make the events many times larger.
    Source: include: `item.input_audio_transcription.logprobs`: include logprobs for input audio transcription.
    Do: Report it to the server.
    """
    included = view.state.setting("include")
    asked = isinstance(included, list) and "item.input_audio_transcription.logprobs" in included
    if event.body.get("logprobs") and view.state.knows_setting("include") and not asked:
        yield Remark("the transcript has logprobs, which the session does not include", pointer="/logprobs")


@rule("TIM707", "segment-out-of-order", "warning", "server", "documented", on=(SEGMENT,))
def segment_out_of_order(view: View, event: Event) -> Iterator[Remark]:
    """Find a segment of a transcript that ends before it starts, or comes twice.

    What: `end` of a segment is less than `start`, or another segment of the item has the same `id`.
    Why: A client that shows who spoke when has a hole, or the same words twice.
    Source: segment: start and end time of the segment in seconds, and its identifier.
    Do: Report it to the server.
    """
    start, end, own_id = (event.body.get(name) for name in ("start", "end", "id"))
    if isinstance(start, (int, float)) and isinstance(end, (int, float)) and end < start:
        yield Remark(f"the segment ends at {end} s and starts at {start} s", pointer="/end")
    elif own_id and own_id in view.state.segments.get(str(event.body.get("item_id")), ()):
        yield Remark(f"another segment of the item has the id {own_id}", pointer="/id")


@rule(
    "CNT444",
    "session-type-contradicts-object",
    "warning",
    "server",
    "documented",
    on=("session.created", "session.updated"),
)
def session_type_contradicts_object(view: View, event: Event) -> Iterator[Remark]:
    """Find a session whose two names for its kind disagree.

    What: `type` is transcription and `object` is not `realtime.transcription_session`, or the other way round.
    Why: Typed clients choose by one of them, and then miss the fields of the other.
    Source: object: always `realtime.transcription_session` for a transcription session.
    Do: Report it to the server.
    """
    kind, name = value_at(event.body, "session.type"), value_at(event.body, "session.object")
    if isinstance(kind, str) and isinstance(name, str) and (kind == "transcription") != ("transcription" in name):
        yield Remark(f"the session is of type {kind}, and its object is {name}", pointer="/session/object")


@rule(
    "DIA630",
    "response-in-transcription-session",
    "error",
    "server",
    "documented",
    on=("response.created", "rate_limits.updated", "output_audio_buffer.started"),
)
def response_in_transcription_session(view: View, event: Event) -> Iterator[Remark]:
    """Find an answer in a session that only transcribes.

    What: A transcription session has responses, rate limits of them, or their playback.
    Why: The client did not ask for answers, and pays for them.
    Source: A transcription session transcribes; the model does not respond in it.
    Do: Look at the session's type in `session.created`; report it to the server.
    """
    if view.state.config.get("type") == "transcription":
        yield Remark(f"`{event.type}` comes in a transcription session")
