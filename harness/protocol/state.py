"""The conversation as it stands: one reducer per event, from the server's word and never from what was asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from harness.engine.paths import value_at
from harness.model import JSON, Event, Place

KEPT = 2048
"""How many items and responses are remembered; far more than a conversation's context holds."""
KEPT_IDS = 65536
"""How many event ids are remembered; a doubled event comes within seconds of the first."""


@dataclass(slots=True)
class Response:
    """One response, while it is made and after."""

    response_id: str
    seq: int
    place: Place
    out_of_band: bool = False
    modalities: JSON = None
    done: bool = False
    status: str = ""
    text_parts: int = 0
    audio_parts: int = 0
    audio_deltas: int = 0
    items: list[tuple[str, JSON]] = field(default_factory=list)
    """The ids of its output items with their output_index, in the order of their adding."""


@dataclass(slots=True)
class Item:
    """One item of the conversation."""

    item_id: str
    seq: int
    place: Place
    role: str = ""
    type: str = ""
    content_types: tuple[str, ...] = ()
    from_client: bool = False


@dataclass(slots=True)
class Conversation:
    """What is known of a session at one moment."""

    fields: Mapping[str, str]
    """Where the dialect's session object keeps what is asked for."""
    config: dict[str, JSON] = field(default_factory=dict)
    """The session object as the server last sent it."""
    config_seen: bool = False
    items: dict[str, Item] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    """The conversation as a chain of item ids."""
    deleted: dict[str, int] = field(default_factory=dict)
    """The items that were deleted, with the `seq` of the deletion."""
    responses: dict[str, Response] = field(default_factory=dict)
    active: str = ""
    """The default response in progress, empty when there is none."""
    speech: str = ""
    """The item whose speech goes on, empty when nobody speaks."""
    speech_start_ms: JSON = None
    appends: int = 0
    event_ids: dict[tuple[str, str], tuple[int, Place, str]] = field(default_factory=dict)
    """The `event_id`s used so far, by side."""
    complete: bool = True
    """Whether the log starts with the session; else items may be older than the log."""
    updates: int = 0
    """How many `session.update` the client sent."""
    created_items: int = 0
    """How many `conversation.item.create` the client sent and the server has not added yet."""
    tools: int = 0

    def setting(self, name: str) -> JSON:
        """Return a setting of the session by its canonical name, None where it is off or not known."""
        return value_at(self.config, self.fields.get(name, name))

    def knows_setting(self, name: str) -> bool:
        """Tell whether the server has said anything about a setting."""
        parent, _, leaf = self.fields.get(name, name).rpartition(".")
        holder = value_at(self.config, parent) if parent else self.config
        return isinstance(holder, dict) and leaf in holder


def _text(body: JSON, path: str) -> str:
    value = value_at(body, path)
    return value if isinstance(value, str) else ""


def _configure(state: Conversation, event: Event) -> None:
    session = event.body.get("session")
    if isinstance(session, dict):
        state.config, state.config_seen = session, True
        tools = session.get("tools")
        state.tools = len(tools) if isinstance(tools, list) else 0


def _item_added(state: Conversation, event: Event) -> None:
    item_id = _text(event.body, "item.id")
    if not item_id or item_id in state.items:
        return
    content = value_at(event.body, "item.content")
    parts = content if isinstance(content, list) else []
    state.items[item_id] = Item(
        item_id,
        event.seq,
        event.place,
        role=_text(event.body, "item.role"),
        type=_text(event.body, "item.type"),
        content_types=tuple(_text(part, "type") for part in parts),
        from_client=state.created_items > 0 and _text(event.body, "item.role") != "assistant",
    )
    state.created_items = max(0, state.created_items - state.items[item_id].from_client)
    previous = event.body.get("previous_item_id")
    last = not state.order or previous == state.order[-1] or previous not in state.order
    state.order.insert(len(state.order) if last else state.order.index(str(previous)) + 1, item_id)
    if len(state.order) > KEPT:
        state.items.pop(state.order.pop(0), None)


def _item_deleted(state: Conversation, event: Event) -> None:
    item_id = _text(event.body, "item_id")
    state.items.pop(item_id, None)
    if item_id in state.order:
        state.order.remove(item_id)
    state.deleted[item_id] = event.seq
    if len(state.deleted) > KEPT:
        del state.deleted[next(iter(state.deleted))]


def _response(state: Conversation, response_id: str, event: Event) -> Response:
    """Return the record of a response; of one that no event created, a new one."""
    if len(state.responses) > KEPT:
        state.responses.pop(next(iter(state.responses)))
    return state.responses.setdefault(response_id, Response(response_id, event.seq, event.place))


def _response_created(state: Conversation, event: Event) -> None:
    response_id = _text(event.body, "response.id")
    holder = event.body.get("response")
    out_of_band = isinstance(holder, dict) and "conversation_id" in holder and holder["conversation_id"] is None
    modalities = value_at(holder, state.fields.get("modalities", "modalities")) or state.setting("modalities")
    response = _response(state, response_id, event)
    response.out_of_band, response.modalities = out_of_band, modalities
    if not out_of_band:
        state.active = response_id


def _response_done(state: Conversation, event: Event) -> None:
    response_id = _text(event.body, "response.id")
    response = state.responses.get(response_id)
    if response is not None:
        response.done, response.status = True, _text(event.body, "response.status")
    if state.active == response_id:
        state.active = ""


def _output_item_added(state: Conversation, event: Event) -> None:
    response = _response(state, _text(event.body, "response_id"), event)
    response.items.append((_text(event.body, "item.id"), event.body.get("output_index")))


def _part_added(state: Conversation, event: Event) -> None:
    response = state.responses.get(_text(event.body, "response_id"))
    if response is not None:
        audio = "audio" in _text(event.body, "part.type")
        response.audio_parts += audio
        response.text_parts += not audio


def _audio_delta(state: Conversation, event: Event) -> None:
    response = state.responses.get(_text(event.body, "response_id"))
    if response is not None:
        response.audio_deltas += 1


def _speech_started(state: Conversation, event: Event) -> None:
    state.speech = _text(event.body, "item_id")
    state.speech_start_ms = event.body.get("audio_start_ms")


def _speech_stopped(state: Conversation, _: Event) -> None:
    state.speech = ""


def _append(state: Conversation, _: Event) -> None:
    state.appends += 1


def _update(state: Conversation, _: Event) -> None:
    state.updates += 1


def _item_create(state: Conversation, _: Event) -> None:
    state.created_items += 1


REDUCERS: Mapping[str, Callable[[Conversation, Event], None]] = {
    "session.created": _configure,
    "session.updated": _configure,
    "conversation.item.added": _item_added,
    "conversation.item.deleted": _item_deleted,
    "response.created": _response_created,
    "response.done": _response_done,
    "response.output_item.added": _output_item_added,
    "response.content_part.added": _part_added,
    "response.output_audio.delta": _audio_delta,
    "input_audio_buffer.speech_started": _speech_started,
    "input_audio_buffer.speech_stopped": _speech_stopped,
    ">input_audio_buffer.append": _append,
    ">session.update": _update,
    ">conversation.item.create": _item_create,
}


def remember_event_id(state: Conversation, event: Event) -> None:
    """Note an event's `event_id` as used."""
    own_id = event.body.get("event_id")
    if own_id.__class__ is str:
        ids = state.event_ids
        ids.setdefault((event.side, own_id), (event.seq, event.place, event.type))  # type: ignore[arg-type]
        if len(ids) > KEPT_IDS:
            del ids[next(iter(ids))]


def _answers_by_itself(state: Conversation, _: Mapping[str, JSON]) -> bool | None:
    """Tell whether a committed turn is answered without a `response.create`."""
    if not state.config_seen or not state.knows_setting("turn_detection"):
        return None
    detection = state.setting("turn_detection")
    if not isinstance(detection, dict) or detection.get("type") in (None, "none"):
        return False
    if state.config.get("type") == "transcription" or state.config.get("object") == "realtime.transcription_session":
        return False
    return detection.get("create_response", True) is not False


def _mirrored(state: Conversation, attributes: Mapping[str, JSON]) -> bool | None:
    """Tell whether a response's items enter the conversation: those of out-of-band responses do not."""
    response = state.responses.get(str(attributes.get("response_id")))
    return None if response is None else not response.out_of_band


CONDITIONS: Mapping[str, Callable[[Conversation, Mapping[str, JSON]], bool | None]] = {
    "answers_by_itself": _answers_by_itself,
    "mirrored": _mirrored,
}
"""The conditions that links name."""
