"""The items of the conversation and their order."""

from collections.abc import Callable, Mapping

from harness.engine.paths import value_at
from harness.model import Event
from harness.protocol.state.records import KEPT, Conversation, Item, keep, text_at

ROOT = "root"
"""The `previous_item_id` by which a client puts an item first."""


def _added(state: Conversation, event: Event) -> None:
    body = event.body.get("item")
    item_id = text_at(body, "id")
    if not isinstance(body, dict) or not item_id or item_id in state.items:
        return
    content = body.get("content")
    parts = content if isinstance(content, list) else []
    create = state.create_for(body)
    state.items[item_id] = Item(
        item_id,
        event.seq,
        event.place,
        role="user" if item_id in state.committed else text_at(body, "role"),
        type=text_at(body, "type"),
        content_types=tuple(text_at(part, "type") for part in parts),
        from_client=create is not None,
    )
    first = create is not None and create.body.get("previous_item_id") == ROOT
    if create is not None:
        state.waiting(">conversation.item.create").remove(create)
    _place(state, item_id, event, first)
    state.committed.pop(item_id, None)


def _place(state: Conversation, item_id: str, event: Event, first: bool) -> None:
    previous = event.body.get("previous_item_id")
    if first:
        state.order.insert(0, item_id)
    elif previous in state.order[-1:] or previous not in state.order:
        state.order.append(item_id)
    else:
        state.order.insert(state.order.index(str(previous)) + 1, item_id)
    if len(state.order) > KEPT:
        state.items.pop(state.order.pop(0), None)


def _deleted(state: Conversation, event: Event) -> None:
    item_id = text_at(event.body, "item_id")
    item = state.items.pop(item_id, None)
    if item is not None:
        keep(state.deleted_births, item_id, item.seq)
    for table in (state.named, state.makers):
        table.pop(item_id, None)
    if item_id in state.order:
        state.order.remove(item_id)
    state.untranscribed.pop(item_id, None)
    keep(state.deleted, item_id, event.seq)


def _truncated(state: Conversation, event: Event) -> None:
    keep(state.truncated, text_at(event.body, "item_id"), event.seq)


def _named(state: Conversation, event: Event) -> None:
    keep(state.named, text_at(event.body, "item_id") or text_at(event.body, "item.id"), event.seq)


def _part_added(state: Conversation, event: Event) -> None:
    item = state.items.get(text_at(event.body, "item_id"))
    if item is not None:
        item.content_types = (*item.content_types, text_at(value_at(event.body, "part"), "type"))


REDUCERS: Mapping[str, Callable[[Conversation, Event], None]] = {
    "conversation.item.added": _added,
    "conversation.item.done": _named,
    "response.output_item.done": _named,
    "conversation.item.input_audio_transcription.completed": _named,
    "conversation.item.deleted": _deleted,
    "conversation.item.truncated": _truncated,
    "response.content_part.added": _part_added,
}
