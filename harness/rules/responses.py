"""Responses against each other and against the conversation."""

from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event, Witness
from harness.rules.catalogue import Remark, View, rule


@rule("ORD332", "two-responses-at-once", "error", "server", "documented", on=("response.created",))
def two_responses_at_once(view: View, event: Event) -> Iterator[Remark]:
    """Find a default response that starts while another is in progress.

    What: A response of the default conversation is created before the one in progress is done.
    Why: Clients play the two into each other; or the `response.done` of the first is missing.
    Source: Only one response can write to the default conversation at a time.
    Do: Look for the first one's `response.done`; report its absence to the server.
    """
    active = view.state.responses.get(view.state.active)
    body = event.body.get("response")
    if active is None or not isinstance(body, dict) or body.get("id") == active.response_id:
        return
    if "conversation_id" in body and body["conversation_id"] is None:
        return
    yield Remark(
        f"a response is created while {active.response_id} is in progress",
        why=f"{active.response_id} was created at line {active.place.line}, and its `response.done` has not come",
        expected=("response.done",),
        witnesses=(Witness(active.seq, active.place, "response.created", "still in progress"),),
    )


@rule("CNT415", "output-differs-from-items", "error", "server", "documented", on=("response.done",))
def output_differs_from_items(view: View, event: Event) -> Iterator[Remark]:
    """Find a final output that lists other items than were announced.

    What: `response.done` lists other items than its `response.output_item.added` events announced, or another order.
    Why: Clients that read only `response.done` miss items, or run a tool that was never announced.
    Source: response.done: the response includes all output items. It holds in 52 of 52 recorded responses.
    Do: Report it to the server.
    """
    response = view.state.responses.get(str(value_at(event.body, "response.id")))
    output = value_at(event.body, "response.output")
    if response is None or not isinstance(output, list):
        return
    listed = [value_at(item, "id") for item in output]
    announced = [item_id for item_id, _ in response.items]
    if listed != announced:
        yield Remark(
            f"response.done lists {len(listed)} items {listed}; {len(announced)} were announced: {announced}",
            pointer="/response/output",
        )


@rule("IDN220", "output-index-jumps", "warning", "server", "observed", on=("response.output_item.added",))
def output_index_jumps(view: View, event: Event) -> Iterator[Remark]:
    """Find an output item whose index does not follow the last one's.

    What: `output_index` does not count 0, 1, 2 … within a response.
    Why: A client that keeps items in a list by index leaves a hole, or overwrites one.
    Source: Indices are contiguous in 39 of 39 responses of OpenAI, Azure and gateways; xAI leaves gaps in 3 of 17.
    Do: Key items by item_id.
    """
    response = view.state.responses.get(str(event.body.get("response_id")))
    index = event.body.get("output_index")
    if response is None or not isinstance(index, int):
        return
    last = response.items[-1][1] if response.items else -1
    if isinstance(last, int) and index != last + 1:
        yield Remark(
            f"output_index is {index}; {last + 1} comes next", pointer="/output_index", expected=(str(last + 1),)
        )


@rule("IDN230", "previous-item-unknown", "warning", "server", "documented", on=("conversation.item.added",))
def previous_item_unknown(view: View, event: Event) -> Iterator[Remark]:
    """Find an item that is placed behind one that is not in the conversation.

    What: `previous_item_id` names an item that was never added, or was deleted.
    Why: A client that keeps the conversation as a list cannot place the item.
    Source: previous_item_id is the item before it; it was known in 91 of 91 items of OpenAI, Azure and gateways.
    Do: Append the item at the end; report it to the server.
    """
    previous = event.body.get("previous_item_id")
    if not isinstance(previous, str) or previous in view.state.order or not view.state.complete:
        return
    gone = " (it was deleted)" if previous in view.state.deleted else ""
    yield Remark(f"previous_item_id {previous} is not in the conversation{gone}", pointer="/previous_item_id")
