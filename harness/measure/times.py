"""How long the phases of a turn take, from stamp to stamp."""

from collections.abc import Iterator
from itertools import pairwise

from harness.measure.figures import Figure, unknown
from harness.measure.recording import (
    AUDIO,
    COMMITTED,
    CREATED,
    DONE,
    NO_STAMPS,
    STARTED,
    STOPPED,
    TRANSCRIBED,
    TRUNCATE,
    Recording,
    event,
    events,
    first_delta,
    interruption,
    output_format,
    sound_of_answer,
    steps,
)
from harness.model import Event
from harness.sound.pcm import first_audible, linear
from harness.turns.nodes import Node

NS_PER_MS = 1_000_000
BURST = 1.5
"""Audio that comes by this much faster than it sounds is no microphone: above it, detection has no delay to measure."""
AT_ONCE = 100
"""Beyond this, how many times as fast says nothing."""
LEFT_OUT = "audio is left out of the log, or cut"

Named = tuple[str, Figure]


def between(start: Event | None, end: Event | None) -> Figure:
    """Return the time from one event to another, in milliseconds."""
    if start is None or end is None:
        return unknown("an event is missing")
    if start.at_ns is None or end.at_ns is None:
        return unknown(NO_STAMPS)
    if end.at_ns < start.at_ns:
        return unknown("the stamps run backwards")
    return Figure((end.at_ns - start.at_ns) / NS_PER_MS, end.place)


def of_input(recording: Recording, node: Node) -> Iterator[Named]:
    """Yield what is measured of something the user said."""
    stopped, committed, completed = event(node, STOPPED), event(node, COMMITTED), steps(node, TRANSCRIBED)
    if stopped is not None:
        yield "vad_delay", _vad_delay(recording, node, stopped)
    if committed is not None and completed:
        yield "transcript_lag", _lag(committed, completed[-1].last)
    start, end = node.value("audio_start_ms"), node.value("audio_end_ms")
    if stopped is not None and isinstance(start, int | float) and isinstance(end, int | float):
        yield "spoken", Figure(float(end - start), stopped.place)


def _lag(committed: Event, completed: Event) -> Figure:
    """Return how much later a transcript came; less than nothing where it was complete before the commit."""
    if completed.seq >= committed.seq:
        return between(committed, completed)
    early = between(completed, committed)
    return early if early.value is None else Figure(-early.value, completed.place)


def _vad_delay(recording: Recording, node: Node, stopped: Event) -> Figure:
    if stopped.at_ns is None:
        return unknown(NO_STAMPS)
    started, end_ms = event(node, STARTED), stopped.body.get("audio_end_ms")
    pace = _pace(started, stopped)
    if pace is not None and pace > BURST:
        often = f"{pace:.0f} times as fast as it sounds" if pace < AT_ONCE else "all at once"
        return unknown(f"audio was pushed {often}")
    if not recording.appends:
        return unknown("the client's audio is not in the log")
    return _since_append(recording, stopped, end_ms)


def _pace(started: Event | None, stopped: Event) -> float | None:
    """Return how much faster speech came than it sounds, None where that is not known."""
    wall = between(started, stopped).value
    start = started.body.get("audio_start_ms") if started is not None else None
    end = stopped.body.get("audio_end_ms")
    if wall is None or not isinstance(start, int | float) or not isinstance(end, int | float):
        return None
    return (end - start) / max(wall, 1)


def _since_append(recording: Recording, stopped: Event, end_ms: object) -> Figure:
    """Return the time since the append that carried the end of speech, counted from the session's first one."""
    if not isinstance(end_ms, int | float):
        return unknown("an event is missing")
    for append, sent in zip(recording.appends, recording.sent_ms, strict=True):
        if append.seq > stopped.seq:
            break
        if sent is None:
            return unknown(LEFT_OUT)
        if sent >= end_ms:
            return between(append, stopped)
    return unknown("`audio_end_ms` lies beyond the audio that was sent")


def of_response(recording: Recording, response: Node) -> Iterator[Named]:
    """Yield what is measured of an answer."""
    created, done, first = event(response, CREATED), event(response, DONE), first_delta(response)
    if created is not None and response.asked is not None:
        yield "created", between(response.asked, created)
    if created is not None and first is not None:
        yield "first_delta", between(created, first)
    if created is not None and done is not None:
        yield "response", between(created, done)
    yield from _speech_to_answer(recording, response, first)
    yield from _tools(recording, response, first)
    yield from _interrupted(recording, response, done)


def _speech_to_answer(recording: Recording, response: Node, first: Event | None) -> Iterator[Named]:
    """Yield how long the user waited, where a commit by voice activity called for the answer."""
    audio, stopped = event(response, AUDIO), _stopped(response)
    if stopped is None or first is None:
        return
    yield "first_answer", between(stopped, first)
    if audio is not None:
        wait = between(stopped, audio)
        sound = wait if wait.value is None else _audible(recording, response, stopped, wait.value)
        yield "first_audio", wait
        yield "first_audible", sound
        yield "felt", sound if sound.value is None else _felt(recording, stopped, sound)


def _felt(recording: Recording, stopped: Event, sound: Figure) -> Figure:
    """Return how long the user waited from the end of the voice: detection by silence waits for that silence."""
    silence = recording.setting(stopped.seq, "audio.input.turn_detection.silence_duration_ms")
    if not isinstance(silence, int | float) or sound.value is None:
        return unknown("the settings tell no silence_duration_ms that ended the turn")
    return sound._replace(value=sound.value + silence)


def _stopped(response: Node) -> Event | None:
    """Return where the speech ended that an answer is given to."""
    if response.asked is None or response.parent is None:
        return None
    for node in response.parent.of("input"):
        if any(one.first is response.asked for one in node.steps):
            return event(node, STOPPED)
    return None


def _audible(recording: Recording, response: Node, stopped: Event, wait_ms: float) -> Figure:
    """Return when something can be heard: the silence before it is played in real time, and it must have come."""
    pieces, form = sound_of_answer(recording, response), output_format(recording, response)
    if pieces is None or pieces.lost:
        return unknown(LEFT_OUT)
    at = first_audible(linear(pieces.whole, form), form.rate)
    if at is None:
        return unknown("the answer is silent")
    sent = 0
    for delta, piece in zip(events(response, AUDIO), pieces.data, strict=True):
        sent += len(piece)
        if sent > at * form.width:
            arrived = between(stopped, delta).value or 0.0
            return Figure(max(wait_ms + at * 1000 / form.rate, arrived), delta.place)
    return unknown("the answer is silent")


def _tools(recording: Recording, response: Node, first: Event | None) -> Iterator[Named]:
    done = "response.function_call_arguments.done"
    calls = [(item, recording.results[item]) for item in response.of("item") if item in recording.results]
    found = [between(event(call, done) or call.last(), sent) for call, sent in calls]
    if found:
        yield "tool_time", max(found, key=lambda one: -1.0 if one.value is None else one.value)
    before = _before(response)
    given = [recording.results[item] for item in before.of("item") if item in recording.results] if before else []
    last = max(given, key=lambda one: one.seq, default=None)
    if last is not None and first is not None and last.seq < first.seq:
        yield "resume", between(last, first)


def _before(response: Node) -> Node | None:
    """Return the response before this one in its turn, None when it is the first."""
    siblings = response.parent.of("response") if response.parent is not None else []
    return next((one for one, other in pairwise(siblings) if other is response), None)


def _interrupted(recording: Recording, response: Node, done: Event | None) -> Iterator[Named]:
    stop, truncate = interruption(recording, response), event(response, TRUNCATE)
    if stop is None:
        return
    late = [one for one in events(response, AUDIO) if one.seq > stop.seq]
    if late:
        yield "interrupt_audio", between(stop, late[-1])
    if done is not None and done.seq > stop.seq:
        yield "interrupt_done", between(stop, done)
    if truncate is not None and truncate.seq > stop.seq:
        yield "interrupt_truncate", between(stop, truncate)
