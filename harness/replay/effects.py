"""What becomes of the conversation when the server sends an event, and what the event must say about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from harness.model import JSON
from harness.replay import settings
from harness.replay.compiler import PREVIOUS
from harness.replay.script import Step, Turn
from harness.replay.wire import dumps, loads

if TYPE_CHECKING:
    from harness.replay.playing import Playing
    from harness.replay.replayer import Replayer

PLACED = frozenset({"conversation.item.added", "conversation.item.done"})

NANOSECONDS = 1_000_000_000
LIFETIME_S = 1_800
"""How long a session lives when the recording does not tell: 30 minutes, as in 2025."""


def _configure(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    event = loads(step.template.render(playing.values))
    session = event["session"]
    if isinstance(session.get("expires_at"), int):
        session["expires_at"] = replayer.now_ns // NANOSECONDS + LIFETIME_S
    if replayer.model and "model" in session:
        session["model"] = replayer.model
    replayer.session = session
    return dumps(event)


def _add_item(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    item_id = playing.item_id(step)
    playing.values[PREVIOUS] = dumps(replayer.conversation.predecessor(item_id))
    body = step.template.render(playing.values)
    replayer.conversation.place(item_id, loads(body)["item"])
    return body


def _name_predecessor(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    playing.values[PREVIOUS] = dumps(replayer.conversation.predecessor(playing.item_id(step)))
    return step.template.render(playing.values)


def _open_part(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    """Remember the part that opens: what can be truncated depends on its having audio."""
    body = step.template.render(playing.values)
    event = loads(body)
    replayer.speakers[event["item_id"]] = playing
    item = replayer.conversation.item(event["item_id"])
    if item is not None:
        content = item.get("content")
        parts = content if isinstance(content, list) else []
        replayer.conversation.keep(event["item_id"], {**item, "content": [*parts, event["part"]]})
    return body


def _finish_item(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    body = step.template.render(playing.values)
    if not playing.is_out_of_band:
        replayer.conversation.keep(playing.item_id(step), loads(body)["item"])
    return body


def _commit(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    replayer.turns.ear.end_turn()
    return _name_predecessor(replayer, playing, step)


def _start_speech(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    replayer.turns.started(playing)
    padding_ms = settings.padding_ms(replayer.session)
    return _with_ms(playing, step, "audio_start_ms", lambda turn: replayer.turns.ear.started_ms(turn, padding_ms))


def _stop_speech(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    silence_ms = settings.silence_ms(replayer.session)
    return _with_ms(playing, step, "audio_end_ms", lambda turn: replayer.turns.ear.stopped_ms(turn, silence_ms))


def _with_ms(playing: Playing, step: Step, field: str, measure: Callable[[Turn], int]) -> bytes:
    """Return an event with the time that fits the audio that was really received."""
    event = loads(step.template.render(playing.values))
    if field in event and playing.turn is not None:
        event[field] = measure(playing.turn)
    return dumps(event)


def _begin_response(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    if not playing.is_out_of_band:
        replayer.active = playing
    return _as_requested(playing, step)


def _finish_response(replayer: Replayer, playing: Playing, step: Step) -> bytes:
    if replayer.active is playing:
        replayer.active = None
    return _as_requested(playing, step)


def _as_requested(playing: Playing, step: Step) -> bytes:
    """Return an event of a response with what the client's `response.create` said about it."""
    body = step.template.render(playing.values)
    overrides = overridden(playing.request)
    if not overrides:
        return body
    event = loads(body)
    event["response"].update(overrides)
    return dumps(event)


def overridden(request: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return the fields of a response that the client's request decides."""
    overrides = {"metadata": request["metadata"]} if request.get("metadata") is not None else {}
    if request.get("conversation") == "none":
        overrides["conversation_id"] = None
    return overrides


def _interrupt(replayer: Replayer, playing: Playing) -> None:
    if settings.interrupts(replayer.session):
        replayer.interrupt(playing)


AFTERWARDS: Mapping[str, Callable[[Replayer, Playing], None]] = {"input_audio_buffer.speech_started": _interrupt}
"""What happens right behind an event."""

EFFECTS: Mapping[str, Callable[[Replayer, Playing, Step], bytes]] = {
    "session.created": _configure,
    "session.updated": _configure,
    "conversation.item.added": _add_item,
    "conversation.item.done": _name_predecessor,
    "input_audio_buffer.speech_started": _start_speech,
    "input_audio_buffer.speech_stopped": _stop_speech,
    "input_audio_buffer.committed": _commit,
    "response.created": _begin_response,
    "response.content_part.added": _open_part,
    "response.output_item.done": _finish_item,
    "response.done": _finish_response,
}
"""By canonical name. Events that are not here change nothing; most are deltas."""
