"""Responses, their items and their parts."""

from collections.abc import Callable, Mapping

from harness.engine.paths import value_at
from harness.model import Event
from harness.protocol.state.audio import bytes_per_ms
from harness.protocol.state.course import lapse
from harness.protocol.state.records import KEPT, NOTED, Conversation, Moment, Response, keep, text_at


def _of(state: Conversation, response_id: str, event: Event) -> Response:
    """Return the record of a response; of one that no event created, a new one."""
    if len(state.responses) > KEPT:
        state.responses.pop(next(iter(state.responses)))
    return state.responses.setdefault(response_id, Response(response_id, event.seq, event.place))


def _created(state: Conversation, event: Event) -> None:
    body = event.body.get("response")
    if not isinstance(body, dict):
        return
    response = _of(state, text_at(body, "id"), event)
    response.out_of_band = "conversation_id" in body and body["conversation_id"] is None
    modalities = value_at(body, state.fields.get("modalities", "modalities"))
    response.modalities, response.started = modalities or state.setting("modalities"), body
    if not response.out_of_band:
        state.active = response.response_id
        state.conversation_id = state.conversation_id or text_at(body, "conversation_id")


def _done(state: Conversation, event: Event) -> None:
    response_id = text_at(event.body, "response.id")
    response = state.responses.get(response_id)
    if response is not None:
        response.done, response.status, response.started = True, text_at(event.body, "response.status"), {}
    if state.active == response_id:
        state.active = ""


def _announce(response: Response, item_id: str, event: Event) -> None:
    if all(item_id != known for known, _ in response.items):
        response.items.append((item_id, event.body.get("output_index")))


def _item_done(state: Conversation, event: Event) -> None:
    """Take an item whose adding the log lacks as announced: what is missing is said elsewhere."""
    response = state.responses.get(text_at(event.body, "response_id"))
    if response is not None:
        _announce(response, text_at(event.body, "item.id"), event)


def _item_added(state: Conversation, event: Event) -> None:
    response = _of(state, text_at(event.body, "response_id"), event)
    item_id = text_at(event.body, "item.id")
    _announce(response, item_id, event)
    response.types[item_id] = text_at(event.body, "item.type")
    keep(state.makers, item_id, response.response_id)


def _part_added(state: Conversation, event: Event) -> None:
    response = state.responses.get(text_at(event.body, "response_id"))
    if response is not None:
        audio = "audio" in text_at(event.body, "part.type")
        response.audio_parts += audio
        response.text_parts += not audio
        response.parts.setdefault(text_at(event.body, "item_id"), []).append(event.body.get("content_index"))


def _audio_delta(state: Conversation, event: Event) -> None:
    response = state.responses.get(text_at(event.body, "response_id"))
    if response is not None:
        response.audio_deltas += 1
        if response.cut is not None:
            response.stale += 1
        if state.course.playing != response.response_id:
            _switch(state, response, event)
    state.over_websocket = True
    size = state.output.hear(event.body.get("delta"))
    rate = bytes_per_ms(state.setting("output_format"))
    if rate is None:
        state.output.exact = False
        return
    items, item_id = state.output.items, text_at(event.body, "item_id")
    if item_id in items:
        items[item_id] += size / rate
    else:
        keep(items, item_id, size / rate)
        keep(state.course.first_audio, item_id, (event.seq, event.at_ns))


def _switch(state: Conversation, response: Response, event: Event) -> None:
    """Note where audio goes back to a response that another one's audio came after."""
    course = state.course
    lapse(state, event, "its first audio")
    before = state.responses.get(course.playing)
    if response.audio_deltas > 1 and before is not None and len(course.switches) < NOTED:
        back = Moment(event.seq, event.place, event.type, event.at_ns, response.response_id)
        course.switches.append((back, before.response_id))
    course.playing = response.response_id


def _interrupted(state: Conversation, _: Event) -> None:
    response = state.responses.get(state.active)
    if response is not None:
        response.interrupted = True


REDUCERS: Mapping[str, Callable[[Conversation, Event], None]] = {
    "response.created": _created,
    "response.done": _done,
    "response.output_item.added": _item_added,
    "response.output_item.done": _item_done,
    "response.content_part.added": _part_added,
    "response.output_audio.delta": _audio_delta,
    "input_audio_buffer.speech_started": _interrupted,
}
