"""Calls of functions and of tool servers."""

from collections.abc import Callable, Mapping

from harness.engine.paths import value_at
from harness.model import Event
from harness.protocol.state.records import Call, Conversation, keep, text_at


def _called(state: Conversation, event: Event, item_id: str, call_id: str) -> None:
    if call_id and call_id not in state.tools.calls:
        call = Call(call_id, item_id, event.seq, event.place, at_ns=event.at_ns)
        call.response_id = text_at(event.body, "response_id")
        keep(state.tools.calls, call_id, call)


def _arguments_done(state: Conversation, event: Event) -> None:
    _called(state, event, text_at(event.body, "item_id"), text_at(event.body, "call_id"))


def _item_added(state: Conversation, event: Event) -> None:
    item_id = text_at(event.body, "item.id")
    if text_at(event.body, "item.type") == "function_call":
        _called(state, event, item_id, text_at(event.body, "item.call_id"))
    gate = text_at(event.body, "item.approval_request_id")
    if gate:
        keep(state.tools.gates, item_id, gate)


def _response_done(state: Conversation, event: Event) -> None:
    output = value_at(event.body, "response.output")
    for item in output if isinstance(output, list) else []:
        call = state.tools.calls.get(text_at(item, "call_id"))
        if call is not None and text_at(item, "type") == "function_call":
            call.finished = text_at(item, "status") == "completed"


def _conversation_item(state: Conversation, event: Event) -> None:
    item_id, kind = text_at(event.body, "item.id"), text_at(event.body, "item.type")
    if kind == "function_call":
        _called(state, event, item_id, text_at(event.body, "item.call_id"))
    if kind == "mcp_list_tools":
        keep(state.tools.labels, item_id, text_at(event.body, "item.server_label"))


def _item_done(state: Conversation, event: Event) -> None:
    _conversation_item(state, event)
    state.tools.completed.pop(text_at(event.body, "item.id"), None)


def _item_create(state: Conversation, event: Event) -> None:
    kind = text_at(event.body, "item.type")
    if kind == "function_call_output":
        call = state.tools.calls.get(text_at(event.body, "item.call_id"))
        if call is not None and call.output is None:
            call.output = (event.seq, event.place)
    elif kind == "function_call":
        keep(state.tools.given, text_at(event.body, "item.call_id"), event.seq)
    elif kind == "mcp_approval_response":
        approve = value_at(event.body, "item.approve")
        keep(state.tools.approved, text_at(event.body, "item.approval_request_id"), approve is True)


def _listing(state: Conversation, event: Event) -> None:
    keep(state.tools.listing, text_at(event.body, "item_id"), (event.seq, event.place))


def _list_completed(state: Conversation, event: Event) -> None:
    item_id = text_at(event.body, "item_id")
    state.tools.listing.pop(item_id, None)
    state.tools.failed.pop(state.tools.labels.get(item_id, ""), None)
    if item_id not in state.named:  # the order of the two is not documented
        keep(state.tools.completed, item_id, (event.seq, event.place))


def _list_failed(state: Conversation, event: Event) -> None:
    state.tools.listing.pop(text_at(event.body, "item_id"), None)
    label = state.tools.labels.get(text_at(event.body, "item_id"))
    if label:
        keep(state.tools.failed, label, (event.seq, event.place))


REDUCERS: Mapping[str, Callable[[Conversation, Event], None]] = {
    "response.output_item.added": _item_added,
    "response.function_call_arguments.done": _arguments_done,
    "response.done": _response_done,
    "conversation.item.added": _conversation_item,
    "conversation.item.done": _item_done,
    ">conversation.item.create": _item_create,
    "mcp_list_tools.in_progress": _listing,
    "mcp_list_tools.completed": _list_completed,
    "mcp_list_tools.failed": _list_failed,
}
