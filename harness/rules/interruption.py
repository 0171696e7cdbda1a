"""Interruptions: by echo, by noise, against the settings; and turns that silence made."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.rules.catalogue import END, Remark, View, rule
from harness.rules.thresholds import threshold

AT_ONCE_MS = threshold("cancel-at-once-ms", 100, "faster than anything but code (livekit 6635)")
ECHOES = threshold("echo-interruptions", 2, "one may be a cough; seven threads tell of several in a row")
SHORT_MS = threshold("short-speech-ms", 300, "shorter than a word; prefix padding is not counted (field problem T9)")


@rule("ADV832", "interrupted-by-noise", "warning", "client", "observed", on=(END,))
def interrupted_by_noise(view: View, event: Event) -> Iterator[Remark]:
    """Find answers that were cancelled by speech which said nothing.

    What: Two or more responses were cancelled as `turn_detected`, and the speech that did it has an empty transcript or
        a single word, or is shorter than 300 ms.
    Why: The assistant hears itself, or noise, and stops in the middle of its sentence again and again.
    Source: Seven independent threads on echo and noise (field problem T9). A correlation: a user may say "yes" twice.
    Do: Use headphones or echo cancellation; raise `threshold` and `silence_duration_ms`, set `noise_reduction` to
        far_field, or keep detection from interrupting while the greeting plays.
    """
    course, padding = view.state.course, value_at(view.state.setting("turn_detection"), "prefix_padding_ms")
    spare = padding if isinstance(padding, int) else 0
    empty = [
        one
        for one in course.interruptions
        if course.words.get(one.about, 2) <= 1
        or course.lengths.get(one.about, spare + view.limit(SHORT_MS)) - spare < view.limit(SHORT_MS)
    ]
    if len(empty) < view.limit(ECHOES):
        return
    first, *others = empty
    yield Remark(
        f"{len(empty)} of {len(course.interruptions)} interruptions were by speech that said nothing",
        why="an echo of the assistant, or noise, looks like this; it is a correlation",
        at=(first.seq, first.place),
        witnesses=tuple(Witness(one.seq, one.place, one.type, "and here") for one in others[:3]),
    )


@rule("CLI951", "cancelled-against-the-setting", "warning", "client", "house", on=(">response.cancel",))
def cancelled_against_the_setting(view: View, event: Event) -> Iterator[Remark]:
    """Find a client that cancels at once although answers are not to be interrupted.

    What: `interrupt_response` is false, and `response.cancel` follows `input_audio_buffer.speech_started` at once.
    Why: The setting asks that answers be heard to their end, and the client cuts them off itself.
    Source: livekit 6635 (field problem T10).
    Do: Decide on one: take the cancel out of the client, or leave `interrupt_response` on.
    """
    response = view.state.responses.get(view.state.active)
    off = value_at(view.state.setting("turn_detection"), "interrupt_response") is False
    if not off or response is None or not response.interrupted or not view.state.speech:
        return
    heard, now = view.state.last_at.get("server"), event.at_ns
    if heard is not None and now is not None and (now - heard) / 1e6 > view.limit(AT_ONCE_MS):
        return
    yield Remark(f"{response.response_id} is cancelled by the client while interrupt_response is false")


@rule(
    "ADV833",
    "playback-event-of-another-reply",
    "note",
    "client",
    "observed",
    on=("output_audio_buffer.stopped", "output_audio_buffer.cleared"),
)
def playback_event_of_another_reply(view: View, event: Event) -> Iterator[Remark]:
    """Find an end of playback that belongs to an earlier reply than the newest.

    What: `output_audio_buffer.stopped` or `cleared` names a response, and a later one has been created.
    Why: A client that does not look at the id ends the reply that is playing.
    Source: ReviewStage/luke 12 (field problem R21). Nothing is wrong on the server's side: playback ends late.
    Do: Compare the event's `response_id` with the reply that is playing, and ignore others.
    """
    response_id = str(event.body.get("response_id"))
    newest = next(reversed(view.state.responses.values()), None)
    if newest is None or response_id not in view.state.responses or newest.response_id in ("", response_id):
        return
    yield Remark(
        f"the playback of {response_id} ends after {newest.response_id} was created",
        witnesses=(Witness(newest.seq, newest.place, "response.created", "a later reply"),),
        about=(newest.response_id, response_id),
        pointer="/response_id",
    )


@rule(
    "ADV834",
    "silence-made-a-turn",
    "note",
    "client",
    "documented",
    on=("input_audio_buffer.timeout_triggered", "input_audio_buffer.committed"),
)
def silence_made_a_turn(view: View, event: Event) -> Iterator[Remark]:
    """Find a turn that nobody spoke.

    What: The idle timeout ended a silence and made an item of it.
    Why: It looks like a turn of the user, with an empty transcript, and is billed as audio.
    Source: idle_timeout_ms: optional timeout after which a model response will be triggered automatically;
        agents-python 1505 (field problem I7).
    Do: Do not store the item as the user's words; raise `idle_timeout_ms` if the model speaks up too often.
    """
    item_id = event.body.get("item_id")
    if "audio_start_ms" in event.body:  # a commit does not tell the time
        yield Remark(f"the item {item_id} is silence: the idle timeout made it", pointer="/item_id")
