"""What a client must not do with the items of the conversation."""

import re
from collections.abc import Iterator

from harness.engine.paths import value_at
from harness.model import JSON, Event, Witness
from harness.protocol.state import Conversation
from harness.rules.catalogue import Remark, View, rule

CREATE = ">conversation.item.create"
TRUNCATE = ">conversation.item.truncate"
ROOT = "root"
LONGEST_ID = 32
"""How long the id of an item may be."""
CALL_ID = re.compile(r"[a-zA-Z0-9_-]+")
AUDIO_OF_ASSISTANT = ("output_audio", "audio")


def _is_known(state: Conversation, item_id: JSON) -> bool:
    """Tell whether an item is in the conversation, or on its way there."""
    tables = (state.items, state.named, state.makers, state.committed)
    asked = (value_at(one.body, "item.id") for one in state.waiting(CREATE))
    return any(item_id in table for table in tables) or item_id in asked


def _unknown(view: View, event: Event, field: str) -> Iterator[Remark]:
    item_id = event.body.get(field)
    if isinstance(item_id, str) and not _is_known(view.state, item_id):
        gone = ", which was deleted" if item_id in view.state.deleted else ""
        yield Remark(f"{field} {item_id} is not in the conversation{gone}", pointer=f"/{field}")


@rule(
    "CLI910",
    "delete-of-unknown-item",
    "error",
    "client",
    "documented",
    on=(">conversation.item.delete",),
    needs=("start",),
)
def delete_of_unknown_item(view: View, event: Event) -> Iterator[Remark]:
    """Find the deletion of an item that is not there.

    What: `conversation.item.delete` names an item that was never added, or was deleted.
    Why: The service refuses it: item_delete_invalid_item_id.
    Source: Unless the item does not exist in the conversation history, in which case the server will respond with an
        error. Client rule C-10.
    Do: Delete by the ids of `conversation.item.added`, once.
    """
    yield from _unknown(view, event, "item_id")


@rule("CLI911", "truncate-of-unknown-item", "error", "client", "documented", on=(TRUNCATE,), needs=("start",))
def truncate_of_unknown_item(view: View, event: Event) -> Iterator[Remark]:
    """Find the truncation of an item that is not there.

    What: `conversation.item.truncate` names an item that was never added, or was deleted.
    Why: The service refuses it: item_truncate_invalid_item_id. The model believes that all was heard.
    Source: The item must be in the conversation; the code is known from many clients. Client rule C-11.
    Do: Truncate the item_id of the audio deltas that were played last.
    """
    yield from _unknown(view, event, "item_id")


@rule(
    "CLI912",
    "retrieve-of-unknown-item",
    "error",
    "client",
    "documented",
    on=(">conversation.item.retrieve",),
    needs=("start",),
)
def retrieve_of_unknown_item(view: View, event: Event) -> Iterator[Remark]:
    """Find the retrieval of an item that is not there.

    What: `conversation.item.retrieve` names an item that was never added, or was deleted.
    Why: The service refuses it: item_retrieve_invalid_item_id.
    Source: Unless the item does not exist in the conversation history, in which case the server will respond with an
        error. Client rule C-12.
    Do: Retrieve by the ids of `conversation.item.added`.
    """
    yield from _unknown(view, event, "item_id")


@rule("CLI914", "truncate-without-audio", "error", "client", "documented", on=(TRUNCATE,))
def truncate_without_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find the truncation of an item that has no audio.

    What: `conversation.item.truncate` names an item that is no message of the assistant or has text only, or it cuts at
        a negative time.
    Why: The service refuses it: "Only model output audio messages can be truncated".
    Source: Only assistant message items can be truncated. Five independent threads (field problem T3). Client rule
        C-14.
    Do: Delete an item of which nothing was heard; leave texts alone.
    """
    end = event.body.get("audio_end_ms")
    if isinstance(end, int) and end < 0:
        yield Remark(f"audio_end_ms is {end}", pointer="/audio_end_ms", expected=("0",))
        return
    item = view.state.items.get(str(event.body.get("item_id")))
    if item is None:
        return
    silent = bool(item.content_types) and not any("audio" in kind for kind in item.content_types)
    if item.type != "message" or item.role != "assistant" or silent or item.from_client:
        kind = f"{item.type} of {item.role}" if item.role else item.type
        yield Remark(
            f"{item.item_id} is no audio of the model's: {kind}, {', '.join(item.content_types) or 'no content'}",
            pointer="/item_id",
        )


@rule("CLI915", "insert-behind-unknown-item", "error", "client", "documented", on=(CREATE,), needs=("start",))
def insert_behind_unknown_item(view: View, event: Event) -> Iterator[Remark]:
    """Find an item that is to be put behind one that is not there.

    What: `previous_item_id` of `conversation.item.create` names an item that was never added, or was deleted.
    Why: The service refuses the item; the model does not read it.
    Source: previous_item_id: if the ID cannot be found, an error will be returned and the item will not be added.
        Client rule C-15.
    Do: Take the id from `conversation.item.added`, leave it out for the end, or send `root` for the beginning.
    """
    if event.body.get("previous_item_id") != ROOT:
        yield from _unknown(view, event, "previous_item_id")


@rule("CLI916", "item-id-in-use", "warning", "client", "observed", on=(CREATE,))
def item_id_in_use(view: View, event: Event) -> Iterator[Remark]:
    """Find an item that is created with the id of another one.

    What: `item.id` of `conversation.item.create` is that of an item in the conversation.
    Why: The service refuses the item, or two items cannot be told apart.
    Source: An item's id is unique; a refusal has not been recorded. Client rule C-16, field problem H3.
    Do: Delete the other item first, or let the server choose the id.
    """
    item_id = value_at(event.body, "item.id")
    if isinstance(item_id, str) and _is_known(view.state, item_id):
        yield Remark(f"the item id {item_id} is in use", pointer="/item/id")


@rule("CLI917", "item-id-too-long", "error", "client", "observed", on=(CREATE,))
def item_id_too_long(view: View, event: Event) -> Iterator[Remark]:
    """Find an item whose id is longer than allowed.

    What: `item.id` of `conversation.item.create` has more than 32 characters.
    Why: The service refuses the item. A UUID with its dashes has 36.
    Source: Invalid 'item.id': string too long. Expected a string with maximum length 32. Client rule C-17.
    Do: Send a shorter id, or none.
    """
    item_id = value_at(event.body, "item.id")
    if isinstance(item_id, str) and len(item_id) > LONGEST_ID:
        yield Remark(f"the item id has {len(item_id)} characters; {LONGEST_ID} are allowed", pointer="/item/id")


@rule("CLI918", "output-of-unknown-call", "error", "client", "observed", on=(CREATE,), needs=("start",))
def output_of_unknown_call(view: View, event: Event) -> Iterator[Remark]:
    """Find the output of a call that nobody made.

    What: A `function_call_output` names a `call_id` that no function call of the conversation has.
    Why: The service refuses it: invalid_tool_call_id. The model waits for the output.
    Source: Tool call ID 'call_…' not found in conversation (livekit 3344). Client rule C-18.
    Do: Send the call's `call_id` (call_…), not the item's id; the call's item must still be in the conversation.
    """
    call_id = value_at(event.body, "item.call_id")
    known = call_id in view.state.tools.calls or call_id in view.state.tools.given
    if value_at(event.body, "item.type") == "function_call_output" and isinstance(call_id, str) and not known:
        item = view.state.items.get(call_id)
        hint = "send the call_id of the call, not the id of its item" if item is not None else ""
        yield Remark(f"no call has the call_id {call_id}", pointer="/item/call_id", hint=hint)


@rule("CLI919", "call-id-malformed", "error", "client", "observed", on=(CREATE,))
def call_id_malformed(view: View, event: Event) -> Iterator[Remark]:
    """Find a call id with characters that are not allowed.

    What: `item.call_id` has other characters than letters, digits, `_` and `-`.
    Why: The service refuses the item.
    Source: It is refused unless it matches ^[a-zA-Z0-9_-]+$ (livekit 5652). Client rule C-19.
    Do: Repeat the call's own `call_id`; in histories, replace the other characters.
    """
    call_id = value_at(event.body, "item.call_id")
    if isinstance(call_id, str) and not CALL_ID.fullmatch(call_id):
        yield Remark(f"the call_id is {call_id!r}", pointer="/item/call_id")


@rule("CLI927", "assistant-audio-created", "error", "client", "documented", on=(CREATE,))
def assistant_audio_created(view: View, event: Event) -> Iterator[Remark]:
    """Find a client that puts audio into the assistant's mouth.

    What: `conversation.item.create` has a message of the assistant with audio.
    Why: The service refuses it: Missing required parameter: 'item.content[0].text'.
    Source: conversation.item.create cannot populate assistant audio messages. Client rule C-27, field problem H5.
    Do: Send the transcript as text of the assistant.
    """
    content = value_at(event.body, "item.content")
    if value_at(event.body, "item.role") != "assistant" or not isinstance(content, list):
        return
    for index, part in enumerate(content):
        if value_at(part, "type") in AUDIO_OF_ASSISTANT:
            yield Remark("audio of the assistant cannot be created", pointer=f"/item/content/{index}/type")
            return


@rule("CLI940", "second-output-for-call", "warning", "client", "house", on=(CREATE,))
def second_output_for_call(view: View, event: Event) -> Iterator[Remark]:
    """Find a call that is answered twice.

    What: A second `function_call_output` is sent for the same call.
    Why: The tool ran twice, or the model reads two results and believes one.
    Source: The arguments come in three events: `response.function_call_arguments.done`, `response.output_item.done`
        and `response.done`; a client that listens to two of them runs the tool twice.
    Do: Run a tool on one of these events only.
    """
    call = view.state.tools.calls.get(str(value_at(event.body, "item.call_id")))
    second = value_at(event.body, "item.type") == "function_call_output"
    if call is not None and call.output is not None and second:
        yield Remark(
            f"the call {call.call_id} has an output already",
            witnesses=(Witness(*call.output, event.type, "answered here"),),
            pointer="/item/call_id",
        )


CONTENT_OF = {
    "user": ("input_text", "input_audio", "input_image", "item_reference"),
    "system": ("input_text",),
    "assistant": ("output_text", "text", "output_audio", "audio"),
}
"""What each role may say; `text` in beta, `output_text` today. Audio of the assistant has a rule of its own."""


@rule("CLI957", "content-of-another-role", "warning", "client", "documented", on=(CREATE,))
def content_of_another_role(view: View, event: Event) -> Iterator[Remark]:
    """Find a message whose content is of the kind that another role has.

    What: A part of `conversation.item.create` has a type that messages of its role do not have.
    Why: The service refuses the item, and the history is not restored.
    Source: content: `input_text`, `input_audio` and `input_image` for users, `input_text` for system messages,
        `output_text` (in beta `text`) for the assistant; agents-js 963, forum 1050576 and 974390 (field problem H5).
    Do: Send words of the assistant as `output_text` (in beta `text`), those of the user and the system as `input_text`.
    """
    role, content = value_at(event.body, "item.role"), value_at(event.body, "item.content")
    allowed = CONTENT_OF.get(str(role))
    for index, part in enumerate(content if allowed and isinstance(content, list) else []):
        kind = value_at(part, "type")
        if isinstance(kind, str) and allowed and kind not in allowed:
            pointer = f"/item/content/{index}/type"
            yield Remark(f"a message of the {role} has {kind}", pointer=pointer, expected=allowed[:1])
            return


@rule("CLI954", "item-comes-back-at-the-end", "note", "client", "documented", on=(CREATE,))
def item_comes_back_at_the_end(view: View, event: Event) -> Iterator[Remark]:
    """Find an item that was deleted and is created again without its place.

    What: `conversation.item.create` has the id of a deleted item and no `previous_item_id`, and later items exist.
    Why: It goes to the end of the conversation: the model reads the history in another order.
    Source: previous_item_id: if not set, the new item will be appended to the end; agents-js 1763 (field problem H4).
    Do: Send `previous_item_id` with the id of the item before it, `root` for the beginning.
    """
    state, item_id = view.state, value_at(event.body, "item.id")
    born = state.deleted_births.get(item_id) if isinstance(item_id, str) else None
    if born is None or event.body.get("previous_item_id") is not None:
        return
    later = next((item for item in state.items.values() if item.seq > born), None)
    if later is not None:
        yield Remark(f"{item_id} was deleted and comes back behind {later.item_id}", pointer="/item/id")
