"""Output items and their parts: indices, kinds, arguments, audio."""

import json
from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import Event
from harness.protocol.state.audio import WHOLE, bytes_per_ms, is_base64, is_placeholder, payload_size
from harness.rules.catalogue import NOTHING, Remark, View, rule

PCM_RATE = 16.0
"""Formats above this many bytes per millisecond have two bytes per sample."""


@rule("IDN220", "output-index-jumps", "warning", "server", "observed", on=("response.output_item.done",))
def output_index_jumps(view: View, event: Event) -> Iterator[Remark]:
    """Find an output item whose index does not follow the last one's.

    What: `output_index` does not count 0, 1, 2 … within a response.
    Why: A client that keeps items in a list by index leaves a hole, or overwrites one.
    Source: Indices are contiguous in 39 of 39 responses of OpenAI, Azure and gateways; xAI leaves gaps in 3 of 17.
    Do: Key items by item_id.
    """
    response = view.state.responses.get(str(event.body.get("response_id")))
    index = event.body.get("output_index")
    if response is None:
        return
    indices = [one for _, one in response.items]
    expected = indices.index(index) if index in indices else index
    if index != expected:
        yield Remark(
            f"output_index is {index}; {expected} comes next", pointer="/output_index", expected=(str(expected),)
        )


@rule("IDN221", "content-index-jumps", "warning", "server", "observed", on=("response.content_part.done",))
def content_index_jumps(view: View, event: Event) -> Iterator[Remark]:
    """Find a content part whose index does not follow the last one's.

    What: `content_index` does not count 0, 1, 2 … within an item.
    Why: A client that keeps parts in a list by index leaves a hole, or overwrites one.
    Source: content_index is the index of the part in the item's content; 15 of 15 recorded parts have 0.
    Do: Key parts by item_id and content_index, not by position.
    """
    response = view.state.responses.get(str(event.body.get("response_id")))
    index = event.body.get("content_index")
    if response is None:
        return
    indices = response.parts.get(str(event.body.get("item_id")), [])
    expected = indices.index(index) if index in indices else index
    if index != expected:
        message = f"content_index is {index}; {expected} comes next"
        yield Remark(message, pointer="/content_index", expected=(str(expected),))


@rule("ORD351", "part-of-a-call", "error", "server", "documented", on=("response.content_part.added",))
def part_of_a_call(view: View, event: Event) -> Iterator[Remark]:
    """Find a content part in an item that has none.

    What: `response.content_part.added` names a function call, or another item that is no message.
    Why: A client that fills the item's content finds none there.
    Source: Only messages have content; calls stream their arguments instead.
    Do: Report it to the server.
    """
    response = view.state.responses.get(str(event.body.get("response_id")))
    kind = response.types.get(str(event.body.get("item_id"))) if response else None
    if kind not in (None, "", "message"):
        yield Remark(f"a content part is added to {event.body.get('item_id')}, a {kind}", pointer="/item_id")


@rule("CNT455", "new-item-is-not-empty", "warning", "server", "documented", on=("response.output_item.added",))
def new_item_is_not_empty(view: View, event: Event) -> Iterator[Remark]:
    """Find an output item that has its end before its beginning.

    What: `response.output_item.added` has another status than `in_progress`, or content already.
    Why: A client shows the content twice, or never waits for it.
    Source: A new item will not yet have any content, and its status will be `in_progress` (19 of 19).
    Do: Take status and content from `response.output_item.done`; report it to the server.
    """
    status, content = value_at(event.body, "item.status"), value_at(event.body, "item.content")
    if status not in ("in_progress", None):
        yield Remark(f'a new item has status "{status}"', pointer="/item/status", expected=("in_progress",))
    elif content:
        yield Remark("a new item has content already", pointer="/item/content", expected=("[]",))


@rule(
    "CNT458",
    "output-message-of-another-role",
    "error",
    "server",
    "documented",
    on=("response.output_item.added", "response.output_item.done"),
)
def output_message_of_another_role(view: View, event: Event) -> Iterator[Remark]:
    """Find a message that the model made in somebody else's name.

    What: A message among a response's output items has another role than `assistant`.
    Why: The client shows the model's words as the user's.
    Source: role: `assistant` for items that the model makes (15 of 15 recorded messages).
    Do: Report it to the server.
    """
    kind, role = value_at(event.body, "item.type"), value_at(event.body, "item.role")
    if kind == "message" and role not in ("assistant", None):
        message = f"a message that the model made has the role {role}"
        yield Remark(message, pointer="/item/role", expected=("assistant",))


@rule(
    "CNT452",
    "finished-item-in-progress",
    "warning",
    "server",
    "documented",
    on=("response.output_item.done", "conversation.item.done"),
)
def finished_item_in_progress(view: View, event: Event) -> Iterator[Remark]:
    """Find a finished item that says it is not.

    What: A `done` event carries an item with the status `in_progress`.
    Why: A client that looks at the status waits for ever.
    Source: The status of a finished item is `completed` or `incomplete`.
    Do: Treat the `done` event as the end; report it to the server.
    """
    if value_at(event.body, "item.status") == "in_progress":
        expected = ("completed", "incomplete")
        yield Remark(f'`{event.type}` has an item with status "in_progress"', pointer="/item/status", expected=expected)


@rule("CNT470", "arguments-are-not-json", "warning", "server", "documented", on=("response.output_item.done",))
def arguments_are_not_json(view: View, event: Event) -> Iterator[Remark]:
    """Find a completed call whose arguments cannot be read.

    What: The arguments of a completed function call are no JSON object.
    Why: The tool cannot be run; a client that parses them without care crashes.
    Source: arguments: a JSON-encoded string of the arguments. Models sometimes fail at it.
    Do: Send the parser's complaint as the call's output: the model tries again.
    """
    text = value_at(event.body, "item.arguments")
    finished = value_at(event.body, "item.status") == "completed"
    if not finished or value_at(event.body, "item.type") != "function_call" or not isinstance(text, str):
        return
    try:
        whole = isinstance(json.loads(text), dict)
    except ValueError:
        whole = False
    if not whole:
        yield Remark(f"the arguments of a completed call are no JSON object: {text[:60]!r}", pointer="/item/arguments")


@rule("CNT471", "audio-is-damaged", "warning", "server", "schema", on=("response.output_audio.delta",))
def audio_is_damaged(view: View, event: Event) -> Iterator[Remark]:
    """Find audio that cannot be decoded.

    What: The audio of a delta is not base64.
    Why: The client cannot play it; many crash, or lose the rest of the answer.
    Source: delta: base64-encoded audio data. All recorded audio can be decoded.
    Do: Look whether the recorder shortened it; else report it to the server.
    """
    payload = event.body.get("delta")
    if not isinstance(payload, str) or is_placeholder(payload) or is_base64(payload):
        return NOTHING
    return iter((Remark("the audio is not base64", pointer="/delta"),))


@rule(
    "CNT472",
    "audio-splits-a-sample",
    "warning",
    "server",
    "documented",
    on=("response.output_audio.delta",),
    needs=("output audio",),
)
def audio_splits_a_sample(view: View, event: Event) -> Iterator[Remark]:
    """Find PCM audio with an odd number of bytes.

    What: A delta of 16-bit audio ends in the middle of a sample.
    Why: From there on the client plays noise, or its typed array refuses the bytes.
    Source: PCM audio is 16 bits per sample. Seen with gateways that cut at bytes (field problem A11).
    Do: Carry the odd byte over to the next delta; report it to the server.
    """
    rate = bytes_per_ms(view.state.setting("output_format"))
    size = payload_size(event.body.get("delta"))
    if rate and rate >= PCM_RATE and size >= WHOLE and size % 2:
        yield Remark(f"the audio has {size} bytes, an odd number", pointer="/delta")
