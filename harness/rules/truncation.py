"""Truncation: what the client tells the server of what was heard."""

from collections.abc import Iterator
from dataclasses import replace

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.rules.catalogue import END, Remark, View, rule
from harness.rules.refusals import SHORTER, refusal, was_told
from harness.rules.thresholds import threshold

TRUNCATE = ">conversation.item.truncate"
SLACK_MS = 100
"""Services and clients count audio up to 85 ms apart (pipecat 2106)."""
NEARLY_MS = threshold(
    "elapsed-time-slack-ms", 150, "clients and services count audio up to 85 ms apart (pipecat 2106); timers add some"
)
UNHEARD_MS = threshold("unheard-ms", 1000, "below a second, less than three words are lost")
PLAYED_OUT_MS = threshold("played-out-ms", 1000, "a player's buffer seldom holds more than a second")


@rule("CLI913", "truncate-beyond-audio", "error", "client", "documented", on=(TRUNCATE,), needs=("output audio",))
def truncate_beyond_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find a truncation behind the end of the audio.

    What: `audio_end_ms` is more than the audio that came for the item.
    Why: The service refuses it: "Audio content of … ms is already shorter than … ms".
    Source: If the audio_end_ms is greater than the actual audio duration, the server will respond with an error. Eight
        independent threads (field problem T1). Client rule C-13.
    Do: Send what was played, at most what came. The time that passed is not it: audio comes faster than it is played.
    """
    item_id, end = str(event.body.get("item_id")), event.body.get("audio_end_ms")
    came = view.state.output.items.get(item_id)
    if isinstance(end, int) and came is not None and end > came + SLACK_MS:
        message = f"audio_end_ms is {end}; {came:.0f} ms of audio came"
        yield Remark(message, why=_guess(view, item_id, end, event.at_ns), pointer="/audio_end_ms")


def _guess(view: View, item_id: str, asked: int, at_ns: int | None) -> str:
    """Say where a number may come from: the time that passed, or another item's audio."""
    _, first = view.state.course.first_audio.get(item_id, (0, None))
    if first is not None and at_ns is not None and abs((at_ns - first) / 1e6 - asked) < view.limit(NEARLY_MS):
        return (
            f"{(at_ns - first) / 1e6:.0f} ms had passed since its first audio: that was sent, and not what was played"
        )
    tracks = view.state.output.items.items() if view.state.output.exact else ()
    other = next((one for one, length in tracks if one != item_id and abs(length - asked) < view.limit(NEARLY_MS)), "")
    return f"that is the length of another item, {other}: the count was not set back" if other else ""


@rule("CLI948", "truncation-refused", "warning", "client", "documented", on=("error",))
def truncation_refused(view: View, event: Event) -> Iterator[Remark]:
    """Find a truncation that was refused because there is less audio than that.

    What: The `error` says that the item's audio is already shorter than `audio_end_ms`.
    Why: The model believes that all was heard. Audio comes faster than it is played: the time since the first piece is
        not what was played.
    Source: Audio content of … ms is already shorter than … ms. Eight independent threads (field problem T1); the most
        frequent error of a client on record.
    Do: Send the least of what was played and what came; set item, start and count anew with every new item_id.
    """
    error = event.body.get("error")
    match = SHORTER.search(str(value_at(error, "message")))
    if match is None or was_told(view, event):
        return
    has, asked = int(match[1]), int(match[2])
    message = f"audio_end_ms was {asked}, and the item has {has} ms of audio: {asked - has} ms too much"
    request = next((one for one in view.state.waiting(TRUNCATE) if one.body.get("audio_end_ms") == asked), None)
    why = "" if request is None else _guess(view, str(request.body.get("item_id")), asked, request.at_ns)
    remark = refusal(view, event, message, why=why)
    yield remark if request is None else replace(remark, at=(request.seq, request.place))


@rule("CLI949", "truncate-of-played-item", "note", "client", "house", on=(TRUNCATE,), needs=("output audio",))
def truncate_of_played_item(view: View, event: Event) -> Iterator[Remark]:
    """Find the truncation of an item that had been played to its end.

    What: `conversation.item.truncate` names an item whose audio, by its length and its first piece, was over at least a
        second before.
    Why: The service takes the transcript out of the context, and the model repeats itself; or another item was meant.
    Source: Three independent threads on items that were whole (field problem T4), two on a wrong item (T2).
    Do: Truncate the item that is playing, and only when something of it was not heard.
    """
    item_id = str(event.body.get("item_id"))
    length = view.state.output.items.get(item_id)
    seq, first = view.state.course.first_audio.get(item_id, (0, None))
    if length is None or first is None or event.at_ns is None:
        return
    elapsed = (event.at_ns - first) / 1e6
    if elapsed < length + view.limit(PLAYED_OUT_MS):
        return
    later = next((one for one, (at, _) in view.state.course.first_audio.items() if at > seq), "")
    yield Remark(
        f"{item_id} has {length:.0f} ms of audio, and its first came {elapsed:.0f} ms ago",
        why=f"audio of {later} came after it: that is what may have been playing" if later else "",
        pointer="/item_id",
    )


@rule("ADV830", "interrupted-without-truncate", "note", "client", "documented", on=(END,), needs=("client", "start"))
def interrupted_without_truncate(view: View, event: Event) -> Iterator[Remark]:
    """Find an interruption of which the server was not told what had been heard.

    What: A response with audio was cancelled, and no `conversation.item.truncate` of its items followed.
    Why: Over a WebSocket the server cannot know what was played; the model believes that all of it was heard.
    Source: conversation.item.truncate: the server will produce audio faster than real time, so this event is useful
        when the user interrupts. Two threads (field problem T5). Over WebRTC the server truncates by itself.
    Do: On `input_audio_buffer.speech_started`, stop the player and truncate the item with the milliseconds played.
    """
    state = view.state
    if not state.over_websocket or state.playback or not state.course.unheard:
        return
    first, *others = state.course.unheard
    more = f", and {len(others)} more" if others else ""
    yield Remark(
        f"{first.about} was cut off after audio of it had come{more}; no truncate followed",
        at=(first.seq, first.place),
        expected=("conversation.item.truncate",),
        about=(first.about,),
    )


@rule("ADV831", "transcript-of-unheard-words", "note", "client", "observed", on=("conversation.item.truncated",))
def transcript_of_unheard_words(view: View, event: Event) -> Iterator[Remark]:
    """Find a truncated item whose transcript is longer than what was heard.

    What: The words that came for an item take longer to say than `audio_end_ms`.
    Why: What a client stores of the answer, or shows, has words in it that the user never heard.
    Source: Five to ten seconds too much (forum 1000703, livekit 2201; field problem T7). How fast a voice speaks is
        taken from the item's own audio, so this is an estimate.
    Do: Cut the transcript by the time that was heard before you store it.
    """
    item_id, end = str(event.body.get("item_id")), event.body.get("audio_end_ms")
    length = view.state.output.items.get(item_id)
    if not view.state.output.exact or length is None or not isinstance(end, int):
        return
    if length - end > view.limit(UNHEARD_MS):
        yield Remark(
            f"{end} ms of {length:.0f} ms were heard: about {1 - end / length:.0%} of the words were not",
            witnesses=_first_audio(view, item_id),
        )


def _first_audio(view: View, item_id: str) -> tuple[Witness, ...]:
    item = view.state.items.get(item_id)
    kind = view.dialect.type_of("conversation.item.added")
    return (Witness(item.seq, item.place, kind, "the item"),) if item is not None else ()
