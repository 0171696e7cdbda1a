"""How the server answers each event of a client."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from harness.model import JSON
from harness.replay import complaints, refusals, settings
from harness.replay.effects import PLACED
from harness.replay.refusal import Refusal
from harness.replay.spoken import spoken_ms
from harness.replay.wire import dumps

if TYPE_CHECKING:
    from harness.replay.replayer import Received, Replayer


def answer(replayer: Replayer, received: Received) -> None:
    """Refuse an event as the real server does, or do what it asks."""
    if received.name == "input_audio_buffer.commit":
        replayer.turns.end_speech()
    refusal = refusals.refusal(replayer, received)
    if refusal is not None:
        _refuse(replayer, received, refusal)
    if refusal is None or refusal.is_done:
        ANSWERS.get(received.name, _repeat)(replayer, received.body)


def _refuse(replayer: Replayer, received: Received, refusal: Refusal) -> None:
    replayer.say("error", error=refusals.error(refusal, received.body))
    if received.body:  # of a frame that is no event, the shell tells, which has seen it
        kind = received.body.get("type")
        request = f"`{kind}`" if kind else "an event without a type"
        rule = complaints.IDLE_CANCEL if refusal.is_harmless else complaints.REFUSED
        replayer.complain(rule, received.place, f"{request} was refused: {refusal.told or refusal.message}")


def _repeat(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    """Answer what only some dialects have as it was answered in the recording, else not at all."""
    replayer.answer_as_recorded(replayer.script.vocabulary.canonical(str(event["type"])), event)


def _update_session(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    asked = event.get("session")
    update = {key: value for key, value in asked.items() if key != "type"} if isinstance(asked, dict) else {}
    session = settings.merged(replayer.session, update)
    playing = replayer.answer_as_recorded("session.update", event)
    if playing is None:
        replayer.session = session
        wire = replayer.script.vocabulary.wire["session.updated"]
        replayer.send(dumps({"type": wire, "event_id": replayer.ids.new("event"), "session": session}))
    if not settings.listens(session):
        if playing is not None:
            replayer.finish(playing)  # before a turn that is open ends: as things are now, it is not answered
        replayer.turns.forget()


def _append(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    replayer.turns.hear(event.get("audio"))


def _commit(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    replayer.turns.commit()


def _clear(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    replayer.turns.clear()
    replayer.say("input_audio_buffer.cleared")


def _create_item(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    given = event.get("item")
    item = given if isinstance(given, dict) else {}
    item_id = str(item.get("id") or replayer.ids.new("item"))
    made = announced(item, item_id, replayer.script.marks_items)
    after = event.get("previous_item_id")
    replayer.conversation.place(item_id, made, str(after) if after else None)
    previous = replayer.conversation.predecessor(item_id)
    replayer.say("conversation.item.added", previous_item_id=previous, item=made)
    if replayer.says_done():
        replayer.say("conversation.item.done", previous_item_id=previous, item=made)


def announced(item: Mapping[str, JSON], item_id: str, marked: bool) -> dict[str, JSON]:
    """Return an item as the server announces it: with its id and status, without its audio."""
    result: dict[str, JSON] = {"id": item_id}
    if marked:
        result["object"] = "realtime.item"
    result["type"] = item.get("type")
    if item.get("type") != "function_call_output":
        result["status"] = "completed"
    result |= {key: value for key, value in item.items() if key not in result}
    content = item.get("content")
    if isinstance(content, list):
        result["content"] = [_announced_part(part) for part in content]
    return result


def _announced_part(part: JSON) -> JSON:
    if not isinstance(part, dict) or part.get("type") != "input_audio":
        return part
    return {"type": "input_audio", "transcript": part.get("transcript")}


def _delete_item(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    item_id = str(event.get("item_id"))
    replayer.conversation.remove(item_id)
    replayer.say("conversation.item.deleted", item_id=item_id)


def _retrieve_item(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    replayer.say("conversation.item.retrieved", item=replayer.conversation.item(str(event.get("item_id"))))


def _truncate_item(replayer: Replayer, event: Mapping[str, Any]) -> None:
    told = {key: event.get(key) for key in ("item_id", "content_index", "audio_end_ms")}
    told["audio_end_ms"] = min(event["audio_end_ms"], spoken_ms(replayer, str(event["item_id"])))
    replayer.say("conversation.item.truncated", **told)


def _create_response(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    if replayer.responses.is_over():
        replayer.close(1000, "the recording has no more responses")
        return
    request = event.get("response")
    response = replayer.responses.next(asked=True)
    replayer.responses.take(response)
    playing = replayer.play(response.block, replayer.now_ns)
    playing.request = request if isinstance(request, dict) else {}
    if playing.is_out_of_band:
        playing.skip = PLACED


def _cancel_response(replayer: Replayer, event: Mapping[str, JSON]) -> None:
    named = event.get("response_id")
    playing = replayer.response_in_progress(named) if isinstance(named, str) else replayer.active
    if playing is not None:
        replayer.cancel(playing, "client_cancelled")


ANSWERS: Mapping[str, Callable[[Replayer, Mapping[str, JSON]], None]] = {
    "session.update": _update_session,
    "input_audio_buffer.append": _append,
    "input_audio_buffer.commit": _commit,
    "input_audio_buffer.clear": _clear,
    "conversation.item.create": _create_item,
    "conversation.item.delete": _delete_item,
    "conversation.item.retrieve": _retrieve_item,
    "conversation.item.truncate": _truncate_item,
    "response.create": _create_response,
    "response.cancel": _cancel_response,
}
"""By canonical name."""
