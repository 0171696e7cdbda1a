"""Items of the conversation: where they stand, and whether they are what was asked for."""

from collections.abc import Iterator, Mapping

from harness.engine.paths import value_at
from harness.model import JSON, Event, Witness
from harness.protocol.state import Conversation, Request
from harness.protocol.state.records import echo_faults
from harness.rules.catalogue import Remark, View, rule

ADDED = "conversation.item.added"
ROOT = "root"
SLACK_MS = 100
"""Services and clients count audio up to 85 ms apart (pipecat 2106)."""


def _item(event: Event) -> Mapping[str, JSON]:
    item = event.body.get("item")
    return item if isinstance(item, dict) else {}


def _asked(request: Request, role: str) -> Witness:
    return Witness(request.seq, request.place, "conversation.item.create", role)


@rule(
    "IDN230",
    "previous-item-unknown",
    "warning",
    "server",
    "documented",
    on=(ADDED, "input_audio_buffer.committed"),
    needs=("start",),
)
def previous_item_unknown(view: View, event: Event) -> Iterator[Remark]:
    """Find an item that is placed behind one that is not in the conversation.

    What: `previous_item_id` names an item that was never added, or was deleted.
    Why: A client that keeps the conversation as a list cannot place the item.
    Source: previous_item_id is the item before it; it was known in 91 of 91 items of OpenAI, Azure and gateways.
    Do: Append the item at the end; report it to the server.
    """
    previous = event.body.get("previous_item_id")
    if not isinstance(previous, str) or not previous or previous in view.state.items:
        return
    gone = " (it was deleted)" if previous in view.state.deleted else ""
    message = f"previous_item_id {previous} is not in the conversation{gone}"
    yield Remark(message, pointer="/previous_item_id", about=(previous,))


@rule("IDN232", "item-not-at-the-end", "warning", "server", "observed", on=(ADDED,))
def item_not_at_the_end(view: View, event: Event) -> Iterator[Remark]:
    """Find an item that is put in another place than the end, and nobody asked for it.

    What: `previous_item_id` is not the last item of the conversation, although no `previous_item_id` was asked for.
    Why: A client that appends has another order than the model.
    Source: A new item goes to the end: 91 of 91 items of OpenAI, Azure and gateways; 32 of 38 of xAI.
    Do: Place items by previous_item_id; report it to the server.
    """
    item, previous = _item(event), event.body.get("previous_item_id")
    if not view.state.order or "previous_item_id" not in event.body or _place_asked(view.state, item) is not None:
        return
    last = view.state.order[-1]
    if previous != last and not _overtaken(view.state, item, previous):
        message = f"the item is placed behind {previous or 'none'}; the last item is {last}"
        yield Remark(message, pointer="/previous_item_id", expected=(last,), about=(previous, last))


def _place_asked(state: Conversation, item: Mapping[str, JSON]) -> Request | None:
    """Return the request that asked for this item in a certain place."""
    create = state.create_for(item)
    return create if create is not None and create.body.get("previous_item_id") else None


def _overtaken(state: Conversation, item: Mapping[str, JSON], previous: JSON) -> bool:
    """Tell whether the items behind `previous` came after the response of this item had started."""
    response = state.responses.get(state.makers.get(str(item.get("id"))) or state.active)
    if response is None or item.get("role") != "assistant" or previous not in state.order:
        return False
    behind = state.order[state.order.index(str(previous)) + 1 :]
    return all(state.items[one].seq > response.seq for one in behind if one in state.items)


@rule("IDN233", "item-not-where-asked", "warning", "server", "documented", on=(ADDED,), needs=("client",))
def item_not_where_asked(view: View, event: Event) -> Iterator[Remark]:
    """Find an item that is put in another place than the client asked for.

    What: `conversation.item.create` gave a `previous_item_id`, and the item was added behind another one.
    Why: The model reads the history in another order than the client believes.
    Source: previous_item_id: the ID of the preceding item after which the new item will be inserted; `root` puts it
        first.
    Do: Trust the server's order; report it to the server.
    """
    create = _place_asked(view.state, _item(event))
    if create is None or "previous_item_id" not in event.body:
        return
    asked = create.body["previous_item_id"]
    wanted, previous = (None if asked == ROOT else asked), event.body["previous_item_id"]
    if previous != wanted:
        yield Remark(
            f"the item is placed behind {previous or 'none'}; the client asked for {asked}",
            witnesses=(_asked(create, "asked here"),),
            pointer="/previous_item_id",
            expected=(str(wanted),),
        )


@rule("CNT450", "committed-item-is-no-user-audio", "error", "server", "documented", on=(ADDED,))
def committed_item_is_no_user_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find the item of a committed buffer that is not the user's audio.

    What: The item that a commit made is no message, not of the user, or has other content than one part of audio.
    Why: The client shows the user's words as those of somebody else, or not at all.
    Source: input_audio_buffer.committed: item_id is the ID of the user message item that will be created.
    Do: Report it to the server.
    """
    item = _item(event)
    commit = view.state.committed.get(str(item.get("id")))
    if commit is None:
        return
    content = item.get("content")
    kinds = [value_at(part, "type") for part in content] if isinstance(content, list) else []
    found = {"type": (item.get("type"), "message"), "role": (item.get("role"), "user")}
    witness = Witness(*commit, "input_audio_buffer.committed", "committed here")
    for name, (seen, wanted) in found.items():
        if seen != wanted:
            message = f"the item of the committed buffer has the {name} {seen}"
            yield Remark(message, pointer=f"/item/{name}", expected=(wanted,), witnesses=(witness,))
            return
    if kinds and kinds != ["input_audio"]:
        message = f"the item of the committed buffer has content of type {', '.join(map(str, kinds))}"
        yield Remark(message, pointer="/item/content", expected=("input_audio",), witnesses=(witness,))


@rule("CNT451", "created-item-differs", "warning", "server", "observed", on=(ADDED,), needs=("client",))
def created_item_differs(view: View, event: Event) -> Iterator[Remark]:
    """Find an item that was added otherwise than the client wrote it.

    What: The item that answers a `conversation.item.create` has another type, role, call_id, output or text.
    Why: The model reads something that nobody said.
    Source: Services repeat the item as it was sent, in all recorded sessions.
    Do: Trust the server's version; report it to the server.
    """
    item = _item(event)
    create = view.state.create_for(item)
    if create is None:
        return
    for name, wanted, seen in echo_faults(create.body.get("item"), item):
        yield Remark(
            f"{name} is {seen!r}; the client sent {wanted!r}",
            witnesses=(_asked(create, "sent here"),),
            pointer=f"/item/{name}",
            expected=(str(wanted),),
        )
        return


@rule("CNT456", "added-item-has-odd-status", "warning", "server", "observed", on=(ADDED,))
def added_item_has_odd_status(view: View, event: Event) -> Iterator[Remark]:
    """Find an item whose status does not go with its origin.

    What: An item that a response makes is added as complete, or one of the user's or client's as in progress.
    Why: A client that looks at the status takes an empty answer for a whole one, or waits for an end that has been.
    Source: Items of responses are added `in_progress`, all others `completed`, in all recorded sessions of OpenAI,
        Azure and gateways; outputs of functions carry no status. xAI adds the user's item while the user speaks.
    Do: Take the end from `conversation.item.done`; report it to the server.
    """
    item = _item(event)
    status, item_id = item.get("status"), str(item.get("id"))
    if status is None:
        return
    made = item_id in view.state.makers
    if not made and (item.get("role") == "assistant" or item.get("type") != "message"):
        return
    wanted = "in_progress" if made else "completed"
    if status != wanted:
        origin = "a response makes" if made else "the user or the client made"
        message = f'an item that {origin} is added as "{status}"'
        yield Remark(message, pointer="/item/status", expected=(wanted,))


@rule("CNT453", "truncated-without-audio", "error", "server", "documented", on=("conversation.item.truncated",))
def truncated_without_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find the truncation of an item that has no audio to cut.

    What: `conversation.item.truncated` names an item that is no message of the assistant, or that has text only.
    Why: The client throws away words that nobody cut off.
    Source: conversation.item.truncate: only assistant message items can be truncated.
    Do: Report it to the server.
    """
    item = view.state.items.get(str(event.body.get("item_id")))
    if item is None:
        return
    if item.type != "message" or item.role != "assistant":
        kind = f"{item.type} of {item.role}" if item.role else item.type
        yield Remark(f"{item.item_id} was truncated, a {kind}", pointer="/item_id")
    elif item.content_types and not any("audio" in kind for kind in item.content_types):
        yield Remark(f"{item.item_id} was truncated, which has no audio", pointer="/item_id")


@rule(
    "TIM706",
    "truncated-beyond-its-audio",
    "warning",
    "server",
    "documented",
    on=("conversation.item.truncated",),
    needs=("output audio",),
)
def truncated_beyond_its_audio(view: View, event: Event) -> Iterator[Remark]:
    """Find the truncation of an item behind its end.

    What: `audio_end_ms` is more than the audio that came for the item.
    Why: The client believes that more was heard than there is.
    Source: If the audio_end_ms is greater than the actual audio duration, the server will respond with an error.
    Do: Report it to the server.
    """
    end, heard = event.body.get("audio_end_ms"), view.state.output.items.get(str(event.body.get("item_id")))
    if isinstance(end, int) and heard is not None and end > heard + SLACK_MS:
        yield Remark(f"truncated at {end} ms; {heard:.0f} ms of audio came", pointer="/audio_end_ms")


@rule(
    "CAU514",
    "truncated-unasked",
    "warning",
    "server",
    "documented",
    on=("conversation.item.truncated",),
    needs=("client", "start"),
)
def truncated_unasked(view: View, event: Event) -> Iterator[Remark]:
    """Find a truncation that the client did not ask for, over a WebSocket.

    What: `conversation.item.truncated` comes without `conversation.item.truncate`, though audio goes over the socket.
    Why: Over a WebSocket the server cannot know what was heard; the model forgets words that the user knows.
    Source: Over WebRTC and SIP the server truncates unplayed audio by itself (6 of 6); over a WebSocket the client
        must.
    Do: Look for another connection to the same session; else report it to the server.
    """
    state, item_id = view.state, event.body.get("item_id")
    asked = any(one.body.get("item_id") == item_id for one in state.waiting(">conversation.item.truncate"))
    if state.over_websocket and not state.playback and not asked:
        message = f"{item_id} was truncated, and no `conversation.item.truncate` asked for it"
        yield Remark(message, expected=("conversation.item.truncate",))


@rule("CNT474", "truncated-item-keeps-transcript", "note", "server", "documented", on=("conversation.item.retrieved",))
def truncated_item_keeps_transcript(view: View, event: Event) -> Iterator[Remark]:
    """Find a truncated item that still has its transcript.

    What: A truncated item is retrieved, and a part of it has a transcript.
    Why: The model may refer to words that the user never heard.
    Source: conversation.item.truncate removes the server-side text transcript, so that no text is in the context that
        has not been heard by the user.
    Do: Cut the transcript by the time that was heard before you store it.
    """
    item = _item(event)
    content = item.get("content")
    if str(item.get("id")) not in view.state.truncated or not isinstance(content, list):
        return
    for index, part in enumerate(content):
        if value_at(part, "transcript"):
            message = f"{item['id']} was truncated and still has its transcript"
            yield Remark(message, pointer=f"/item/content/{index}/transcript")
            return
